"""Dates inside of identifiers: runs of digits that are a valid date in every one, drawn as valid dates again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from itertools import count as count_from
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.stored import Stored, Whole

PATTERNS = (
    *("YYYYmmddHHMMSS", "YYYYmmddHHMM", "yymmddHHMMSS", "yymmddHHMM"),
    *("YYYYmmdd", "ddmmYYYY", "mmddYYYY", "yymmdd", "ddmmyy", "mmddyy", "YYYYmm", "mmYYYY", "yymm"),
)
"""Y and y are years of four and two digits, m months, d days, H hours, M minutes, S seconds; the longest come first."""
SEPARATORS = frozenset("-./_ :")
"""What may stand between a year, a month and a day."""
YEARS = (1900, 2100)
SPAN = 90
"""Years that two digits may span."""
FEWEST, ENOUGH, DIFFERENT, HOURS = 20, 30, 6, 5
"""Texts that must be dates: of eight digits and more, and of fewer; different dates, and hours, that there must be."""
BEYOND = 5
"""Texts that are left out at each end of a range, so that it says when no single one is from."""
REACH, STEP = 20, 7
"""Such an end is moved inwards by one in so many of the range's days at most, or else to the end of a week."""
SHOWN = str.maketrans({"y": "Y", "m": "M", "d": "D", "H": "h", "M": "m", "S": "s"})
DAY = 86_400
"""Seconds."""


