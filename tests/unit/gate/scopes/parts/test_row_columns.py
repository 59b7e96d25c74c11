"""Extra columns by verb and by link, and what depends on what."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.row_columns import MAX_FEATURES, Dependencies, ExtraColumns
from assoc_synth.link_graph.rows import Extras, Rows
from assoc_synth.transactions.arrays import Ints

TWO = VerbGroups(np.array([0, 1]), 2)


def shop(make_rows: Callable[..., Rows], count: int = 300) -> Rows:
    """The aisle is the object's, the floor is the aisle's, the cashier the visit's; the mood is anybody's."""
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(count), 2)
    object = rng.integers(0, 9, 2 * count)
    aisle = object // 3
    codes = np.stack(
        [aisle, aisle // 2, np.repeat(rng.integers(0, 3, count), 2), rng.integers(0, 3, 2 * count)], axis=1
    )
    return make_rows(
        subject.tolist(),
        object.tolist(),
        visit=subject.tolist(),
        num_verbs=2,
        extras=Extras(("aisle", "floor", "cashier", "mood"), (5, 4, 5, 5), codes),
    )


def broken(part: Dependencies, rows: Rows) -> list[float]:
    counted = part.count(rows)
    totals = np.bincount(counted.column, minlength=len(part.group)).reshape(-1, 2)
    return [float(share) for share in (totals[:, 1] / totals.sum(axis=1)).round(2)]


def dealt(rows: Rows, column: int) -> Rows:
    assert rows.extras is not None
    codes: Ints = rows.extras.codes.copy()
    codes[:, column] = np.random.default_rng(1).permutation(codes[:, column])
    return replace(rows, extras=Extras(rows.extras.names, rows.extras.sizes, codes))


def test_dependencies_are_found_and_their_breaks_counted(make_rows: Callable[..., Rows]) -> None:
    rows = shop(make_rows)
    part = Dependencies.choose(rows, 5)
    assert part is not None
    assert [part.names[column] for column in part.by_link] == ["aisle", "floor"]
    assert [tuple(part.names[at] for at in pair) for pair in part.by_column] == [("aisle", "floor")]
    assert [part.names[column] for column in part.in_visit] == ["cashier"]
    assert broken(part, rows) == [0.0, 0.0, 0.0, 0.0]
    assert broken(part, dealt(rows, 1))[0] == 0.0 < min(broken(part, dealt(rows, 1))[1:3])
    assert broken(part, dealt(rows, 2))[3] > 0.5
    assert part.watched == (("dependencies of columns", 4),)


def test_a_constant_depends_on_nothing(make_rows: Callable[..., Rows]) -> None:
    extras = Extras(("one",), (3,), np.zeros((4, 1), np.int64))
    assert Dependencies.choose(make_rows([0, 1, 2, 3], [0, 1, 0, 1], num_verbs=2, extras=extras), 1) is None
    assert Dependencies.choose(make_rows([0], [0]), 1) is None


def test_columns_by_verb_and_by_link(make_rows: Callable[..., Rows]) -> None:
    extras = Extras(("a", "b"), (2, 3), np.array([[0, 2], [1, 1], [0, 0]]))
    rows = make_rows([0, 0, 1], [1, 11, 1], num_verbs=2, extras=extras)
    part = ExtraColumns(("a", "b"), (2, 3), TWO.of_verb, 2, np.array([1]), 0)
    assert part.group.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
    counted = part.count(rows)
    assert sorted(counted.column.tolist()) == [0, 0, 3, 4, 4, 6, 8, 10, 12, 14]
    assert [(block.name, len(block.columns)) for block in part.compared] == [
        ("column[a]", 4),
        ("column[b]", 6),
        ("columns_by_object", 5),
    ]


def test_very_many_columns_are_pooled_over_verbs_and_then_left_out(make_rows: Callable[..., Rows]) -> None:
    many = 100
    extras = Extras(tuple(f"c{at}" for at in range(many)), (20,) * many, np.zeros((2, many), np.int64))
    part = ExtraColumns.choose(make_rows([0, 1], [0, 1], num_verbs=2, extras=extras), TWO, 1)
    assert part is not None
    assert (part.count_groups, len(part.names), part.left_out) == (1, MAX_FEATURES // 20, many - MAX_FEATURES // 20)
    assert ("extra columns left out", part.left_out) in part.watched


def test_a_column_that_rows_lack_is_an_error(make_rows: Callable[..., Rows]) -> None:
    part = ExtraColumns(("a",), (2,), TWO.of_verb, 2, np.array([1]), 0)
    with pytest.raises(InputError, match="watches the column 'a' in 2 classes"):
        part.count(make_rows([0], [0], num_verbs=2))
    other = Extras(("a",), (3,), np.zeros((1, 1), np.int64))
    with pytest.raises(InputError, match="watches the column 'a' in 2 classes"):
        part.count(make_rows([0], [0], num_verbs=2, extras=other))
    none = np.zeros(0, np.int64)
    no_links = none.reshape(0, 2)
    for column in (-1, 1):
        with pytest.raises(ValueError, match="no such columns"):
            Dependencies(("a",), (2,), none, np.array([column]), np.zeros((1, 0), np.int64), no_links, no_links, none)
    for columns, classes in ((("a",), 3), (("a", "b"), 2)):
        with pytest.raises(ValueError, match="dependencies of columns do not fit"):
            Dependencies(columns, (2,), none, none, no_links[:, :0], no_links, np.zeros((0, classes), np.int64), none)
