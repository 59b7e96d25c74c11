"""How often emitted rows have a value that fewer real subjects have than a threshold, beside other real rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.benchmark.disclosure.real_values import columns_of, subjects_of
from assoc_synth.transactions.table import TransactionTable

DIGITS = 9
"""To which numbers are compared."""


@dataclass(frozen=True)
class Shares:
    """Of a column: its rare values, and the share of cells that have one.

    Attributes:
        values: how many different values too few real subjects have; different: how many there are.
        real, emitted, other: the share of cells that are not missing, in the real table, the emitted rows, and rows of
            other real subjects, who meet such values by chance.
        missing: the share of emitted cells that are missing, and of real ones.
    """

    column: str
    values: int
    different: int
    real: float
    emitted: float
    other: float
    missing: tuple[float, float]


def shares_of_rare(
    real: TransactionTable, emitted: TransactionTable, other: TransactionTable, fewest: int
) -> list[Shares]:
    """Every column but the verbs.

    Args:
        real: what a model was fitted to; other: rows of other subjects of the same population.
        fewest: values that fewer real subjects have are looked for.

    Example:
        >>> from assoc_synth import datasets
        >>> first, second = datasets.halves(datasets.toy_shop(subjects=100))
        >>> found = {one.column: one for one in shares_of_rare(first, first, second, 5)}
        >>> found["customer"].emitted, found["customer"].other
        (1.0, 0.0)
    """
    sides = [dict(columns_of(table)) for table in (real, emitted, other)]
    found = []
    for name, cells in sides[0].items():
        if name == real.schema.roles()["verb"]:
            continue
        own = [_comparable(side[name]) for side in sides]
        count = subjects_of(own[0], real.subject)
        rare = count.index[(count < fewest).to_numpy()]
        hits = [float(part.dropna().isin(rare).mean()) if part.notna().any() else 0.0 for part in own]
        missing = float(sides[1][name].isna().mean()), float(cells.isna().mean())
        found.append(Shares(name, len(rare), len(count), hits[0], hits[1], hits[2], missing))
    return found


def _comparable(cells: pd.Series) -> pd.Series:
    """Cells of which equal ones are equal: rounded numbers, others as text."""
    cells = cells.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(cells):
        return pd.Series(np.round(cells.astype("Float64").to_numpy(np.float64, na_value=np.nan), DIGITS))
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.astype("datetime64[ns]")
    return cells.where(cells.isna(), cells.astype(str))
