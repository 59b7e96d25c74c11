"""Tasks: what a table can carry."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.studio.sources import read_links
from assoc_synth.studio.tasks import LINKS, TASKS
from assoc_synth.studio.worker import Progress

SOURCE = {"roles": {}, "is_file": True}


def test_a_file_is_read_with_its_plan_and_its_links(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("subject,verb,object,colour\na,buys,tea,red\na,buys,cup,blue\nb,buys,tea,red\n")
    spec = {"table": SOURCE | {"place": str(tmp_path / "w.csv")}, "kinds": {"colour": "drop"}}
    found = TASKS["read"](spec, tmp_path, Progress(tmp_path / "p"))
    assert found["columns"] == ["subject", "verb", "object", "colour"]
    assert found["first"][1] == ["a", "buys", "cup", "blue"]
    assert [line["name"] for line in found["plan"] if line["asked"]] == ["colour"]
    graph = read_links(tmp_path / LINKS)
    assert (graph.table.num_subjects, graph.table.num_objects, len(graph.table)) == (2, 2, 3)


def test_a_file_whose_roles_are_not_known_shows_its_cells(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("a,b\n1,2\n")
    spec = {"table": SOURCE | {"place": str(tmp_path / "w.csv")}, "kinds": {}}
    found = TASKS["read"](spec, tmp_path, Progress(tmp_path / "p"))
    assert found["missing"].startswith("No column was found for the subject and the object")
    assert (found["columns"], found["first"]) == (["a", "b"], [["1", "2"]])


def test_what_a_table_can_carry(tmp_path: Path) -> None:
    rows = "".join(f"s{at},buys,o{at % 3}\n" for at in range(40))
    (tmp_path / "w.csv").write_text("subject,verb,object\n" + rows)
    spec = {"table": {"place": str(tmp_path / "w.csv"), "roles": {}, "is_file": True}, "seed": 0}
    assert TASKS["look"](spec, tmp_path, Progress(tmp_path / "p"))["num_subjects"] == 40
