"""The population: everything that is said to be planted in it is there."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration.populations import (
    AVOIDING,
    CHANNELS,
    OBJECTS,
    PLANTED,
    SECOND,
    XOR,
    population,
    random_svo,
    rows_of,
    tokens_of,
)
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats, Ints


@pytest.fixture(scope="module")
def rows() -> Rows:
    return population(4_000, 0)


@pytest.fixture(scope="module")
def has(rows: Rows) -> Bools:
    return tokens_of(rows)


def lift(has: Bools, left: Ints, right: Ints) -> Floats:
    share = has.mean(0)
    found: Floats = (has[:, left] & has[:, right]).mean(0) / (share[left] * share[right])
    return found


def test_planted_pairs_meet_and_substitutes_do_not(has: Bools) -> None:
    assert has.shape == (4_000, 2 * OBJECTS)
    assert lift(has, PLANTED, PLANTED + 1).mean() > 1.3 * lift(has, PLANTED + 1, PLANTED + 4).mean()
    assert lift(has, AVOIDING, AVOIDING + 1).max() < 0.2


def test_three_go_together_beyond_their_pairs(has: Bools) -> None:
    for first, second in ((XOR, XOR + 1), (XOR, XOR + 2), (XOR + 1, XOR + 2)):
        assert lift(has, first, second) == pytest.approx(1.0, abs=0.06)
    assert not (has[:, XOR] & has[:, XOR + 1] & has[:, XOR + 2]).any()


def test_the_minor_verb_repeats_the_major_one_and_has_pairs_of_its_own(has: Bools) -> None:
    assert not (has[:, OBJECTS:] & ~has[:, :OBJECTS]).any()
    assert 0.15 < has[:, OBJECTS:].sum() / has.sum() < 0.25
    assert lift(has, OBJECTS + PLANTED, OBJECTS + PLANTED + 1).mean() > 3


def test_pairs_are_in_one_visit_and_in_order(rows: Rows) -> None:
    assert rows.group is not None
    assert rows.time is not None
    first = np.flatnonzero((rows.verb == 0) & (rows.object == PLANTED[0]))
    second = np.flatnonzero((rows.verb == 0) & (rows.object == PLANTED[0] + 1))
    left = {(int(rows.subject[at])): at for at in first[::-1]}
    pairs = [(left[int(rows.subject[at])], at) for at in second if int(rows.subject[at]) in left]
    together = [(a, b) for a, b in pairs if rows.group[a] == rows.group[b]]
    assert len(together) / len(pairs) > 0.6
    assert np.mean([rows.time[a] < rows.time[b] for a, b in together]) > 0.8


def test_rows_are_in_the_order_of_their_visits(rows: Rows) -> None:
    assert rows.group is not None
    assert rows.time is not None
    same = rows.group[1:] == rows.group[:-1]
    assert (np.diff(rows.subject) >= 0).all()
    assert (np.diff(rows.time)[same] >= 0).all()
    assert (np.diff(rows.time)[same] < 3_600 * SECOND).all()
    assert len(rows.visits) == len(np.unique(rows.group))


def test_amounts_and_channels_follow_the_object(rows: Rows) -> None:
    assert rows.amount is not None
    assert rows.extras is not None
    assert np.isnan(rows.amount[rows.verb == 1]).all()
    means = [np.nanmean(rows.amount[(rows.verb == 0) & (rows.object == code)]) for code in (0, 9)]
    assert means[1] / means[0] > 2
    own = rows.extras.codes[rows.object == 5, 0]
    assert np.bincount(own, minlength=CHANNELS)[5 % CHANNELS] / len(own) == pytest.approx(0.7, abs=0.05)


def test_the_attribute_follows_the_preference(rows: Rows, has: Bools) -> None:
    of_first = rows.attributes.has[:, 0]
    assert has[of_first, 0:21:3].mean() > 1.2 * has[~of_first, 0:21:3].mean()
    assert (rows.attributes.has.sum(axis=1) == 1).all()


def test_a_seed_gives_the_same_subjects() -> None:
    first, second, other = population(100, 3), population(100, 3), population(100, 4)
    assert np.array_equal(first.token, second.token)
    assert not np.array_equal(tokens_of(first), tokens_of(other))


def test_rows_of_a_table_have_its_links() -> None:
    wanted = np.zeros((3, 2 * OBJECTS), bool)
    wanted[0, 3] = wanted[2, OBJECTS + 5] = wanted[2, 5] = True
    attributes = population(3, 0).attributes
    assert np.array_equal(tokens_of(rows_of(wanted, attributes, np.random.default_rng(0))), wanted)


def test_random_rows_have_no_association() -> None:
    edges = random_svo(0)
    assert (edges.num_subjects, edges.num_links) == (1_000, 20_000)
