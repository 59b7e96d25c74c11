"""Leading factors of symmetric matrices, sparse and written out."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.ctgan.edges import low_rank
from assoc_synth.ctgan.edges.low_rank import leading_factors


@pytest.mark.parametrize("density", [0.02, 1.0])
def test_leading_factors_are_the_largest_eigenvectors(density: float) -> None:
    rng = np.random.default_rng(0)
    half = sp.random(300, 300, density, random_state=0, format="csr")
    left = rng.standard_normal((300, 3))
    matrix = (half + half.T).tocsr()
    target, source = leading_factors(matrix, 5, plus=(left, left))
    values = np.linalg.eigvalsh(matrix.toarray() + left @ left.T)
    largest = np.sort(np.abs(values))[::-1][:5]
    found = np.sort(np.abs(np.linalg.eigvals(target.T @ source)))[::-1]
    assert found[:3] == pytest.approx(largest[:3], rel=1e-3)  # the three that stand out
    assert found[3:] == pytest.approx(largest[3:], rel=0.1)


def test_a_matrix_of_low_rank_comes_back_whole() -> None:
    left = np.random.default_rng(0).standard_normal((40, 2))
    matrix = left @ np.diag([3.0, -1.0]) @ left.T  # one eigenvalue of each sign
    target, source = leading_factors(matrix, 4)
    assert target @ source.T == pytest.approx(matrix, abs=1e-8)
    assert np.abs(target[:, 2:]).max() < 1e-3


def test_nothing_has_no_factors() -> None:
    target, source = leading_factors(sp.csr_matrix((5, 5)), 3)
    assert target.shape == source.shape == (5, 3)
    assert not target.any()
    assert not source.any()
    assert leading_factors(np.ones((1, 1)), 2)[0].tolist() == [[0.0, 0.0]]


def test_factors_are_the_same_at_every_call() -> None:
    matrix = sp.random(50, 50, 0.2, random_state=0)
    first, again = (leading_factors((matrix + matrix.T).tocsr(), 4) for _ in range(2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])


def test_a_basis_from_the_gram_matrix_is_that_of_reflections(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    block = rng.standard_normal((300, 12)) @ np.diag(10.0 ** -np.linspace(0, 5, 12))
    block[:, 7] = block[:, 3]
    monkeypatch.setattr(low_rank, "TALL", 100)
    basis = low_rank._orthonormal(block)
    gram = basis.T @ basis
    assert np.allclose(gram, np.diag(np.round(np.diag(gram))), atol=1e-12)
    assert np.round(np.trace(gram)) == 11
    assert np.allclose(basis @ (basis.T @ block), block, atol=1e-12)