@dataclass(frozen=True)
class DateField(Stored):
    """Where the digits of a date are in a text, and from when to when it is.

    Args:
        places: of each letter of `pattern`.
        pattern: one of `PATTERNS`.
        low, high: the first and the last day since 1970, or month where there is no day, that no text has, or five;
            what the earliest and the latest texts have is beyond.
        clock: the first and the last second of the day, likewise; () without hours.

    Raises:
        InputError: the values do not belong together, as in a damaged model.

    Example:
        >>> texts = [f"2024{1 + day // 28:02d}{1 + day % 28:02d}" for day in range(300)]
        >>> field = DateField.of(np.array([list(map(ord, text)) for text in texts]), tuple(range(8)), "YYYYmmdd")
        >>> "".join(map(chr, field.draw(1, np.random.default_rng(0))[0]))
        '20241008'
    """

    places: tuple[int, ...]
    pattern: str
    low: Whole
    high: Whole
    clock: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        sound = self.pattern in PATTERNS and len(self.places) == len(self.pattern) and self.low <= self.high
        clocked = len(self.clock) == 2 and 0 <= self.clock[0] <= self.clock[-1] < DAY
        if not sound or min(self.places) < 0 or (not clocked if "H" in self.pattern else bool(self.clock)):
            raise InputError("a date in a form of identifiers is damaged")

    @property
    def room(self) -> int:
        """How many different dates it has."""
        return (self.high - self.low + 1) * (self.clock[1] - self.clock[0] + 1 if self.clock else 1)

    @property
    def shown(self) -> str:
        """What it looks like: Y, M and D are digits of the year, the month and the day, h, m and s of the time."""
        return self.pattern.translate(SHOWN)

    @classmethod
    def of(cls, points: Ints, places: tuple[int, ...], pattern: str) -> DateField | None:
        """The field if every text has a date there: points (n, size) of characters, digits at the places."""
        numbers = {letter: _number(points, places, pattern, letter) for letter in set(pattern)}
        year, month = _years(numbers), numbers["m"]
        if year is None or not ((month >= 1) & (month <= 12)).all():
            return None
        months = (year - 1970) * 12 + month - 1
        date: Ints = months
        if "d" in numbers:
            date = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + numbers["d"] - 1
            if not _is_day(date, months, numbers["d"]).all():
                return None
        clock: tuple[int, ...] = ()
        if "H" in numbers:
            seconds = numbers.get("S", np.zeros(len(points), np.int64))
            valid = (numbers["H"] < 24) & (numbers["M"] < 60) & (seconds < 60)
            if not valid.all() or len(np.unique(numbers["H"])) < HOURS:
                return None
            time = numbers["H"] * 3_600 + numbers["M"] * 60 + seconds
            clock = _ends(time, 0, DAY - 1)
        if not _is_enough(pattern, date, numbers):
            return None
        return cls(places, pattern, *_ends(date), clock)

    def draw(self, count: int, rng: np.random.Generator) -> Ints:
        """(count, places) characters of dates, each day, and each second, as likely as any other."""
        date = rng.integers(self.low, self.high + 1, count)
        time = rng.integers(self.clock[0], self.clock[1] + 1, count) if self.clock else np.zeros(0, np.int64)
        return self._characters(date, time)

    @property
    def texts(self) -> int:
        """How many different texts it has: fewer than dates where the pattern has no seconds."""
        return (self.high - self.low + 1) * self._steps

    def text_at(self, number: Ints) -> Ints:
        """(n, places) characters of the texts of these numbers, from 0 to `texts`; no two numbers share one."""
        date, step = np.divmod(number, self._steps)
        unit = self._unit
        return self._characters(self.low + date, (self.clock[0] // unit + step) * unit if self.clock else step)

    @property
    def _unit(self) -> int:
        """Seconds between two times of the day that are written differently."""
        return 1 if "S" in self.pattern else 60

    @property
    def _steps(self) -> int:
        """How many times of the day there are."""
        return self.clock[1] // self._unit - self.clock[0] // self._unit + 1 if self.clock else 1

    def _characters(self, date: Ints, time: Ints) -> Ints:
        unit = "D" if "d" in self.pattern else "M"
        day = date.astype(f"datetime64[{unit}]").astype("datetime64[D]")
        months = day.astype("datetime64[M]").astype(np.int64)
        numbers = {"Y": months // 12 + 1970, "y": (months // 12 + 1970) % 100, "m": months % 12 + 1}
        numbers["d"] = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
        if self.clock:
            numbers |= {"H": time // 3_600, "M": time // 60 % 60, "S": time % 60}
        digits = []
        for letter, run in groupby(self.pattern):
            size = len(list(run))
            digits += [numbers[letter] // 10 ** (size - 1 - at) % 10 for at in range(size)]
        found: Ints = np.stack(digits, 1) + ord("0")
        return found

    def moved(self, beyond: int, by: int = 1) -> DateField:
        """The field in a text that has so many more characters after the place `beyond`."""
        places = tuple(place + by * (place > beyond) for place in self.places)
        return DateField(places, self.pattern, self.low, self.high, self.clock)

    def to_dict(self) -> dict[str, Any]:
        """The field as JSON values."""
        own = {"places": list(self.places), "pattern": self.pattern, "clock": list(self.clock)}
        return own | {"low": self.low, "high": self.high}


def find_dates(texts: Sequence[str], kinds: str) -> tuple[DateField, ...]:
    """The dates in texts of one form, no two of them at one place.

    Args:
        texts: of one length.
        kinds: "9" at each place of a digit; the character itself where it is the same everywhere.

    Example:
        >>> texts = [f"R-2024-{1 + n % 12:02d}-{1 + n % 28:02d}/{n}" for n in range(100, 400)]
        >>> [(field.pattern, field.places) for field in find_dates(texts, "R-9999-99-99/999")]
        [('YYYYmmdd', (2, 3, 4, 5, 7, 8, 10, 11))]
    """
    if len(texts) < FEWEST:
        return ()
    points = np.array(list(texts), dtype=f"<U{len(kinds)}").view(np.uint32).reshape(len(texts), -1).astype(np.int64)
    found: list[DateField] = []
    for pattern in PATTERNS:
        for places in _candidates(kinds, pattern):
            taken = {place for field in found for place in field.places}
            field = None if taken & set(places) else DateField.of(points, places, pattern)
            if field is not None:
                found.append(field)
    return tuple(found)


def _candidates(kinds: str, pattern: str) -> Iterator[tuple[int, ...]]:
    """Places of digits that a pattern may have: in a row, or its parts in rows with a separator between."""
    sizes = [len(list(run)) for _, run in groupby(pattern)]
    runs, begin = [], 0
    for kind, run in groupby(kinds):
        size = len(list(run))
        runs.append((kind, begin, size))
        begin += size
    for at, (kind, begin, size) in enumerate(runs):
        if kind != "9":
            continue
        last = size - len(pattern)
        offsets = range(last + 1) if len(pattern) >= 8 else sorted({0, last} if last >= 0 else ())
        for offset in offsets:
            yield tuple(range(begin + offset, begin + offset + len(pattern)))
        parts = runs[at : at + 2 * len(sizes) - 1]
        apart = all(one[0] in SEPARATORS and one[2] == 1 for one in parts[1::2])
        if apart and len(sizes) > 1 and [one[2] for one in parts[::2] if one[0] == "9"] == sizes:
            yield tuple(place for _, begin, size in parts[::2] for place in range(begin, begin + size))


def _ends(values: Ints, least: int | None = None, most: int | None = None) -> tuple[int, int]:
    """The fifth of the least and of the largest, or close to them: a number that no identifier has, or five.

    It is inwards, or, where all numbers nearby are of fewer, outwards, `STEP` by `STEP`.

    Args:
        least, most: what there is at all; these are nobody's own.
    """
    found, count = np.unique(values, return_counts=True)
    rare, ordered = set(found[count < BEYOND].tolist()), np.sort(values)
    low, high = int(ordered[BEYOND - 1]), int(ordered[-BEYOND])
    reach = max(high - low, 0) // REACH
    inwards = range(low, low + reach + 1), range(high, high - reach - 1, -1)
    outwards = count_from(low // STEP * STEP, -STEP), count_from(high // STEP * STEP + STEP - 1, STEP)
    first, last = (next(one for one in chain(*own) if one not in rare) for own in zip(inwards, outwards, strict=True))
    first, last = first if least is None else max(first, least), last if most is None else min(last, most)
    return first, max(first, last)


def _number(points: Ints, places: Sequence[int], pattern: str, letter: str) -> Ints:
    number = np.zeros(len(points), np.int64)
    for place, own in zip(places, pattern, strict=True):
        if own == letter:
            number = number * 10 + points[:, place] - ord("0")
    return number


def _years(numbers: Mapping[str, Ints]) -> Ints | None:
    """(n,) years; those of two digits begin after the widest gap. None where they are none."""
    if "Y" in numbers:
        year = numbers["Y"]
        return year if ((year >= YEARS[0]) & (year <= YEARS[1])).all() else None
    seen = np.unique(numbers["y"])
    gaps = np.diff(np.append(seen, seen[0] + 100))
    first = int(seen[(int(gaps.argmax()) + 1) % len(seen)])
    after = (numbers["y"] - first) % 100
    found: Ints = after + first + (2000 if first < 50 else 1900)
    return found if int(after.max()) <= SPAN else None


def _is_day(date: Ints, months: Ints, day: Ints) -> Bools:
    """Whether the month has such a day."""
    found: Bools = (day >= 1) & (date.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) == months)
    return found


def _is_enough(pattern: str, date: Ints, numbers: Mapping[str, Ints]) -> bool:
    """Whether this many valid dates are no accident of numbers that are none."""
    if len(pattern) >= 8:
        return len(date) >= FEWEST
    several = len(date) >= ENOUGH and len(np.unique(date)) >= DIFFERENT
    varied = len(np.unique(numbers["m"])) >= 2 and ("d" not in numbers or len(np.unique(numbers["d"])) >= DIFFERENT)
    return several and varied
