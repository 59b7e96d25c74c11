"""What a column is a function of: found in a table with a tolerance, and kept exactly in drawn rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.calendar_parts import PARTS, calendar_key
from assoc_synth.attributes.evidence import EXPECTED, FirstLook, contradicts, holds
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints, Times, Values
from assoc_synth.transactions.stored import Stored

if TYPE_CHECKING:
    from assoc_synth.transactions.columns.times import TimeFormat

On = tuple[str, ...]
OBJECT, VERB, SUBJECT, BASKET = ("object",), ("verb",), ("subject",), ("basket",)
LOOKED_UP: tuple[On, ...] = (VERB, OBJECT, *PARTS)
"""What a column of the table may be a function of and then is looked up: these are the same in drawn rows."""
SOURCES: tuple[On, ...] = (
    *LOOKED_UP,
    SUBJECT,
    BASKET,
    ("verb", "object"),
    ("object", "day"),
    ("verb", "object", "day"),
)
"""What a column may be a function of. Of those that hold, the one with the fewest groups is taken, and pairs come last:
what each of many groups has alone, as nearly every object on a day does, is a function of it and says nothing."""
FOR_AMOUNT: tuple[On, ...] = (OBJECT, SUBJECT, BASKET, *SOURCES[-3:])
"""Amounts are drawn and not looked up; their sign may be the verb's."""
FEWEST_GROUPS, LEAST_SHARE = 20, 0.1
"""Groups with several rows that baskets and pairs must have, and the share of all rows that lie in such groups."""

Demanded = Mapping[str, "str | tuple[str, ...] | None"]


BESIDE = "column "
"""Begins the part of a source that is a column, one that is looked up by the object."""


def said(source: str) -> str:
    """A part of a source in words."""
    return "day of the month" if source == "monthday" else source.removeprefix(BESIDE)


@dataclass(frozen=True)
class Dependency(Stored):
    """A column is a function of the object, the verb, the weekday, the subject or the like.

    Attributes:
        column: whose values depend; on: what they depend on, one of `SOURCES`, or the basket and something else, see
            `basket_dependencies`.
        missingness: whether missing values have a pattern of their own, beside the function.
    """

    column: str
    on: On
    missingness: bool

    def note(self, *, looked_up: bool) -> str:
        """One sentence for the user.

        Args:
            looked_up: whether the values that come back are the table's own ones, by what they depend on.
        """
        words = [said(one) for one in self.on]
        kept = "kept exactly" if looked_up else f"one value per {' and '.join(words)}, as in the data"
        return f"column {self.column!r} depends on the {' and the '.join(words)}: {kept}"

    def to_dict(self) -> dict[str, Any]:
        return {"column": self.column, "on": list(self.on), "missingness": self.missingness}


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
            known = ", ".join(one[0] if len(one) == 1 else f"({', '.join(one)})" for one in SOURCES)
            raise InputError(f"dependencies: column {column!r} can depend on {known}; not on {str(on)[:40]!r}")
        result[column] = key
    return result


def find_dependencies(
    graph: LinkGraph,
    columns: Mapping[str, pd.Series],
    demanded: Mapping[str, On | None],
    amount: str | None,
    after: Mapping[str, Values] | None = None,
) -> tuple[Dependency, ...]:
    """The dependencies of `columns`, found or demanded.

    Args:
        after: of columns of dates, (n,) how long after the day of the row they are, NaN missing: the Monday of each
            week is a function of the weekday then.

    Raises:
        InputError: a demanded dependency that the rows contradict.
    """
    finder = _Finder(graph)
    found = (
        finder.demanded(name, column, demanded[name])
        if name in demanded
        else finder.found(name, column, FOR_AMOUNT if name == amount else SOURCES, (after or {}).get(name))
        for name, column in columns.items()
    )
    return tuple(rule for rule in found if rule is not None)


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
    plain = {OBJECT: object, VERB: verb, SUBJECT: subject}
    if on in plain:
        return plain[on].astype(np.int64)
    if on == BASKET:
        return basket if (basket >= 0).any() else None
    if on == ("verb", "object"):
        return object.astype(np.int64) * (int(verb.max(initial=0)) + 1) + verb
    if time is None or np.isnat(time).all():
        return None
    clock = time if format is None else format.local(time)
    if on in PARTS:
        return calendar_key(on, clock)
    day = calendar_key(("day",), clock)
    dated = day >= 0
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


