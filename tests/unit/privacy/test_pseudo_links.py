"""Pseudo-subjects have the objects and the pairs that were measured."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.privacy.bounds import UNIT, bounded_pairs, bounded_sum
from assoc_synth.privacy.denoising import Denoised
from assoc_synth.privacy.domains import NUMBER_STARTS
from assoc_synth.privacy.measurements import Measured
from assoc_synth.privacy.pseudo_links import Links, draw_links

Make = Callable[..., Measured]


def _target(make: Make) -> tuple[Measured, Denoised]:
    """Eight objects in two groups of four; each subject has three objects, mostly of one group."""
    rng = np.random.default_rng(0)
    subjects = 6_000
    group = rng.integers(0, 2, subjects)
    rows = [rng.choice(8, 3, replace=False, p=np.where(np.arange(8) // 4 == own, 0.23, 0.02)) for own in group]
    links = Links(np.concatenate(rows), np.arange(0, 3 * subjects + 1, 3))
    incidence = links.incidence(8)
    measured = make(
        8,
        bound=3,
        links=float(subjects) * (NUMBER_STARTS == 3),
        objects_of=bounded_sum(incidence, 3) / UNIT,
        pairs=bounded_pairs(incidence, 3) / UNIT,
    )
    return measured, Denoised(np.zeros((8, 8)), measured.pairs)


def test_objects_and_pairs_are_as_measured(make_measured: Make) -> None:
    measured, denoised = _target(make_measured)
    drawn = draw_links(measured, denoised, np.random.default_rng(1))
    incidence = drawn.incidence(8)
    assert incidence.shape[0] == 6_000
    assert (np.diff(drawn.offsets) == 3).all()
    assert incidence.max() == 1.0  # no object twice
    own, pairs = bounded_sum(incidence, 3) / UNIT, bounded_pairs(incidence, 3) / UNIT
    assert own == pytest.approx(measured.objects_of, rel=0.06)
    assert np.abs(pairs - measured.pairs).sum() / measured.pairs.sum() < 0.1


def test_the_same_generator_gives_the_same_links(make_measured: Make) -> None:
    one, other = (draw_links(*_target(make_measured), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.object, other.object)
