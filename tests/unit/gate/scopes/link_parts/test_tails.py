"""Pairs that avoid each other, and the counts that would be a rule."""

from __future__ import annotations

import numpy as np

from assoc_synth.gate.scopes.link_parts.tails import LEAST, TokenPairs, find_avoided, find_candidates
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools


def edges_of(has: Bools) -> Edges:
    subject, thing = np.nonzero(has)
    return Edges.from_links(subject, 0 * thing, thing, num_subjects=len(has), num_verbs=1, num_objects=has.shape[1])


def exclusive(subjects: int = 2_000) -> Edges:
    """Eight independent objects in 30 %, and 8 and 9, of which nobody has both."""
    rng = np.random.default_rng(0)
    has = rng.random((subjects, 10)) < 0.3
    has[:, 9] &= ~has[:, 8]
    return edges_of(has)


def test_all_pairs_are_counted() -> None:
    edges = exclusive(300)
    pairs = TokenPairs.of(edges, np.arange(10))
    assert len(pairs.count) == 45
    together = (edges.tokens().T @ edges.tokens()).toarray()
    assert np.array_equal(pairs.count, together[pairs.left, pairs.right])


def test_mutually_exclusive_objects_are_found_and_no_others() -> None:
    pairs = TokenPairs.of(exclusive(), np.arange(10))
    assert pairs.at(find_avoided(pairs, 5.0)).tolist() == [[8, 9]]
    assert len(find_avoided(pairs, 1e6)) == 0, "too rare for so few evaluated subjects"


def test_candidates_have_a_count_that_chance_hardly_reaches() -> None:
    edges = exclusive()
    pairs = TokenPairs.of(edges, np.arange(10))
    chosen, least = find_candidates(pairs, edges.num_subjects, 0.25)
    expected = pairs.expected[chosen] * 0.25
    assert (np.diff(expected) >= 0).all(), "the rarest first"
    assert (least >= np.maximum(2 * expected, LEAST)).all()
    draws = np.random.default_rng(1).poisson(expected, (4_000, len(expected)))
    assert (draws >= least).mean() < 0.002


def test_associated_pairs_are_no_candidates() -> None:
    rng = np.random.default_rng(0)
    has = rng.random((2_000, 10)) < 0.2
    has[:, 1] |= has[:, 0]
    pairs = TokenPairs.of(edges_of(has), np.arange(10))
    chosen = pairs.at(find_candidates(pairs, 2_000, 1.0)[0]).tolist()
    assert [0, 1] not in chosen
    assert [2, 3] in chosen
