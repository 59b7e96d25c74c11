"""Columns that are regenerated and never copied: identifiers and free text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.transactions.arrays import Ints, Values

FEWEST, NEARLY = 20, 0.9
"""A column identifies groups if there are more than so many and so large a share of them has its own value."""


@dataclass(frozen=True)
class Regenerated:
    """A column whose values are made anew.

    Attributes:
        of: what each value belongs to: "row", "basket" or "subject".
        missing: by verb, the share of missing values.
        rule: how values are made.
    """

    name: str
    of: str
    missing: tuple[float, ...]
    rule: NewIdentifiers | TextCode

    @property
    def note(self) -> str:
        """One sentence for the user."""
        if isinstance(self.rule, TextCode):
            return f"column {self.name!r} is free text: written anew from words that many subjects use"
        return f"column {self.name!r} identifies each {self.of}: regenerated in its format, no real value occurs"

    def make(self, verb: Values, group: Ints, rng: np.random.Generator) -> Values:
        """(n,) values for rows of a verb in a group; None where missing."""
        groups, place = np.unique(group, return_inverse=True)
        values = np.array([*self.rule.make(len(groups), rng), None], dtype="object")[place]
        lost = rng.random(len(groups))[place] < np.asarray(self.missing)[verb]
        values[lost | (group < 0)] = None
        return values

    def to_dict(self) -> dict[str, Any]:
        kind = "text" if isinstance(self.rule, TextCode) else "identifier"
        return {
            "name": self.name,
            "of": self.of,
            "missing": list(self.missing),
            "kind": kind,
            "rule": self.rule.to_dict(),
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Regenerated:
        rule = TextCode if state["kind"] == "text" else NewIdentifiers
        return cls(str(state["name"]), str(state["of"]), tuple(state["missing"]), rule.from_dict(state["rule"]))


def identifies(column: pd.Series, group: Ints) -> bool:
    """Whether nearly every group has a value of its own: whole numbers, or texts of one word."""
    column = uncategorised(column)
    known = column[(group >= 0) & column.notna().to_numpy()]
    if not pd.api.types.is_integer_dtype(column.dtype) and not (
        is_text(column) and known.astype(str).str.contains(r"\s", regex=True).mean() <= 1 - NEARLY
    ):
        return False
    groups = len(np.unique(group[known.index.to_numpy()]))
    return groups > FEWEST and bool(known.nunique() > NEARLY * groups)


def is_text(column: pd.Series) -> bool:
    """Whether the cells are texts, also as categories."""
    return pd.api.types.infer_dtype(uncategorised(column).dropna(), skipna=True) == "string"


def uncategorised(column: pd.Series) -> pd.Series:
    """The cells themselves, also of a column that is stored as categories."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    whole = column.notna().all()
    return column.astype(column.cat.categories.dtype if whole else object)
