"""Copies and near copies, against sets compared one by one."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.evaluation.copies import Copies, Sets, duplicates, exact_copies, most_emitted, near_copies
from assoc_synth.link_graph.edges import Edges


def graph(baskets: list[str]) -> Edges:
    links = [(subject, ord(letter) - ord("a")) for subject, basket in enumerate(baskets) for letter in basket]
    subjects, objects = zip(*links, strict=True)
    return Edges.from_links(
        subjects, np.zeros(len(links), int), objects, num_subjects=len(baskets), num_verbs=1, num_objects=9
    )


def is_near(one: frozenset[int], other: frozenset[int]) -> bool:
    return max(len(one - other), len(other - one)) <= 1


def test_copies_of_four_tokens_count() -> None:
    found = exact_copies(graph(["abcd", "abcde", "fg"]), graph(["abcd", "abce", "fg"]))
    assert (found.count, found.num_subjects, found.share) == (1, 2, 0.5)
    assert found.low == pytest.approx(0.0126, abs=1e-4)
    assert found.high == pytest.approx(0.9874, abs=1e-4)
    assert np.isnan(exact_copies(graph(["abcd"]), graph(["ab"])).share)


@pytest.mark.parametrize(
    ("basket", "count"), [("abcd", 1), ("abcde", 1), ("abce", 1), ("abef", 0), ("abcdef", 0), ("abc", 0)]
)
def test_one_link_added_removed_or_replaced_is_near(basket: str, count: int) -> None:
    assert near_copies(graph(["abcd"]), graph([basket])).count == count


def test_near_sets_are_those_that_are_found_one_by_one() -> None:
    rng = np.random.default_rng(0)
    first, second = (sp.csr_matrix(rng.random((80, 7)) < 0.6, dtype=np.float32) for _ in range(2))
    one, other = Sets.of(first, 1), Sets.of(second, 1)
    mine, theirs = ([frozenset(np.flatnonzero(row)) for row in side.toarray()] for side in (first, second))
    theirs = [theirs[record] for record in other.record]
    near, equal = one.near_to(other), one.equal_to(other)
    for place, record in enumerate(one.record):
        assert equal[place] == sum(mine[record] == basket for basket in theirs)
        assert (near[place] > 0) == any(is_near(mine[record], basket) for basket in theirs)


def test_what_is_emitted_more_than_once() -> None:
    emitted = Sets.of(graph(["abcd"] * 3 + ["efgh", "abce", "ab", "ab"]).tokens())
    found = duplicates(emitted)
    assert (found.count, found.num_subjects) == (3, 5)
    assert most_emitted(Sets.of(graph(["abcd", "efgh"]).tokens()), emitted) == 3
    assert most_emitted(Sets.of(graph(["ab"]).tokens()), emitted) == 0


def test_nothing_among_nothing() -> None:
    none = Copies.among(np.zeros(0, bool))
    assert (none.count, none.low, none.high) == (0, 0.0, 1.0)
