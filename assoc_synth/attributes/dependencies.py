"""What a column is a function of: found in a table with a tolerance, and kept exactly in drawn rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints, Times, Values

if TYPE_CHECKING:
    from assoc_synth.transactions.columns.times import TimeFormat

On = tuple[str, ...]
SOURCES: tuple[On, ...] = (("object",), ("subject",), ("basket",), ("object", "day"), ("verb", "object", "day"))
"""In the order in which they are looked for; the last one is for the amount only, whose sign may be the verb's."""
TOLERANCE = 0.005
"""Share of the rows of groups of two and more that may contradict a dependency that is found."""
MUCH_LESS = 0.05
"""Contradictions must also be fewer than this share of those that chance would make."""
EXPECTED = 20.0
"""Contradictions that chance must have been able to make: below, a rule that holds says nothing."""

Demanded = Mapping[str, "str | tuple[str, ...] | None"]


@dataclass(frozen=True)
class Dependency:
    """A column is a function of the object, the subject, the basket, or the object and the day.

    Attributes:
        column: whose values depend; on: what they depend on, one of `SOURCES`.
        missingness: whether missing values have a pattern of their own, beside the function.
    """

    column: str
    on: On
    missingness: bool

    @property
    def note(self) -> str:
        """One sentence for the user."""
        return f"column {self.column!r} depends on the {' and the '.join(self.on)}: kept exactly"

    def to_dict(self) -> dict[str, Any]:
        return {"column": self.column, "on": list(self.on), "missingness": self.missingness}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Dependency:
        return cls(str(state["column"]), tuple(state["on"]), bool(state["missingness"]))


def check_demanded(demanded: Demanded | None, columns: list[str]) -> dict[str, On | None]:
    """The demanded dependencies, by column.

    Raises:
        InputError: a column that is neither an extra column nor the amount, or an unknown source.
    """
    result: dict[str, On | None] = {}
    for column, on in (demanded or {}).items():
        if column not in columns:
            known = ", ".join(columns) or "none"
            raise InputError(f"dependencies: {str(column)[:40]!r} is no extra column; there are: {known}")
        key = None if on is None else (on,) if isinstance(on, str) else tuple(on)
        if key is not None and key not in SOURCES:
            raise InputError(
                f"dependencies: column {column!r} can depend on object, subject, basket or (object, day), "
                f"not on {str(on)[:40]!r}"
            )
        result[column] = key
    return result


def find_dependencies(
    graph: LinkGraph, columns: Mapping[str, pd.Series], demanded: Mapping[str, On | None], amount: str | None
) -> tuple[Dependency, ...]:
    """The dependencies of `columns`, found or demanded.

    Raises:
        InputError: a demanded dependency that the rows contradict.
    """
    table = graph.table
    groups = {
        on: group
        for on in SOURCES
        if (
            group := groups_of(
                on, table.subject, table.verb, table.object, graph.baskets, table.time, table.format.time
            )
        )
        is not None
    }
    found = []
    for name, column in columns.items():
        code = np.asarray(pd.factorize(column, use_na_sentinel=True)[0], np.int64)
        if name in demanded:
            on = demanded[name]
            if on is not None:
                found.append(_demanded(name, on, code, groups))
            continue
        sources = [on for on in groups if "verb" not in on or name == amount]
        made = next((d for on in sources if (d := _found(name, on, code, groups[on])) is not None), None)
        if made is not None:
            found.append(made)
    return tuple(found)


def groups_of(
    on: On,
    subject: Values,
    verb: Values,
    object: Values,
    basket: Ints,
    time: Times | None,
    format: TimeFormat | None,
) -> Ints | None:
    """(n,) the group of each row, −1 for none; None where the table has no such groups."""
    if on == ("object",):
        return object.astype(np.int64)
    if on == ("subject",):
        return subject.astype(np.int64)
    if on == ("basket",):
        return basket if (basket >= 0).any() else None
    if time is None or np.isnat(time).all():
        return None
    day = _days(time, format)
    dated = ~np.isnat(time)
    begin, width = int(day[dated].min()), int(np.ptp(day[dated])) + 1
    group = object.astype(np.int64) * width + day - begin
    if "verb" in on:
        group = group * (int(verb.max()) + 1) + verb
    return np.where(dated, group, -1)


def spread(values: Values, group: Ints, missingness: bool) -> Values:
    """(n,) values in which every group has the value of its first row; with `missingness`, of its first row that has
    one, and missing values stay where they are."""
    gone = np.asarray(pd.isna(values))
    use = np.flatnonzero((group >= 0) & ~gone) if missingness else np.flatnonzero(group >= 0)
    _, first, inverse = np.unique(group[use], return_index=True, return_inverse=True)
    result = values.copy()
    result[use] = values[use[first]][inverse]
    return result


def _days(time: Times, format: TimeFormat | None) -> Ints:
    """(n,) days on the user's own clock."""
    clock = time if format is None else format.local(time)
    return clock.astype("datetime64[D]").astype(np.int64)


def contradictions(code: Ints, group: Ints) -> tuple[int, int, float]:
    """Rows that differ from their group's commonest value, rows of groups of two and more, and how many would differ
    by chance.
    """
    inside = group >= 0
    code, group = code[inside], group[inside]
    _, own, size = np.unique(group, return_inverse=True, return_counts=True)
    rows = int(size[size > 1].sum())
    width = int(code.max(initial=0)) + 2
    pairs, count = np.unique(own * width + code + 1, return_counts=True)  # a missing value, −1, is a value
    most = np.zeros(len(size), np.int64)
    np.maximum.at(most, pairs // width, count)
    share = np.unique(code, return_counts=True)[1] / max(len(code), 1)
    return int((size - most).sum()), rows, float((rows - (size > 1).sum()) * (1 - (share**2).sum()))


def _found(name: str, on: On, code: Ints, group: Ints) -> Dependency | None:
    for missingness in (False, True):
        use = code >= 0 if missingness else np.ones(len(code), bool)
        differ, rows, chance = contradictions(code[use], group[use])
        if chance >= EXPECTED and differ <= TOLERANCE * rows and differ <= MUCH_LESS * chance:
            return Dependency(name, on, missingness)
    return None


def _demanded(name: str, on: On, code: Ints, groups: Mapping[On, Ints]) -> Dependency:
    source = " and the ".join(on)
    if on not in groups:
        raise InputError(f"dependencies: column {name!r} cannot depend on the {source}: the table has none")
    differ, rows, _ = contradictions(code, groups[on])
    if differ <= TOLERANCE * max(rows, 1):
        return Dependency(name, on, False)
    known = code >= 0
    differ, rows, _ = contradictions(code[known], groups[on][known])
    if differ > TOLERANCE * max(rows, 1):
        raise InputError(
            f"dependencies: column {name!r} does not depend on the {source}: "
            f"{differ / rows:.1%} of the rows contradict it"
        )
    return Dependency(name, on, True)
