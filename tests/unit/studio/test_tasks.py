"""Tasks: what a table can carry."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.studio.tasks import TASKS
from assoc_synth.studio.worker import Progress


def test_what_a_table_can_carry(tmp_path: Path) -> None:
    rows = "".join(f"s{at},buys,o{at % 3}\n" for at in range(40))
    (tmp_path / "w.csv").write_text("subject,verb,object\n" + rows)
    spec = {"table": {"place": str(tmp_path / "w.csv"), "roles": {}, "is_file": True}, "seed": 0}
    assert TASKS["look"](spec, tmp_path, Progress(tmp_path / "p"))["num_subjects"] == 40
