"""Categories: the values of an extra column as classes, missing as a class of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.stored import Cell, Stored

MOST_CLASSES, OWN_CLASSES = 500, 400
"""Values up to which each is a class; of more, the most frequent `OWN_CLASSES` are, and the others share the rest."""


@dataclass(frozen=True, eq=False)
class CategoryCode(Stored):
    """How a column of categories is coded: its values sorted as text, then missing.

    Of very many values the rare ones share classes, neighbours by their text (postal codes of one region), and a drawn
    class becomes one of its values by how often they occur.

    Attributes:
        values: the distinct values, JSON scalars.
        missing: whether missing values occur.
        class_of, weights: where values share classes or not all are kept: each value's class, and how often it occurs.
    """

    name: str
    values: tuple[Cell, ...]
    missing: bool
    class_of: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()

    @classmethod
    def learn(cls, name: str, column: pd.Series, only: pd.Index | None = None) -> CategoryCode:
        """The distinct values of a column, (n,) of any dtype.

        Args:
            only: the values, as text, that are kept; cells with another one get one of these.

        Example:
            >>> CategoryCode.learn("colour", pd.Series(["red", None, "blue"]))
            CategoryCode(name='colour', values=('blue', 'red'), missing=True, class_of=(), weights=())
        """
        counts: Counter[Any] = Counter()
        for value, count in column.value_counts().items():
            if count:
                counts[plain(value)] += int(count)
        values = sorted((value for value in counts if only is None or str(value) in only), key=str)
        missing = bool(column.isna().any())
        if only is None and len(values) <= MOST_CLASSES:
            return cls(name, tuple(values), missing)
        weights = np.array([counts[value] for value in values], np.int64)
        return cls(name, tuple(values), missing, tuple(_classes(weights).tolist()), tuple(weights.tolist()))

    @property
    def classes(self) -> int:
        known = max(self.class_of) + 1 if self.class_of else len(self.values)
        return max(known + self.missing, 1)

    def places(self, column: pd.Series) -> Ints:
        """(n,) positions in `values`, −1 where missing or unknown."""
        codes, found = pd.factorize(column, use_na_sentinel=True)
        at = pd.Index(list(self.values), dtype=object).get_indexer(pd.Index([plain(v) for v in found], dtype=object))
        return np.append(at, -1)[codes].astype(np.int64)

    def encode(self, column: pd.Series) -> CodedColumn:
        """(n,) values → classes; missing ones go to the last class, unknown ones too unless not all are kept."""
        place = self.places(column)
        if self.weights:
            lost = np.flatnonzero((place < 0) & column.notna().to_numpy())
            weights = np.array(self.weights, float)
            place[lost] = np.random.default_rng(len(column)).choice(len(weights), len(lost), p=weights / weights.sum())
        code = np.array(self.class_of)[place] if self.class_of else place
        return CodedColumn.discrete(self.name, np.where(place < 0, self.classes - 1, code), self.classes)

    def decode(self, code: Ints, rng: np.random.Generator) -> list[Any]:
        """(n,) classes → values, None where missing."""
        table = [*self.values, None]
        if not self.class_of:
            return [table[c] for c in code]
        place = np.full(len(code), len(self.values), np.int64)
        class_of, weights = np.array(self.class_of), np.array(self.weights, float)
        order = np.argsort(class_of, kind="stable")
        ends = np.cumsum(weights[order])
        classes = int(class_of.max()) + 1
        last = np.searchsorted(class_of[order], np.arange(classes), side="right")
        upper = ends[last - 1]
        lower = np.append(0.0, upper[:-1])
        known = np.flatnonzero(code < classes)
        level = lower[code[known]] + rng.random(len(known)) * (upper - lower)[code[known]]
        place[known] = order[np.searchsorted(ends, level, side="right").clip(max=len(order) - 1)]
        return [table[at] for at in place]

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "values": list(self.values),
            "missing": self.missing,
            "class_of": list(self.class_of),
            "weights": list(self.weights),
        }


def _classes(weights: Ints) -> Ints:
    """(values,) the class of each value in the order of their text: frequent ones have their own."""
    if len(weights) <= MOST_CLASSES:
        return np.arange(len(weights))
    frequent = np.zeros(len(weights), bool)
    frequent[np.argsort(-weights, kind="stable")[:OWN_CLASSES]] = True
    result = np.empty(len(weights), np.int64)
    result[frequent] = np.arange(OWN_CLASSES)
    rest = np.cumsum(weights[~frequent]) - 1
    shared = rest * (MOST_CLASSES - OWN_CLASSES) // (rest[-1] + 1)
    result[~frequent] = OWN_CLASSES + np.unique(shared, return_inverse=True)[1]
    return result


def plain(value: Any) -> Any:
    """A JSON scalar for a value: NumPy scalars become Python's, anything else that is no scalar becomes text.

    Example:
        >>> plain(np.int64(3)), plain(pd.Timestamp("2024-01-01"))
        (3, '2024-01-01 00:00:00')
    """
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | bool | int | float) else str(value)
