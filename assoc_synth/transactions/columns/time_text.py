"""Times that are written as text: ISO 8601 first, then whatever pattern reads them all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn, TypeAlias

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Ints, Times, Values
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.missing_words import missing_word, usual_word, words_said
from assoc_synth.transactions.columns.time_format import TimeFormat, coarsest_unit
from assoc_synth.transactions.columns.time_patterns import (
    DIRECTIVE,
    FRACTIONS,
    KNOWN,
    parse,
    patterns_of,
    spellings,
    written_so,
)
from assoc_synth.transactions.columns.time_zones import minutes_of, place_of, split_zones

HELP = "write ISO dates such as 2026-01-31"
FORMAT_HELP = 'say how they are written, such as --time-format "%d/%m/%Y %H:%M" (time_format= in Python)'
FIRST_YEAR, LAST_YEAR = 1678, 2261  # the whole years that 64-bit nanoseconds hold
ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d|\d{8}|\d{4}-\d\d|\d{4})"
    r"(?:(?P<T>[T ])(?P<clock>\d\d(?::\d\d(?::\d\d)?)?)(?P<fraction>\.\d{1,9})?)?"
)
ISO_DATES = {10: "%Y-%m-%d", 8: "%Y%m%d", 7: "%Y-%m", 4: "%Y"}
ISO_CLOCKS = {2: "%H", 5: "%H:%M", 8: "%H:%M:%S"}
FEW, MOST_PATTERNS = 200, 6

RowOf: TypeAlias = Callable[[Bools], int]
"""The number of the first row, from 1 on, of which a mask over distinct texts is true."""


@dataclass(frozen=True)
class DistinctTexts:
    """The distinct texts of a column that are no words for missing.

    Args:
        texts: (d,) without blanks around them.
        cells: (d,) as they are.
        name: the column's.
        row_of: see `RowOf`.
    """

    texts: pd.Series
    cells: Values
    name: str
    row_of: RowOf


def read_time_text(
    cells: Values, name: str, given_back: ColumnFormat, *, time_format: str | None = None
) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    """Read a column of text.

    Args:
        cells: (n,) text, objects; None and NaN missing.
        name: the column's, for messages.
        given_back: its dtype.
        time_format: the pattern, where the user knows it.

    Returns:
        datetime64[ns] (n,) in UTC, NaT where missing; the format to give them back; notes.

    Raises:
        InputError: a cell is not a time, the pattern is ambiguous, or a year is outside 1678 to 2261.
    """
    codes, found = pd.factorize(cells)
    found = np.asarray(found, dtype=object)
    texts = pd.Series([text.strip() for text in found], dtype=object)
    there = np.array([not missing_word(text) for text in texts], dtype=bool)
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    words = Counter({str(word): int(count) for word, count in zip(found[~there], counts[~there], strict=True)})

    def row_of(bad: Bools) -> int:
        return int(np.argmax(np.isin(codes, np.flatnonzero(there)[bad]))) + 1

    distinct = DistinctTexts(texts[there].reset_index(drop=True), found[there], name, row_of)
    times, made, notes = _read(distinct, given_back, time_format)
    stamps = np.full(len(texts) + 1, np.datetime64("NaT"), dtype="datetime64[ns]")  # the last stands for code -1
    stamps[:-1][there] = times
    empty = int((codes < 0).sum())
    made = replace(made, missing=usual_word(words, empty))
    if any(word.strip() for word in words):
        notes = (*notes, *words_said(name, "a time", words, empty=bool(empty), missing=made.missing))
    return stamps[codes], made, notes


def _read(
    distinct: DistinctTexts, column: ColumnFormat, time_format: str | None
) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    if not len(distinct.texts):
        return np.array([], "datetime64[ns]"), TimeFormat(column, "text", "%Y-%m-%d", unit="D"), ()
    bodies, zones = split_zones(distinct.texts)
    whole = replace(distinct, texts=bodies)
    parsed = _by_format(whole, time_format) if time_format else _by_itself(whole)
    times, made, notes = _on_the_clock(parsed, zones, column, distinct.name)
    made, exact = _spelled(made, times, distinct.cells, parsed.patterns)
    if "%y" in DIRECTIVE.sub(r"%\2", made.pattern):
        notes.append(f"column {distinct.name!r}: years of two digits are read as 1969 to 2068")
    if not exact:
        notes.append(f"column {distinct.name!r}: times are written in several ways; given back like {_shown(made)}")
    return times, made, tuple(notes)


@dataclass(frozen=True)
class _Parsed:
    """Times on the clock that they are written on, and the patterns that they may be written in."""

    times: Times
    patterns: tuple[str, ...]
    digits: tuple[int, ...] = (0,)


def _by_itself(distinct: DistinctTexts) -> _Parsed:
    iso = _iso(distinct)
    if iso is not None:
        return iso
    texts = distinct.texts
    if not texts.str.contains(r"\d", regex=True).any():  # the patterns need not be tried
        refuse_text(distinct, np.ones(len(texts), bool))
    found: dict[str, tuple[pd.Series, list[str]]] = {}
    best = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[ns]")
    for order in ("", "dm", "md", "ym"):
        times, patterns = _in_order(texts, order)
        if times.notna().all():
            found[order] = times, patterns
            if not order:
                break
        best = max(best, times, key=lambda read: int(read.notna().sum()))
    if "ym" in found and len(found) > 1:
        _without_years_first(texts, found)
    if len(found) > 1:
        shown = " or ".join(f'--time-format "{patterns[0]}"' for _, patterns in found.values())
        _refuse_ambiguous(distinct.name, shown)
    if not found:
        refuse_text(distinct, best.isna().to_numpy())
    times, patterns = next(iter(found.values()))
    stamps = times.to_numpy().astype("datetime64[ns]")
    _refuse_years_of(distinct, times)
    return _Parsed(stamps, tuple(patterns), _digits(texts))


def _without_years_first(texts: pd.Series, found: dict[str, tuple[pd.Series, list[str]]]) -> None:
    """Of days and years of two digits, that has more different values which is the day: take the other readings out."""
    numbers = texts.str.extract(r"(\d\d?)\D\d\d?\D(\d\d)")
    first, last = numbers[0].nunique(), numbers[1].nunique()
    if first > last:
        del found["ym"]
    elif last > 3 * first:
        for order in ("dm", "md"):
            found.pop(order, None)


def _in_order(texts: pd.Series, order: str) -> tuple[pd.Series, list[str]]:
    """Read with the patterns of one order of day, month and year; and these patterns, the longest text's first."""
    times = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[ns]")
    patterns: list[str] = []
    for _ in range(MOST_PATTERNS):
        left = texts[times.isna()]
        if not len(left):
            break
        kept = [pattern for pattern in patterns_of(max(left.iloc[:FEW], key=len)) if _has_order(pattern, order)]
        read = next(((p, r) for p in kept if (r := _known(parse(left, p))).notna().any()), None)
        if read is None:
            break
        patterns.append(read[0])
        times = times.where(times.notna(), read[1].reindex(times.index))
    return times, patterns


