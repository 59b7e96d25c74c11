"""SDV's constraints: honoured where rows satisfy them by construction; any other raises InputError and says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from assoc_synth.attributes.extras import ExtraColumns
from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.times import UNITS

if TYPE_CHECKING:
    from assoc_synth.transactions.table import TransactionTable


def check_constraints(
    constraints: Sequence[Any] | None, table: TransactionTable, extras: ExtraColumns
) -> tuple[str, ...]:
    """Check SDV's constraints (of `sdv.cag`) against what rows satisfy by construction.

    `FixedCombinations` is honoured of the object and its functions, which are looked up; `Inequality` of a date that is
    counted from the link's time and never came before it.

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
    """Why combinations of the columns are not kept; empty where they are."""
    looked_up = {lookup.name for lookup in extras.lookups if lookup.name not in extras.missingness}
    free = [column for column in columns if column != table.schema.object and column not in looked_up]
    return f"column {str(free[0])[:40]!r} is no function of the object: drawn values may combine anew" if free else ""


def _ordered(columns: list[Any], table: TransactionTable, extras: ExtraColumns) -> str:
    """Why the second column may come before the first; empty where it cannot."""
    low, high = columns
    if table.time is None or low != table.schema.time or high not in extras.dates:
        return "only a column of dates is kept after the column of times"
    date = extras.dates[high]
    number = next((number for number in extras.numbers if number.name == high), None)
    if number is None or not date.relative:
        return f"column {str(high)[:40]!r} is not counted from the times"
    unit = UNITS[date.format.unit]
    known = table.time[~np.isnat(table.time)].astype(np.int64)
    least = 0 if not (known % unit).any() else 1  # a date is cut to its unit, and within it may be earlier
    return "" if number.low >= least else f"column {str(high)[:40]!r} is before the time in some rows"
