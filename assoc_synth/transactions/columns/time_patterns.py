"""Patterns of times as text: found from an example, and written.

A pattern has strptime's directives. `-` leaves the leading zero out (`%-d`), `^` and `~` write names in capitals and in
small letters (`%^b`, `%~p`).
"""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assoc_synth.transactions.arrays import Ints, Times, Values
from assoc_synth.transactions.days import weekdays

TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)|(?P<half>(?<![A-Za-z])[AaPp][Mm](?![A-Za-z]))"
    r"|(?P<name>[A-Za-z]{2,})|(?P<number>\d+)|(?P<other>.)",
    re.DOTALL,
)
DIRECTIVE = re.compile(r"%([-^~]?)([A-Za-z])")
MONTHS, DAYS = list(calendar.month_name)[1:], list(calendar.day_name)
COMPACT = {
    4: ["%Y"], 6: ["%Y%m"], 8: ["%Y%m%d", "%d%m%Y", "%m%d%Y"], 12: ["%Y%m%d%H%M"], 14: ["%Y%m%d%H%M%S"],
    17: ["%Y%m%d%H%M%S%f"],
}  # fmt: skip
WORDS = frozenset(("at", "of", "de", "um", "uhr", "the"))
"""Words that dates may have."""
ORDERS = {"/": ("dm", "md", "ym"), "-": ("dm", "md", "ym"), " ": ("dm", "md", "ym"), ".": ("dm",)}
ARROW = frozenset("YmdHMS")
KNOWN = frozenset("YymdHIMSfbBaAp")
"""Directives that can be written."""
FRACTIONS = ("fixed", "omitted", "shortest")
"""A fraction of a second always has as many digits, or none if it is zero, or as few as it needs."""


def patterns_of(text: str) -> list[str]:
    """The patterns that a text may be written in, the most usual first.

    Example:
        >>> patterns_of("1/2/2024 8:26 PM")
        ['%d/%m/%Y %I:%M %p', '%m/%d/%Y %I:%M %p']
        >>> patterns_of("03JAN2024"), patterns_of("tea")
        (['%d%^b%Y'], [])
    """
    tokens = [(str(found.lastgroup), found.group()) for found in TOKEN.finditer(text)]
    if any(_word(kind, token) for kind, token in tokens):
        return []
    pieces: list[list[str]] = [[_fixed(kind, token)] for kind, token in tokens]
    numbers = [at for at, (kind, _) in enumerate(tokens) if kind == "number"]
    half = any(kind == "half" for kind, _ in tokens)
    hour = next((at for at in numbers if half and _next_is_half(tokens, at)), None)
    if hour is not None:
        pieces[hour] = ["%I"]
        numbers.remove(hour)
    if half:
        pieces = [[text.replace("%H", "%I") for text in piece] for piece in pieces]
    clock = next((at for at in numbers[1:] if tokens[at - 1][1] == "T" and len(tokens[at][1]) in (2, 4, 6)), None)
    if clock is not None:
        pieces[clock] = ["%H%M%S"[: len(tokens[clock][1])]]
        numbers.remove(clock)
    named = any(piece[0][-1:] in "bB" and piece[0].startswith("%") for piece in pieces)
    lengths = [len(tokens[at][1]) for at in numbers]
    mark = tokens[numbers[0] + 1][1] if numbers and numbers[0] + 1 < len(tokens) else ""
    found = []
    for directives in _roles(lengths, named, mark):
        for at, directive in zip(numbers, directives, strict=True):
            pieces[at] = [directive]
        found.append("".join(piece[0] for piece in pieces))
    return [pattern for pattern in found if _is_single(pattern)]


def _is_single(pattern: str) -> bool:
    """Whether a pattern has each part of a time once: two clocks in one text are no time."""
    parts = [found[2].upper() if found[2] in "Bb" else found[2] for found in DIRECTIVE.finditer(pattern)]
    return len(parts) == len(set(parts))


def _word(kind: str, token: str) -> bool:
    """Whether a token is a word or letter that no date has."""
    if kind == "name":
        return _fixed(kind, token) == token and token.lower() not in WORDS
    return kind == "other" and token.isalpha() and token != "T"


