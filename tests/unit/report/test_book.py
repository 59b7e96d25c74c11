"""Claimed pairs of one table."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.report.book import ClaimedPairs, frequent
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def edges(halves: tuple[TransactionTable, TransactionTable]) -> Edges:
    return LinkGraph.from_table(halves[0]).edges


@pytest.mark.parametrize("scope", ["within", "across", "both"])
def test_claims_are_those_of_the_rules(edges: Edges, scope: str) -> None:
    own = ClaimedPairs(edges, (), (), scope=scope)  # type: ignore[arg-type]
    known = rules(edges, scope=scope)  # type: ignore[arg-type]
    assert len(known) > 20

    def keys(pairs: object) -> list[tuple[int, ...]]:
        columns = [getattr(pairs, name).tolist() for name in ("verb", "left", "other", "right")]
        return list(zip(*columns, strict=True))

    assert sorted(keys(own.claimed)) == sorted(keys(known))
    assert np.all(np.diff(own.claimed.z) <= 0), "highest z first"


def test_within_a_verb_the_strongest_come_first(
    edges: Edges, halves: tuple[TransactionTable, TransactionTable]
) -> None:
    own = ClaimedPairs(edges, tuple(halves[0].verbs), tuple(halves[0].objects))
    assert own.verbs[own.verb] == "bought"
    found = own.strongest(own.verb)
    assert set(found.verb.tolist()) == set(found.other.tolist()) == {own.verb}
    assert np.all(np.diff(found.lift) <= 0)
    assert len(found) == len(own.within(own.verb)) > 10
    best = {own.objects[int(found.left[0])], own.objects[int(found.right[0])]}
    assert best == {"fountain pen", "ink"}


def test_without_a_claim_the_verb_is_the_one_with_most_links() -> None:
    edges = Edges.from_links([0, 0, 1], [1, 1, 0], [0, 1, 0], num_subjects=2, num_verbs=2, num_objects=2)
    own = ClaimedPairs(edges, ("viewed", "bought"), ("tea", "milk"))
    assert len(own.claimed) == 0
    assert own.verb == 1
    assert own.named(3) == ("bought", "milk")


def test_rarer_pairs_count_in_a_small_table_but_are_not_claimed() -> None:
    pairs = [(subject, 0, thing) for subject in range(10) for thing in (0, 1)]
    rest = [(subject, 0, 2 + subject % 5) for subject in range(10, 399)]
    columns = np.array(pairs + rest).T
    edges = Edges.from_links(*columns, num_subjects=399, num_verbs=1, num_objects=7)
    own = ClaimedPairs(edges, ("v",), tuple("abcdefg"), frequent(edges))
    assert (own.min_count, len(own.pairs), len(own.claimed)) == (5, 1, 0)
    larger = Edges.from_links(*columns, num_subjects=400, num_verbs=1, num_objects=7)
    assert frequent(larger) == 20
