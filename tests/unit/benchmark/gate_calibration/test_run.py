"""How often the gate is right, as a page."""

from pathlib import Path

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration import run as calibration
from assoc_synth.benchmark.gate_calibration.run import EXACT, SAMPLERS, TRUTH


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


def test_a_run_has_every_kind_of_table_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "PERMUTATIONS", 19)
    monkeypatch.setattr(calibration, "REPLICATES", 10)
    found = calibration.run(60, 0)
    assert [outcome.kind for outcome in found] == [*SAMPLERS, EXACT]
    assert {outcome.size for outcome in found} == {60}
    assert set(TRUTH) < set(SAMPLERS)
    monkeypatch.setattr(calibration, "SAMPLERS", {kind: SAMPLERS[kind] for kind in list(SAMPLERS)[:2]})
    assert calibration.run(60, 0) == [*found[:2], found[-1]], "seeded by its number, whatever else is drawn"


def test_a_share_has_its_interval() -> None:
    # Clopper–Pearson of 12 of 400, and the exact ends of none and of all.
    assert calibration._share(np.arange(400) < 12) == "12 of 400 (1.6–5.2 %)"
    assert calibration._share(np.zeros(10, bool)) == "0 of 10 (0.0–30.8 %)"
    assert calibration._share(np.ones(10, bool)) == "10 of 10 (69.2–100.0 %)"
    assert calibration._share(np.zeros(0, bool)) == "–"
