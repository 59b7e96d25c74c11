"""The populations that the gate is judged on, and the table of how often it was right."""

from pathlib import Path

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration import populations
from assoc_synth.benchmark.gate_calibration import run as calibration
from assoc_synth.benchmark.gate_calibration.populations import PLANTED, population


def both(tokens: np.ndarray, left: np.ndarray, right: np.ndarray) -> float:
    return float((tokens[:, left] & tokens[:, right]).mean())


def test_spoilt_tables_are_spoilt_in_what_they_say_and_keep_their_margins() -> None:
    training = population(2_000, 0)
    plain, lifted, spurious, shuffled, collapsed = (
        sampler(training, 4_000, 1).tokens().toarray() > 0
        for sampler in (
            populations.perfect,
            populations.lifted,
            populations.spurious,
            populations.shuffled_across,
            populations.collapsed,
        )
    )
    for spoilt in (lifted, spurious, shuffled):
        assert spoilt.mean(0) == pytest.approx(plain.mean(0))
    assert both(lifted, PLANTED, PLANTED + 1) > 1.3 * both(plain, PLANTED, PLANTED + 1)
    assert both(spurious, PLANTED + 1, PLANTED + 2) > 1.5 * both(plain, PLANTED + 1, PLANTED + 2)
    objects = np.arange(60)
    assert both(shuffled, objects, objects + 60) < 0.8 * both(plain, objects, objects + 60)
    assert len(np.unique(collapsed, axis=0)) <= 400


def test_contamination_is_of_the_share_that_was_asked_for() -> None:
    training = population(500, 0)
    drawn = populations.contaminated(0.3)(training, 200, 1)
    assert drawn.num_subjects == 200
    assert np.array_equal(drawn.take(np.arange(140)).token, population(140, 1).token)


def test_the_calibration_page_has_every_kind_of_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "RANDOM_RUNS", 2)
    path = tmp_path / "CALIBRATION.md"
    calibration.calibrate(path, sizes=(150,), runs=2, processes=1)
    page = path.read_text()
    for kind in (*calibration.SAMPLERS, calibration.EXACT):
        assert f"| {kind} | " in page
    assert "of 2 (" in page
    rejected = page.split("## Verdict")[0]
    assert "| independent draws | 2 of 2 (15.8–100.0 %) |" in rejected
