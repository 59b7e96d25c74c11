"""What holds for a subject as a whole, such as sex, birth year or country: its columns and their classes.

An attribute is an extra column that has one value per subject in the reference. Its values are classes: the most
frequent categories, or the reference's quantile bins of a number or a date; missing is a class. A subject has a class
if any row has it, so a table that spreads two values over one subject's rows has both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times
from assoc_synth.transactions.columns.number_codes import are_codes
from assoc_synth.transactions.columns.times import read_times
from assoc_synth.transactions.table import TransactionTable

BINS = 10
"""Quantile bins of a number or a date."""
FEWEST, NEARLY = 20, 0.9
"""A column names its subjects if there are more than `FEWEST` and it has more than `NEARLY` values for each."""
CATEGORIES = 20
"""Categories that have a class of their own; all others share one."""


@dataclass(frozen=True, eq=False)
class Attributes:
    """Which classes each subject has.

    Attributes:
        names: the columns, of the reference and of this table.
        owner: (classes,) the position in `names` of the column that a class belongs to, ascending.
        labels: (classes,) what each class is called, such as "sex = F".
        has: bool (subjects, classes).
    """

    names: tuple[str, ...]
    owner: Ints
    labels: tuple[str, ...]
    has: Bools

    @classmethod
    def none(cls, num_subjects: int) -> Attributes:
        """Of a table without attributes."""
        return cls((), np.zeros(0, np.int64), (), np.zeros((num_subjects, 0), bool))

    def take(self, subjects: Ints | Bools) -> Attributes:
        """Of some subjects, by codes or a mask."""
        return Attributes(self.names, self.owner, self.labels, self.has[subjects])


def coded_attributes(reference: TransactionTable, *others: TransactionTable) -> tuple[Attributes, ...]:
    """The attributes of the reference that every table has, in common classes.

    A column is none if no class of it has two subjects or more, or if nearly every subject has a text, or a number as
    things are numbered, of its own: it names its subject.

    Example:
        >>> frame = pd.DataFrame({"subject": list("aabbccdd"), "verb": "v", "object": "o", "sex": list("FFMMFFMM")})
        >>> found, = coded_attributes(TransactionTable.from_frame(frame))
        >>> found.labels, found.has.sum(axis=0).tolist()
        (('sex = F', 'sex = M'), [2, 2])
    """
    tables = (reference, *others)
    shared = [name for name in reference.extras.columns if all(name in table.extras.columns for table in others)]
    names: list[str] = []
    owner: list[Ints] = []
    labels: list[str] = []
    parts: list[list[Bools]] = [[] for _ in tables]
    for name in shared:
        if not _per_subject(reference, name) or _names_subjects(reference, name):
            continue
        codes, called, own = _classes([table.extras[name] for table in tables])
        has = [_has(table, code, len(called)) for table, code in zip(tables, codes, strict=True)]
        kept = np.logical_or.reduce([part.any(axis=0) for part in has])
        if has[0][:, :own].sum(axis=0).max(initial=0) < 2 or kept.sum() < 2:
            continue
        owner.append(np.full(int(kept.sum()), len(names), np.int64))
        names.append(str(name))
        labels += [f"{name} = {label}" for label, keep in zip(called, kept, strict=True) if keep]
        for part, of_table in zip(parts, has, strict=True):
            part.append(of_table[:, kept])
    if not names:
        return tuple(Attributes.none(table.num_subjects) for table in tables)
    columns = np.concatenate(owner)
    return tuple(Attributes(tuple(names), columns, tuple(labels), np.concatenate(part, axis=1)) for part in parts)


def _per_subject(table: TransactionTable, name: Any) -> bool:
    """Whether no subject has two values, missing ones aside, and there are two in all."""
    code = pd.factorize(table.extras[name])[0]
    known = code >= 0
    pairs = np.unique(table.subject[known].astype(np.int64) * (int(code.max(initial=0)) + 1) + code[known])
    return len(pairs) == len(np.unique(table.subject[known])) and len(np.unique(code)) > 1


def _names_subjects(table: TransactionTable, name: Any) -> bool:
    """Whether nearly every subject has a text or a number of its own, as with the number of a record."""
    column = table.extras[name].dropna()
    distinct = column.drop_duplicates()
    subjects = len(np.unique(table.subject[column.index]))
    if subjects <= FEWEST or len(distinct) <= NEARLY * subjects:
        return False
    if pd.api.types.is_datetime64_any_dtype(column) or _read_text(distinct) is not None:
        return False
    numbers = _numbers(distinct, column)
    if numbers is None:
        return True
    whole = bool((numbers == np.rint(numbers)).all() and numbers.min() >= 0 and numbers.max() < 2**53)
    return whole and are_codes(np.sort(numbers.astype(np.int64)), str(name))


def _has(table: TransactionTable, code: Ints, classes: int) -> Bools:
    found = np.zeros((table.num_subjects, classes), bool)
    found[table.subject, code] = True
    # The last class is "missing": of a subject that has a value elsewhere, a gap says nothing.
    found[:, -1] &= ~found[:, :-1].any(axis=1)
    return found


def _classes(columns: list[pd.Series]) -> tuple[list[Ints], list[str], int]:
    """Codes of each column in classes that the first one, the reference, sets, their names, and how many are of values.

    The last class is "missing".
    """
    numbers = [_numbers(column, columns[0]) for column in columns]
    if numbers[0] is not None and len(np.unique(numbers[0][~np.isnan(numbers[0])])) > BINS:
        return _binned([value for value in numbers if value is not None])
    # 1 and 1.0 are one category: the same file read twice may have either.
    written = [
        _written(column) if value is None else _written(pd.Series(value))
        for column, value in zip(columns, numbers, strict=True)
    ]
    codes, names = written[0]
    frequent = np.argsort(-np.bincount(codes[codes >= 0], minlength=len(names)), kind="stable")[:CATEGORIES]
    number = {name: code for code, name in enumerate(sorted(names[at] for at in frequent))}
    other, missing = len(number), len(number) + 1
    found = []
    for own, texts in written:
        lookup = np.array([*(number.get(text, other) for text in texts), missing], np.int64)
        found.append(lookup[own])
    return found, [*number, "another value", "missing"], len(number)


def _written(column: pd.Series) -> tuple[Ints, list[str]]:
    """Codes, −1 missing, and the text of each."""
    code, values = pd.factorize(column)
    return code.astype(np.int64), [f"{value:g}" if isinstance(value, float) else str(value) for value in values]


def _numbers(column: pd.Series, like: pd.Series) -> Floats | None:
    """A column's cells as numbers where the reference's are numbers or dates, NaN where they are not; else None."""
    if pd.api.types.is_datetime64_any_dtype(like) or _read_text(like) is not None:
        days = _read_text(column)
        if days is None:
            dates = pd.to_datetime(column, errors="coerce", utc=True).dt.tz_localize(None)
            days = dates.to_numpy("datetime64[ns]")
        return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    if not pd.api.types.is_numeric_dtype(like) or pd.api.types.is_bool_dtype(like):
        return None
    return np.asarray(pd.to_numeric(column, errors="coerce"), np.float64)


def _read_text(column: pd.Series) -> Times | None:
    """(n,) dates that are written as text, NaT missing; None where they are none."""
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column) or not len(known) or not isinstance(known.iloc[0], str):
        return None
    try:
        return read_times(column.astype(object))[0]
    except InputError:
        return None


def _binned(numbers: list[Floats]) -> tuple[list[Ints], list[str], int]:
    known = numbers[0][~np.isnan(numbers[0])]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    missing = len(edges) + 1
    codes = [
        np.where(np.isnan(value), missing, np.searchsorted(edges, value, side="right")).astype(np.int64)
        for value in numbers
    ]
    bounds = ["lowest", *(f"{edge:g}" for edge in edges)]
    return codes, [*(f"from {bound}" for bound in bounds), "missing"], len(bounds)
