"""Lookup: an extra column that is a function of the object, the verb or a part of the calendar, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.transactions.arrays import Codes, Ints, Values
from assoc_synth.transactions.stored import Cell, Stored

OBJECT = ("object",)


@dataclass(frozen=True, eq=False)
class Lookup(Stored):
    """What each object, verb, day or the like has in a column.

    Attributes:
        values: JSON scalars, None where it is missing or was never seen: by object code, or by position in `keys`.
        on: what the column is a function of.
        keys: ascending, of what is no object; −1 for rows without a time.
    """

    name: str
    values: tuple[Cell, ...]
    on: tuple[str, ...] = OBJECT
    keys: tuple[int, ...] = ()

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
        return cls(name, _most_frequent(column, object, num_objects, missingness))

    @classmethod
    def by_key(cls, name: str, column: Values, on: tuple[str, ...], key: Ints, *, missingness: bool) -> Lookup:
        """The most frequent value of each verb, day or the like: column (n,) of JSON scalars, key (n,).

        Example:
            >>> open_on = np.array(["late", "early", "late"], object)
            >>> lookup = Lookup.by_key("open", open_on, ("day",), np.array([5, 9, 5]), missingness=False)
            >>> lookup.decode(np.array([9, 7, 5])).tolist()  # a day that was never seen is as the one before it
            ['early', 'late', 'late']
        """
        known = np.array([cell is not None for cell in column]) if missingness else np.ones(len(key), bool)
        keys, place = np.unique(key[known], return_inverse=True)
        found = _most_frequent(column[known], place, len(keys), missingness)
        return cls(name, found, on, tuple(keys.tolist()))

    def decode(self, key: Ints | Codes) -> Values:
        """(n,) objects or keys → values, None where missing."""
        table = np.empty(len(self.values) + 1, dtype="object")
        table[:-1] = self.values  # and none at −1
        if self.on == OBJECT:
            found: Values = table[key]
            return found
        keys = np.asarray(self.keys, np.int64)
        first = int(np.searchsorted(keys, 0))  # a row without a time is like no other
        place = np.maximum(np.searchsorted(keys, key, side="right") - 1, first)
        unknown = len(keys) if not first else 0
        place = np.where(key < 0, unknown, np.minimum(place, len(keys)))
        seen: Values = table[place]
        return seen

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "values": list(self.values), "on": list(self.on), "keys": list(self.keys)}


def _most_frequent(column: Values, group: Ints | Codes, groups: int, missingness: bool) -> tuple[Any, ...]:
    code, values = pd.factorize(pd.Series(column, dtype="object"), use_na_sentinel=True)
    table = [*values.tolist(), None]
    code = np.where(code < 0, len(values), code)
    use = code < len(values) if missingness else np.ones(len(code), bool)
    pairs, counts = np.unique(group[use].astype(np.int64) * len(table) + code[use], return_counts=True)
    found: list[Any] = [None] * groups
    for pair in pairs[np.argsort(counts, kind="stable")].tolist():  # the most frequent one is written last
        found[pair // len(table)] = table[pair % len(table)]
    return tuple(found)
