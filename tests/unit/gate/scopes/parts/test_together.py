"""Links that meet in visits."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.destroyers import without_visits
from assoc_synth.gate.scopes.parts.together import Together
from assoc_synth.link_graph.rows import Rows


def shoppers(make_rows: Callable[..., Rows], count: int = 200) -> Rows:
    """Everybody has 0 with 1 in a visit, 2 and 3 in another one each, and one of 4 to 7 in some visit."""
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(count), 6)
    token = np.tile([0, 1, 2, 3, 4, 4], count) + np.tile([0, 0, 0, 0, 1, 1], count) * rng.integers(0, 4, 6 * count)
    visit = 3 * subject + np.tile([0, 0, 1, 2, 0, 0], count)
    visit[4::6] += rng.integers(0, 3, count)
    visit[5::6] += rng.integers(0, 3, count)
    return make_rows(subject.tolist(), token.tolist(), visit=visit.tolist())


def chosen(rows: Rows) -> Together:
    copies = [without_visits(rows, np.random.default_rng(seed)) for seed in range(3)]
    found = Together.choose("token", rows, copies, 5)
    assert found is not None
    return found


def test_pairs_that_meet_and_pairs_that_do_not(make_rows: Callable[..., Rows]) -> None:
    found = chosen(shoppers(make_rows))
    pairs = {
        tuple(found.codes[pair].tolist()): bool(meets) for pair, meets in zip(found.pairs, found.meets, strict=True)
    }
    assert pairs[0, 1]
    assert not pairs[2, 3]
    assert (1, 2) not in pairs or not pairs[1, 2]
    assert {name for name, count in found.watched if count} == {"pairs in a visit", "pairs kept apart in visits"}


def test_a_subject_counts_once_for_a_pair_that_it_has(make_rows: Callable[..., Rows]) -> None:
    found = Together("token", np.array([0, 1]), np.array([[0, 1]]), np.array([True]), np.array([-1]))
    rows = make_rows([0, 0, 0, 0, 1, 1, 2], [0, 1, 0, 1, 0, 1, 0], visit=[0, 0, 1, 2, 3, 4, 5])
    counted = found.count(rows)
    shares = {(s, c): t for s, c, t in zip(counted.subject, counted.column, counted.times, strict=True)}  # type: ignore[arg-type]
    assert shares == {(0, 0): 0.5, (0, 1): 0.5, (1, 0): 0.0, (1, 1): 1.0}


def test_a_verb_with_many_pairs_has_a_block(make_rows: Callable[..., Rows]) -> None:
    verb = np.array([1] * 5 + [-1])
    pairs = np.array([[0, 1]] * 6)
    found = Together("token", np.array([10, 11]), pairs, np.ones(6, bool), verb)
    assert [(block.name, block.verbs, len(block.columns)) for block in found.compared] == [
        ("pairs[1]", (1,), 10),
        ("pairs", None, 2),
        ("avoided", None, 0),
    ]


def test_one_visit_each_has_nothing_to_watch(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0, 1, 1] * 5, [0, 1, 0, 1] * 5, visit=[0, 0, 1, 1] * 5)
    assert Together.choose("token", rows, [rows] * 3, 1) is None


def test_rows_without_visits_and_odd_parts_are_errors(make_rows: Callable[..., Rows]) -> None:
    found = chosen(shoppers(make_rows))
    with pytest.raises(InputError, match="watches visits, the rows have none"):
        found.count(make_rows([0], [0]))
    with pytest.raises(ValueError, match="in a visit do not fit"):
        Together("token", found.codes, found.pairs, found.meets[1:], found.verb)
    with pytest.raises(ValueError, match="is called 'colour'"):
        Together("colour", found.codes, found.pairs, found.meets, found.verb)  # type: ignore[arg-type]


def test_pairs_of_codes_that_there_are_not_are_refused() -> None:
    codes, verb = np.array([3, 7]), np.array([-1])
    assert len(Together("token", codes, np.array([[0, 1]]), np.array([True]), verb).group) == 2
    for pair in ([0, 2], [-1, 1]):
        with pytest.raises(ValueError, match="no such codes of pairs"):
            Together("token", codes, np.array([pair]), np.array([True]), verb)
