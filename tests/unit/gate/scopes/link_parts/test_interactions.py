"""Three-way interactions: found where three pairs show nothing, and not where pairs explain everything."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.gate.scopes.link_parts.interactions import find_interactions
from assoc_synth.transactions.arrays import Bools


def of(has: Bools) -> sp.csr_matrix:
    return sp.csr_matrix(has.astype(np.float32))


def test_exclusive_or_is_an_interaction_without_a_pair() -> None:
    rng = np.random.default_rng(0)
    has = rng.random((2_000, 6)) < 0.5
    has[:, 2] = has[:, 0] ^ has[:, 1]
    found = find_interactions(of(has), 0.25, 5.0)
    assert found.triples.tolist() == [[0, 1, 2]]
    assert found.expected == pytest.approx([0.125], abs=0.02)
    assert found.excess == pytest.approx([-0.125], abs=0.02), "nobody has all three"


def test_pairs_alone_are_no_interaction() -> None:
    """A cause behind three things makes three pairs; so does a chain, without any interaction."""
    rng = np.random.default_rng(1)
    has = rng.random((4_000, 6)) < 0.4
    has[:, 1] = np.where(rng.random(4_000) < 0.6, has[:, 0], has[:, 1])
    has[:, 2] = np.where(rng.random(4_000) < 0.6, has[:, 1], has[:, 2])
    assert len(find_interactions(of(has), 0.25, 5.0).triples) == 0


def test_cells_must_be_large_enough() -> None:
    rng = np.random.default_rng(0)
    has = rng.random((2_000, 3)) < 0.5
    has[:, 2] = has[:, 0] ^ has[:, 1]
    assert len(find_interactions(of(has), 0.01, 5.0).triples) == 0
    assert len(find_interactions(of(has[:, :2]), 1.0, 5.0).triples) == 0
    assert len(find_interactions(of(has[:0]), 1.0, 5.0).triples) == 0
