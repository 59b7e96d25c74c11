"""Which pairs can be confirmed, on tables whose pairs are planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assoc_synth.gate.pair_power import PairPower
from assoc_synth.link_graph.edges import Edges

Draw = Callable[[int, int], Edges]
SIZES = (500, 2_000, 50_000)


def planted(subjects: int, share: float) -> Edges:
    """A share of the subjects has objects 0 and 1, and nobody else has either; the others have one of 2 to 11."""
    both = int(share * subjects)
    subject = np.concatenate([np.arange(both), np.arange(both), np.arange(both, subjects)])
    object = np.concatenate([np.zeros(both), np.ones(both), 2 + np.arange(subjects - both) % 10]).astype(np.int64)
    return Edges.from_links(
        subject, np.zeros(len(subject), np.int64), object, num_subjects=subjects, num_verbs=1, num_objects=12
    )


def test_the_planted_pair_is_in_its_band_and_confirmed_from_its_size_on() -> None:
    # p = p_a = p_b = 0.2, lift 5: v = 5 − 5 − 5 + 10 − 1 = 4, so 1,376 subjects.
    found = PairPower.of(planted(1_000, 0.2), SIZES)
    assert (found.pairs, found.confirmed, found.half) == (1, (0, 1, 1), 1_500)
    (band,) = found.bands
    assert (band.support_from, band.support_to, band.lift_from, band.lift_to) == (0.1, 1.0, 4.0, 8.0)
    assert (band.pairs, band.confirmed) == (1, (0, 1, 1))


def test_rarer_pairs_need_more() -> None:
    common, rare = (PairPower.of(planted(5_000, share), SIZES).half or 0 for share in (0.2, 0.01))
    assert rare > 5 * common


def test_bands_add_up(draw: Draw) -> None:
    found = PairPower.of(draw(1_000, 0))
    assert found.pairs > 20
    assert sum(band.pairs for band in found.bands) == found.pairs
    assert tuple(np.sum([band.confirmed for band in found.bands], axis=0)) == found.confirmed
    assert list(found.confirmed) == sorted(found.confirmed)


def test_a_table_without_associations_has_none_to_confirm() -> None:
    rng = np.random.default_rng(0)
    edges = Edges.from_links(
        rng.integers(0, 500, 3_000),
        np.zeros(3_000, np.int64),
        rng.integers(0, 20, 3_000),
        num_subjects=500,
        num_verbs=1,
        num_objects=20,
    )
    found = PairPower.of(edges, SIZES)
    assert (found.pairs, found.confirmed, found.half, found.bands) == (0, (0, 0, 0), None, ())
