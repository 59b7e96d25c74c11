"""What a model is fitted to: the table without the values and the names that too few training subjects have.

Categories, and numbers and dates that are stored as such, are merged or withheld here; those that are drawn are coded
by means of enough subjects, see `NumberCode.learn`. So whatever is learned later sees no other value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from assoc_synth.attributes.column_plan import FREQUENT, ColumnPlan
from assoc_synth.attributes.day_range import within_days
from assoc_synth.attributes.dependencies import LOOKED_UP, OBJECT, SUBJECT, VERB
from assoc_synth.attributes.kinds import is_number, read_dates, uncategorised
from assoc_synth.attributes.merging import Merged, merged_categories, merged_numbers, withheld
from assoc_synth.attributes.plan import Plan
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.attributes.storable import as_storable, is_decided, without_lost_sources
from assoc_synth.attributes.thresholds import MIN_SUBJECTS, Thresholds
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Codes, Ints, Times
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.table import TransactionTable

OWN = (SUBJECT, OBJECT, VERB)
"""What has dates of its own, that do not follow the times of rows."""


@dataclass(frozen=True, eq=False)
class Protected:
    """What may be learned from.

    Attributes:
        table: the whole table, values merged; plan: its plan, the columns so marked of which no value has enough
            training subjects, where the plan had counted on some.
        notes: what was merged, for the user.
        days: on which days ranges of dates may end, by the table as it was.
    """

    table: TransactionTable
    plan: Plan
    notes: tuple[str, ...]
    days: SharedDays = field(default_factory=SharedDays)


def protected(table: TransactionTable, plan: Plan, subjects: Ints, thresholds: Thresholds) -> Protected:
    """A table without what too few training subjects have.

    Args:
        subjects: codes of the subjects that training looks at; values are counted over these.
        plan: what each column is, see `plan_columns`.

    Example:
        >>> from assoc_synth.attributes import plan_columns
        >>> frame = pd.DataFrame({"who": range(60), "did": "buy", "what": ["tea", "mug"] * 30})
        >>> frame["job"] = ["cook", "maid", "smith"] * 18 + ["mayor"] * 6
        >>> frame.loc[0, "job"] = "bishop"
        >>> table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
        >>> made = protected(table, plan_columns(table), np.arange(60), Thresholds(min_subjects=5))
        >>> made.notes
        ("column 'job': 1 value of fewer than 5 training subjects: 1 become missing (--min-subjects)",)
    """
    known, fewest = np.isin(table.subject, subjects), thresholds.min_subjects
    days = SharedDays.of(table, fewest, plan.dates)
    table = _clipped(table, plan, known, days)
    lines, extras, notes = {line.name: line for line in plan}, dict[str, pd.Series](), list[str]()
    for line in plan:
        source = plan[line.source] if line.source else None
        if line.role == "amount" and table.amount is not None:
            lines[line.name] = as_storable(line, pd.Series(table.amount)[known], table.subject[known], fewest)
        if line.role != "extra" or line.stays_empty or line.kind in ("identifier", "text"):
            continue
        column = table.extras[line.name]
        lines[line.name] = as_storable(line, column[known], table.subject[known], fewest, source)
        if lines[line.name] is line:
            made = _merged(line, source, column, table.subject, known, fewest)
            extras[line.name] = column if made.column is None else made.column
            notes.append(made.note(line.name, fewest))
    notes += _about_objects(table, known, thresholds)
    for name in (line.name for line in lines.values() if line.stays_empty and line.name in table.extras):
        extras[name] = table.extras[name].where(np.zeros(len(table), bool))  # nobody learns from what stays empty
    merged = table.extras.assign(**{str(name): column for name, column in extras.items()})
    told = tuple(filter(None, notes))
    return Protected(replace(table, extras=merged), Plan(without_lost_sources(lines)), told, days)


def without_rare_objects(table: TransactionTable, subjects: Ints, fewest: int | None) -> tuple[TransactionTable, Ints]:
    """The table without the rows of objects that fewer training subjects are linked to, and which subjects are left.

    Args:
        subjects: codes of the subjects that count; fewest: subjects of an object; None for no threshold.

    Raises:
        InputError: no object has enough.
    """
    everyone = np.arange(table.num_subjects)
    if fewest is None or fewest <= 1:
        return table, everyone
    known = np.isin(table.subject, subjects)
    enough = _subjects_of(table.object, table, known, table.num_objects) >= fewest
    kept = enough[table.object]
    verbs = np.bincount(table.verb[kept & known], minlength=table.num_verbs) > 0
    kept &= verbs[table.verb]
    if not (kept & known).any():
        raise InputError(
            f"no object is linked by {fewest} training subjects: lower --min-subjects-objects (min_subjects_objects)"
        )
    if kept.all():
        return table, everyone
    note = (
        f"{_counted(int((~enough).sum()), 'object')} linked by fewer than {fewest} training subjects and their "
        f"{int((~kept).sum()):,} rows are left out (--min-subjects-objects)"
    )
    rows = table.take_rows(np.flatnonzero(kept)).with_own_names()
    return replace(rows, notes=(*table.notes, note)), np.unique(table.subject[kept]).astype(np.int64)


def _merged(
    line: ColumnPlan, source: ColumnPlan | None, column: pd.Series, subject: Codes, known: Bools, fewest: int
) -> Merged:
    """A column, some value of which may be stored, as it may be learned from."""
    if line.format == FREQUENT:  # its rare values are left out when it is coded
        return Merged(column)
    decided = is_decided(line, source)
    if line.kind not in ("number", "date"):
        rule = withheld if decided or line.on in LOOKED_UP else merged_categories
        return rule(column, subject, known, fewest)
    if decided:
        return withheld(uncategorised(column), subject, known, fewest)
    if line.kind == "number" and is_number(column) and line.on in LOOKED_UP:
        return merged_numbers(column, subject, known, fewest)
    return Merged(column)


def _about_objects(table: TransactionTable, known: Bools, thresholds: Thresholds) -> Sequence[str]:
    """What the user should know of objects that can point at a person."""
    if thresholds.min_subjects_objects is not None:
        return ()
    fewest = max(thresholds.min_subjects, MIN_SUBJECTS)
    count = _subjects_of(table.object, table, known, table.num_objects)
    rare = int(((count > 0) & (count < fewest)).sum())
    if not rare:
        return ()
    are, they = ("is", "it") if rare == 1 else ("are", "they")
    return (
        f"{_counted(rare, 'object')} {are} linked by fewer than {fewest} training subjects: {they} can point at a "
        f"person; --min-subjects-objects {fewest} leaves {'it' if rare == 1 else 'them'} out",
    )


def _clipped(table: TransactionTable, plan: Plan, known: Bools, shared: SharedDays) -> TransactionTable:
    """The table in which the days of the most extreme subjects are at the ends of the range; see `within_days`.

    The dates of a row move with its time, by whole days where they are days: what they count from stays the same.
    """
    if table.time is None or shared.fewest <= 1:
        return table
    has_time = ~np.isnat(table.time)
    if not (known & has_time).any():
        return table
    ticks = table.time.astype(np.int64)
    time = _within_ends(table, ticks, known & has_time, has_time, shared).astype("datetime64[ns]")
    rows = np.flatnonzero(time.astype(np.int64) != ticks)
    columns = [line.name for line in plan if line.kind == "date" and line.role == "extra" and line.on not in OWN]
    extras = table.extras
    for name in columns if len(rows) else ():
        extras = extras.assign(**{name: _moved(extras[name], rows, table.time, time)})
    return replace(table, time=time, extras=extras)


def _within_ends(table: TransactionTable, ticks: Ints, known: Bools, dated: Bools, shared: SharedDays) -> Ints:
    """(rows,) times none of which is beyond the days of the most extreme subjects.

    Args:
        ticks: (rows,) nanoseconds; known: rows by which the range is found; dated: those that have a time.
    """
    low, high = (end * DAY for end in shared.ends(ticks[known] // DAY, table.subject[known]))
    begins = np.unique(ticks[dated])
    if table.format.time is None or table.format.time.unit != "D" or len(np.unique(begins % DAY)) == 1:
        return within_days(ticks, table.subject, dated, low, high)
    # Days on a clock with summer time do not begin in steps of 24 hours: only days that occur can be moved to.
    first, after = np.searchsorted(begins, [low, high + DAY])
    ends = begins[[first, max(after - 1, first)]].tolist()
    return within_days(ticks, table.subject, dated, *ends, as_dates=True)


def _moved(column: pd.Series, rows: Ints, before: Times, after: Times) -> pd.Series:
    """A column of dates, those of some rows moved as far as their times: (n,), positions, (n,) and (n,)."""
    read = read_dates(column)
    if read is None:
        return column
    dates, made = read
    if made.unit == "D":
        before, after = before.astype("datetime64[D]"), after.astype("datetime64[D]")
    step = (after[rows].astype("datetime64[ns]") - before[rows].astype("datetime64[ns]")).astype("timedelta64[ns]")
    moved = dates.copy()
    moved[rows] = np.where(np.isnat(dates[rows]), dates[rows], dates[rows] + step)
    result: pd.Series = made.give(moved).set_axis(column.index)
    return result


def _subjects_of(code: Codes, table: TransactionTable, rows: Bools, size: int) -> Ints:
    return subjects_per(code[rows].astype(np.int64), table.subject[rows], size)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
