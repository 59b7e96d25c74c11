"""Which of two links comes first, and links that come only after another one."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.destroyers import without_order
from assoc_synth.gate.scopes.parts.precedence import Precedence, first_times
from assoc_synth.link_graph.rows import UNDATED, Rows


def test_states_of_a_pair_and_of_a_rule(make_rows: Callable[..., Rows]) -> None:
    part = Precedence(np.array([1, 2]), np.array([[0, 1]]), np.array([[1, 0]]))
    rows = make_rows([0, 0, 0, 1, 1, 2, 2, 3], [1, 2, 1, 1, 2, 1, 2, 1], seconds=[1, 2, 3, 9, 2, 5, 5, 1])
    counted = part.count(rows)
    assert sorted(zip(counted.subject.tolist(), counted.column.tolist(), strict=True)) == [
        (0, 0),
        (0, 3),
        (1, 2),
        (1, 4),
        (2, 1),
        (2, 3),
    ]
    assert part.group.tolist() == [0, 0, 0, 1, 1]


def test_the_first_time_counts_and_undated_rows_do_not(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0, 1], [1, 1, 1], seconds=[9, 4, 1])
    assert rows.time is not None
    rows.time[2] = UNDATED
    found = first_times(rows, np.array([1, 5]))
    never = np.iinfo(np.int64).max
    assert found.tolist() == [[4_000_000_000, never], [never, never]]


def test_pairs_with_an_order_are_chosen_and_others_are_not(make_rows: Callable[..., Rows]) -> None:
    rng, count = np.random.default_rng(0), 200
    subject = np.repeat(np.arange(count), 4)
    token = np.tile([1, 2, 3, 4], count)
    seconds = np.tile([0, 100, 0, 0], count) + np.tile([0, 0, 200, 200], count) * rng.random(4 * count)
    rows = make_rows(subject.tolist(), token.tolist(), visit=[*range(4 * count)], seconds=seconds.tolist())
    copies = [without_order(rows, np.random.default_rng(seed)) for seed in range(3)]
    part = Precedence.choose(rows, copies, 5)
    assert part is not None
    pairs = {tuple(part.tokens[pair].tolist()) for pair in part.pairs}
    assert pairs == {(1, 2), (1, 3), (1, 4)}
    rules = {tuple(part.tokens[rule].tolist()) for rule in part.rules}
    assert rules == {(2, 1), (3, 1), (4, 1)}
    assert Precedence.choose(copies[0], copies[1:], 5) is None


def test_what_cannot_be_counted_is_an_error(make_rows: Callable[..., Rows]) -> None:
    part = Precedence(np.array([1, 2]), np.array([[0, 1]]), np.zeros((0, 2), np.int64))
    with pytest.raises(InputError, match="watches times"):
        part.count(make_rows([0], [1]))
    with pytest.raises(ValueError, match="do not fit"):
        Precedence(np.array([1, 2]), np.array([0, 1]), np.zeros((0, 2), np.int64))


@pytest.mark.parametrize("place", [-1, 2])
def test_pairs_of_links_that_there_are_not_are_refused(place: int) -> None:
    known, none = np.array([[0, place]]), np.zeros((0, 2), np.int64)
    for pairs, rules in ((known, none), (none, known)):
        with pytest.raises(ValueError, match="no such links in an order"):
            Precedence(np.array([1, 2]), pairs, rules)
