"""Time and amount: read, or left to another column where a name only looked like one of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Floats, Times
from assoc_synth.transactions.columns.amounts import AmountFormat, read_amounts
from assoc_synth.transactions.columns.extra_columns import read_extra
from assoc_synth.transactions.columns.times import TimeFormat, read_times, says_no_times
from assoc_synth.transactions.contents import Contents
from assoc_synth.transactions.detection import told_likely
from assoc_synth.transactions.likely_names import likely, says_other_day, says_other_number
from assoc_synth.transactions.role_names import is_weak_amount, obvious
from assoc_synth.transactions.schema import Roles, Schema, listed

MOST_LOOKED_AT = 100
"""Columns of a table in which times and amounts are looked for where no name means one."""
MOST_OFFERED = 5


@dataclass(frozen=True, eq=False)
class Measures:
    """Times and amounts as they were read.

    Args:
        schema: with the columns that they were read from.
        notes: remarks for the user, those on the roles first.
        time: datetime64[ns] (n,) and how they are written; None if there are none.
        amount: float64 (n,) and how they are written; None if there are none.
    """

    schema: Schema
    notes: tuple[str, ...]
    time: tuple[Times, TimeFormat] | None = None
    amount: tuple[Floats, AmountFormat] | None = None


def read_measures(frame: pd.DataFrame, schema: Schema, asked: Roles, notes: Sequence[str] = ()) -> Measures:
    """Read the time and the amount.

    A column that was not named plays neither where its cells say that its name does not mean it: a rating of words,
    a time of day without a date. It becomes an extra column, and the next such name is tried.

    Args:
        frame: (n, columns).
        schema: the roles so far.
        asked: see `Roles`.
        notes: those on the roles so far.

    Raises:
        InputError: a cell cannot be read; the message names the row and what to type.

    Example:
        >>> frame = pd.DataFrame({"who": ["a"], "did": ["buy"], "what": ["tea"], "rating": ["good"]})
        >>> made = read_measures(frame, Schema("who", "did", "what", amount="rating"), {})
        >>> made.amount, made.schema.extras
        (None, ('rating',))
    """
    made = Measures(schema, tuple(notes))
    while made.schema.time is not None and made.time is None:
        made = _with_time(made, frame, made.schema.time, asked)
    while made.schema.amount is not None and made.amount is None:
        made = _with_amount(made, frame, made.schema.amount, asked)
    return replace(made, notes=(*made.notes, *_offers(made, frame, asked)))


def _offers(made: Measures, frame: pd.DataFrame, asked: Roles) -> list[str]:
    """What may be the time or the amount by its cells alone, where nothing plays that role: said, and not done."""
    contents, notes, schema = Contents.of(frame), list[str](), made.schema
    known = {*(asked.get("columns") or ()), schema.cluster}
    free = [name for name in schema.extras if name not in known and not _was_tried(name, made.notes)]
    if len(free) > MOST_LOOKED_AT:
        return []
    if schema.time is None and asked.get("time") is None:
        dates = [name for name in free if not says_other_day(name) and contents.holds_dates(name, surely=True)]
        notes += _offer("time", dates, "dates", "when")
    if schema.amount is None and asked.get("amount") is None:
        money = [name for name in free if not says_other_number(name) and contents.holds_money(name)]
        notes += _offer("amount", money, "numbers", "how much")
    return notes


def _was_tried(column: str, notes: Sequence[str]) -> bool:
    return any(note.startswith(f"column {column!r} is read as an extra column and not as ") for note in notes)


def _offer(role: str, columns: Sequence[str], what: str, says: str) -> list[str]:
    if not columns:
        return []
    if len(columns) == 1:
        option, keyword = f"--{role} {shlex.quote(columns[0])}", f"{role}={columns[0]!r}"
        return [
            f"no column is read as the {role}; {columns[0]!r} holds {what}: if it says {says}, add {option} "
            f"(in Python {keyword})"
        ]
    shown = listed(columns, MOST_OFFERED)
    option = f"--{role} {shlex.quote(columns[0])}"
    return [f"no column is read as the {role}; {shown} hold {what}: if one says {says}, name it, such as {option}"]


def _with_time(made: Measures, frame: pd.DataFrame, column: str, asked: Roles) -> Measures:
    try:
        times, written, notes = read_times(frame[column], time_format=asked.get("time_format"))
    except InputError as error:
        if not asked.get("time") and obvious("time", [column]) is None:
            return _without(made, frame, "time", column, _gives_way("time", column, str(error)), asked)
        if asked.get("time") or not says_no_times(error):
            raise
        read = read_extra(frame[column])[1]
        if read is None or read.kind != "clock":
            raise InputError(f"{error}{_release('time', column)}") from None
        note = f"column {column!r} holds times of day without a date: it is read as an extra column"
        return _without(made, frame, "time", column, note, asked)
    return replace(made, time=(times, written), notes=(*made.notes, *notes))


def _with_amount(made: Measures, frame: pd.DataFrame, column: str, asked: Roles) -> Measures:
    try:
        amounts, written, notes = read_amounts(frame[column])
    except InputError as error:
        if asked.get("amount"):
            raise
        if obvious("amount", [column]) is not None and not is_weak_amount(column):
            raise InputError(f"{error}{_release('amount', column)}") from None
        return _without(made, frame, "amount", column, _gives_way("amount", column, str(error)), asked)
    return replace(made, amount=(amounts, written), notes=(*made.notes, *notes))


def _gives_way(role: str, column: str, error: str) -> str:
    """What is said where a name only may mean a role and a cell does not fit it."""
    said = error.removeprefix(f"column {column!r}").lstrip(",: ").split(": ")
    option, insists = f"--{role} {shlex.quote(column)}", "dates" if role == "time" else "numbers"
    why = ": ".join(said[:2])
    return f"column {column!r} is read as an extra column and not as the {role} ({why}); {option} insists on {insists}"


def _release(role: str, column: str) -> str:
    option = shlex.quote(f"{column}=category")
    return f"; if it is no {role}, add --column {option} (in Python columns={{{column!r}: 'category'}})"


def _without(made: Measures, frame: pd.DataFrame, role: str, column: str, note: str, asked: Roles) -> Measures:
    """The role for the next column whose name means it, or for none."""
    order = list(frame.columns)
    before = order[: order.index(column) + 1]
    tried = {*(asked.get("columns") or {}), *(name for name in before if obvious(role, [name]) == name)}
    tried |= {column, asked.get("cluster") or column}
    free = [name for name in made.schema.extras if name not in tried]
    plain = obvious(role, free)
    another = plain or likely(role, free, Contents.of(frame))
    why = "" if plain or another is None else told_likely(role, another)
    notes = [kept for kept in made.notes if not kept.startswith(f"reading column {column!r} as {role}")]
    more = [f"reading column {another!r} as {role}{why}"] if another is not None else []
    return replace(made, schema=made.schema.with_role(role, another, order), notes=(*notes, note, *more))
