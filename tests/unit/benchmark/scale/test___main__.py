"""The command prints what the modules find."""

import pytest

from assoc_synth.benchmark.scale import __main__ as command
from assoc_synth.benchmark.scale.planted import Kept


def test_planted_has_a_line_for_each_kind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: dict[str, object] = {}

    def measured(objects: int, subjects: int, **options: object) -> tuple[dict[str, list[Kept]], tuple[str, ...]]:
        asked.update(options, objects=objects, subjects=subjects)
        return {"synthetic": [Kept("rare × rare", 3, 400.0, 1.0, 0.9, 0.66)]}, ("little time",)

    monkeypatch.setattr(command, "measured", measured)
    command.main(["planted", "--objects", "500", "--max-minutes", "2", "--seed", "4"])
    assert asked["objects"] == 500
    assert (asked["max_minutes"], asked["seed"]) == (2.0, 4)
    said = capsys.readouterr().out
    assert said.startswith("note: little time\nsynthetic\n")
    assert "within 20 % 66%" in said


def test_cost_has_the_sizes_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[list[int]] = []
    monkeypatch.setattr(command, "show", lambda links, **_: sizes.append(links))
    command.main(["cost", "--links", "1000", "--links", "2000"])
    command.main(["cost"])
    assert sizes == [[1000, 2000], [10_000, 100_000, 1_000_000]]
