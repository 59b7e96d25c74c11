"""Steps inside visits and between them, and what visits begin and end with."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.destroyers import without_order
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.part import Part
from assoc_synth.gate.scopes.parts.transitions import Ends, Transitions
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats

ONE = VerbGroups(np.zeros(1, np.int64), 1)
NONE = np.zeros((0, 2), np.int64)


def by_subject(part: Part, rows: Rows) -> Floats:
    counted = part.count(rows)
    found = np.zeros((rows.num_subjects, len(part.group)))
    np.add.at(found, (counted.subject, counted.column), 1.0 if counted.times is None else counted.times)
    return found


def walkers(make_rows: Callable[..., Rows], count: int = 300) -> Rows:
    """Everybody goes from 0 to 1 to 2 or 3 within one visit, and in the next one from 3 or 2 to 1 to 0."""
    third = 2 + np.random.default_rng(0).integers(0, 2, count)
    token = np.stack([np.zeros(count), np.ones(count), third, 5 - third, np.ones(count), np.zeros(count)], axis=1)
    subject = np.repeat(np.arange(count), 6)
    return make_rows(
        subject.tolist(),
        token.astype(int).ravel().tolist(),
        visit=(2 * subject + np.tile([0, 0, 0, 1, 1, 1], count)).tolist(),
        seconds=np.tile([0, 60, 120, 90_000, 90_060, 90_120], count).tolist(),
    )


def test_steps_inside_and_between_visits(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0] * 5, [1, 2, 3, 4, 1], visit=[0, 0, 0, 1, 1], seconds=[0, 5, 5, 99, 100])
    tokens, pairs = np.array([1, 2, 3, 4]), np.array([[0, 1], [3, 0]])
    inside = by_subject(Transitions("inside", tokens, pairs, NONE, ONE.of_verb, 1), rows)
    assert inside.tolist() == [[0.5, 1.0, 0.0, 0.5]], "1 to 2 is half of a step to two things, 1 to 3 is another one"
    between = by_subject(Transitions("between", tokens, np.array([[0, 3]]), np.array([[2, 0]]), ONE.of_verb, 1), rows)
    assert between[0].tolist() == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_steps_of_verbs_are_given_the_verb_before(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0, 0], [1, 11, 12], visit=[0, 0, 0], seconds=[0, 1, 2], num_verbs=2)
    part = Transitions("inside", np.array([1]), np.array([[0, 0]]), NONE, np.array([0, 1]), 2)
    assert part.group.tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert by_subject(part, rows)[0, 3:].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert [block.name for block in part.compared] == ["steps", "steps_of_verbs"]


def test_frequent_and_impossible_steps_are_chosen(make_rows: Callable[..., Rows]) -> None:
    rows = walkers(make_rows)
    copies = [without_order(rows, np.random.default_rng(seed)) for seed in range(3)]
    part = Transitions.choose("inside", rows, copies, ONE, 5)
    assert part is not None
    watched = {tuple(part.tokens[pair].tolist()) for pair in part.pairs}
    assert {(0, 1), (1, 2), (1, 3), (1, 0)} <= watched
    unseen = {tuple(part.tokens[pair].tolist()) for pair in part.unseen}
    assert {(0, 2), (0, 3), (2, 0)} <= unseen
    assert by_subject(part, rows)[:, len(part.pairs)].sum() == 0
    assert by_subject(part, copies[0])[:, len(part.pairs)].sum() > 100


def test_first_and_last_of_a_visit(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0] * 4, [1, 2, 3, 7], visit=[0, 0, 0, 1], seconds=[0, 1, 2, 50])
    part = Ends(np.array([1, 3]), ONE.of_verb, 1)
    assert by_subject(part, rows).tolist() == [[1, 0, 0, 0, 1, 0, 1, 1]], "a visit at one time has no ends"
    chosen = Ends.choose(walkers(make_rows), ONE, 5)
    assert chosen is not None
    assert chosen.tokens.tolist() == [0, 2, 3]
    assert Ends.choose(make_rows([0], [1], visit=[0], seconds=[0]), ONE, 1) is None


def test_what_cannot_be_counted_is_an_error(make_rows: Callable[..., Rows]) -> None:
    part = Transitions("inside", np.array([1]), np.array([[0, 0]]), NONE, ONE.of_verb, 1)
    with pytest.raises(InputError, match="watches visits at times"):
        part.count(make_rows([0], [1], visit=[0]))
    with pytest.raises(ValueError, match="no kind of step is called 'across'"):
        Transitions("across", np.array([1]), NONE, NONE, ONE.of_verb, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="steps do not fit"):
        Transitions("inside", np.array([1]), np.zeros((2, 3), np.int64), NONE, ONE.of_verb, 1)


@pytest.mark.parametrize("place", [-1, 1])
def test_steps_of_links_that_there_are_not_are_refused(place: int) -> None:
    steps = np.array([[0, place]])
    for pairs, unseen in ((steps, NONE), (NONE, steps)):
        with pytest.raises(ValueError, match="no such links of steps"):
            Transitions("inside", np.array([1]), pairs, unseen, ONE.of_verb, 1)
