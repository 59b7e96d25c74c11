"""SDV's reports on real data and on data with a wrong column."""

from dataclasses import replace

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.evaluation.sdv_reports import sdv_figures


@pytest.mark.slow
def test_a_wrong_column_costs_quality() -> None:
    real, other = datasets.halves(datasets.toy_shop(subjects=300))
    good = {figure.name: figure for figure in sdv_figures(real, other)}
    wrong = replace(other, amount=np.full(len(other), 12.0))
    bad = {figure.name: figure for figure in sdv_figures(real, wrong, max_rows=500)}
    shapes = "sdv quality: Column Shapes"
    assert good[shapes].value is not None
    assert bad[shapes].value is not None
    assert 0.9 < good[shapes].value <= 1.0
    assert bad[shapes].value < good[shapes].value - 0.05
    assert good["sdv diagnostic"].value == pytest.approx(1.0, abs=0.01)
    assert all(figure.aim == "high" for figure in good.values())
