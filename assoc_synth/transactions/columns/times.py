"""Times: from datetimes, text or numbers to UTC nanoseconds, and the format to give them back."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times, Values
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.epochs import NAMES, from_epoch, in_range, to_epoch, unit_of
from assoc_synth.transactions.columns.missing_words import missing_word
from assoc_synth.transactions.columns.time_format import UNITS, TimeFormat, coarsest_unit
from assoc_synth.transactions.columns.time_patterns import COMPACT, FRACTIONS
from assoc_synth.transactions.columns.time_text import (
    FIRST_YEAR,
    HELP,
    LAST_YEAR,
    read_time_text,
    refuse_years,
)
from assoc_synth.transactions.columns.time_zones import place_of

__all__ = ["UNITS", "TimeFormat", "read_times", "says_no_times"]

Read = tuple[Times, TimeFormat, tuple[str, ...]]
NO_TIMES = ("not a date that can be read", "does not hold times", "a number is a time only as")
"""What messages say where a column holds something else than times."""
COMPACT_YEARS = (1900, 2100)
"""Numbers such as 20240131 are dates if all of them are, in these years."""


def says_no_times(error: InputError) -> bool:
    """Whether an error of `read_times` means that a column holds something else than times.

    Example:
        >>> try:
        ...     read_times(pd.Series(["tea", "2026-01-31"]))
        ... except InputError as error:
        ...     says_no_times(error)
        True
    """
    return any(said in str(error) for said in NO_TIMES)


def read_times(column: pd.Series, *, time_format: str | None = None) -> Read:
    """Read a column of times.

    Args:
        column: (n,) datetimes, dates, text, or numbers: seconds, milliseconds, microseconds or nanoseconds since 1970,
            or dates such as 20240131.
        time_format: how text or numbers are written: a pattern such as "%d/%m/%Y %H:%M", or "s", "ms", "us" or "ns".

    Returns:
        datetime64[ns] (n,) in UTC, NaT where missing; the format to give them back; notes.

    Raises:
        InputError: a cell is not a time, the format is ambiguous, or a year is outside 1678 to 2261; the message names
            the row.

    Example:
        >>> times, made, notes = read_times(pd.Series(["2026-01-31", "n/a"], name="day"))
        >>> times.astype("datetime64[D]"), made.pattern, made.unit
        (array(['2026-01-31',        'NaT'], dtype='datetime64[D]'), '%Y-%m-%d', 'D')
    """
    name, dtype = str(column.name), column.dtype
    kind = getattr(dtype, "kind", "O")
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_temporal(dtype.pyarrow_dtype):
        arrow = pa.array(column.array)
        stamps = arrow.cast(pa.timestamp("s")) if pa.types.is_date(arrow.type) else arrow
        return _from_datetimes(stamps.to_pandas(), column, name)
    if kind == "M" and not isinstance(dtype, pd.CategoricalDtype):
        return _from_datetimes(column, column, name)
    if kind in "iuf" and not isinstance(dtype, pd.CategoricalDtype):
        return _from_numbers(column, column, time_format)
    cells = column.astype(object)
    found = pd.api.types.infer_dtype(cells, skipna=True)
    if found in ("date", "datetime"):
        return _from_objects(cells, "dates" if found == "date" else "datetimes", name)
    if found in ("integer", "floating", "mixed-integer-float"):
        return _from_numbers(_numbers(cells, name), column, time_format)
    if found in ("string", "empty"):
        return _from_text(cells.where(cells.notna(), None), column, time_format)
    raise InputError(f"column {name!r} does not hold times ({found}): {HELP}")


def _numbers(cells: pd.Series, name: str) -> pd.Series:
    """Cells (objects) as numbers of a kind that an array has.

    Raises:
        InputError: a whole number is too large for one.
    """
    is_large = cells.map(lambda cell: isinstance(cell, int) and abs(cell) >= 2**63).to_numpy(dtype=bool)
    if is_large.any():
        row = int(np.argmax(is_large)) + 1
        raise InputError(f"column {name!r}, row {row}: the number is too large for a time: {HELP}")
    return pd.to_numeric(cells.where(cells.notna(), np.nan))


def _from_datetimes(stamps: pd.Series, column: pd.Series, name: str) -> Read:
    years = stamps.dt.year.to_numpy(dtype=np.float64, na_value=np.nan)
    refuse_years((years < FIRST_YEAR) | (years > LAST_YEAR), name)
    zoned = getattr(stamps.dtype, "tz", None) is not None
    local = stamps.dt.tz_localize(None) if zoned else stamps
    world = stamps.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else stamps
    clock, times = (stamp.to_numpy().astype("datetime64[ns]") for stamp in (local, world))
    given_back = ColumnFormat.of(column)
    notes = []
    if given_back is None:
        given_back = ColumnFormat("datetime64[ns, UTC]" if zoned else "datetime64[ns]")
        notes.append(f"column {name!r}: the time zone of {column.dtype} cannot be given back, times are given in UTC")
    return times, TimeFormat(given_back, "datetime", unit=coarsest_unit(clock)), tuple(notes)


def _from_objects(cells: pd.Series, style: str, name: str) -> Read:
    pairs = zip(cells, cells.isna(), strict=True)
    years = np.array([np.nan if gone else cell.year for cell, gone in pairs], dtype=np.float64)
    refuse_years((years < FIRST_YEAR) | (years > LAST_YEAR), name)
    made = TimeFormat(ColumnFormat.of(cells) or ColumnFormat(), style)
    if len({cell.tzinfo for cell in cells[cells.notna()]} if style == "datetimes" else ()) > 1:
        return _from_zones(cells, made, name)
    stamps = pd.to_datetime(cells)
    if style == "datetimes" and getattr(stamps.dtype, "tz", None) is not None:
        return _from_datetimes(stamps, stamps, name)
    times = stamps.to_numpy().astype("datetime64[ns]")
    return times, replace(made, unit=coarsest_unit(times)), ()


def _from_zones(cells: pd.Series, made: TimeFormat, name: str) -> Read:
    """Datetimes (objects) with the offsets of one time zone's seasons."""
    gone = cells.isna().to_numpy()
    mixed = InputError(f"column {name!r} mixes time zones: convert them with to_datetime(..., utc=True)")
    if any(cell.tzinfo is None for cell in cells[~gone]):
        raise mixed
    times = pd.to_datetime(cells, utc=True).dt.tz_localize(None).to_numpy().astype("datetime64[ns]")
    minutes: Ints = np.array([cell.utcoffset().total_seconds() // 60 for cell in cells[~gone]], dtype=np.int64)
    place = place_of(times[~gone], minutes)
    if not place:
        raise mixed
    clock = times[~gone] + minutes.astype("timedelta64[m]")
    note = f"column {name!r}: the offsets are those of {place}; given back so"
    return times, replace(made, place=place, unit=coarsest_unit(clock)), (note,)


def _from_text(cells: pd.Series, column: pd.Series, time_format: str | None) -> Read:
    name, given_back = str(column.name), ColumnFormat.of(column) or ColumnFormat()
    if time_format in (None, *NAMES):
        read = _from_digits(cells, column, time_format)
        if read is not None:
            return read
    return read_time_text(cells.to_numpy(dtype=object), name, given_back, time_format=time_format)


def _from_digits(cells: pd.Series, column: pd.Series, unit: str | None) -> Read | None:
    """Text of numbers since 1970; None if it is not."""
    some = pd.unique(cells.iloc[:1000].dropna())
    digits = re.compile(r"-?\d{9,}(\.\d+)?" if unit is None else r"-?\d+(\.\d+)?")
    if not all(digits.fullmatch(text.strip()) or missing_word(text) for text in some):
        return None
    found = pd.Series(pd.unique(cells.dropna()), dtype=object)
    texts = found[~found.map(missing_word)].str.strip()
    if not len(texts) or not texts.str.fullmatch(digits).all():
        return None
    if unit is None and _compact(texts.iloc[:1000]):
        return None
    known = cells.where(~cells.isin(found[found.map(missing_word)]), None)
    plain = not texts.str.contains(".", regex=False).any()
    try:
        numbers = known.map(int, na_action="ignore").astype("Int64") if plain else known.astype(np.float64)
    except (OverflowError, TypeError, ValueError):  # more digits than Python reads
        return None
    times, made, notes = _from_epoch(numbers, column, unit)
    places = texts.str.partition(".")[2].str.len()
    made = replace(made, digits=int(places.max()))
    there = ~np.isnat(times)
    for fraction in FRACTIONS:
        way = replace(made, fraction=fraction)
        if way.give(times[there]).astype(object).tolist() == known[there].tolist():
            return times, way, notes
    note = f"column {str(column.name)!r}: times are written in several ways; given back with {made.digits} decimals"
    return times, made, (*notes, note)


def _compact(texts: pd.Series) -> str:
    """The pattern of numbers that are dates, such as 20240131; "" if they are none."""
    lengths = set(texts.str.len())
    if len(lengths) != 1 or not texts.str.fullmatch(r"\d+").all():
        return ""
    for pattern in COMPACT.get(int(lengths.pop()), [])[:1]:
        times = pd.to_datetime(texts, format=pattern, errors="coerce")
        low, high = COMPACT_YEARS
        if ((times.dt.year >= low) & (times.dt.year <= high)).all():
            return pattern
    return ""


def _from_numbers(numbers: pd.Series, column: pd.Series, time_format: str | None) -> Read:
    """Numbers since 1970, or whole numbers that are dates."""
    name = str(column.name)
    known = numbers.dropna()
    whole = bool((known == known.round()).all()) if len(known) else False
    compact = time_format in (None, *NAMES)
    texts = known.astype("Int64").astype(str).astype(object) if whole and (known.abs() < 10**18).all() else known[:0]
    if len(texts) and (not compact or (time_format is None and _compact(texts))):
        cells = np.full(len(numbers), None, dtype=object)
        # A number has lost the leading zeros of its pattern.
        texts = texts if time_format is None else texts.str.zfill(_width(time_format))
        cells[numbers.notna().to_numpy()] = texts.to_numpy(dtype=object)
        given_back = ColumnFormat.of(column) or ColumnFormat()
        times, made, notes = read_time_text(cells, name, given_back, time_format=time_format)
        note = f"column {name!r}: numbers are read as dates written {made.pattern}"
        return times, replace(made, style="digits", missing=None), (*notes, note)
    return _from_epoch(numbers, column, time_format if time_format in NAMES else None)


def _width(pattern: str) -> int:
    """How many characters a pattern of numbers has."""
    return len(re.sub(r"%\w", "00", pattern.replace("%Y", "0000")))


def _from_epoch(numbers: pd.Series, column: pd.Series, unit: str | None) -> Read:
    name = str(column.name)
    gone = numbers.isna().to_numpy(dtype=bool)
    if pd.api.types.is_integer_dtype(numbers.dtype):
        values: Ints | Floats = numbers.fillna(0).to_numpy(dtype=np.int64)
    else:
        values = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    found = unit or unit_of(values[~gone]) or "s"
    _refuse_numbers(~gone if unit is None else np.zeros(len(gone), dtype=bool), values, found, name)
    times = from_epoch(np.where(gone, np.nan, values) if values.dtype.kind == "f" else values, found)
    lost = np.isnat(times) & ~gone
    refuse_years(lost | ((times > np.datetime64(f"{LAST_YEAR}-12-31T23:59:59")) & ~gone), name)
    times[gone] = np.datetime64("NaT")
    known = values[~gone]
    most = 0 if values.dtype.kind == "i" else 6
    decimals = next((n for n in range(most) if np.array_equal(np.round(known, n), known)), most)
    made = TimeFormat(
        ColumnFormat.of(column) or ColumnFormat(), "epoch", digits=decimals, unit=coarsest_unit(times), epoch=found
    )
    notes = [f"column {name!r} is read as {NAMES[found]} since 1970 (UTC)"]
    if decimals and not np.array_equal(to_epoch(times[~gone], found, decimals), known):
        notes.append(f"column {name!r}: fractions of a second are read to the microsecond")
    return times, made, tuple(notes)


def _refuse_numbers(there: Bools, values: Values, unit: str, name: str) -> None:
    odd = there & ~in_range(values, unit)
    if odd.any():
        row = int(np.argmax(odd)) + 1
        raise InputError(
            f"column {name!r}, row {row}: a number is a time only as seconds of 10 digits, milliseconds of 13, "
            f"microseconds of 16 or nanoseconds of 19: {HELP}, or name the unit, such as --time-format s (time_format=)"
        )
