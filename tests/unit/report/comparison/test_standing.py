"""Where a figure is between its floor and its baseline."""

from __future__ import annotations

import pytest

from assoc_synth.evaluation.figures import Figure
from assoc_synth.report.comparison.standing import STANDINGS, lost, score, standing


@pytest.mark.parametrize(
    ("value", "half", "floor", "independent", "expected"),
    [
        (0.30, 0.02, 0.30, 0.64, "like real"),
        (0.32, 0.02, 0.30, 0.64, "like real"),
        (0.20, 0.02, 0.30, 0.64, "like real"),
        (0.40, 0.02, 0.30, 0.64, "worse than real"),
        (0.62, 0.02, 0.30, 0.64, "no better than independent"),
        (0.90, 0.02, 0.30, 0.64, "no better than independent"),
        (0.45, 0.20, 0.30, 0.64, "undecided"),
        (0.29, 0.90, 0.30, 0.64, "like real"),
        (0.32, 0.02, 0.30, 0.29, "like real"),
        (0.40, 0.02, 0.30, None, "worse than real"),
        (0.40, None, 0.30, 0.64, "unknown"),
        (0.40, 0.02, None, 0.64, "unknown"),
        (None, None, 0.30, 0.64, "unknown"),
    ],
)
def test_verdicts(
    value: float | None, half: float | None, floor: float | None, independent: float | None, expected: str
) -> None:
    low, high = (None, None) if value is None or half is None else (value - half, value + half)
    for name, turn, ends in (("pair_l1", 1.0, (low, high)), ("lift_r", -1.0, (high, low))):
        numbers = [None if number is None else turn * number for number in (value, *ends, floor, independent)]
        assert standing(Figure(name, *numbers)) == expected
        assert expected in STANDINGS


def test_a_figure_of_privacy_is_by_its_test_and_never_by_the_independent_table() -> None:
    assert standing(Figure("near_copies", 0.2, p_value=0.002)) == "gives somebody away"
    assert standing(Figure("near_copies", 0.2, p_value=0.2)) == "gives nobody away"
    assert standing(Figure("closer_to_train", 0.7, 0.68, 0.72, floor=0.5, independent=0.7)) == "worse than real"
    assert standing(Figure("closer_to_train", 0.3, 0.28, 0.32, floor=0.5)) == "worse than real"


def test_the_way_from_real_to_independent() -> None:
    figure = Figure("pair_l1", 0.47, floor=0.30, independent=0.64)
    assert lost(figure, figure.value) == pytest.approx(0.5)
    assert lost(figure, 0.13) == pytest.approx(-0.5)
    assert lost(figure, None) is None
    assert lost(Figure("pair_l1", 0.47, floor=0.30, independent=0.30), 0.4) is None
    assert score(figure) == pytest.approx(0.5)
    assert score(Figure("pair_l1", 0.2, floor=0.30, independent=0.64)) == 1
    assert score(Figure("pair_l1", 0.9, floor=0.30, independent=0.64)) == 0
    assert score(Figure("pair_l1", None)) is None
