"""Triples and butterflies on graphs small enough to count, and on planted ones."""

from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.evaluation.comparison import Sides
from assoc_synth.evaluation.motifs import butterflies, motif_distances, motif_figures, triple_shares
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.link_graph.triples import outstanding_triples


def matrix(rows: list[str], columns: int = 6) -> Incidence:
    dense = np.zeros((len(rows), columns), np.float32)
    for row, letters in enumerate(rows):
        dense[row, [ord(letter) - ord("a") for letter in letters]] = 1
    return sp.csr_matrix(dense)


def test_one_butterfly() -> None:
    found = butterflies(matrix(["ab", "ab"]))
    assert (found.count, found.per_pair, found.metamorphosis) == (1.0, 1.0, 1.0)
    # A third subject adds paths that do not close: a-1 and b-1 of degree 2, "bc" brings one path per side.
    assert butterflies(matrix(["ab", "ab", "bc"])).metamorphosis < 1.0
    assert butterflies(matrix(["ab", "bc"])).count == 0


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text("abcdef", max_size=6), min_size=1, max_size=9))
def test_butterflies_by_brute_force(rows: list[str]) -> None:
    sets = [set(row) for row in rows]
    count = sum(len(one & two) * (len(one & two) - 1) // 2 for one, two in combinations(sets, 2))
    degree = {letter: sum(letter in one for one in sets) for letter in "abcdef"}
    paths = sum((len(one) - 1) * (degree[letter] - 1) for one in sets for letter in one)
    found = butterflies(matrix(rows))
    assert found.count == count
    assert found.metamorphosis == pytest.approx(4 * count / paths if paths else np.nan, nan_ok=True)


def test_triples_by_hand() -> None:
    rows = ["abc", "abc", "ab"] + ["d"] * 17
    tokens = matrix(rows)
    triples = outstanding_triples(tokens, min_count=2)
    assert triples.tolist() == [[0, 1, 2]]
    together, apart = triple_shares(tokens, triples)
    assert together.tolist() == [0.1]
    assert apart.tolist() == [pytest.approx(0.15 * 0.15 * 0.1)]
    assert motif_distances(tokens, matrix(rows), triples)["triple_lift_mae"] == 0.0
    gone = motif_distances(tokens, matrix(["ab", "bc", "ac", "d"]), triples)
    assert gone["triple_l1"] == 1.0
    assert outstanding_triples(tokens, min_count=3).shape == (0, 3), "ab comes three times, abc twice"
    assert outstanding_triples(matrix(["abc", "abc", "ab", "d"]), min_count=2).shape == (0, 3), "two of four is no loss"


def exclusive(size: int, seed: int) -> Edges:
    """Objects 0, 1 and 2 come in pairs as often as alone would have it, but all three together whenever two do: an
    association that no pair shows. Objects 3 to 9 are noise."""
    rng = np.random.default_rng(seed)
    has = rng.random((size, 10)) < 0.3
    has[:, 2] = has[:, 0] == has[:, 1]
    subject, objects = np.nonzero(has)
    return Edges.from_links(subject, np.zeros_like(subject), objects, num_subjects=size, num_verbs=1, num_objects=10)


def test_a_triple_that_no_pair_shows_is_missed_by_an_independent_table() -> None:
    sides = Sides.of(exclusive(3_000, 0), exclusive(3_000, 1), exclusive(3_000, 2), np.random.default_rng(0))
    assert [0, 1, 2] in outstanding_triples(sides.reference.tokens()).tolist()[:3]
    by_name = {figure.name: figure for figure in motif_figures(sides, np.random.default_rng(0))}
    triple = by_name["triple_l1"]
    assert triple.value is not None
    assert triple.floor is not None
    assert triple.independent is not None
    assert triple.value < 0.2
    assert triple.floor < 0.2
    assert triple.independent > 0.4
    assert triple.low is not None
    assert triple.high is not None
    assert triple.low <= triple.floor <= triple.high


def test_nothing_to_compare() -> None:
    empty = matrix([""])
    found = motif_distances(empty, empty, outstanding_triples(empty))
    assert all(np.isnan(value) for value in found.values())
