"""SDV's constraints: honoured where rows satisfy them by construction; any other raises InputError and says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from assoc_synth.attributes.dates import COLUMN, TIME
from assoc_synth.attributes.extras import ExtraColumns
from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.times import UNITS

if TYPE_CHECKING:
    from assoc_synth.transactions.table import TransactionTable


def check_constraints(
    constraints: Sequence[Any] | None, table: TransactionTable, extras: ExtraColumns
) -> tuple[str, ...]:
    """Check SDV's constraints (of `sdv.cag`) against what rows satisfy by construction.

    `FixedCombinations` is honoured of the object and its functions, which are looked up; of the verb, of an extra
    column and of a part of the calendar with theirs alike. `Inequality` is of a date that is counted from the link's
    time, or as another date is, and never came before it.

    Returns:
        A note on each constraint, for the user.

    Raises:
        InputError: a constraint that drawn rows may break, or that names a column that the table does not have.
    """
    notes = []
    for constraint in constraints or ():
        kind = type(constraint).__name__
        if kind == "FixedCombinations":
            columns = list(constraint.column_names)
            reason = _combined(_known(kind, columns, table), table, extras)
        elif kind == "Inequality":
            columns = [constraint._low_column_name, constraint._high_column_name]
            reason = _ordered(_known(kind, columns, table), table, extras)
        else:
            columns, reason = [], "rows are drawn link by link, which may break it"
        if reason:
            raise InputError(f"the constraint {kind} cannot be honoured: {reason}; leave it out")
        notes.append(f"the constraint {kind} of {', '.join(map(repr, columns))[:120]}: every row satisfies it")
    return tuple(notes)


def _known(kind: str, columns: list[Any], table: TransactionTable) -> list[Any]:
    there = [*table.schema.roles().values(), *table.schema.extras]
    for column in columns:
        if column not in there:
            raise InputError(f"the constraint {kind} names column {str(column)[:40]!r}, which the table does not have")
    return columns


def _combined(columns: list[Any], table: TransactionTable, extras: ExtraColumns) -> str:
    """Why combinations of the columns are not kept; empty where one column, or a part of the calendar, decides them."""
    roots = {table.schema.object: "object", table.schema.verb: "verb"}
    roots |= {own.name: " and ".join(own.on) for own in extras.lookups if own.name not in extras.missingness}
    roots |= {own.name: f"column {own.source!r}" for own in extras.functions}
    roots |= {own.source: f"column {own.source!r}" for own in extras.functions}
    of = [roots.get(column) for column in columns]
    if len(set(of)) == 1 and of[0] is not None:
        return ""
    first = of[0] if of[0] is not None else "object"
    free = next(column for column, own in zip(columns, of, strict=True) if own != first)
    name = f"the {first}" if not first.startswith("column") else first
    return f"column {str(free)[:40]!r} is no function of {name}: drawn values may combine anew"


def _ordered(columns: list[Any], table: TransactionTable, extras: ExtraColumns) -> str:
    """Why the second column may come before the first; empty where it cannot."""
    low, high = map(str, columns)
    is_time = table.time is not None and low == table.schema.time
    if high not in extras.dates or not (is_time or low in extras.dates):
        return "only a column of dates is kept after the column of times or after another one of dates"
    unit = UNITS[extras.dates[high].format.unit]
    if is_time and table.time is not None:
        known = table.time[~np.isnat(table.time)].astype(np.int64)
        own, is_finer = {TIME: (0.0, 0.0)}, bool((known % unit).any())
    else:
        own, is_finer = _offsets(low, extras), UNITS[extras.dates[low].format.unit] < unit
    later = _offsets(high, extras)
    common = [base for base in own if base in later]
    if not common:
        what = "the times" if is_time else f"column {low[:40]!r}, nor is that from what it is counted from"
        return f"column {high[:40]!r} is not counted from {what}"
    slack = unit if is_finer else 0  # a date is cut to its unit, and within it may be earlier
    if any(later[base][0] >= own[base][1] + slack for base in common):
        return ""
    return f"column {high[:40]!r} is before {'the time' if is_time else f'column {low[:40]!r}'} in some rows"


def _offsets(name: str, extras: ExtraColumns) -> dict[str, tuple[float, float]]:
    """The least and the most, in nanoseconds, that a column of dates is after itself and after what it counts from."""
    found, least, most = {f"{COLUMN}: {name}": (0.0, 0.0)}, 0.0, 0.0
    while (date := extras.dates[name]).base:
        limits = _limits(name, extras)
        if limits is None:
            break
        unit = UNITS[date.format.unit]
        least, most = least + unit * limits[0], most + unit * limits[1]
        found[f"{COLUMN}: {date.of}" if date.base == COLUMN else date.base] = least, most
        if date.base != COLUMN:
            break
        name = date.of
    return found


def _limits(name: str, extras: ExtraColumns) -> tuple[float, float] | None:
    """The range of a column of dates, as it is drawn or looked up: in units, from what it counts from."""
    for number in extras.numbers:
        if number.name == name:
            return number.low, number.high
    values = [float(v) for own in extras.lookups if own.name == name for v in own.values if v is not None]
    return (min(values), max(values)) if values else None
