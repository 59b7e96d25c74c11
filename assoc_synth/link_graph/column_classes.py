"""The classes of an extra column's cells: what two tables are compared by where they have columns of their own.

Classes are set by one table, the reference: its most frequent categories, or its quantile bins of numbers and dates.
Two further classes come last: another value, for categories alone, and missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Floats, Ints, Times
from assoc_synth.transactions.columns.times import read_times
from assoc_synth.transactions.distinct import distinct
from assoc_synth.transactions.stored import Stored

BINS = 10
"""Quantile bins of a number or a date."""
CATEGORIES = 20
"""Categories that have a class of their own; all others share one."""

CellKind = Literal["text", "number", "date"]


@dataclass(frozen=True)
class ColumnClasses(Stored):
    """How the cells of one column become classes.

    Attributes:
        name: the column's.
        kind: what cells are read as.
        edges: lower bounds of the bins but the first, ascending; none where classes are categories.
        categories: text of the categories that have a class of their own, sorted; none where classes are bins.
    """

    name: str
    kind: CellKind
    edges: tuple[float, ...]
    categories: tuple[str, ...]

    @classmethod
    def of(cls, column: pd.Series, subject: Ints | None = None, *, fewest: int = 1) -> ColumnClasses:
        """The classes that a reference's column sets.

        Args:
            column: the cells, shape (rows,).
            subject: whose they are, shape (rows,); needed where `fewest` is above 1.
            fewest: subjects that a category must have, and that a bin has on average, to be told from others.

        Example:
            >>> classes = ColumnClasses.of(pd.Series(["tea", "pot", "tea", None], name="kind"))
            >>> classes.labels, classes.codes(pd.Series(["pot", "cup", None])).tolist()
            (('pot', 'tea', 'another value', 'missing'), [0, 2, 3])
        """
        kind: CellKind = "text"
        if pd.api.types.is_datetime64_any_dtype(column) or read_text(column) is not None:
            kind = "date"
        elif pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            kind = "number"
        numbers = _numbers(column, kind)
        if numbers is not None:
            known = numbers[~np.isnan(numbers)]
            if len(np.unique(known)) > BINS:
                have = len(known) if subject is None else len(np.unique(subject[~np.isnan(numbers)]))
                bins = int(np.clip(have // fewest, 1, BINS))
                edges = coarse(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1]))
                edges = np.unique(apart(edges, known, None if subject is None else subject[~np.isnan(numbers)], fewest))
                return cls(str(column.name), kind, tuple(edges.tolist()), ())
        codes, names = _written(column, numbers)
        return cls(str(column.name), kind, (), _frequent(codes, names, subject, fewest))

    @property
    def is_binned(self) -> bool:
        """Whether classes are bins."""
        return not self.categories and self.kind != "text"

    @property
    def labels(self) -> tuple[str, ...]:
        """What each class is called; "missing" is the last one."""
        if self.is_binned:
            return (*(f"from {bound}" for bound in ("lowest", *(f"{edge:g}" for edge in self.edges))), "missing")
        return (*self.categories, "another value", "missing")

    @property
    def num_values(self) -> int:
        """How many classes are bins or categories: all but "another value" and "missing"."""
        return len(self.edges) + 1 if self.is_binned else len(self.categories)

    def __len__(self) -> int:
        return self.num_values + (1 if self.is_binned else 2)

    def codes(self, column: pd.Series) -> Ints:
        """The class of each cell, of a column that may come from another table: shape (rows,)."""
        own, values = pd.factorize(column)
        return np.append(self._codes(pd.Series(values)), len(self) - 1)[own]

    def _codes(self, values: pd.Series) -> Ints:
        """The class of each distinct value."""
        numbers = _numbers(values, self.kind)
        if self.is_binned:
            assert numbers is not None
            binned = np.searchsorted(np.array(self.edges, np.float64), numbers, side="right")
            return np.where(np.isnan(numbers), len(self) - 1, binned).astype(np.int64)
        own, names = _written(values, numbers)
        number = {name: code for code, name in enumerate(self.categories)}
        other = len(self.categories)
        return np.array([*(number.get(name, other) for name in names), other + 1], np.int64)[own]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"edges": list(self.edges), "categories": list(self.categories)}


def coarse(bounds: Floats) -> Floats:
    """Bounds of bins to a hundredth of their range or less: in a stored bound, nobody's own value can be read.

    Example:
        >>> coarse(np.array([10.137, 250.991, 900.4])).tolist(), coarse(np.array([1234.5])).tolist()
        ([10.0, 251.0, 900.0], [1230.0])
        >>> coarse(np.array([1.0, 2.0, 3.0])).tolist()
        [1.0, 2.0, 3.0]
    """
    if not bounds.any():
        return bounds
    width = float(np.ptp(bounds)) or float(np.abs(bounds).max())
    step = 10.0 ** np.floor(np.log10(width / 100))
    # A power of ten above 1 divides, one below 1 multiplies: else 0.3 becomes 0.30000000000000004.
    return np.asarray(np.rint(bounds / step) * step if step >= 1 else np.rint(bounds * (1 / step)) / (1 / step))


def apart(bounds: Floats, values: Floats, subject: Ints | None, fewest: int) -> Floats:
    """Bounds of bins, those that are a value of a few subjects halfway between it and the next smaller one.

    No value changes its bin, as a bound is the first number of its bin.

    Args:
        values: (n,) without NaN, of (n,) subjects; None where each is its own subject's.
        fewest: subjects that a bound's value must have to stay.

    Example:
        >>> apart(np.array([2.0, 4.0, 5.0]), np.array([1.0, 2.0, 2.0, 4.0]), None, 2).tolist()
        [2.0, 3.0, 5.0]
    """
    own, code = np.unique(values, return_inverse=True)
    if subject is not None:
        width = int(subject.max(initial=0)) + 1
        code = distinct(code.astype(np.int64) * width + subject) // width
    count = np.bincount(code, minlength=len(own))
    at = np.searchsorted(own, bounds).clip(max=max(len(own) - 1, 0))
    made = bounds.copy()
    for place in np.flatnonzero((own[at] == bounds) & (count[at] < fewest)) if len(own) else ():
        below = own[at[place] - 1] if at[place] else own[0] - 1
        made[place] = (below + own[at[place]]) / 2
    return made


def read_text(column: pd.Series) -> Times | None:
    """(n,) dates that are written as text, NaT missing; None where they are none."""
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column) or not len(known) or not isinstance(known.iloc[0], str):
        return None
    try:
        return read_times(column.astype(object))[0]
    except InputError:
        return None


def _numbers(column: pd.Series, kind: CellKind) -> Floats | None:
    """Cells as numbers, dates in nanoseconds, NaN where they are none: (n,); None for text."""
    if kind == "text":
        return None
    if kind == "number":
        return np.asarray(pd.to_numeric(column, errors="coerce"), np.float64)
    days = read_text(column)
    if days is None:
        dates = pd.to_datetime(column, errors="coerce", utc=True).dt.tz_localize(None)
        days = dates.to_numpy("datetime64[ns]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))


def _written(column: pd.Series, numbers: Floats | None) -> tuple[Ints, list[str]]:
    """Codes, −1 missing, and the text of each: 1 and 1.0 are one category, since a file read twice may have either."""
    code, values = pd.factorize(column if numbers is None else pd.Series(numbers))
    return code.astype(np.int64), [f"{value:g}" if isinstance(value, float) else str(value) for value in values]


def _frequent(codes: Ints, names: Sequence[str], subject: Ints | None, fewest: int) -> tuple[str, ...]:
    """The categories with a class of their own, sorted."""
    known = codes >= 0
    enough = np.ones(len(names), bool)
    if subject is not None and len(names):
        pairs = np.unique(subject[known].astype(np.int64) * len(names) + codes[known])
        enough = np.bincount(pairs % len(names), minlength=len(names)) >= fewest
    count = np.where(enough, np.bincount(codes[known], minlength=len(names)), 0)
    order = np.argsort(-count, kind="stable")[:CATEGORIES]
    return tuple(sorted(names[at] for at in order if count[at] > 0))
