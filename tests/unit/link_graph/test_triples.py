"""Triples by hand, and by brute force on a small random table."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.link_graph.edges import Incidence
from assoc_synth.link_graph.triples import outstanding_triples, token_shares, triple_counts, watched_triangles


def matrix(rows: list[str], columns: int = 6) -> Incidence:
    dense = np.zeros((len(rows), columns), np.float32)
    for row, letters in enumerate(rows):
        dense[row, [ord(letter) - ord("a") for letter in letters]] = 1
    return sp.csr_matrix(dense)


def test_counts_and_shares_by_hand() -> None:
    tokens = matrix(["abc", "abc", "ab", "cd"], 4)
    assert triple_counts(tokens, np.array([[0, 1, 2], [1, 2, 3]])).tolist() == [2, 0]
    assert triple_counts(tokens, np.zeros((0, 3), np.int64)).tolist() == []
    assert token_shares(tokens).tolist() == [0.75, 0.75, 0.75, 0.25]
    assert token_shares(matrix([], 2)).tolist() == [0.0, 0.0]


def test_outstanding_triples_by_hand() -> None:
    tokens = matrix(["abc", "abc", "ab"] + ["d"] * 17)
    assert outstanding_triples(tokens, min_count=2).tolist() == [[0, 1, 2]]
    assert outstanding_triples(tokens, min_count=3).shape == (0, 3), "ab comes three times, abc twice"
    few = matrix(["abc", "abc", "ab", "d"])
    assert outstanding_triples(few, min_count=2).shape == (0, 3), "two of four is less than four standard errors"
    assert outstanding_triples(few, min_count=2, min_z=0.8).tolist() == [[0, 1, 2]]
    assert outstanding_triples(matrix([""])).shape == (0, 3)


def test_outstanding_triples_by_brute_force() -> None:
    """Without a lower bound on z, every triple of enough subjects is found, most outstanding first."""
    rng = np.random.default_rng(0)
    dense = rng.random((200, 7)) < 0.4
    dense[:, 2] |= dense[:, 0] & dense[:, 1]
    tokens = sp.csr_matrix(dense.astype(np.float32))
    expected = {}
    for triple in combinations(range(7), 3):
        count = int(dense[:, triple].all(axis=1).sum())
        if count >= 15:
            alone = 200 * dense[:, triple].mean(axis=0).prod()
            expected[triple] = (count - alone) / np.sqrt(alone)
    found = [tuple(triple) for triple in outstanding_triples(tokens, min_count=15, min_z=-99.0).tolist()]
    assert found == sorted(expected, key=lambda triple: (-expected[triple], triple))
    assert found[0] == (0, 1, 2)
    assert outstanding_triples(tokens, min_count=15, min_z=-99.0, most=2).tolist() == [list(one) for one in found[:2]]


def test_triangles_need_all_three_pairs() -> None:
    tokens = matrix(["abc", "abc", "abd", "abd", "cd"] + ["e"] * 10)
    pairs = np.array([[0, 1], [0, 2], [1, 2], [0, 3]])
    assert watched_triangles(tokens, pairs, min_count=1, most=9).tolist() == [[0, 1, 2]], "b and d are not watched"
    both = np.array([[0, 1], [0, 2], [1, 2], [0, 3], [3, 1]])
    assert watched_triangles(tokens, both, min_count=1, most=9).tolist() == [[0, 1, 2], [0, 1, 3]], "a tie: by code"
    assert watched_triangles(tokens, both, min_count=1, most=1).tolist() == [[0, 1, 2]]
    assert watched_triangles(tokens, both, min_count=3, most=9).shape == (0, 3)
    assert watched_triangles(tokens, np.zeros((0, 2), np.int64), min_count=1, most=9).shape == (0, 3)


def test_triangles_are_taken_up_until_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the triangles the first ones in the order of the pairs stay, however they rank."""
    tokens = matrix(["abcd"] * 3 + ["ef"] * 9)
    pairs = np.array(list(combinations(range(4), 2)))
    assert len(watched_triangles(tokens, pairs, min_count=1, most=9)) == 4
    monkeypatch.setattr("assoc_synth.link_graph.triples.MAX_TRIANGLES", 1)
    assert watched_triangles(tokens, pairs, min_count=1, most=9).tolist() == [[0, 1, 2]]
