"""Times of day that are written as text: how a column writes them is found, and what it writes comes back as it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Ints, Values
from assoc_synth.transactions.columns.missing_words import MOST_MISSING, missing_word, usual_word, words_said
from assoc_synth.transactions.columns.time_patterns import DIRECTIVE, FRACTIONS, KNOWN, write
from assoc_synth.transactions.days import HOUR, SECOND
from assoc_synth.transactions.stored import Stored

_TAIL = r" ?(?:[Uu]hr|UHR|hrs?|Hrs?|hours|[hH])"
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?P<mark>[:h.])(?P<minute>[0-5]\d)(?:(?P<second_mark>[:.])(?P<second>[0-5]\d)"
    r"(?P<fraction>[.,]\d{1,9})?)?"
    rf"(?:(?P<blank> ?)(?P<half>[AaPp](?:[Mm]|\.[Mm]\.))|(?P<tail>{_TAIL}))?"
)
_HOUR = re.compile(r"(?P<hour>\d{1,2})(?:(?P<blank> ?)(?P<half>[AaPp](?:[Mm]|\.[Mm]\.))|(?P<tail> [Uu]hr))")
_DOTS = re.compile(r"([AaPp])([Mm])(?=$|[^A-Za-z])")
FEW = 100


@dataclass(frozen=True)
class ClockFormat(Stored):
    """How a column of text writes times of day.

    Args:
        pattern: as in `time_patterns`, of hours, minutes, seconds and halves of the day.
        digits: the digits of the fraction of a second.
        fraction: how it is written, one of `time_patterns.FRACTIONS`.
        dotted: whether the half of the day has points, as in a.m.
        missing: the word of a missing time of day; None is an empty cell.

    Raises:
        InputError: a pattern that cannot be written, or digits that cannot be.

    Example:
        >>> ClockFormat("%-I:%M %~p").write(np.array([52, 867]) * 60 * SECOND).tolist()
        ['12:52 am', '2:27 pm']
    """

    pattern: str
    digits: int = 0
    fraction: str = "fixed"
    dotted: bool = False
    missing: str | None = None

    def __post_init__(self) -> None:
        known = {flag for _, flag in DIRECTIVE.findall(str(self.pattern))} <= KNOWN - set("YymdbBaA")
        if not known or self.fraction not in FRACTIONS or self.digits not in range(10):
            raise InputError(f"times of day are not written as {str(self.pattern)[:60]!r}")

    def write(self, ticks: Ints) -> Values:
        """Times of day as text.

        Args:
            ticks: (n,) nanoseconds since midnight, from 0 to below a day.

        Returns:
            (n,) texts, objects.
        """
        codes, found = pd.factorize(np.asarray(ticks, dtype=np.int64))
        texts = write(np.asarray(found).astype("datetime64[ns]"), self.pattern, self.digits, self.fraction)
        if self.dotted:
            texts = np.array([*(_DOTS.sub(r"\1.\2.", text) for text in texts), None], dtype=object)[:-1]
        written: Values = texts[codes]
        return written

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class ClockText:
    """A column of text, read as times of day.

    Args:
        ticks: int64 (n,) nanoseconds since midnight, 0 where missing.
        gone: bool (n,), where a time of day is missing.
        format: how they are written.
        notes: remarks for the user.
    """

    ticks: Ints
    gone: Bools
    format: ClockFormat
    notes: tuple[str, ...]


def read_clocks(texts: pd.Series) -> ClockText | None:
    """Read a column of text as times of day; several ways of writing become one, and a note says so.

    With 24 or 12 hours, with seconds and their fractions or without. Durations of a day and more are none.

    Args:
        texts: (n,) text, None and NaN missing; `texts.name` is used in notes.

    Returns:
        None if the column does not hold times of day.

    Example:
        >>> found = read_clocks(pd.Series(["12:52 AM", "2:05 PM", None]))
        >>> (found.ticks // (60 * SECOND)).tolist(), found.format.pattern
        ([52, 845, 0], '%-I:%M %p')
        >>> read_clocks(pd.Series(["1:30:00", "25:10:00"])) is None
        True
    """
    # A few cells decide about most columns that hold something else.
    if any(isinstance(text, str) and _match(text) is None and not missing_word(text) for text in texts.iloc[:FEW]):
        return None
    codes, found = pd.factorize(texts.to_numpy(dtype=object))
    found = np.asarray(found, dtype=object)
    if not len(found) or not all(isinstance(text, str) for text in found):
        return None
    there = np.array([not missing_word(text) for text in found], dtype=bool)
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    if not there.any() or counts[~there].sum() > MOST_MISSING * counts.sum():
        return None
    known = [tick for text in found[there] if (tick := _ticks(text)) is not None]
    if len(known) < there.sum():
        return None
    made, exact = _format(np.array(known, dtype=np.int64), found[there])
    ticks = np.zeros(len(found) + 1, np.int64)
    ticks[:-1][there] = known
    words = Counter({str(text): int(count) for text, count in zip(found[~there], counts[~there], strict=True)})
    empty = int((codes < 0).sum())
    made = replace(made, missing=usual_word(words, empty))
    gone = np.append(~there, True)
    notes = words_said(str(texts.name), "a time of day", words, empty=bool(empty), missing=made.missing)
    if not exact:
        example = str(made.write(np.array([9 * HOUR + 5 * 60 * SECOND]))[0])
        notes.append(
            f"column {str(texts.name)!r}: times of day are written in several ways; given back like {example!r}"
        )
    return ClockText(ticks[codes], gone[codes], made, tuple(notes))


def _match(text: str) -> re.Match[str] | None:
    found = _CLOCK.fullmatch(text) or _HOUR.fullmatch(text)
    if found is None or "mark" not in found.groupdict():
        return found
    # 14.27 is a number unless a word says that it is a time of day.
    said = found["half"] or found["tail"]
    return None if found["mark"] == "." and not said else found


def _ticks(text: str) -> int | None:
    """Nanoseconds since midnight; None if a text is no time of day."""
    found = _match(text)
    if found is None:
        return None
    parts = found.groupdict()
    hour, half = int(parts["hour"]), (parts["half"] or "")[:1].lower()
    if (half and not 1 <= hour <= 12) or hour > 23:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    nano = int((parts.get("fraction") or ".")[1:].ljust(9, "0"))
    return hour * HOUR + int(parts.get("minute") or 0) * 60 * SECOND + int(parts.get("second") or 0) * SECOND + nano


def _format(ticks: Ints, texts: Values) -> tuple[ClockFormat, bool]:
    """How distinct times of day are written, or most of them; and whether all are written so."""
    best, most = ClockFormat("%H:%M:%S"), -1
    for way in _ways(max(texts, key=len)):
        same = int((way.write(ticks) == texts).sum())
        if same == len(texts):
            return way, True
        if same > most:
            best, most = way, same
    return best, False


def _ways(text: str) -> Iterator[ClockFormat]:
    """The ways in which a column may be written that has a text."""
    found = _match(text)
    if found is None:
        return
    parts = found.groupdict()
    half, fraction = parts["half"] or "", parts.get("fraction") or ""
    body = parts["mark"] + "%M" if parts.get("mark") else ""
    if parts.get("second"):
        body += f"{parts['second_mark']}%S" + (f"{fraction[0]}%f" if fraction else "")
    case = "" if half.isupper() or "P" in half or "A" in half else "~"
    behind = f"{parts['blank'] or ''}%{case}p" if half else parts.get("tail") or ""
    for hour in ("%I", "%-I") if half else ("%H", "%-H"):
        for written in FRACTIONS if fraction else FRACTIONS[:1]:
            yield ClockFormat(hour + body + behind, max(len(fraction) - 1, 0), written, "." in half)
