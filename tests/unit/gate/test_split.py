"""Which subjects train and which evaluate."""

from __future__ import annotations

import numpy as np

from assoc_synth.gate.split import split_subjects


def test_split_is_disjoint_complete_and_capped() -> None:
    for size, held in ((0, 0), (1, 0), (2, 1), (9, 1), (10, 2), (100, 20), (60_000, 5_000)):
        training, held_out = split_subjects(size, np.random.default_rng(0))
        assert len(held_out) == held
        assert np.array_equal(np.sort(np.concatenate([training, held_out])), np.arange(size))


def test_the_split_depends_on_the_generator_alone() -> None:
    first, again, other = (split_subjects(100, np.random.default_rng(seed))[1].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other
