"""Hours: visits leave those at which their links never are, and nothing else moves."""

from __future__ import annotations

import numpy as np

from assoc_synth.attributes.hours import APART, HOURS, NAME, coded_hours, within_hours
from assoc_synth.attributes.implications import Implications, Links
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.interface import DrawnOccurrences, Visits
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.days import HOUR

VIEWED, RETURNED = range(2)
NIGHT = np.arange(HOURS) < 6
DAYTIME = AllowedClasses.of(
    np.stack([np.append(~NIGHT, True), np.ones(HOURS + 1, bool)]),
    np.zeros(0, np.int64),
    np.zeros((0, HOURS + 1), bool),
    num_objects=1,
)


def visited(clock: Ints, verb: Ints, day: Ints | None = None, *, after: Ints | None = None) -> tuple[Edges, object]:
    """Subjects with a visit of one link each, or all of one subject where days are given."""
    number = np.arange(len(clock))
    subject = number if day is None else np.zeros_like(number)
    sizes = {"num_subjects": len(clock), "num_verbs": 2, "num_objects": len(clock)}
    edges = Edges.from_links(number, verb, np.zeros_like(number), **sizes)
    days = np.full(len(clock), 5) if day is None else day
    visits = Visits(subject, days, clock, np.ones(len(clock), np.int64))
    return edges, DrawnOccurrences(number, (), number, visits, after=after)


def test_hours_at_which_others_are_and_a_verb_never_is_are_a_rule() -> None:
    rng = np.random.default_rng(0)
    subject = np.arange(4_000) // 4
    verb = rng.integers(0, 2, len(subject))
    hour = np.where(verb == VIEWED, rng.integers(6, 24, len(subject)), rng.integers(0, 24, len(subject)))
    time = np.datetime64("2026-01-01", "ns") + (hour * HOUR).astype("timedelta64[ns]")
    column = coded_hours(time)
    assert column is not None
    links = Links(subject, verb, np.zeros_like(verb))
    found = Implications.learn([column], links, ["viewed", "returned"], 1).allowed[NAME]
    assert found.patterns[found.of_verb].tolist() == DAYTIME.patterns[DAYTIME.of_verb].tolist()


def test_dates_alone_have_no_hours() -> None:
    assert coded_hours(np.array(["2026-01-01", "2026-01-02"], "datetime64[ns]")) is None
    assert coded_hours(np.array(["NaT"], "datetime64[ns]")) is None
    assert coded_hours(None) is None


def test_visits_leave_the_hours_that_their_links_never_have() -> None:
    rng = np.random.default_rng(1)
    clock, verb = rng.integers(0, 24, 500) * HOUR, rng.integers(0, 2, 500)
    edges, drawn = visited(clock, verb)
    moved = within_hours(drawn, edges, DAYTIME, rng).visits.clock
    wrong = (verb == VIEWED) & (clock < 6 * HOUR)
    assert wrong.sum() > 30
    assert (moved[wrong] >= 6 * HOUR).all()
    assert moved[~wrong].tolist() == clock[~wrong].tolist()


def test_a_link_late_in_its_visit_counts_by_its_own_time() -> None:
    clock = np.array([23, 23, 12]) * HOUR
    edges, drawn = visited(clock, np.array([VIEWED] * 3), after=np.array([2, 0, 0]) * HOUR)
    moved = within_hours(drawn, edges, DAYTIME, np.random.default_rng(0)).visits.clock
    assert moved.tolist() == [12 * HOUR, *clock[1:]]


def test_visits_of_one_subject_keep_their_order_and_stay_apart() -> None:
    rng = np.random.default_rng(2)
    day, clock = np.repeat(np.arange(40), 2), np.tile([3, 14], 40) * HOUR
    clock[1::2] += rng.integers(0, 9, 40) * HOUR
    edges, drawn = visited(clock, np.full(80, VIEWED), day)
    moved = within_hours(drawn, edges, DAYTIME, rng).visits.clock
    assert moved[1::2].tolist() == clock[1::2].tolist()
    assert (moved[::2] + APART <= moved[1::2]).all()
    assert (moved[::2] >= 6 * HOUR).any()


def test_without_a_rule_or_a_visit_nothing_happens() -> None:
    edges, drawn = visited(np.array([0]), np.array([VIEWED]))
    assert within_hours(drawn, edges, None, np.random.default_rng(0)) is drawn
    assert within_hours(drawn, edges, DAYTIME, np.random.default_rng(0)).visits.clock.tolist() == [0], "no other time"
