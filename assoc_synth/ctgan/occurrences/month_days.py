"""On which days of the month visits are: what the day that a gap leads to adds to the logits of the gaps.

A salary comes on the first, a rent on the third, a subscription on a day of its subject's own. A network that knows the
last visit's date and draws a gap would have to learn how long months are. So each gap that is exact has, beside its
logit, that of the day of the month where it leads (a conditional logit, McFadden 1974), and one for how often the
subject has come on that day before; and the network sees on which day of the month the last visit was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.interface import Horizon, Occurrences, Visits
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.days import month_days

DAYS = 31
FEATURES = DAYS + 4
"""What the network sees of the last visit: its day of the month, and how long that month is."""
LEAST_DAYS, LEAST_VISITS = 120, 500
"""Days that a table covers, and visits that follow another one, from which on days of the month may matter."""
CLEAR, ALIKE = 0.05, 0.5
"""How far the days of the month are from those of some weeks before and after, as a share of the visits; and how alike
(cosine) that difference is in even and in odd months.
"""
WEEKS = (0, -3, -2, -1, 1, 2, 3)
MONTH, CLEAR_OWN, FARTHEST = (26, 33), 0.1, 8
"""Days from one visit to another of a subject that are a month; the share of those that lead to the same day of the
month, beyond that of the days around it; and how many visits on the other one is at most.
"""
MOST_DAYS = 100_000
"""The longest gap that may be read from a file."""
PRIOR = 10.0
"""Visits on each day of the month that shrink how much more there are."""
NONE = -1


@dataclass(frozen=True, eq=False)
class LastVisits:
    """The last visits before those that are drawn.

    Attributes:
        day: (n,) when they were; −1 undated.
        earlier: (n, 31) how many visits so far their subject had on each day of the month.
        horizon: the days that the table covers.
    """

    day: Ints
    earlier: Ints
    horizon: Horizon

    @classmethod
    def of(cls, visits: Visits, horizon: Horizon) -> LastVisits:
        """Those before a table's later visits."""
        last = visits.later - 1
        return cls(visits.day[last], earlier_days(visits, last, horizon), horizon)

    def take(self, at: Ints) -> LastVisits:
        """Some of them."""
        return LastVisits(self.day[at], self.earlier[at], self.horizon)

    @property
    def features(self) -> Tensor:
        """See `month_features`."""
        return month_features(self.day, self.horizon)


class MonthDays(nn.Module):
    """Logits of the gaps between visits, by where they lead.

    Args:
        classes: of the gaps.

    Shape:
        n last visits → (n, classes), 0 for gaps that are not exact.
    """

    days: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.register_buffer("days", torch.full((classes,), NONE))
        self.weight = nn.Parameter(torch.zeros(DAYS))
        self.own = nn.Parameter(torch.zeros(2))

    def forward(self, last: LastVisits) -> Tensor:
        leads = torch.from_numpy(self.leads(last.day, last.horizon)).to(self.weight.device)
        earlier = torch.from_numpy(last.earlier).to(self.weight)
        rows = functional.pad(self.weight, (0, 1))  # the last one is that of `NONE`
        often = functional.pad(earlier, (0, 1)).gather(1, leads % (DAYS + 1))
        found: Tensor = rows[leads] + self.own[0] * torch.log1p(often) + self.own[1] * (often > 0)
        return found

    @torch.no_grad()
    def start_at(self, data: Occurrences) -> None:
        """Take the days of the gaps that are exact from a table's later visits, and how much more there are on a day
        of the month than some weeks before and after it.
        """
        assert data.visits is not None, "the table has later visits"
        own, other = _days_of(data.visits.day[data.visits.later], data.horizon)
        self.weight.copy_(torch.from_numpy(np.log((own + PRIOR) / (other + PRIOR))))
        later, column = data.visits.later, data.step[0]
        exact = column.code < column.spec.exact
        gap = data.visits.day[later] - data.visits.day[later - 1]
        self.days[torch.from_numpy(column.code[exact]).to(self.days.device)] = torch.from_numpy(gap[exact]).to(
            self.days
        )

    def is_sound(self) -> bool:
        """Whether the days of the gaps, as read from a file, are ones."""
        return bool(((self.days >= NONE) & (self.days <= MOST_DAYS)).all())

    def leads(self, day: Ints, horizon: Horizon) -> Ints:
        """The day of the month, from 0 on, where each gap leads: (n,) → (n, classes); `NONE` where it is not exact."""
        gap = self.days.cpu().numpy()
        found = month_day(day[:, None] + np.maximum(gap, 0), horizon)
        return np.where((gap < 0) | (day[:, None] < 0), NONE, found)


