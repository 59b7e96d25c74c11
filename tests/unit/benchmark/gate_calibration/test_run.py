"""Many runs: made once each, resumed after an interruption, and written as a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.benchmark.gate_calibration import run as calibration
from assoc_synth.benchmark.gate_calibration.run import calibrate, read
from assoc_synth.benchmark.gate_calibration.trials import PERFECT, Outcome


def outcome(size: int, kind: str = PERFECT) -> Outcome:
    return Outcome(size, kind, "PASS", False, (), {"links": (0.0, 0.1)}, {"links": 1.0}, "PASS", 1, {})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The runs that are really made, in their order; the third one of size 60 is interrupted once."""
    done: list[tuple[int, int]] = []

    def once(size: int, number: int) -> list[Outcome]:
        done.append((size, number))
        if done.count((60, 2)) == 1 and (size, number) == (60, 2):
            raise KeyboardInterrupt
        return [outcome(size)]

    monkeypatch.setattr(calibration, "run", once)
    monkeypatch.setattr(calibration, "random_run", lambda number: [*once(0, number)[:0], outcome(200, "random-svo")])
    return done


def test_an_interrupted_calibration_goes_on_where_it_was(tmp_path: Path, made: list[tuple[int, int]]) -> None:
    path = tmp_path / "CALIBRATION.md"
    options = {"sizes": (60,), "runs": 4, "random_runs": 1, "processes": 1}
    with pytest.raises(KeyboardInterrupt):
        calibrate(path, **options)  # type: ignore[arg-type]
    assert not path.exists()
    assert made == [(0, 0), (60, 0), (60, 1), (60, 2)]
    seen: list[tuple[int, int]] = []
    calibrate(path, **options, progress=lambda *now: seen.append(now))  # type: ignore[arg-type]
    assert made[4:] == [(60, 2), (60, 3)], "what was there is not made again"
    assert seen == [(4, 5), (5, 5)]
    assert f"| {PERFECT} | 0 of 4 (0.0–60.2 %) | ≤ 7.8 % |" in path.read_text()


def test_a_line_that_was_cut_off_and_runs_of_other_settings_do_not_count(
    tmp_path: Path, made: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "CALIBRATION.md"
    calibrate(path, sizes=(60,), runs=1, random_runs=0, processes=1)
    log = path.with_suffix(".jsonl")
    assert list(read(log)) == [(60, 0)]
    log.write_text(log.read_text() + log.read_text()[:40])
    assert list(read(log)) == [(60, 0)]
    monkeypatch.setattr(calibration.trials, "PERMUTATIONS", 7)
    assert read(log) == {}
    assert read(tmp_path / "none.jsonl") == {}


def test_more_runs_are_added_to_those_that_are_there(tmp_path: Path, made: list[tuple[int, int]]) -> None:
    path = tmp_path / "CALIBRATION.md"
    calibrate(path, sizes=(60,), runs=1, random_runs=0, processes=1)
    calibrate(path, sizes=(60, 70), runs=2, random_runs=0, processes=1)
    assert sorted(made) == [(60, 0), (60, 1), (70, 0), (70, 1)]
    assert "2 of 2" in path.read_text() or "0 of 2" in path.read_text()


@pytest.mark.slow
def test_processes_share_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "CALIBRATION.md"
    calibrate(path, sizes=(), runs=0, random_runs=2, processes=2)
    assert "of 2 runs" in path.read_text()
    assert len(read(path.with_suffix(".jsonl"))) == 2
