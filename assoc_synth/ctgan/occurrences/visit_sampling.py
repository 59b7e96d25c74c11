"""Drawing visits: when each subject's are, and how many links each has, visit after visit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Horizon, OccurrenceDecoder, Visits
from assoc_synth.ctgan.layers import LowPrecisionCopy
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.month_days import DAYS, LastVisits, month_day
from assoc_synth.ctgan.visit_features import step_features
from assoc_synth.transactions.arrays import Bools, Ints

REDRAWS = 10
"""Times that a visit beyond the last day is drawn again, before its day is drawn evenly from those left."""


CAPS = 20
"""Times that what is above the largest size is spread over the subject's other visits."""


class _Known(NamedTuple):
    """What is known before visits are drawn: their subjects' conditions and habits, and the visits before them."""

    condition: Tensor
    features: Tensor
    habits: Tensor | None
    last: LastVisits

    def take(self, at: Ints) -> _Known:
        place = torch.from_numpy(at).to(self.condition.device)
        habits = None if self.habits is None else self.habits[place]
        return _Known(self.condition[place], self.features[place], habits, self.last.take(at))


class VisitSampler:
    """Draws the visits of subjects, all subjects at once.

    Args:
        decoder: the table's encoder.
    """

    def __init__(
        self,
        generator: OccurrenceGenerator,
        decoder: OccurrenceDecoder,
        *,
        rng: np.random.Generator,
        random: torch.Generator,
    ) -> None:
        self.generator, self.calendar, self.rng, self.random = generator, decoder.calendar, rng, random
        self.size = decoder.size or decoder.count
        self.horizon = self.calendar.horizon if self.calendar is not None else Horizon()
        self.trunk = LowPrecisionCopy(generator.step.trunk)

    def draw(self, subjects: Ints, condition: Tensor, links: Ints, counts: Ints) -> Visits:
        """Visits of subjects.

        Args:
            subjects: (S,) ascending; condition: (S, D) theirs.
            links: (S,) links in their visits; counts: (S,) number of their visits, at most `links`.
        """
        begin = np.cumsum(counts) - counts
        day, clock = np.full(int(counts.sum()), -1, np.int64), np.zeros(int(counts.sum()), np.int64)
        size, paused = np.ones(len(day), np.int64), np.zeros(len(day), bool)
        habits = None if self.generator.habits is None else self.generator.habits.draw(len(subjects), self.random)
        columns = self._first(condition, habits, links, counts)
        size[begin] = self.size.decode(columns["size"].code, self.rng)
        size[begin] = np.where(counts == 1, links, np.minimum(size[begin], links - counts + 1))
        if self.calendar is not None:
            day[begin] = self.calendar.first_day(columns["week"], columns["weekday"].code)
            clock[begin], _ = self._clock(columns, day[begin], day[begin], clock[begin])
        before, left, earlier = day[begin], links - size[begin], np.zeros((len(counts), DAYS), np.int64)
        order = np.argsort(-counts, kind="stable")
        for step in range(1, int(counts.max(initial=1)) if self.generator.spec.step else 1):
            active = order[: int(np.searchsorted(-counts[order], -step, side="left"))]
            last = begin[active] + step - 1
            features = step_features(
                self.horizon,
                visits=counts[active],
                step=np.full(len(active), step),
                day=day[last],
                before=before[active],
                clock=clock[last],
                size=size[last],
                links=left[active],
            )
            self._count_days(earlier, active, day[last])
            at, visited = self._tensor(active), LastVisits(day[last], earlier[active], self.horizon)
            known = _Known(
                condition[at], features.to(condition.device), None if habits is None else habits[at], visited
            )
            columns, day[last + 1] = self._next(known)
            clock[last + 1], paused[last + 1] = self._clock(columns, day[last + 1], day[last], clock[last])
            drawn = self.size.decode(columns["size"].code, self.rng)
            # No visit is left empty, and the last one has all that is left.
            others = counts[active] - step - 1
            size[last + 1] = np.where(others == 0, left[active], np.minimum(drawn, left[active] - others)).clip(1)
            left[active] -= size[last + 1]
            before[active] = day[last]
        owner = np.repeat(subjects, counts)
        # Two visits of one day may have been drawn in the wrong order.
        order = np.lexsort((clock, day, owner))
        sizes = fit_sizes(size[order], counts, links, self.rng, most=self.size.most)
        return Visits(owner, day[order], clock[order], sizes, paused=paused[order])

    def _first(self, condition: Tensor, habits: Tensor | None, links: Ints, counts: Ints) -> dict[str, CodedColumn]:
        """The columns of each subject's first visit."""
        known = self.generator.start_condition(condition, self._tensor(links), self._tensor(counts))
        each = self._tensor(links) / self._tensor(counts)
        added = self._with_habits(self.generator.known_start(each), self.generator.spec.start, habits)
        return self._columns(self.generator.spec.start, self.generator.start.draw(known, self.random, added))

    def _count_days(self, earlier: Ints, subjects: Ints, day: Ints) -> None:
        """Add visits at these days to their subjects' numbers of visits on each day of the month."""
        dated = day >= 0
        earlier[subjects[dated], month_day(day[dated], self.horizon)] += 1

    def _next(self, known: _Known) -> tuple[dict[str, CodedColumn], Ints]:
        """The columns of each subject's next visit, and its day: drawn again where it is beyond the last day."""
        columns, day = self._step(known), known.last.day
        if self.calendar is None:
            return columns, day
        last = self.horizon.last_day
        found = self.calendar.next_day(day, columns["gap"], columns["weekday"].code)
        for _ in range(REDRAWS):
            beyond = np.flatnonzero(found > last)
            if not len(beyond):
                break
            again = self._step(known.take(beyond))
            for name, column in again.items():
                columns[name].code[beyond], columns[name].value[beyond] = column.code, column.value
            found[beyond] = self.calendar.next_day(day[beyond], again["gap"], again["weekday"].code)
        return columns, np.where(found > last, self.rng.integers(np.minimum(day, last), last + 1), found)

    def _step(self, known: _Known) -> dict[str, CodedColumn]:
        logits = self.generator.known_step(known.features, known.last)
        added = self._with_habits(logits, self.generator.spec.step, known.habits)
        condition = self.generator.step_condition(known.condition, known.features, known.last)
        drawn = self.generator.step.draw(condition, self.random, added, trunk=self.trunk)
        return self._columns(self.generator.spec.step, drawn)

    def _with_habits(
        self, logits: list[Tensor], columns: tuple[ColumnSpec, ...], habits: Tensor | None
    ) -> list[Tensor]:
        own = self.generator.habits
        return logits if own is None or habits is None else own.add_to(logits, columns, habits)

    @staticmethod
    def _columns(specs: tuple[ColumnSpec, ...], drawn: list[tuple[Tensor, Tensor]]) -> dict[str, CodedColumn]:
        pairs = ((code.cpu().numpy(), value.cpu().numpy().astype(np.float32)) for code, value in drawn)
        return {spec.name: CodedColumn(spec, *pair) for spec, pair in zip(specs, pairs, strict=True)}

    def _clock(self, columns: dict[str, CodedColumn], day: Ints, last_day: Ints, last: Ints) -> tuple[Ints, Bools]:
        """Times of day, and which are a pause after the visit before: where that is on the same day."""
        if self.calendar is None or "clock" not in columns:
            return np.zeros(len(day), np.int64), np.zeros(len(day), bool)
        clock = np.where(day < 0, 0, self.calendar.time_of_day(columns["clock"].code, self.rng))
        if "pause" not in columns:
            return clock, np.zeros(len(day), bool)
        after = self.calendar.clock_after(last, columns["pause"])
        paused = (day == last_day) & (day >= 0) & (after >= 0)
        return np.where(paused, after, clock), paused

    def _tensor(self, array: Ints) -> Tensor:
        return torch.from_numpy(array).to(self.random.device)


