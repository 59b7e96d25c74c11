"""Directions of numbers: planted ones are found, from numbers and from shared visits; and none where none are."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.ctgan.occurrences.joint_factors import factor_loadings, visit_loadings

TOKENS, VISITS = 30, 4_000


def products(loadings: np.ndarray) -> np.ndarray:
    """What two tokens have in common, inside of three groups of ten, and across them."""
    common = loadings @ loadings.T
    group = np.arange(TOKENS) // 10
    inside = (group[:, None] == group) & ~np.eye(TOKENS, dtype=bool)
    return np.array([common[inside].mean(), common[group[:, None] != group].mean()])


@pytest.fixture
def visits() -> sp.csr_matrix:
    """Each visit has half of the tokens of one group, and few others."""
    rng = np.random.default_rng(0)
    own = rng.integers(0, 3, VISITS)[:, None] == np.arange(TOKENS) // 10
    return sp.csr_matrix((rng.random((VISITS, TOKENS)) < np.where(own, 0.5, 0.05)).astype(np.float32))


def errors(rng: np.random.Generator, subjects: int, strength: float) -> np.ndarray:
    """Of variance 1; those of one group have a part in common."""
    common = np.repeat(rng.normal(size=(subjects, 3)), 10, axis=1)
    return strength * common + np.sqrt(1 - strength**2) * rng.normal(size=(subjects, TOKENS))


def test_few_subjects_and_many_visits_say_which_numbers_go_together(visits: sp.csr_matrix) -> None:
    own = sp.csr_matrix(errors(np.random.default_rng(1), 40, 0.5))
    inside, across = products(visit_loadings(own, sp.csr_matrix(np.ones((40, TOKENS))), visits, 8))
    assert inside == pytest.approx(0.25, abs=0.08)
    assert abs(across) < 0.05


def test_numbers_that_do_not_go_together_have_no_directions_though_visits_are_shared(visits: sp.csr_matrix) -> None:
    own = sp.csr_matrix(errors(np.random.default_rng(2), 400, 0.0))
    assert np.abs(products(visit_loadings(own, sp.csr_matrix(np.ones((400, TOKENS))), visits, 8))).max() < 0.02


def test_numbers_say_what_visits_do_not(visits: sp.csr_matrix) -> None:
    """Visits at random, many subjects: the numbers' own correlations are kept."""
    rng = np.random.default_rng(3)
    apart = sp.csr_matrix((rng.random((VISITS, TOKENS)) < 0.2).astype(np.float32))
    own = sp.csr_matrix(errors(rng, 2_000, 0.5))
    inside, across = products(visit_loadings(own, sp.csr_matrix(np.ones((2_000, TOKENS))), apart, 8))
    assert inside == pytest.approx(0.25, abs=0.05)
    assert abs(across) < 0.05


def test_numbers_of_single_pairs_can_be_left_out(visits: sp.csr_matrix) -> None:
    """Visits alone: of few subjects the groups are found, of visits at random nothing of the groups is."""
    rng = np.random.default_rng(6)
    few = sp.csr_matrix(errors(rng, 40, 0.5)), sp.csr_matrix(np.ones((40, TOKENS)))
    inside, across = products(visit_loadings(*few, visits, 8, own_pairs=False))
    assert inside == pytest.approx(0.25, abs=0.08)
    assert abs(across) < 0.05
    apart = sp.csr_matrix((rng.random((VISITS, TOKENS)) < 0.2).astype(np.float32))
    many = sp.csr_matrix(errors(rng, 2_000, 0.5)), sp.csr_matrix(np.ones((2_000, TOKENS)))
    inside, across = products(visit_loadings(*many, apart, 8, own_pairs=False))
    assert abs(inside - across) < 0.02


def test_more_directions_than_tokens_are_none(visits: sp.csr_matrix) -> None:
    own = sp.csr_matrix(errors(np.random.default_rng(4), 50, 0.5)[:, :2])
    found = visit_loadings(own, sp.csr_matrix(np.ones((50, 2))), visits[:, :2], 8)
    assert found.shape == (2, 8)
    assert not found[:, 2:].any()


def test_no_tokens_have_no_directions() -> None:
    none = sp.csr_matrix((5, 0))
    assert visit_loadings(none, none, sp.csr_matrix((3, 0)), 4).shape == (0, 4)


def test_factor_analysis_finds_what_numbers_have_in_common() -> None:
    own = errors(np.random.default_rng(5), 800, 0.5)
    subject, row = np.divmod(np.arange(own.size), TOKENS)
    edges = subject, np.zeros(own.size, np.int64), row, own.ravel(), np.ones(own.size)
    loadings = factor_loadings(*edges, (800, 1, TOKENS + 1, 8))
    assert loadings.shape == (TOKENS + 1, 8)
    inside, across = products(loadings[:TOKENS])
    assert inside > 0.15
    assert inside > 5 * abs(across)
