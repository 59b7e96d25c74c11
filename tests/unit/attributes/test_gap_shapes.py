"""Shapes of times within a range: slopes as planted, times that stand out, and nobody's own ones."""

import numpy as np
import pytest

from assoc_synth.attributes.gap_shapes import GapShapes
from assoc_synth.attributes.gaps import GapCode
from assoc_synth.transactions.days import SECOND

EDGES = np.array([1, 64, 400])


def learned(steps: np.ndarray, fewest: int = 1, subject: np.ndarray | None = None) -> GapShapes:
    place = np.searchsorted(EDGES, steps, side="right") - 1
    return GapShapes.learn(steps, place, EDGES, np.arange(len(steps)) if subject is None else subject, fewest)


@pytest.mark.parametrize("slope", [-1.0, 0.0, 2.0])
def test_a_planted_slope_comes_back(slope: float) -> None:
    rng = np.random.default_rng(0)
    own = GapShapes(np.array([slope, 0.0]), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    steps = own.draw(np.zeros(4_000, np.int64), EDGES, rng)
    assert steps.min() >= 1
    assert steps.max() < 64
    found = learned(steps)
    assert found.slope[0] == pytest.approx(slope, abs=0.26)
    assert not len(found.atom)


def test_short_times_are_not_as_frequent_as_log_uniform_ones() -> None:
    rng = np.random.default_rng(0)
    steps = rng.integers(1, 64, 6_000)
    drawn = learned(steps).draw(np.zeros(6_000, np.int64), EDGES, rng)
    assert (drawn == 1).mean() == pytest.approx((steps == 1).mean(), abs=0.01)


def test_a_time_that_stands_out_keeps_its_share() -> None:
    rng = np.random.default_rng(0)
    steps = np.concatenate([rng.integers(64, 400, 2_000), np.full(300, 120), rng.integers(1, 64, 500)])
    found = learned(steps)
    assert found.atom.tolist() == [120]
    place = np.searchsorted(EDGES, steps, side="right") - 1
    drawn = found.draw(place, EDGES, rng)
    assert (drawn == 120).sum() == pytest.approx(300, rel=0.2)
    assert (np.searchsorted(EDGES, drawn, side="right") - 1 == place).all()


def test_a_time_of_too_few_subjects_does_not_stand_out() -> None:
    steps = np.concatenate([np.arange(64, 400), np.full(300, 120)])
    subject = np.concatenate([np.arange(336), np.arange(300) % 3])
    assert not len(learned(steps, 1, subject).atom)
    assert not len(learned(steps, 20, np.concatenate([np.arange(336), np.arange(300) % 12])).atom)


def test_stored_shapes_are_the_same_and_damaged_ones_are_refused() -> None:
    rng = np.random.default_rng(0)
    found = learned(np.concatenate([rng.integers(1, 400, 2_000), np.full(300, 120)]))
    again = GapShapes.from_dict(found.to_dict())
    drawn = [one.draw(np.repeat([0, 1], 50), EDGES, np.random.default_rng(1)).tolist() for one in (found, again)]
    assert drawn[0] == drawn[1]
    for wrong in ({"slope": [0.0]}, {"slope": [np.nan, 0.0]}, {"share": [2.0]}, {"of_range": [7]}, {"atom": [-1]}):
        with pytest.raises(ValueError, match=r"fit together|list of numbers"):
            GapShapes.from_dict(found.to_dict() | wrong)


def test_codes_keep_their_shapes_and_those_without_draw_as_before() -> None:
    gaps = np.random.default_rng(0).integers(1, 4_000, 20_000) * SECOND
    code = GapCode.learn(gaps, SECOND)
    again = GapCode.from_dict(code.to_dict())
    place = code.encode(gaps).code
    assert (
        again.decode(place, np.random.default_rng(0)).tolist() == code.decode(place, np.random.default_rng(0)).tolist()
    )
    earlier = GapCode.from_dict({name: part for name, part in code.to_dict().items() if name != "shapes"})
    assert earlier.shapes is None
    assert (earlier.encode(earlier.decode(place, np.random.default_rng(0))).code == place).all()


def test_extreme_times_brought_to_one_time_are_no_time_that_stands_out() -> None:
    rng = np.random.default_rng(0)
    gaps = np.exp(rng.normal(4, 1, 20_000)).astype(np.int64) + 1
    gaps[:100] = 50_000 + np.arange(100)
    code = GapCode.learn(gaps * SECOND, SECOND, np.concatenate([np.arange(100) // 25, np.arange(4, 19_904)]), 5)
    assert code.shapes is not None
    assert not len(code.shapes.atom)
