"""Bins, positions, and verbs that are compared by themselves."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.gate.scopes.parts.bins import ClassBins, VerbGroups, bin_edges, bin_of, frequent
from assoc_synth.gate.scopes.parts.pauses import Pauses
from assoc_synth.gate.scopes.parts.visit_shapes import VisitCounts
from assoc_synth.link_graph.rows import Rows


def test_bins_hold_equally_many_values() -> None:
    edges = bin_edges(np.arange(500), 5)
    assert np.bincount(bin_of(np.arange(500), edges)).tolist() == [99, 100, 100, 100, 101]


def test_the_ends_of_many_values_have_bins_of_their_own() -> None:
    values = np.random.default_rng(0).normal(size=5000)
    counts = np.bincount(bin_of(values, bin_edges(values, 10)))
    assert counts[0] == pytest.approx(50, abs=2)
    assert counts[-1] == pytest.approx(50, abs=2)


def test_a_price_that_fills_a_bin_is_told_from_its_neighbours() -> None:
    edges = bin_edges([9.99] * 50 + [*range(10, 60)], 4)
    near = bin_of(np.array([9.5, 9.99, 10.5]), edges)
    assert len(set(near.tolist())) == 3


def test_no_bound_is_one_rows_own_value() -> None:
    for size in (3, 40, 4000):
        values = np.random.default_rng(0).normal(50, 20, size)
        edges = bin_edges(values, 10)
        assert len(edges) >= min(size, 9)
        assert np.abs(edges[:, None] - values[None, :]).min() > 1e-6


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0], [0.0]])
def test_few_values_still_have_bins(values: list[float]) -> None:
    edges = bin_edges(values, 10)
    assert bin_of(np.array([1.0, 3.0, 7.0]), edges).max() <= len(edges)


def test_each_class_has_bins_of_its_own_and_one_for_missing_values() -> None:
    values, code = np.concatenate([np.arange(20.0), 100 + np.arange(20.0), [np.nan]]), np.repeat([0, 1], [20, 21])
    bins = ClassBins.of(values, code, 2, 2, between=(0.0,))
    assert bins.group.tolist() == [0] * int(bins.offsets[1]) + [1] * int(np.diff(bins.offsets)[1])
    found = bins.bins(values, code)[[1, 19, 20, 39, 40]]
    assert len(set(found.tolist())) == 5
    assert found[-1] == bins.offsets[-1] - 1
    assert bins.bins(np.array([-1.0]), np.array([1])).tolist() == [bins.offsets[1]], "the bound is one of every class"


def test_frequent_codes_are_those_of_most_subjects() -> None:
    subject, code = np.array([0, 0, 0, 1, 2, 1]), np.array([5, 5, 5, 2, 2, 3])
    assert frequent(subject, code, 6, 1, 1).tolist() == [2]
    assert frequent(subject, code, 6, 9, 2).tolist() == [2]
    assert frequent(subject, code, 6, 9, 1).tolist() == [2, 3, 5]


def test_rare_verbs_share_a_group(make_rows: Callable[..., Rows]) -> None:
    subject = [*range(100), *range(100), *range(60)]
    rows = make_rows(subject, [0] * 100 + [10] * 100 + [20] * 30 + [30] * 30, num_verbs=4)
    verbs = VerbGroups.choose(rows, 100)
    assert (verbs.count, verbs.of_verb.tolist()) == (3, [0, 1, 2, 2])
    assert [verbs.suffix(at) for at in range(3)] == ["[0]", "[1]", "[other verbs]"]
    assert verbs.verbs(2) == (2, 3)
    few = make_rows([*range(100), *range(80), 0], [0] * 100 + [10] * 80 + [20], num_verbs=3)
    joined = VerbGroups.choose(few, 100)
    assert (joined.count, joined.of_verb.tolist(), joined.suffix(1)) == (2, [0, 1, 1], "[other verbs]")
    assert VerbGroups.choose(make_rows([0], [0]), 100).suffix(0) == "", "one group needs no name"


def test_binned_parts_have_the_bins_of_their_classes() -> None:
    """Four classes, the first of which has one bound."""
    plain = Pauses(np.zeros(1, np.int64), 1, np.array([1.0]), np.array([0, 1, 1, 1, 1]))
    assert plain.group.tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]
    assert plain.watched == ()
    with pytest.raises(ValueError, match="bins of Pauses"):
        Pauses(np.zeros(1, np.int64), 1, np.array([1.0]), np.array([0, 1, 1]))
    with pytest.raises(ValueError, match="bins of VisitCounts"):
        VisitCounts(np.zeros(1, np.int64), 1, np.zeros(0), np.zeros(4, np.int64))


def test_what_one_subject_repeats_is_not_told_exactly() -> None:
    values, subject = np.append(np.arange(30.0), np.full(30, 4_711.37)), np.append(np.arange(30), np.zeros(30, int))
    assert np.isclose(bin_edges(values, 4), 4_711.37, atol=1e-3).any()
    assert not np.isclose(bin_edges(values, 4, subject), 4_711.37, atol=1e-3).any()
    assert np.isclose(bin_edges(values, 4, np.arange(60)), 4_711.37, atol=1e-3).any()


@pytest.mark.parametrize("of_verb", [[0, 2], [-1, 1], [[0, 1]]])
def test_a_verb_of_a_group_that_there_is_not_is_refused(of_verb: list[int]) -> None:
    with pytest.raises(ValueError, match="the groups of verbs do not fit together"):
        VerbGroups(np.array(of_verb), 2)
