"""One subject adds no more than the bound to any count."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.privacy.bounds import UNIT, bounded_pairs, bounded_sum, most_pairs, norm


def _counts(rng: np.random.Generator, subjects: int, bins: int, most: int) -> sp.csr_matrix:
    return sp.csr_matrix(rng.integers(0, most, (subjects, bins)) * (rng.random((subjects, bins)) < 0.5))


@pytest.mark.parametrize("bound", [1, 4, 9.5])
def test_one_subject_moves_a_sum_by_at_most_its_norm(bound: float) -> None:
    counts = _counts(np.random.default_rng(0), 40, 30, 6)
    whole = bounded_sum(counts, bound)
    for subject in range(counts.shape[0]):
        others = np.delete(np.arange(counts.shape[0]), subject)
        change = whole - bounded_sum(counts[others], bound)
        assert np.sqrt((change.astype(float) ** 2).sum()) <= norm(bound) + 1e-6


@pytest.mark.parametrize("bound", [2, 5])
def test_one_subject_moves_the_pairs_by_at_most_their_norm(bound: int) -> None:
    incidence = _counts(np.random.default_rng(1), 25, 20, 2)
    incidence.eliminate_zeros()
    whole = bounded_pairs(incidence, bound)
    for subject in range(incidence.shape[0]):
        others = np.delete(np.arange(incidence.shape[0]), subject)
        change = np.triu(whole - bounded_pairs(incidence[others], bound), 1)
        assert np.sqrt((change.astype(float) ** 2).sum()) <= norm(most_pairs(bound)) + 1e-6


def test_short_histories_count_fully() -> None:
    incidence = sp.csr_matrix([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    assert bounded_sum(incidence, 2).tolist() == [2 * UNIT, UNIT, UNIT]
    assert bounded_pairs(incidence, 2).tolist() == [[0, UNIT, UNIT], [UNIT, 0, 0], [UNIT, 0, 0]]
