"""Amounts, times and occurrences of rows."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.row_values import Amounts, RowCounts, RowTimes
from assoc_synth.link_graph.rows import Rows

TWO = VerbGroups(np.array([0, 1]), 2)
HOUR = 3600


def test_amounts_have_bins_signs_and_missing_values_by_verb(make_rows: Callable[..., Rows]) -> None:
    size = 200
    amount = np.where(np.arange(size) % 2 == 0, np.arange(size), -np.arange(size) / 10.0)
    rows = make_rows([*range(size)], [1, 11] * (size // 2), num_verbs=2, amount=amount)
    part = Amounts.choose(rows, TWO, 5)
    assert part is not None
    assert part.tokens.tolist() == [1, 11]
    assert [(block.name, block.verbs) for block in part.compared] == [
        ("amounts[0]", (0,)),
        ("amounts[1]", (1,)),
        ("amounts_by_object", None),
    ]
    odd = make_rows([0] * 4, [1] * 4, num_verbs=2, amount=np.array([-1.0, 0.0, 50.0, np.nan]))
    assert len(set(part.count(odd).column[:4].tolist())) == 4
    assert (part.group[part.count(odd).column] == [0] * 4 + [2] * 4).all()


def test_without_amounts_there_is_nothing_to_compare(make_rows: Callable[..., Rows]) -> None:
    assert Amounts.choose(make_rows([0], [1], num_verbs=2), TWO, 1) is None
    empty = make_rows([0], [1], num_verbs=2, amount=np.array([np.nan]))
    assert Amounts.choose(empty, TWO, 1) is None


def test_times_have_hours_days_and_dates(make_rows: Callable[..., Rows]) -> None:
    seconds = [at * 7.5 * HOUR for at in range(400)]
    rows = make_rows([*range(400)], [1] * 400, seconds=seconds)
    part = RowTimes.choose(rows, VerbGroups(np.zeros(1, np.int64), 1))
    assert part is not None
    assert part.has_hours
    one = part.count(make_rows([0], [1], seconds=[10 * 24 * HOUR + 5 * HOUR]))
    first = np.cumsum([0, 2, 7, len(part.edges) + 1])
    assert one.column[[0, 1, 3]].tolist() == [1, first[1] + 6, first[3] + 5], "a Sunday at five o'clock"


def test_dates_alone_have_no_hours(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 1], [1, 1], seconds=[0, 24 * HOUR])
    part = RowTimes.choose(rows, VerbGroups(np.zeros(1, np.int64), 1))
    assert part is not None
    assert not part.has_hours
    assert part.group.max() == 2
    assert (
        RowTimes.choose(
            make_rows([0], [1]),
            TWO,
        )
        is None
    )


def test_rows_of_an_edge_and_of_a_subject_are_counted(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0, 0, 0, 1, 1], [1, 1, 1, 2, 1, 11], num_verbs=2)
    part = RowCounts.choose(rows, TWO)
    counted = part.count(rows)
    groups = part.group[counted.column]
    assert np.bincount(groups).tolist() == [3, 1, 2, 1]
    edges = sorted(zip(counted.subject[groups == 0].tolist(), counted.column[groups == 0].tolist(), strict=True))
    assert edges == [(0, 0), (0, 2), (1, 0)], "one edge three times, two edges once"


def test_what_cannot_be_counted_is_an_error(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0], [1], num_verbs=2)
    with pytest.raises(InputError, match="watches amounts"):
        Amounts(TWO.of_verb, 2, np.zeros(0, np.int64), np.zeros(0), np.zeros(3, np.int64)).count(rows)
    with pytest.raises(InputError, match="watches times"):
        RowTimes(TWO.of_verb, 2, False, np.zeros(0)).count(rows)
    with pytest.raises(ValueError, match="bins of amounts"):
        Amounts(TWO.of_verb, 2, np.zeros(0, np.int64), np.zeros(0), np.zeros(9, np.int64))
    with pytest.raises(ValueError, match="bins of occurrences"):
        RowCounts(TWO.of_verb, 2, np.zeros(0), np.zeros(9, np.int64))
