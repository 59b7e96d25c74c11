"""Time between rows, between visits, and of visits."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.pauses import BETWEEN, INSIDE, LASTING, SPAN, Pauses
from assoc_synth.link_graph.rows import Rows

ONE = VerbGroups(np.zeros(1, np.int64), 1)


def test_every_pause_is_in_its_group(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0] * 6, [1] * 6, visit=[0, 0, 0, 1, 2, 2], seconds=[0, 0, 7, 100, 500, 501])
    part = Pauses.choose(rows, ONE)
    assert part is not None
    counted = part.count(rows)
    groups, number = np.unique(part.group[counted.column], return_counts=True)
    assert dict(zip(groups.tolist(), number.tolist(), strict=True)) == {BETWEEN: 2, LASTING: 2, SPAN: 1, INSIDE: 3}


def test_rows_at_one_time_are_told_from_others(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0] * 3, [1, 2, 3], visit=[0, 0, 0], seconds=[0, 0, 7])
    part = Pauses.choose(rows, ONE)
    assert part is not None
    first = np.flatnonzero(part.group == INSIDE)[0]
    tied, apart = (
        part.count(make_rows([0, 0], [1, 2], visit=[0, 0], seconds=seconds)).column for seconds in ([5, 5], [5, 5.001])
    )
    assert first in tied
    assert first not in apart


def test_pauses_are_those_of_the_later_rows_verb(make_rows: Callable[..., Rows]) -> None:
    verbs = VerbGroups(np.array([0, 1]), 2)
    rows = make_rows([0, 0, 0], [1, 11, 2], visit=[0, 0, 0], seconds=[0, 1, 3], num_verbs=2)
    part = Pauses.choose(rows, verbs)
    assert part is not None
    counted = part.count(rows)
    groups = part.group[counted.column]
    assert sorted(groups[groups >= INSIDE].tolist()) == [INSIDE, INSIDE + 1]


def test_one_row_each_has_no_pause(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 1], [1, 2], visit=[0, 1], seconds=[1, 2])
    assert Pauses.choose(rows, ONE) is None


def test_what_cannot_be_counted_is_an_error(make_rows: Callable[..., Rows]) -> None:
    part = Pauses(ONE.of_verb, 1, np.zeros(0), np.zeros(INSIDE + 2, np.int64))
    with pytest.raises(InputError, match="watches visits at times"):
        part.count(make_rows([0], [1], visit=[0]))
    with pytest.raises(ValueError, match="bins of Pauses"):
        Pauses(ONE.of_verb, 1, np.zeros(0), np.zeros(2, np.int64))
