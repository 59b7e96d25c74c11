"""Times of day: frequent exact ones as classes, quarters of an hour for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.days import DAY, HOUR
from assoc_synth.transactions.stored import Stored

QUARTER = HOUR // 4
FREQUENT = 0.01


@dataclass(frozen=True, eq=False)
class TimeOfDayCode(Stored):
    """How times of day are coded, in nanoseconds since midnight: `exact` ones first, then `quarters`.

    Attributes:
        exact: times that make up at least 1 % each (midnight, the start of a shift).
        quarters: beginnings of the quarters of an hour in which there are others; where too few subjects are in one, of
            all quarters of an hour in which enough are, and where nothing is of enough, of the day.
        resolution: what every time is a multiple of.
    """

    exact: Ints
    quarters: Ints
    resolution: int

    def __post_init__(self) -> None:
        begins = np.concatenate([self.exact, self.quarters])
        if begins.ndim != 1 or not 0 < self.resolution <= DAY or ((begins < 0) | (begins >= DAY)).any():
            raise InputError("the code of times of day does not fit in a day")

    @classmethod
    def learn(cls, clock: Ints, resolution: int, subject: Ints | None = None, fewest: int = 1) -> TimeOfDayCode:
        """Learn from (n,) times of day of (n,) subjects; exact ones, quarters and hours are of `fewest` at least."""
        found, code, counts = np.unique(clock, return_inverse=True, return_counts=True)
        often = (counts >= max(FREQUENT * len(clock), 5)) | (len(found) <= 5)
        who = np.arange(len(clock)) if subject is None else subject
        exact = found[often & (subjects_per(code, who, len(found)) >= fewest)]
        rest = np.flatnonzero(~np.isin(clock, exact))
        quarters = _quarters(clock[rest], who[rest], fewest)
        if len(rest) and not len(quarters) and not len(exact):
            quarters = np.arange(DAY // QUARTER) * QUARTER
        return cls(exact, quarters, resolution)

    @property
    def classes(self) -> int:
        return max(len(self.exact) + len(self.quarters), 1)

    def encode(self, clock: Ints) -> CodedColumn:
        """(n,) nanoseconds → classes; a time in a quarter that was not learned goes to the nearest that was."""
        begins = np.concatenate([self.exact, self.quarters])
        code = np.zeros(len(clock), np.int64)
        if len(begins):
            is_exact = np.isin(clock, self.exact)
            code[is_exact] = np.searchsorted(self.exact, clock[is_exact])
            own = begins if not len(self.quarters) else self.quarters
            code[~is_exact] = len(begins) - len(own) + _nearest(own, clock[~is_exact] // QUARTER * QUARTER)
        return CodedColumn.discrete("clock", code, self.classes)

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) classes → nanoseconds, anywhere within a quarter."""
        within = rng.integers(0, max(QUARTER // self.resolution, 1), len(code)) * self.resolution
        begins = np.concatenate([self.exact, self.quarters])
        if not len(begins):
            return np.zeros(len(code), np.int64)
        result: Ints = begins[code] + np.where(code < len(self.exact), 0, within)
        return result

    def to_dict(self) -> dict[str, Any]:
        return {"exact": self.exact.tolist(), "quarters": self.quarters.tolist(), "resolution": self.resolution}


def _quarters(clock: Ints, subject: Ints, fewest: int) -> Ints:
    """Beginnings of the quarters that (n,) times of (n,) subjects are in, and of those of hours, of enough subjects."""
    quarter = clock // QUARTER
    enough = subjects_per(quarter, subject, DAY // QUARTER) >= max(fewest, 1)
    rare = np.flatnonzero(~enough[quarter])
    hours = subjects_per(clock[rare] // HOUR, subject[rare], DAY // HOUR) >= max(fewest, 1)
    stored: Ints = np.flatnonzero(enough | np.repeat(hours, HOUR // QUARTER)) * QUARTER
    return stored


def _nearest(sorted_values: Ints, wanted: Ints) -> Ints:
    right = np.searchsorted(sorted_values, wanted).clip(0, len(sorted_values) - 1)
    left = (right - 1).clip(0)
    nearer = np.abs(sorted_values[left] - wanted) < np.abs(sorted_values[right] - wanted)
    result: Ints = np.where(nearer, left, right)
    return result
