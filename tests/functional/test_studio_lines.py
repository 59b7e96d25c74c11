"""The lines that the studio shows beside what it does: they run, and give the same rows."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

pytest.importorskip("starlette", reason="needs the extra studio")

from assoc_synth.cli import run_command
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.studio.lines import fit_python, fit_shell, sample_python, sample_shell
from assoc_synth.studio.sources import dropped
from assoc_synth.studio.tasks import TASKS
from assoc_synth.studio.worker import Progress

pytestmark = pytest.mark.slow
KINDS = {"shop": "category"}
ASKED = {"seed": 3, "max_minutes": None, "min_subjects": 2}
QUICK = CTGANConfig(epochs=1, calibration_rounds=1, count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1)
PLAIN: dict[str, Any] = {"size": {}, "scenario": {}, "format": "csv", "options": {}, "file": "rows.csv", "seed": 3}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Fits of the defaults are of an epoch: which lines are typed decides their rows, however long they train."""
    with patch("assoc_synth.model.fitting.CTGANConfig", lambda: QUICK):
        yield


@pytest.fixture(scope="module")
def trained(quick: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, and the model and the rows that the studio makes of it."""
    folder = tmp_path_factory.mktemp("lines")
    rows = "".join(
        f"s{at},{('sells', 'buys', 'buys')[at * step % 3]},o{at * step % 4},{at % 2},2024-03-{11 + (at + step) % 9}\n"
        for at in range(40)
        for step in (1, 2, 3)
    )
    (folder / "my table.csv").write_text("who,what,thing,shop,when\n" + rows)
    spec = {
        "table": source(folder).to_dict(),
        "kinds": KINDS,
        "command": "",
        "checkpoint": str(folder / "kept"),
        **ASKED,
    }
    found = TASKS["train"](spec, folder, Progress(folder / "progress"))
    assert not found["refused"]
    return folder


def source(folder: Path) -> Any:
    return dropped(folder / "my table.csv", subject="who", verb="what", object="thing", time="when", columns=KINDS)


def draw(folder: Path, place: Path, **wish: Any) -> tuple[dict[str, Any], bytes]:
    """What the studio draws for a wish, and its file."""
    spec = PLAIN | {"model": str(folder / "model"), "allow_undertrained": False} | wish
    found = TASKS["draw"](spec, place, Progress(place / "progress"))
    spec["roles"] = {"subject": "who", "verb": "what", "object": "thing", "time": "when", "amount": "", "basket": ""}
    return spec, Path(found["file"]).read_bytes()


def type_in(lines: str) -> None:
    for line in lines.splitlines():
        program, *arguments = shlex.split(line)
        assert program == "assoc-synth"
        assert run_command(arguments) == 0, line


def test_the_lines_of_a_training_give_the_same_rows(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "my table.csv").write_bytes((trained / "my table.csv").read_bytes())
    with contextlib.chdir(tmp_path):
        type_in(fit_shell(source(trained), KINDS, ASKED))
        type_in(sample_shell("model", PLAIN))
        assert (tmp_path / "rows.csv").read_bytes() == (trained / "rows.csv").read_bytes()
        (tmp_path / "rows.csv").unlink()
        exec(fit_python(source(trained), KINDS, ASKED).replace("'model'", "'second'"), {})
        exec(sample_python("second", PLAIN), {})
        assert (tmp_path / "rows.csv").read_bytes() == (trained / "rows.csv").read_bytes()


@pytest.mark.parametrize(
    "wish",
    [
        {"size": {"num_rows": 50, "verbs": ["buys"]}},
        {"size": {"num_rows": 60}, "scenario": {"rebalance": {"buys": 0.25, "sells": 0.75}}},
        {"scenario": {"boost": [["buys", "o1", 2.0], ["buys", "o2", 0.5]]}, "size": {"num_subjects": 30}},
        {"scenario": {"conditions": [{"verb": "buys", "when": ["2024-03-01", "2024-03-20"], "num_rows": 9}]}},
        {"format": "jsonl", "file": "jsonl-rows.jsonl", "seed": 5},
        {"format": "graphml", "file": "graphml-rows.graphml"},
    ],
    ids=["only", "shares", "boosts", "conditions", "jsonl", "graphml"],
)
def test_the_lines_of_a_draw_give_the_same_file(trained: Path, tmp_path: Path, wish: dict[str, Any]) -> None:
    place = tmp_path / "own"
    place.mkdir()
    spec, drawn = draw(trained, place, **wish)
    with contextlib.chdir(trained):
        exec(sample_python("model", spec), {})
        assert Path(spec["file"]).read_bytes() == drawn
        Path(spec["file"]).unlink()
        if lines := sample_shell("model", spec):
            type_in(lines)
            assert Path(spec["file"]).read_bytes() == drawn
        else:
            assert "conditions" in spec["scenario"]
