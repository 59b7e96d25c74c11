"""Windows of a condition: from and to, both inclusive, checked against what was seen before anything is drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.date_functions import DateFunction
from assoc_synth.attributes.date_rules import TableOfDate
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.subject_columns import BinnedNumbers
from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.transactions.arrays import Floats, Values
from assoc_synth.transactions.columns.times import read_times
from assoc_synth.transactions.table import TransactionTable

FEW = 12


def read_window(model: FittedModel, role: str, value: Any) -> tuple[float, float]:
    """The bounds of a window of the time, the amount or an extra column; of times and dates as int nanoseconds.

    Raises:
        InputError: the bounds cannot be read, there is no such column, or nothing that was seen lies between them.
    """
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise InputError(f"a condition on {role!r} takes (from, to), not a {type(value).__name__}")
    extras = model.encoder.extras
    is_time = role == "time" or role in extras.dates
    try:
        low, high = (_nanoseconds(end) if is_time else float(end) for end in value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"the ends of the window of {role!r} cannot be read") from None
    if not low <= high:
        raise InputError(f"the window of {role!r} is empty: its first end must not be above its second")
    if is_time:
        _check_times(model, role, int(low), int(high))
    else:
        _check_numbers(model, role, low, high)
    return low, high


def values_of(table: TransactionTable, column: str, *, is_time: bool) -> Values:
    """(rows,) the numbers of a column, or its times as int64 nanoseconds, which lie in no window where missing."""
    if is_time:
        times = table.time if column == "time" else read_times(table.extras[column])[0]
        return np.asarray(times).astype("datetime64[ns]").astype(np.int64)
    cells = table.amount if column == "amount" else table.extras[column]
    return np.asarray(pd.to_numeric(pd.Series(cells), errors="coerce").astype("float64"))


def _check_times(model: FittedModel, role: str, low: int, high: int) -> None:
    if role == "time":
        if model.encoder.calendar is None:
            raise InputError("this model has no times: leave the window out")
        start, end = model.encoder.calendar.start, model.encoder.calendar.end
    else:
        start, end = model.encoder.extras.dates[role].low, model.encoder.extras.dates[role].high
    if high < start or low > end:
        seen = f"{pd.Timestamp(start):%Y-%m-%d} to {pd.Timestamp(end):%Y-%m-%d}"
        raise InputError(f"the window of {role} is outside of what was observed, {seen}: nothing is known of it")


def _check_numbers(model: FittedModel, role: str, low: float, high: float) -> None:
    extras = model.encoder.extras
    if role == "amount":
        code: NumberCode | BinnedNumbers | Lookup | DateFunction | None = model.encoder.amount
        if code is None:
            raise InputError("this model has no amounts: leave the window out")
    else:
        numbers: dict[str, NumberCode | BinnedNumbers] = {own.name: own for own in extras.numbers}
        numbers |= {own.name: own for own in extras.subject.codes if isinstance(own, BinnedNumbers)}
        tables: dict[str, Lookup | DateFunction] = {own.name: own for own in extras.lookups}
        tables |= {own.name: own for own in extras.of_dates}
        code = numbers.get(role) or tables.get(role)
    if code is None:
        raise InputError(f"column {role[:40]!r} is not a column of numbers that the model draws: it has no windows")
    shown = model.format.schema.roles().get(role, role)
    asked = f"{low:,.12g} to {high:,.12g}"
    if isinstance(code, DateFunction):
        code = code.rule.table if isinstance(code.rule, TableOfDate) else code
    exact = _exact_values(code)
    known = exact if exact is not None else _range(code)
    if not len(known):
        raise InputError(f"column {str(shown)[:40]!r} holds no numbers: it has no windows")
    if high < known.min() or low > known.max():
        least, most = f"{known.min():,.12g}", f"{known.max():,.12g}"
        raise InputError(f"no row has a {str(shown)[:40]!r} from {asked}: it lies between {least} and {most}")
    if exact is not None and not ((exact >= low) & (exact <= high)).any():
        few = ", ".join(f"{value:,.12g}" for value in exact[:FEW]) + (", …" if len(exact) > FEW else "")
        raise InputError(f"no row has a {str(shown)[:40]!r} from {asked}: it is one of {few}")
    decimals = None if isinstance(code, Lookup) else 0 if isinstance(code, DateFunction) else code.decimals
    low, high = max(low, float(known.min())), min(high, float(known.max()))
    if decimals is not None and math.ceil(low * 10**decimals - 1e-6) > math.floor(high * 10**decimals + 1e-6):
        raise InputError(f"no row has a {str(shown)[:40]!r} from {asked}: it has {decimals} decimals")


def _range(code: NumberCode | BinnedNumbers | Lookup | DateFunction) -> Floats:
    """The least and the largest number that can be drawn."""
    if isinstance(code, NumberCode | DateFunction):
        ends = [end for end in (code.low, code.high) if not math.isnan(end)]
        return np.array(ends, np.float64)
    assert isinstance(code, BinnedNumbers), "a lookup has exact values"
    known = np.concatenate([code.atoms, code.low, code.high])
    return np.array([known.min(), known.max()])


def _exact_values(code: NumberCode | BinnedNumbers | Lookup | DateFunction) -> Values | None:
    """All numbers that can be drawn, ascending; None where they are not only such as were seen."""
    if isinstance(code, DateFunction):
        return None
    if isinstance(code, Lookup):
        cells = pd.to_numeric(pd.Series(code.values, dtype="object"), errors="coerce").dropna()
        return np.unique(cells.to_numpy(np.float64))
    bins = code.low if isinstance(code, BinnedNumbers) else code.means
    return code.atoms if not len(bins) else None


def _nanoseconds(end: Any) -> int:
    at = pd.Timestamp(end)
    if pd.isna(at):
        raise ValueError("not a time")
    return int((at.tz_convert("UTC").tz_localize(None) if at.tzinfo else at).as_unit("ns").value)
