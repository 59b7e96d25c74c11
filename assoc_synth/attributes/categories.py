"""Categories: the values of an extra column as classes, missing as a class of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.transactions.arrays import Ints

MAX_CATEGORIES = 200
"""Distinct values up to which a column is one of categories."""


@dataclass(frozen=True, eq=False)
class CategoryCode:
    """How a column of categories is coded: its values sorted as text, then missing.

    Attributes:
        values: the distinct values, JSON scalars.
        missing: whether missing values occur.
    """

    name: str
    values: tuple[Any, ...]
    missing: bool

    @classmethod
    def learn(cls, name: str, column: pd.Series) -> CategoryCode:
        """The distinct values of a column, (n,) of any dtype.

        Example:
            >>> CategoryCode.learn("colour", pd.Series(["red", None, "blue"]))
            CategoryCode(name='colour', values=('blue', 'red'), missing=True)
        """
        values = sorted((plain(v) for v in column.dropna().unique()), key=str)
        return cls(name, tuple(values), bool(column.isna().any()))

    @classmethod
    def fits(cls, column: pd.Series) -> bool:
        """Whether the column is one of categories: few values that repeat, not free text or an identifier."""
        distinct = column.nunique(dropna=True)
        return distinct <= MAX_CATEGORIES and distinct <= max(len(column) // 5, 1)

    @property
    def classes(self) -> int:
        return max(len(self.values) + self.missing, 1)

    def encode(self, column: pd.Series) -> CodedColumn:
        """(n,) values → classes; missing and unknown ones go to the last class."""
        code = pd.Index(list(self.values), dtype=object).get_indexer(pd.Index([plain(v) for v in column], dtype=object))
        return CodedColumn.discrete(self.name, np.where(code < 0, self.classes - 1, code), self.classes)

    def decode(self, code: Ints) -> list[Any]:
        """(n,) classes → values, None where missing."""
        table = [*self.values, None]
        return [table[c] for c in code]

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "values": list(self.values), "missing": self.missing}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> CategoryCode:
        return cls(str(state["name"]), tuple(state["values"]), bool(state["missing"]))


def plain(value: Any) -> Any:
    """A JSON scalar for a value: NumPy scalars become Python's, anything else that is no scalar becomes text.

    Example:
        >>> plain(np.int64(3)), plain(pd.Timestamp("2024-01-01"))
        (3, '2024-01-01 00:00:00')
    """
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | bool | int | float) else str(value)
