"""Columns that are functions of another extra column, as the currency is of the country: found, and kept as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.evidence import FirstLook, holds
from assoc_synth.transactions.arrays import Values
from assoc_synth.transactions.stored import Cell, Stored


@dataclass(frozen=True, eq=False)
class ColumnFunction(Stored):
    """What each value of another column has in a column.

    Attributes:
        name: the column; source: the other one, a column of categories.
        values: by position in the source's values, and then where it is missing; JSON scalars, None where missing.
    """

    name: str
    source: str
    values: tuple[Cell, ...]

    @classmethod
    def learn(cls, name: str, cells: Values, code: CategoryCode, source: pd.Series) -> ColumnFunction:
        """Each value's most frequent one: cells (n,) JSON scalars or None, source (n,)."""
        place = code.places(source)
        place = np.where(place < 0, len(code.values), place)
        found, distinct = pd.factorize(pd.Series(cells, dtype="object"), use_na_sentinel=True)
        table = [*distinct.tolist(), None]
        pairs, counts = np.unique(place * len(table) + np.where(found < 0, len(distinct), found), return_counts=True)
        values: list[Any] = [None] * (len(code.values) + 1)
        for pair in pairs[np.argsort(counts, kind="stable")].tolist():  # the most frequent one is written last
            values[pair // len(table)] = table[pair % len(table)]
        return cls(name, code.name, tuple(values))

    def decode(self, code: CategoryCode, source: Values) -> Values:
        """(n,) values of the source → values, None where missing."""
        table = np.empty(len(self.values), dtype="object")
        table[:] = self.values
        found: Values = table[code.places(pd.Series(source, dtype="object"))]
        return found

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "source": self.source, "values": list(self.values)}


def find_sources(
    columns: Mapping[str, pd.Series], targets: Sequence[str], sources: Sequence[str], subject: Values | None = None
) -> dict[str, str]:
    """By column, the one that it is a function of; of several the one with the most values.

    Args:
        columns: their cells; targets: columns that may be functions; sources: columns of categories.
        subject: (n,) whose each row is: what one subject alone has is no evidence, as everything that is constant of a
            subject is a function of its postal code. None where each row is its own.

    Example:
        >>> country = pd.Series(["US", "DE", "FR", "DE"] * 50)
        >>> columns = {"country": country, "currency": country.map({"US": "USD", "DE": "EUR", "FR": "EUR"})}
        >>> find_sources(columns, ["country", "currency"], ["country", "currency"])
        {'currency': 'country'}
    """
    codes = {name: np.asarray(pd.factorize(columns[name])[0], np.int64) for name in {*targets, *sources}}
    sizes = {name: int(code.max(initial=-1)) + 1 for name, code in codes.items()}
    looks = {name: FirstLook.of(codes[name] + 1) for name in sources}
    owner = None if subject is None else subject.astype(np.int64)

    def is_function(name: str, source: str) -> bool:
        """Whether the one column is a function of the other; missing is a value."""
        return not looks[source].contradicts(codes[name], False) and holds(codes[name], codes[source] + 1, owner)

    ranked = sorted(sources, key=lambda name: (-sizes[name], list(columns).index(name)))
    found: dict[str, str] = {}
    for name in sorted(targets, key=lambda name: (sizes[name], -list(columns).index(name))):
        before = (
            ranked[: ranked.index(name)] if name in ranked else [one for one in ranked if sizes[one] >= sizes[name]]
        )
        source = next((one for one in before if sizes[one] > 1 and is_function(name, one)), None)
        if source is not None:
            found[name] = source
    return found
