"""Rare values of a column, made missing or the nearest frequent one: no value is left that too few subjects have."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.kinds import as_floats, is_number
from assoc_synth.attributes.sharing import decimals_of, shared_numbers, subjects_per
from assoc_synth.transactions.arrays import Bools, Codes, Ints

ALIKE = 2
"""Characters that a rare text and a frequent one must begin with in common to be near each other."""
GONE = -1


@dataclass(frozen=True, eq=False)
class Merged:
    """A column without rare values.

    Attributes:
        column: (n,) the cells; None where no value has enough subjects.
        missing, nearest: how many different values became missing, and how many another one.
    """

    column: pd.Series | None
    missing: int = 0
    nearest: int = 0

    def note(self, name: str, fewest: int) -> str:
        """One sentence for the user; "" where nothing was merged."""
        done = [f"{self.missing:,} become missing"] if self.missing else []
        done += [f"{self.nearest:,} the nearest that enough have"] if self.nearest else []
        if not done:
            return ""
        count = self.missing + self.nearest
        whose = f"of fewer than {fewest} training subjects" if fewest > 1 else "that no training subject has"
        values = f"{count:,} value{'s' if count > 1 else ''} {whose}"
        return f"column {name!r}: {values}: {' and '.join(done)} (--min-subjects)"


def merged_categories(column: pd.Series, subject: Codes, known: Bools, fewest: int) -> Merged:
    """A column of categories: a rare one becomes missing where cells are missing or nothing is like it.

    A text is like the frequent one with the longest common beginning, a number like the nearest one, and a category of
    an order like its neighbour.

    Args:
        column: (n,) of any dtype; subject: (n,) whose each row is.
        known: (n,) the rows of the subjects that count.

    Example:
        >>> code = pd.Series(["E10", "E10", "E11", "K21"])
        >>> made = merged_categories(code, np.array([0, 1, 2, 3]), np.ones(4, bool), 2)
        >>> made.column.tolist(), made.note("code", 2)  # doctest: +NORMALIZE_WHITESPACE
        (['E10', 'E10', 'E10', None],
         "column 'code': 2 values of fewer than 2 training subjects: 1 become missing and 1 the nearest that enough
         have (--min-subjects)")
    """
    code, values = pd.factorize(column, use_na_sentinel=True)
    code = code.astype(np.int64)
    count = subjects_per(np.where(known, code, GONE), subject, len(values))
    enough = count >= fewest
    categories = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else None
    if not enough.any():
        return Merged(None, len(values))
    order = list(categories) if categories is not None and column.cat.ordered else None
    if enough.all() and (categories is None or order is not None or len(categories) == len(values)):
        return Merged(column)
    gaps = bool(column[known].isna().any()) and not is_number(column)
    targets = np.full(len(values), GONE) if gaps else _nearest(list(values), enough, count, order)
    targets[enough] = np.flatnonzero(enough)
    rare, gone = ~enough & (subjects_per(code, subject, len(values)) > 0), targets == GONE
    to = np.where(code >= 0, targets[code], GONE)
    return Merged(_taken(column, code, to), int((rare & gone).sum()), int((rare & ~gone).sum()))


def merged_numbers(column: pd.Series, subject: Codes, known: Bools, fewest: int) -> Merged:
    """A column of numbers of which each is stored: rare ones become means of neighbours, see `shared_numbers`.

    Args:
        column: (n,) numbers or missing; subject, known: as for `merged_categories`.
    """
    numbers = as_floats(column)
    there = known & ~np.isnan(numbers)
    if len(np.unique(subject[there])) < fewest:
        return Merged(None, len(np.unique(numbers[~np.isnan(numbers)])))
    whole = pd.api.types.is_integer_dtype(column.dtype)
    made = numbers.copy()
    decimals = 0 if whole else decimals_of(numbers[there])
    made[there] = shared_numbers(numbers[there], subject[there], fewest, decimals)
    others = np.flatnonzero(~known & ~np.isnan(numbers))
    kept = np.unique(made[there])
    made[others] = kept[np.searchsorted((kept[1:] + kept[:-1]) / 2, numbers[others])]
    changed = np.flatnonzero((made != numbers) & ~np.isnan(numbers))
    if not len(changed):
        return Merged(column)
    cells = pd.Series(made, index=column.index, name=column.name)
    result = cells.astype("Int64").astype(column.dtype) if whole else cells.astype(column.dtype)
    return Merged(result, 0, len(np.unique(numbers[changed])))


def withheld(column: pd.Series, subject: Codes, known: Bools, fewest: int) -> Merged:
    """A column that something else decides, as the object its description: rare values become missing.

    The nearest frequent value would be another object's, and a lie about this one.

    Args:
        column: (n,) of any dtype; whole numbers become nullable ones where some are missing.
        subject, known: as for `merged_categories`.

    Example:
        >>> part = pd.Series(["kitchen", "kitchen", "kitchens"])
        >>> withheld(part, np.array([0, 1, 2]), np.ones(3, bool), 2).column.tolist()
        ['kitchen', 'kitchen', None]
    """
    code, values = pd.factorize(column, use_na_sentinel=True)
    code = code.astype(np.int64)
    enough = subjects_per(np.where(known, code, GONE), subject, len(values)) >= fewest
    if not enough.any():
        return Merged(None, len(values))
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if enough.all() and not (categorical and len(column.cat.categories) > len(values)):
        return Merged(column)
    to = np.where(np.append(enough, False)[code], code, GONE)
    whole = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu"
    made = _taken(column.astype("Int64") if whole and not enough.all() else column, code, to)
    return Merged(made, int((~enough).sum()))


def _taken(column: pd.Series, code: Ints, to: Ints) -> pd.Series:
    """The cells of each row's new value, missing where that is `GONE`."""
    first = np.zeros(int(code.max(initial=0)) + 1, np.int64)
    own, at = np.unique(code[code >= 0], return_index=True)
    first[own] = np.flatnonzero(code >= 0)[at]
    made = column.take(first[np.maximum(to, 0)]).set_axis(column.index)
    lost = to == GONE
    if lost.any():
        missing = column[column.isna()]
        made = made.where(~lost, None if made.dtype == object and not len(missing) else _missing(missing))
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return made
    if not column.cat.ordered:
        return made.cat.remove_unused_categories()
    # A step of a scale that nobody has says nothing of anybody.
    return made.cat.remove_categories(sorted(set(column.dropna()) - set(made.dropna())))


def _missing(cells: pd.Series) -> Any:
    return cells.iloc[0] if len(cells) else pd.NA if cells.dtype.kind not in "fMm" else np.nan


def _nearest(values: Sequence[Any], enough: Bools, count: Ints, order: Sequence[Any] | None) -> Ints:
    """(values,) the frequent value that each rare one becomes, `GONE` where none is like it."""
    frequent = np.flatnonzero(enough)
    targets = np.full(len(values), GONE)
    rank = None if order is None else np.array([order.index(value) for value in values], np.float64)
    if rank is None and all(isinstance(value, int | float | np.number) for value in values):
        rank = np.array([float(value) for value in values])
    if rank is not None:
        for at in np.flatnonzero(~enough):
            targets[at] = frequent[np.abs(rank[frequent] - rank[at]).argmin()]
        return targets
    texts = [str(value) for value in values]
    sorted_ = sorted(frequent.tolist(), key=texts.__getitem__)
    names = [texts[at] for at in sorted_]
    for at in np.flatnonzero(~enough):
        place = bisect_left(names, texts[at])
        beside = sorted_[max(place - 1, 0) : place + 1]
        best = max(beside, key=lambda other: (_alike(texts[other], texts[at]), count[other]))
        if _alike(texts[best], texts[at]) >= ALIKE:
            targets[at] = best
    return targets


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
