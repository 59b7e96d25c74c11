"""Calendar: when visits are — weeks, weekdays, gaps in days, times of day — as codes and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.sharing import ends_of, subjects_per
from assoc_synth.attributes.time_of_day import TimeOfDayCode
from assoc_synth.ctgan.interface import CodedColumn, Horizon, Visits
from assoc_synth.transactions.arrays import Floats, Ints, Times
from assoc_synth.transactions.days import DAY, HOUR, SECOND
from assoc_synth.transactions.stored import Stored, Whole

RESOLUTIONS = (DAY, HOUR, 60 * SECOND, SECOND, SECOND // 1_000, SECOND // 1_000_000)
"""What times may be multiples of, the coarsest first; else nanoseconds."""
OVERLAP = 0.01
"""Share of the visits that begin before the one before them ends, up to which no drawn visit does."""


@dataclass(frozen=True, eq=False)
class Calendar(Stored):
    """How the times of visits are coded.

    A subject's first visit is coded as a week and a weekday, each later one as a gap in days and a weekday; frequent
    gaps are exact, of the others the weekday decides between neighbouring days. So the rhythm of the week stays sharp
    where the gap itself is only known roughly. Visits of one day are apart by a pause, the others have a time of day.

    Attributes:
        start, end: the range, nanoseconds since 1970 (UTC), on days of no few subjects; nothing decoded leaves it.
        week: weeks from the Monday on or before the first day; gap: days; None where no subject has a second visit.
        clock: times of day; None where all are midnight.
        pause: seconds since the visit before, missing where that is another day's; None where no day has two visits.
        apart: the least nanoseconds, but for the subjects that have the least, from the end of a visit to the beginning
            of the next one of its subject, where visits last and do not overlap: pauses are then counted from the end
            of the visit before. Else None: they are counted from its beginning.
    """

    start: Whole
    end: Whole
    week: NumberCode
    gap: NumberCode | None
    clock: TimeOfDayCode | None
    pause: NumberCode | None
    apart: Whole | None = None

    @classmethod
    def learn(
        cls,
        visits: Visits,
        times: Ints,
        rng: np.random.Generator,
        fewest: int = 1,
        span: tuple[int, int] | None = None,
    ) -> Calendar:
        """Learn from a table's visits and its known times, (n,) nanoseconds.

        Args:
            fewest: subjects of each exact time of day, and of each stored number, see `NumberCode.learn`. Where it is
                above 1 the range is one of whole days.
            span: the first and the last day of the range since 1970, as `SharedDays.around` has them; the visits' days
                are counted from the first one. None for those of the times.
        """
        start, end = int(times.min()), int(times.max())
        resolution = resolution_of(times)
        if fewest > 1 and resolution < DAY:  # the moment of the first row is one subject's
            start, end = start // DAY * DAY, (end // DAY + 1) * DAY - resolution
        if span is not None:
            start, end = min(start, span[0] * DAY), max(end, (span[1] + 1) * DAY - min(resolution, DAY))
        horizon = Horizon(start // DAY)
        dated = np.flatnonzero(visits.day >= 0)
        apart = _apart(visits, resolution, fewest)
        gaps, pauses = _gaps(visits), _pauses(visits, from_end=apart is not None)
        first, later = visits.subject[visits.first], visits.subject[visits.later]
        days = float(end // DAY - start // DAY)
        return cls(
            start=start,
            end=end,
            week=_coded("week", _weeks(horizon, visits.day[visits.first]), rng, first, fewest, days / 7),
            gap=_coded("gap", gaps, rng, later, fewest, days, log=True) if len(gaps) else None,
            clock=TimeOfDayCode.learn(visits.clock[dated], resolution, visits.subject[dated], fewest)
            if resolution < DAY
            else None,
            pause=_coded("pause", pauses, rng, later, fewest, DAY / SECOND - 1, log=True)
            if not np.isnan(pauses).all()
            else None,
            apart=apart,
        )

    @property
    def horizon(self) -> Horizon:
        return Horizon(self.start // DAY, self.end // DAY - self.start // DAY)

    def encode_first(self, visits: Visits, rng: np.random.Generator) -> list[CodedColumn]:
        """When each subject's first visit is: week, weekday and clock, (S,) each, for subjects that have one."""
        weeks = _weeks(self.horizon, visits.day[visits.first])
        return [self.week.encode(weeks, rng), *self._day_and_clock(visits, visits.first)]

    def encode_later(self, visits: Visits, rng: np.random.Generator) -> list[CodedColumn]:
        """When the `later` visits are: gap, weekday, clock and pause, (G,) each."""
        if self.gap is None:
            return []
        columns = [self.gap.encode(_gaps(visits), rng), *self._day_and_clock(visits, visits.later)]
        if self.pause is not None:
            columns.append(self.pause.encode(_pauses(visits, from_end=self.apart is not None), rng))
        return columns

    def _day_and_clock(self, visits: Visits, at: Ints) -> list[CodedColumn]:
        columns = [CodedColumn.discrete("weekday", self.horizon.weekday(np.maximum(visits.day[at], 0)), 7)]
        return columns + ([self.clock.encode(visits.clock[at])] if self.clock is not None else [])

    def first_day(self, week: CodedColumn, weekday: Ints) -> Ints:
        """(S,) days; −1 where the week is missing."""
        weeks = self.week.decode(week)
        horizon = self.horizon
        day = horizon.monday + 7 * np.nan_to_num(weeks).astype(np.int64) + weekday
        return np.where(np.isnan(weeks), -1, day.clip(0, horizon.last_day))

    def next_day(self, day: Ints, gap: CodedColumn, weekday: Ints) -> Ints:
        """(G,) days, perhaps beyond the last; −1 after an undated visit."""
        if self.gap is None:
            return day
        gaps = np.round(self.gap.decode(gap)).astype(np.int64)
        found = day + gaps
        rough = gap.code >= len(self.gap.atoms)
        shift = (weekday - self.horizon.weekday(found) + 3) % 7 - 3
        found = np.where(rough & (gaps > 3), found + shift, found)
        return np.where(day < 0, -1, found)

    def time_of_day(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) nanoseconds since midnight."""
        return self.clock.decode(code, rng) if self.clock is not None else np.zeros(len(code), np.int64)

    def clock_after(self, clock: Ints, pause: CodedColumn) -> Ints:
        """Times of day after others of the same day, −1 where no pause was drawn: (n,), (n,) → (n,)."""
        seconds = self.pause.decode(pause) if self.pause is not None else np.full(len(clock), np.nan)
        resolution = self.clock.resolution if self.clock is not None else DAY
        wait = np.round(np.nan_to_num(seconds) * (SECOND / resolution)).astype(np.int64) * resolution
        return np.where(np.isnan(seconds), -1, np.minimum(clock + wait, DAY - resolution))

    def spaced(self, visits: Visits, length: Ints) -> Visits:
        """Visits whose beginnings are moved so that none overlaps another one of its subject or leaves the range.

        A visit that begins a pause after the one before moves with its end; any other one moves only where it has to.

        Args:
            length: (M,) nanoseconds that each lasts.
        """
        if self.apart is None or not length.any():
            return visits
        wanted = (visits.day + self.start // DAY) * DAY + visits.clock
        moved, dated = wanted.copy(), visits.day >= 0
        rank = np.arange(len(visits)) - np.repeat(visits.first, visits.per_subject)
        paused = visits.paused if visits.paused is not None else np.zeros(len(visits), bool)
        by_rank = [np.flatnonzero((rank == place) & dated) for place in range(int(rank.max(initial=0)) + 1)]
        for at in by_rank[1:]:
            ends = moved[at - 1] + length[at - 1]
            shift = np.where(paused[at], ends - wanted[at - 1], 0)
            moved[at] = np.maximum(wanted[at] + shift, ends + self.apart)
        limit = np.full(len(visits), self.end)
        for at in reversed(by_rank):
            moved[at] = np.minimum(moved[at], limit[at] - length[at])
            before = at[rank[at] > 0] - 1
            limit[before] = np.minimum(self.end, moved[before + 1] - self.apart)
        moved = np.maximum(moved, self.start)
        day, clock = moved // DAY - self.start // DAY, moved % DAY
        return replace(visits, day=np.where(dated, day, -1), clock=np.where(dated, clock, 0), length=length)

    def times(self, visits: Visits) -> Times:
        """(M,) datetime64[ns], NaT undated."""
        found = ((visits.day + self.start // DAY) * DAY + visits.clock).clip(self.start, self.end)
        result = found.astype("datetime64[ns]")
        result[visits.day < 0] = np.datetime64("NaT")
        return result

    def to_dict(self) -> dict[str, Any]:
        coders = {name: getattr(self, name) for name in ("week", "gap", "clock", "pause")}
        state = {name: coder.to_dict() if coder is not None else None for name, coder in coders.items()}
        return state | {"start": self.start, "end": self.end, "apart": self.apart}


def _coded(
    name: str,
    numbers: Floats,
    rng: np.random.Generator,
    subject: Ints,
    fewest: int,
    within: float,
    *,
    log: bool = False,
) -> NumberCode:
    """The code of whole numbers; where too few subjects have any, that of all from 0 to `within`: none may be missing.

    So nothing of these subjects is stored, and what is drawn is as long as anything can be.
    """
    if len(np.unique(subject[~np.isnan(numbers)])) >= fewest:
        return NumberCode.learn(name, numbers, rng, log=log, subject=subject, fewest=fewest)
    return NumberCode.anywhere(name, 0.0, within, missing=bool(np.isnan(numbers).any()), log=log)


def resolution_of(times: Ints) -> int:
    """The coarsest of `RESOLUTIONS` that all times, (n,) nanoseconds, are multiples of.

    Example:
        >>> resolution_of(np.array([0, 60])  * SECOND) // SECOND
        60
    """
    return next((r for r in RESOLUTIONS if not (times % r).any()), 1)


def _gaps(visits: Visits) -> Floats:
    """Days before the `later` visits."""
    later = visits.later
    return (visits.day[later] - visits.day[later - 1]).astype(np.float64)


def _pauses(visits: Visits, *, from_end: bool) -> Floats:
    """Seconds before the `later` visits, NaN after another day's and where nothing has a time of day.

    Args:
        from_end: of the visit before; else from its beginning.
    """
    later = visits.later
    wait = (visits.clock[later] - visits.clock[later - 1]).astype(np.float64)
    if from_end and visits.length is not None:
        wait = np.maximum(wait - visits.length[later - 1], 0)
    same_day = (visits.day[later] == visits.day[later - 1]) & bool(visits.clock.any())
    return np.where(same_day, wait / SECOND, np.nan)


def _apart(visits: Visits, resolution: int, fewest: int) -> int | None:
    """The least time from the end of a visit to the next, see `Calendar.apart`, without the closest subjects' own.

    Where `fewest` is above 1 it is one that nobody has, or enough subjects, or none at all.
    """
    if visits.length is None:
        return None
    later = visits.later
    begins = visits.day * DAY + visits.clock
    free = begins[later] - begins[later - 1] - visits.length[later - 1]
    if (free < 0).mean() > OVERLAP if len(free) else False:
        return None
    some = np.flatnonzero(free >= 0)
    owner = visits.subject[later[some]]
    least = int(ends_of(free[some], owner, fewest)[0])
    if fewest <= 1:
        return least
    own, code = np.unique(free[some], return_inverse=True)
    rare = set(own[subjects_per(code, owner, len(own)) < fewest].tolist())
    least = least // resolution * resolution
    while least > 0 and least in rare:
        least -= resolution
    return least


def _weeks(horizon: Horizon, day: Ints) -> Floats:
    """Weeks from the Monday on or before the first day, NaN undated."""
    return np.where(day < 0, np.nan, (day - horizon.monday) // 7)