def _fixed(kind: str, token: str) -> str:
    """A token that is no number of a date, as a pattern."""
    if kind == "clock":
        clock = "%H:%M" + (":%S" if token.count(":") > 1 else "")
        mark = re.search(r"[.,]", token)
        return clock + (f"{mark.group()}%f" if mark else "")
    if kind == "half":
        return "%p" if token.isupper() else "%~p"
    case = "^" if token.isupper() else "~" if token.islower() else ""
    for names, directive in ((MONTHS, "B"), (DAYS, "A")):
        if kind == "name" and token.title() in names:
            return f"%{case}{directive}"
        if kind == "name" and any(name[:3] == token.title() for name in names):
            return f"%{case}{directive.lower()}"
    return token.replace("%", "%%")


def _next_is_half(tokens: list[tuple[str, str]], at: int) -> bool:
    after = [kind for kind, token in tokens[at + 1 : at + 3] if token != " "]
    return bool(after) and after[0] == "half"


def _roles(lengths: list[int], named: bool, mark: str) -> Iterator[tuple[str, ...]]:
    """What the numbers of a date may be, by their lengths."""
    if named:
        known = {(2, 4): ("%d", "%Y"), (4, 2): ("%Y", "%d"), (4,): ("%Y",), (2, 2): ("%d", "%y"), (2,): ("%y",)}
        roles = known.get(tuple(max(length, 2) for length in lengths))
        yield from () if roles is None else (roles,)
    elif len(lengths) == 1:
        yield from ((pattern,) for pattern in COMPACT.get(lengths[0], ()))
    elif len(lengths) == 3 and lengths[0] == 4 and max(lengths[1:]) <= 2:
        yield ("%Y", "%m", "%d")
    elif len(lengths) == 3 and max(lengths[:2]) <= 2 and lengths[2] in (2, 4):
        for order in ORDERS.get(mark, ()):
            if order == "ym" and lengths[2] == 2:
                yield ("%y", "%m", "%d")
            elif order != "ym":
                yield (f"%{order[0]}", f"%{order[1]}", "%Y" if lengths[2] == 4 else "%y")
    elif lengths in ([4, 2], [4, 1]):
        yield ("%Y", "%m")
    elif lengths in ([2, 4], [1, 4]):
        yield ("%m", "%Y")


def spellings(pattern: str) -> Iterator[str]:
    """A pattern with and without leading zeros, and with short and long names."""
    hours = [pattern, re.sub(r"%([HI])", r"%-\1", pattern)]
    days = [lambda p: p, lambda p: re.sub(r"%([dm])", r"%-\1", p), lambda p: p.replace("%d", "%-d")]
    names = [lambda p: p, lambda p: re.sub(r"%([\^~]?)b", r"%\1B", p), lambda p: re.sub(r"%([\^~]?)B", r"%\1b", p)]
    seen = set()
    for hour, day, name in itertools.product(hours, days, names):
        made = name(day(hour))
        if made not in seen:
            seen.add(made)
            yield made


def parse(texts: pd.Series, pattern: str) -> pd.Series:
    """Texts (n,) read by a pattern: datetime64[ns], NaT where they are not written so.

    Example:
        >>> parse(pd.Series(["3 JAN 2024", "tea"]), "%-d %^b %Y").tolist()
        [Timestamp('2024-01-03 00:00:00'), NaT]
    """
    plain = DIRECTIVE.sub(r"%\2", pattern)
    # The first thousand decide quickly about a pattern that does not fit a million texts.
    if len(texts) > 1000 and pd.to_datetime(texts.iloc[:1000], format=plain, errors="coerce").isna().all():
        return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[ns]")
    times: pd.Series = pd.to_datetime(texts, format=plain, errors="coerce")
    if re.fullmatch(r"(%[A-Za-z])+", plain):
        # Without marks between them numbers have all their digits.
        times = times.where(texts.str.len() == len(texts.iloc[0]))
    return times


def write(times: Times, pattern: str, digits: int = 0, fraction: str = "fixed") -> Values:
    """Times as text.

    Args:
        times: datetime64[ns] (n,), no NaT, on the clock that is written.
        pattern: see above; a fraction without `%f` is appended to it.
        digits: the digits of the fraction of a second.
        fraction: one of `FRACTIONS`.

    Returns:
        (n,) texts, objects.

    Example:
        >>> write(np.array(["2024-01-03T20:05"], "datetime64[ns]"), "%-m/%-d/%Y %-I:%M %~p").tolist()
        ['1/3/2024 8:05 pm']
    """
    if digits and "%f" not in pattern:
        pattern += ".%f"
    plain = pattern.removesuffix(".%f")
    directives = {found[1] + found[2] for found in DIRECTIVE.finditer(plain)}
    if directives <= ARROW and digits in (0, 3, 6, 9) and fraction == "fixed" and (plain.endswith("%S") or not digits):
        unit = {0: "s", 3: "ms", 6: "us", 9: "ns"}[digits]
        # Arrow writes %S with as many decimals as its unit has.
        text = pc.strftime(pa.array(times).cast(pa.timestamp(unit), safe=False), format=plain)
        written: Values = text.to_numpy(zero_copy_only=False)
        return written
    cells: Values = np.full(len(times), "", dtype=object)
    at = 0
    fields = _Fields(times)
    for found in DIRECTIVE.finditer(pattern):
        literal = pattern[at : found.start()].replace("%%", "%")
        at = found.end()
        if found[2] == "f":
            cells = cells + _fraction(fields.nano, literal, digits, fraction)
        else:
            cells = cells + literal + fields.text(found[1], found[2])
    return cells + pattern[at:].replace("%%", "%")


