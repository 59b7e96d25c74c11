"""Terms of single pairs: what links add to other tokens, and what a file may claim."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from assoc_synth.ctgan.edges.pair_terms import PairSums, PairTerms

VERBS, OBJECTS = 3, 10


@pytest.fixture
def matrix() -> sp.csr_matrix:
    half = sp.random(VERBS * OBJECTS, VERBS * OBJECTS, 0.1, random_state=0)
    return (half + half.T).tocsr()


@pytest.fixture
def terms(matrix: sp.csr_matrix) -> PairTerms:
    made = PairTerms(VERBS, OBJECTS)
    made.set(np.arange(VERBS * OBJECTS), matrix)
    return made


def test_logits_get_the_sum_over_what_the_subject_has(terms: PairTerms, matrix: sp.csr_matrix) -> None:
    rng = np.random.default_rng(0)
    sums, linked = PairSums(terms, 4), np.zeros((4, VERBS * OBJECTS))
    for active in (4, 4, 3, 1):
        verb, object = rng.integers(VERBS, size=active), rng.integers(OBJECTS, size=active)
        sums.take(torch.from_numpy(verb), torch.from_numpy(object))
        linked[np.arange(active), verb * OBJECTS + object] += 1
    subject, verb = np.array([2, 0, 1]), np.array([0, 2, 2])
    logits = torch.ones(3, OBJECTS)
    sums.add_to(logits, torch.from_numpy(subject), torch.from_numpy(verb))
    expected = 1 + (linked @ matrix.toarray()).reshape(4, VERBS, OBJECTS)[subject, verb]
    assert logits.numpy() == pytest.approx(expected, abs=1e-5)


def test_only_tokens_with_terms_are_stored(matrix: sp.csr_matrix) -> None:
    terms = PairTerms(VERBS, OBJECTS)
    terms.set(np.array([4, 7, 9]), sp.csr_matrix(np.array([[0, 0, 2.0], [0, 0, 0], [2.0, 0, 0]])))
    assert terms.tokens.tolist() == [4, 9]
    assert (terms.offsets.tolist(), terms.other.tolist(), terms.weight.tolist()) == ([0, 1, 2], [1, 0], [2, 2])
    assert len(terms) == 1


@pytest.mark.parametrize(
    ("name", "at", "value"), [("tokens", 0, VERBS * OBJECTS), ("offsets", 0, 1), ("offsets", 1, 99), ("other", 0, -1)]
)
def test_a_file_that_points_outside_is_unsound(terms: PairTerms, name: str, at: int, value: int) -> None:
    assert terms.is_sound()
    getattr(terms, name)[at] = value
    assert not terms.is_sound()
