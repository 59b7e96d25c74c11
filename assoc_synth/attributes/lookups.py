"""Lookup: an extra column that is a function of the object, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.transactions.arrays import Codes, Ints, Values


@dataclass(frozen=True, eq=False)
class Lookup:
    """What each object has in a column.

    Attributes:
        values: by object code, JSON scalars; None where it is missing or was never seen.
    """

    name: str
    values: tuple[Any, ...]

    @classmethod
    def learn(
        cls,
        name: str,
        column: Values,
        object: Ints | Codes,
        num_objects: int,
        *,
        missingness: bool,
    ) -> Lookup:
        """Each object's most frequent value: column (n,) of JSON scalars, object (n,).

        Args:
            missingness: missing values have a pattern of their own and count for nothing here.
        """
        code, values = pd.factorize(pd.Series(column, dtype="object"), use_na_sentinel=True)
        table = [*values.tolist(), None]
        code = np.where(code < 0, len(values), code)
        use = code < len(values) if missingness else np.ones(len(code), bool)
        pairs, counts = np.unique(object[use].astype(np.int64) * len(table) + code[use], return_counts=True)
        found: list[Any] = [None] * num_objects
        for pair in pairs[np.argsort(counts, kind="stable")].tolist():  # the most frequent one is written last
            found[pair // len(table)] = table[pair % len(table)]
        return cls(name, tuple(found))

    def decode(self, object: Ints | Codes) -> Values:
        """(n,) objects → values, None where missing."""
        table = np.empty(len(self.values), dtype="object")
        table[:] = self.values
        found: Values = table[object]
        return found

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "values": list(self.values)}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Lookup:
        return cls(str(state["name"]), tuple(state["values"]))