def written_so(texts: Values, pattern: str, digits: int, zone: str) -> bool | None:
    """Whether texts that were read are written in a pattern of nothing but padded numbers; None for another pattern.

    Example:
        >>> written_so(np.array(["2024-01-31", "2024-1-31"], dtype=object), "%Y-%m-%d", 0, "")
        False
    """
    if digits and "%f" not in pattern:
        pattern += ".%f"
    if not {found[1] + found[2] for found in DIRECTIVE.finditer(pattern)} <= ARROW | {"f"}:
        return None
    widths = {"Y": r"\d{4}", "f": rf"\d{{{digits}}}"}
    literals, fields = DIRECTIVE.split(pattern)[::3], DIRECTIVE.findall(pattern)
    shape = "".join(
        re.escape(literal) + (widths.get(field[1], r"\d\d") if field else "")
        for literal, field in itertools.zip_longest(literals, fields)
    )
    matches = pc.match_substring_regex(pa.array(texts, pa.string()), f"^{shape}{re.escape(zone)}$")
    return bool(pc.all(matches, min_count=0).as_py())


def _fraction(nano: Ints, literal: str, digits: int, fraction: str) -> Values:
    """Fractions of a second with the literal before them; the mark leaves with the fraction."""
    places, found = np.unique(nano // 10 ** (9 - digits), return_inverse=True)
    texts = [f"{place:0{digits}d}" if digits else "" for place in places.tolist()]
    if fraction == "shortest":
        texts = [text.rstrip("0") for text in texts]
    elif fraction == "omitted":
        texts = [text if text.strip("0") else "" for text in texts]
    return np.array([literal + text if text else literal[:-1] for text in texts], dtype=object)[found]


class _Fields:
    """The parts of times as text."""

    def __init__(self, times: Times) -> None:
        self.times = times
        seconds = times.astype("datetime64[s]").astype(np.int64)
        self.nano: Ints = times.astype(np.int64) - seconds * 10**9
        self.day: Ints = seconds % 86_400

    def text(self, flag: str, directive: str) -> Values:
        """(n,) what a directive stands for."""
        if directive in "bB":
            cells = [name if directive == "B" else name[:3] for name in MONTHS]
            return self._table(cells, flag)[self._months() % 12]
        if directive in "aA":
            return self._table([name if directive == "A" else name[:3] for name in DAYS], flag)[weekdays(self.times)]
        if directive == "p":
            return self._table(["AM", "PM"], flag)[self.day // 43_200]
        number, width = self._number(directive)
        low, high = int(number.min(initial=0)), int(number.max(initial=0))
        width = 0 if flag == "-" else width
        return np.array([f"{n:0{width}d}" for n in range(low, high + 1)], dtype=object)[number - low]

    def _number(self, directive: str) -> tuple[Ints, int]:
        if directive in "Yy":
            year = self._months() // 12 + 1970
            return (year, 4) if directive == "Y" else (year % 100, 2)
        if directive == "m":
            return self._months() % 12 + 1, 2
        if directive == "d":
            return (self.times.astype("datetime64[D]") - self.times.astype("datetime64[M]")).astype(np.int64) + 1, 2
        hour = self.day // 3600
        return {"H": hour, "I": (hour - 1) % 12 + 1, "M": self.day // 60 % 60, "S": self.day % 60}[directive], 2

    def _months(self) -> Ints:
        return self.times.astype("datetime64[M]").astype(np.int64)

    @staticmethod
    def _table(cells: list[str], flag: str) -> Values:
        if flag == "^":
            cells = [cell.upper() for cell in cells]
        elif flag == "~":
            cells = [cell.lower() for cell in cells]
        return np.array(cells, dtype=object)