def _has_order(pattern: str, order: str) -> bool:
    directives = "".join(found[2] for found in DIRECTIVE.finditer(pattern) if found[2] in "dmbByY")
    directives = directives if directives.startswith("Y") else directives.lower()
    ambiguous = directives in ("dmy", "mdy", "ymd") and "%d.%m" not in pattern
    wanted = {"dmy": "dm", "mdy": "md", "ymd": "ym"}
    return not ambiguous if not order else (wanted[directives] == order if ambiguous else True)


def _known(times: pd.Series) -> pd.Series:
    return times.where((times.dt.year >= FIRST_YEAR) & (times.dt.year <= LAST_YEAR))


def _iso(distinct: DistinctTexts) -> _Parsed | None:
    """Times in ISO 8601; None if they are written in another way."""
    texts = distinct.texts
    longest = ISO.fullmatch(max(texts, key=len))
    looks_iso = texts.iloc[:1000].str.match(r"[+-]?\d{4,}-\d\d?-\d").mean() > 0.5
    if longest is None and not looks_iso:
        return None
    stamps = pd.to_datetime(texts, format="ISO8601", errors="coerce")
    if not stamps.notna().all() or getattr(stamps.dtype, "kind", "") != "M":
        if looks_iso and longest is not None:
            refuse_text(distinct, stamps.isna().to_numpy())
        return None
    if longest is None:
        return None
    _refuse_years_of(distinct, stamps)
    clock = longest["T"] + ISO_CLOCKS[len(longest["clock"])] if longest["T"] else ""
    pattern = ISO_DATES[len(longest["date"])] + clock
    return _Parsed(
        stamps.to_numpy().astype("datetime64[ns]"), (pattern,), _digits(texts) if longest["fraction"] else (0,)
    )


def _by_format(distinct: DistinctTexts, pattern: str) -> _Parsed:
    """Read by the pattern that the user gives."""
    unknown = {flag for _, flag in DIRECTIVE.findall(pattern)} - KNOWN - {"z"}
    if unknown or not DIRECTIVE.search(pattern):
        listed = ", ".join(f"%{flag}" for flag in sorted(KNOWN))
        raise InputError(f"--time-format {pattern[:60]!r} cannot be used: it takes {listed} and %z, or s, ms, us, ns")
    if not distinct.texts.iloc[0].endswith(("Z", "UTC", "GMT")):
        pattern = re.sub(r"\s?(?:%z|Z|UTC|GMT)$", "", pattern)  # offsets are read apart
    try:
        times = _known(parse(distinct.texts, pattern))
    except ValueError as error:
        raise InputError(f"--time-format {pattern[:60]!r} cannot be used: {str(error)[:100]}") from None
    if times.isna().any():
        row = distinct.row_of(times.isna().to_numpy())
        raise InputError(f"column {distinct.name!r}, row {row}: the time is not written as {pattern[:60]!r} says")
    names = [re.sub(r"%([bBAap])", rf"%{case}\1", pattern) for case in ("", "^", "~")]
    return _Parsed(times.to_numpy().astype("datetime64[ns]"), tuple(dict.fromkeys(names)), _digits(distinct.texts))