class _Finder:
    """Looks for what columns of one table are functions of."""

    def __init__(self, graph: LinkGraph) -> None:
        table = graph.table
        self.subject = table.subject.astype(np.int64)
        columns = (table.subject, table.verb, table.object, graph.baskets, table.time, table.format.time)
        found = {on: groups_of(on, *columns) for on in SOURCES}
        self.groups = {on: group for on, group in found.items() if group is not None}
        sizes = {on: len(np.unique(group[group >= 0])) for on, group in self.groups.items()}
        self.order = sorted(self.groups, key=lambda on: (len(set(on) - {"year"}) > 1, sizes[on], SOURCES.index(on)))
        pairs = np.unique(table.object.astype(np.int64) * (int(self.subject.max(initial=0)) + 1) + self.subject)
        shared = np.bincount(pairs // (int(self.subject.max(initial=0)) + 1)) > 1
        self.own_objects = bool(shared[table.object].mean() < LEAST_SHARE)  # as accounts are one customer's
        self.looks = {on: FirstLook.of(group) for on, group in self.groups.items()}

    def found(self, name: str, column: pd.Series, sources: tuple[On, ...], after: Values | None) -> Dependency | None:
        """What a column is a function of; None for nothing that is seen."""
        code = codes_of(column)
        later = None if after is None else codes_of(pd.Series(after))
        if later is not None and (later >= 0).sum() >= EXPECTED and later.max() == 0:
            return Dependency(name, ("day",), bool((later < 0).any()))
        for on in self.order:
            if on not in sources:
                continue
            own = later if later is not None and on in PARTS else code
            for missingness in (False, True):
                if self._holds(on, own, missingness):
                    return Dependency(name, on, missingness)
        return None

    def _holds(self, on: On, code: Ints, missingness: bool) -> bool:
        group = self.groups[on]
        if missingness and not (code < 0).any():
            return False
        if self.looks[on].contradicts(code, missingness):
            return False
        use = (group >= 0) & (code >= 0) if missingness else group >= 0
        few = on == BASKET or len(set(on) - {"year"}) > 1 or (on == OBJECT and self.own_objects)
        # The rows of one subject are alike in many ways, so that they are no evidence of what else makes them alike.
        singly = on in (SUBJECT, BASKET) or (on == OBJECT and self.own_objects)
        least = (FEWEST_GROUPS, LEAST_SHARE * len(code)) if few else (0, 0.0)
        return holds(code[use], group[use], None if singly else self.subject[use], least)

    def demanded(self, name: str, column: pd.Series, on: On | None) -> Dependency | None:
        """What the user says that a column is a function of.

        Raises:
            InputError: the rows contradict it.
        """
        if on is None:
            return None
        source, code = " and the ".join(on), codes_of(column)
        if on not in self.groups:
            raise InputError(f"dependencies: column {name!r} cannot depend on the {source}: the table has none")
        group = self.groups[on]
        if not contradicts(code, group)[0]:
            return Dependency(name, on, False)
        known = code >= 0
        wrong, share = contradicts(code[known], group[known])
        if wrong:
            raise InputError(
                f"dependencies: column {name!r} does not depend on the {source}: {share:.1%} of the rows contradict it"
            )
        return Dependency(name, on, True)


def codes_of(column: pd.Series) -> Ints:
    """(n,) a number for each value, −1 missing."""
    return np.asarray(pd.factorize(column, use_na_sentinel=True)[0], np.int64)
