"""Sizes and numbers of visits, and what comes again in them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.part import Counted, Part
from assoc_synth.gate.scopes.parts.visit_shapes import Repeats, VisitCounts
from assoc_synth.link_graph.rows import Rows

ONE = VerbGroups(np.zeros(1, np.int64), 1)


def by_subject(part: Part, rows: Rows, name: str) -> Any:
    """How often each subject is in each column of a block."""
    counted: Counted = part.count(rows)
    found = np.zeros((rows.num_subjects, len(part.group)), int)
    np.add.at(found, (counted.subject, counted.column), 1)
    columns = next(block.columns for block in part.compared if block.name == name)
    return found[:, columns].tolist()


def test_links_of_a_visit_are_counted_once(make_rows: Callable[..., Rows]) -> None:
    training = make_rows([0, 0, 0, 1], [0, 1, 2, 0], visit=[0, 0, 0, 1])
    part = VisitCounts.choose(training, ONE)
    one = by_subject(part, make_rows([0, 0], [3, 3], visit=[0, 0]), "sizes")
    three = by_subject(part, make_rows([0, 0, 0], [3, 4, 5], visit=[0, 0, 0]), "sizes")
    assert one == by_subject(part, make_rows([0], [3], visit=[0]), "sizes") != three


def test_visits_are_counted_by_verb(make_rows: Callable[..., Rows]) -> None:
    verbs = VerbGroups(np.array([0, 1]), 2)
    rows = make_rows([0, 0, 0], [0, 0, 10], visit=[0, 1, 1], num_verbs=2)
    part = VisitCounts.choose(rows, verbs)
    found = np.array(by_subject(part, rows, "sizes")[0])
    assert found.sum() == 2 + 2 + 1, "two visits, both with the first verb, one with the second"
    assert np.sum(by_subject(part, rows, "numbers")) == 3


def test_repeats_within_a_visit_and_over_visits(make_rows: Callable[..., Rows]) -> None:
    part = Repeats(ONE.of_verb, 1)
    rows = make_rows([0, 0, 0, 1, 1], [0, 0, 0, 0, 1], visit=[0, 0, 1, 2, 2])
    assert by_subject(part, rows, "repeats") == [[1, 1, 0, 1, 0], [1, 0, 2, 0, 0]]
    assert by_subject(part, make_rows([0, 0], [0, 1], visit=[0, -1]), "numbers") == [[1, 1]], "one row has no visit"


def test_rows_without_visits_are_errors(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0], [0])
    for part in (Repeats(ONE.of_verb, 1), VisitCounts(ONE.of_verb, 1, np.zeros(0), np.zeros(5, np.int64))):
        with pytest.raises(InputError, match="watches visits"):
            part.count(rows)
    with pytest.raises(ValueError, match="bins of VisitCounts"):
        VisitCounts(ONE.of_verb, 1, np.zeros(0), np.zeros(4, np.int64))