def _digits(texts: pd.Series) -> tuple[int, ...]:
    """How many digits the fractions of a second have."""
    found = texts.iloc[:1000].str.extract(r":\d\d[.,](\d{1,9})", expand=False).dropna().str.len()
    if not len(found):
        seen = texts.iloc[:1000].str.fullmatch(r"\d{17}").any()
        return (3,) if seen else (0,)
    longest = int(texts.str.extract(r":\d\d[.,](\d{1,9})", expand=False).str.len().max())
    return (longest,)


def _on_the_clock(
    parsed: _Parsed, zones: Values | None, column: ColumnFormat, name: str
) -> tuple[Times, TimeFormat, list[str]]:
    """Times in UTC; offsets as they are written."""
    made = TimeFormat(column, "text", parsed.patterns[0], parsed.digits[0], unit=coarsest_unit(parsed.times))
    if zones is None:
        return parsed.times, made, []
    kinds, place = np.unique(zones.astype(str), return_inverse=True)
    minutes: Ints = np.array([minutes_of(zone) for zone in kinds], dtype=np.int64)[place]
    times = parsed.times - minutes.astype("timedelta64[m]")
    usual = str(kinds[np.argmax(np.bincount(place))])
    notes = []
    if len(kinds) > 1 and all(any(ch.isdigit() for ch in zone) for zone in kinds):
        named = place_of(times, minutes)
        if named:
            note = f"column {name!r}: the offsets {', '.join(kinds[:3])} are those of {named}; given back so"
            return times, replace(made, zone=usual, place=named), [note]
    if len(kinds) > 1:
        shown = usual.strip() or "no offset"
        notes = [f"column {name!r}: no time zone explains the {len(kinds)} different offsets; given back with {shown}"]
        offset = minutes_of(usual)
        unit = coarsest_unit(times + np.timedelta64(offset, "m"))
        return times, replace(made, zone=usual, offset=offset, unit=unit), notes
    return times, replace(made, zone=usual, offset=int(minutes[0])), notes


def _spelled(made: TimeFormat, times: Times, cells: Values, patterns: tuple[str, ...]) -> tuple[TimeFormat, bool]:
    """The format that writes every cell as it is, or the nearest one; and whether it does."""
    best, most = made, -1
    if not made.place and written_so(cells, made.pattern, made.digits, made.zone):
        return made, True
    for way in _ways(made, patterns):
        same = int((way.text(times[:FEW]) == cells[:FEW]).sum())
        if same == len(cells[:FEW]) and np.array_equal(way.text(times), cells):
            return way, True
        if same > most:
            best, most = way, same
    longest = replace(best, pattern=made.pattern) if len(patterns) > 1 else best
    return longest, False


def _ways(made: TimeFormat, patterns: tuple[str, ...]) -> Iterator[TimeFormat]:
    fractions = FRACTIONS if made.digits else FRACTIONS[:1]
    for pattern in patterns:
        for spelled in spellings(pattern):
            yield from (replace(made, pattern=spelled, fraction=fraction) for fraction in fractions)


def refuse_text(distinct: DistinctTexts, bad: Bools) -> NoReturn:
    """Raises: InputError: the row of the first of the texts (d,) that are no times."""
    row = distinct.row_of(bad)
    years = distinct.texts[bad].str.extract(r"^([+-]?\d{4,})[-/]\d\d?[-/]", expand=False).dropna()
    if any(not FIRST_YEAR <= int(year[:9]) <= LAST_YEAR for year in years):
        refuse_years(np.arange(row) == row - 1, distinct.name)
    where = f"column {distinct.name!r}, row {row}"
    raise InputError(f"{where}: this is not a date that can be read: {HELP}, or {FORMAT_HELP}")


def _refuse_years_of(distinct: DistinctTexts, times: pd.Series) -> None:
    outside = ((times.dt.year < FIRST_YEAR) | (times.dt.year > LAST_YEAR)).to_numpy()
    if outside.any():
        refuse_text(distinct, outside)


def _refuse_ambiguous(name: str, shown: str) -> NoReturn:
    raise InputError(
        f"column {name!r}: the dates are ambiguous (day or month first): pass {shown} (time_format= in Python)"
    )


def refuse_years(outside: Bools, name: str) -> None:
    """Raises: InputError: a time (n,) is in a year that 64-bit nanoseconds do not hold."""
    if outside.any():
        row = int(np.argmax(outside)) + 1
        where = f"column {name!r}, row {row}"
        raise InputError(
            f"{where}: the year is outside {FIRST_YEAR} to {LAST_YEAR}: correct it or leave the cell empty"
        )


def _shown(made: TimeFormat) -> str:
    """A time that is none of the column's, as it is written."""
    example = np.array(["2026-01-31T14:05:09.123456789"], "datetime64[ns]")
    return repr(str(replace(made, unit="ns").text(example)[0]))