def month_day(day: Ints, horizon: Horizon) -> Ints:
    """Days of the month, from 0 on, of days counted from the horizon's first: shape as given."""
    return month_days((horizon.first_day + day).astype("datetime64[D]")) - 1


def month_features(day: Ints, horizon: Horizon) -> Tensor:
    """The day of the month of each visit, and how long the month is: (n,) → (n, `FEATURES`), all 0 where undated."""
    month = (horizon.first_day + np.maximum(day, 0)).astype("datetime64[D]").astype("datetime64[M]")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    found = np.concatenate([np.eye(DAYS)[month_day(np.maximum(day, 0), horizon)], np.eye(4)[length - 28]], axis=1)
    found[day < 0] = 0.0
    return torch.from_numpy(found.astype(np.float32))


def earlier_days(visits: Visits, at: Ints, horizon: Horizon) -> Ints:
    """How many visits the subjects of `at` had on each day of the month so far, these among them: (n,) → (n, 31)."""
    known = visits.day >= 0
    own = np.zeros((len(visits), DAYS), np.int16)
    own[np.flatnonzero(known), month_day(visits.day[known], horizon)] = 1
    total = np.cumsum(own, axis=0, dtype=np.int32)
    before = np.concatenate([np.zeros((1, DAYS), np.int32), total])[np.repeat(visits.first, visits.per_subject)]
    found: Ints = (total - before)[at]
    return found


def has_month_days(data: Occurrences) -> bool:
    """Whether a table's visits, or those of its verbs, or single subjects', keep to days of the month."""
    visits = data.visits
    if visits is None or not data.step or data.step[0].spec.name != "gap" or len(visits.later) < LEAST_VISITS:
        return False
    horizon = data.horizon
    if horizon.last_day < LEAST_DAYS:
        return False
    if _is_monthly(visits, horizon):
        return True
    inside = data.link_visit >= 0
    verb, day = data.edges.verb[data.link_edge[inside]], visits.day[data.link_visit[inside]]
    days = (day[verb == own] for own in range(data.edges.num_verbs))
    return any(_is_clear(own[own >= 0], horizon) for own in days if len(own) >= LEAST_VISITS)


def _is_clear(day: Ints, horizon: Horizon) -> bool:
    """Whether days of the month differ from those of other days of the same weekdays and weeks, month after month."""
    month = (horizon.first_day + day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    beyond = [_beyond(day[month % 2 == odd], horizon) for odd in (0, 1)]
    length = float(np.linalg.norm(beyond[0]) * np.linalg.norm(beyond[1]))
    alike = float(beyond[0] @ beyond[1]) >= ALIKE * max(length, 1e-12)
    return alike and 0.5 * float(np.abs(_beyond(day, horizon)).sum()) >= CLEAR


def _beyond(day: Ints, horizon: Horizon) -> Floats:
    """The shares of the days of the month, less what they would be if it did not matter: (31,)."""
    own, other = _days_of(day, horizon)
    found: Floats = (own - other) / max(len(day), 1)
    return found


def _days_of(day: Ints, horizon: Horizon) -> tuple[Floats, Floats]:
    """How many of (n,) days are on each day of the month, and how many would be if it did not matter: (31,) each.

    That is the median of the same some weeks before and after, where the season and the day of the week are the same.
    """
    own, *others = (np.bincount(month_day(day + 7 * weeks, horizon), minlength=DAYS) for weeks in WEEKS)
    return own.astype(np.float64), np.median(np.stack(others), axis=0)


def _is_monthly(visits: Visits, horizon: Horizon) -> bool:
    """Whether visits a month after another one of their subject are on its day of the month."""
    same = other = months = 0
    for apart in range(1, FARTHEST + 1):
        last = np.flatnonzero((visits.subject[apart:] == visits.subject[:-apart]) & (visits.day[:-apart] >= 0))
        gap = visits.day[last + apart] - visits.day[last]
        last, gap = last[(gap >= MONTH[0]) & (gap <= MONTH[1])], gap[(gap >= MONTH[0]) & (gap <= MONTH[1])]
        here, there = (month_day(visits.day[at], horizon) for at in (last, last + apart))
        same, months = same + int((here == there).sum()), months + len(last)
        shifted = [month_day(visits.day[last] + gap + shift, horizon) == here for shift in (-2, -1, 1, 2)]
        other += sum(int(part.sum()) for part in shifted)
    return months >= LEAST_VISITS and (same - other / 4) / months >= CLEAR_OWN