def fit_sizes(
    size: Ints, counts: Ints, links: Ints, rng: np.random.Generator, *, most: int = np.iinfo(np.int64).max
) -> Ints:
    """Sizes of visits, scaled so that each subject's sum to its links and none is empty.

    Args:
        size: (M,) wanted, at least 1; counts: (S,) visits of each subject; links: (S,), at least as many.
        most: links of a visit, where all of the subject's fit into its visits so.

    Returns:
        (M,) what a visit has beyond one link, in proportion, rounded at random.
    """
    result = _scaled(size, counts, links, rng)
    for _ in range(CAPS):
        if result.max(initial=0) <= most:
            break
        capped = np.minimum(result, most)
        left = links - np.bincount(np.repeat(np.arange(len(counts)), counts), capped, len(counts)).astype(np.int64)
        result = capped + _scaled(np.where(capped < most, capped + 1, 1), counts, left + counts, rng) - 1
    return result


def _scaled(size: Ints, counts: Ints, links: Ints, rng: np.random.Generator) -> Ints:
    own = np.repeat(np.arange(len(counts)), counts)
    begin = np.cumsum(counts) - counts
    more = (size - 1).astype(np.float64)
    sums = np.bincount(own, weights=more, minlength=len(counts))
    more = np.where(sums[own] > 0, more, 1.0)
    sums = np.where(sums > 0, sums, counts)
    target = np.cumsum(more * ((links - counts) / np.maximum(sums, 1e-9))[own])
    target -= np.repeat(target[begin] - more[begin] * ((links - counts) / np.maximum(sums, 1e-9)), counts)
    # One random offset per subject rounds every visit up or down, and all of them together exactly.
    ends = np.floor(target + rng.random(len(counts))[own] * (1 - 1e-6) + 1e-9).astype(np.int64)
    last = begin + counts - 1
    ends[last] = links - counts
    result: Ints = 1 + np.diff(ends, prepend=0)
    result[begin] = 1 + ends[begin]
    return result
