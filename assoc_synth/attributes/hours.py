"""Hours of the day at which a verb, or a verb and an object, never is: drawn visits are moved out of them.

Visits are drawn before it is known which links go into them, so that a view may come to lie in a night in which only
returns are. Such a visit gets the time of day of another one with that verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from assoc_synth.attributes.implications import CodedValues, Links
from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, DrawnOccurrences
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools, Ints, Times
from assoc_synth.transactions.days import DAY, HOUR, has_time_of_day, hours

NAME = "time of day"
"""By which the rule is found among those of columns."""
NONE = -1
HOURS, TRIES = 24, 60
"""Classes; and times of other visits that one is given until it breaks no rule."""
APART = 2 * HOUR
"""How far from the other visits of its subject a visit is put."""


def coded_hours(time: Times | None, links: Links | None = None, fewest: int = 1) -> CodedValues | None:
    """The hours of rows as a column to look for rules in; None of a table without times of day.

    Args:
        links: the rows'; fewest: subjects that an hour of a verb has at least; that of others counts as unknown.

    Example:
        >>> coded_hours(np.array(["2026-11-23T17:30", "NaT"], "datetime64[ns]")).column.code.tolist()
        [17, 24]
    """
    if time is None or np.isnat(time).all() or not has_time_of_day(time[~np.isnat(time)]):
        return None
    found = hours(time)
    code = np.where(found < 0, HOURS, found).astype(np.int64)
    if links is not None:
        cell = links.verb.astype(np.int64) * (HOURS + 1) + code
        code[subjects_per(cell, links.subject, int(cell.max(initial=0)) + 1)[cell] < fewest] = HOURS
    spec = ColumnSpec(NAME, HOURS + 1, continuous=False, missing=1)
    return CodedValues(NAME, CodedColumn(spec, code, np.zeros(len(code), np.float32)), missing=False)


def within_hours(
    drawn: DrawnOccurrences, edges: Edges, allowed: AllowedClasses | None, rng: np.random.Generator
) -> DrawnOccurrences:
    """Occurrences whose visits are at hours that their links may have.

    A visit keeps its day, and how long it lasts, and stays apart from its subject's other visits. One that fits at no
    time that is tried stays as it is.

    Args:
        edges: of the links.
        allowed: hours by verb and by token; None where there is no rule.
    """
    visits = drawn.visits
    if allowed is None or not len(visits):
        return drawn
    inside = np.flatnonzero(drawn.link_visit >= 0)
    inside = inside[visits.day[drawn.link_visit[inside]] >= 0]
    own, edge = drawn.link_visit[inside], drawn.link_edge[inside]
    after = np.zeros(len(inside), np.int64) if drawn.after is None else drawn.after[inside]
    pattern, verb = allowed.pattern_of(edges.verb[edge], edges.object[edge]), edges.verb[edge].astype(np.int64)
    clock = visits.clock.copy()

    def broken(at: Ints, begins: Ints) -> Bools:
        """Which links, by place among those inside, would be at an hour that they never have."""
        found: Bools = ~allowed.patterns[pattern[at], (begins + after[at]) % DAY // HOUR]
        return found

    wrong = np.flatnonzero(broken(np.arange(len(own)), clock[own]))
    bad, first = np.unique(own[wrong], return_index=True)
    if not len(bad):
        return drawn
    of_bad = np.flatnonzero(np.isin(own, bad))
    fine = np.ones(len(visits), bool)
    fine[bad] = False
    wanted, donors = verb[wrong[first]], fine[own]
    pools = {code: np.unique(own[donors & (verb == code)]) for code in np.unique(wanted).tolist()}
    room = _room(drawn, own, after)
    place = np.searchsorted(bad, own[of_bad])
    left = np.array([len(pools[code]) > 0 for code in wanted.tolist()], bool)
    for _ in range(TRIES if left.any() else 0):
        tried = _other_times(clock[bad], visits.clock, pools, np.where(left, wanted, NONE), rng)
        fits = (tried >= room[0][bad]) & (tried <= room[1][bad])
        fits[place[broken(of_bad, tried[place])]] = False
        moved = left & fits
        clock[bad[moved]] = tried[moved]
        left &= ~fits
    return replace(drawn, visits=replace(visits, clock=clock))


def _other_times(own: Ints, of_all: Ints, pools: Mapping[int, Ints], wanted: Ints, rng: np.random.Generator) -> Ints:
    """Times of day of other visits with the wanted verb; a visit that wants `NONE` keeps its own."""
    tried = own.copy()
    for code, pool in pools.items():
        at = np.flatnonzero(wanted == code)
        if len(at):
            tried[at] = of_all[rng.choice(pool, len(at))]
    return tried


def _room(drawn: DrawnOccurrences, own: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Between which times of its day each visit may begin: (M,), (M,) nanoseconds.

    Args:
        own, after: visits of the dated links, and their times after the visits' beginnings.
    """
    visits = drawn.visits
    length = np.zeros(len(visits), np.int64)
    np.maximum.at(length, own, after)
    begin = visits.day * DAY + visits.clock
    low, high = np.zeros(len(visits), np.int64), np.full(len(visits), DAY - 1)
    dated = np.flatnonzero(visits.day >= 0)
    order = dated[np.lexsort((begin[dated], visits.subject[dated]))]
    before, later = order[:-1], order[1:]
    same = visits.subject[before] == visits.subject[later]
    before, later = before[same], later[same]
    low[later] = np.maximum(begin[before] + length[before] + APART - visits.day[later] * DAY, 0)
    high[before] = np.minimum(begin[later] - APART - length[before] - visits.day[before] * DAY, DAY - 1)
    return low, high
