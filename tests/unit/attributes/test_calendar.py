"""Times of visits as codes and back: days, weekdays, times of day, pauses."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.calendar import Calendar
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.visits import visits_of
from assoc_synth.ctgan.interface import CodedColumn, Horizon, Visits
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.days import DAY, HOUR, SECOND
from assoc_synth.transactions.table import TransactionTable


def graph_of(**columns: object) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(columns)))


@pytest.fixture(scope="module")
def shop() -> LinkGraph:
    """120 subjects come every Monday or every Saturday at nine and once more half an hour later, some with a gap."""
    rng = np.random.default_rng(0)
    rows = []
    for subject in range(120):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(0, 4)) * 7 + 5 * (subject % 2))
        for visit in range(6):
            time = day + pd.Timedelta(days=7 * visit * (1 + subject % 3), hours=9)
            rows += [(f"s{subject}", time), (f"s{subject}", time + pd.Timedelta(minutes=30))]
    subject, time = zip(*rows, strict=True)
    return graph_of(subject=subject, verb=["buy"] * len(rows), object=["x", "y"] * (len(rows) // 2), time=time)


def test_true_codes_give_the_true_times_back(shop: LinkGraph) -> None:
    rng = np.random.default_rng(0)
    visits, _ = visits_of(shop)
    times = shop.table.time.astype(np.int64)
    calendar = Calendar.learn(visits, times, rng)
    week, weekday, _ = calendar.encode_first(visits, rng)
    first = np.unique(visits.subject, return_index=True)[1]
    assert calendar.first_day(week, weekday.code).tolist() == visits.day[first].tolist()
    gap, weekday, clock, pause = calendar.encode_later(visits, rng)
    before = visits.later - 1
    assert calendar.next_day(visits.day[before], gap, weekday.code).tolist() == visits.day[before + 1].tolist()
    same_day = visits.day[before] == visits.day[before + 1]
    after = calendar.clock_after(visits.clock[before], pause)
    assert after[same_day].tolist() == visits.clock[before + 1][same_day].tolist()
    assert (after[~same_day] == -1).all()
    assert calendar.time_of_day(clock.code, rng).tolist() == visits.clock[before + 1].tolist()
    assert (
        np.sort(calendar.times(visits)).tolist()
        == np.sort(np.unique(np.stack([shop.table.subject, times]), axis=1)[1].astype("datetime64[ns]")).tolist()
    )


def test_a_rough_gap_goes_to_the_drawn_weekday(shop: LinkGraph) -> None:
    rng = np.random.default_rng(0)
    visits, _ = visits_of(shop)
    calendar = Calendar.learn(visits, shop.table.time.astype(np.int64), rng)
    assert calendar.gap is not None
    rough = CodedColumn(calendar.gap.spec, np.full(7, len(calendar.gap.atoms) - 1), np.zeros(7, np.float32))
    exact = calendar.next_day(np.zeros(7, np.int64), rough, np.arange(7))
    assert len(set(exact.tolist())) == 1
    broad = Calendar(calendar.start, calendar.end, calendar.week, _one_mode(20.0), calendar.clock, None)
    rough = CodedColumn(broad.gap.spec, np.zeros(7, np.int64), np.zeros(7, np.float32))
    found = broad.next_day(np.zeros(7, np.int64), rough, np.arange(7))
    assert sorted(found.tolist()) == list(range(17, 24))
    assert broad.horizon.weekday(found).tolist() == list(range(7))


def _one_mode(days: float) -> NumberCode:
    return NumberCode("gap", np.zeros(0), np.array([np.log1p(days)]), np.array([0.1]), 0.0, 60.0, 0, False, True)


def test_nothing_leaves_the_observed_range(shop: LinkGraph) -> None:
    rng = np.random.default_rng(0)
    times = shop.table.time.astype(np.int64)
    calendar = Calendar.learn(visits_of(shop)[0], times, rng)
    last = calendar.horizon.last_day
    found = calendar.times(Visits(np.zeros(2), np.array([0, last]), np.array([0, DAY - 1]), np.ones(2)))
    assert found.astype(np.int64).tolist() == [times.min(), times.max()]


def test_the_calendar_survives_json(shop: LinkGraph) -> None:
    calendar = Calendar.learn(visits_of(shop)[0], shop.table.time.astype(np.int64), np.random.default_rng(0))
    state = json.loads(json.dumps(calendar.to_dict()))
    assert Calendar.from_dict(state).to_dict() == calendar.to_dict()


def test_weekdays_count_from_monday() -> None:
    assert Horizon(0).weekday(np.array([0, 4])).tolist() == [3, 0]  # 1 January 1970 was a Thursday


def lasting(
    starts: list[int], lengths: list[int], *, subject: list[int] | None = None, paused: tuple[int, ...] = ()
) -> Visits:
    """Visits that begin at hours from the first midnight, and last so many."""
    hour, none = np.array(starts), np.zeros(len(starts), np.int64)
    own = none if subject is None else np.array(subject)
    marked = np.isin(np.arange(len(starts)), paused)
    return Visits(own, hour // 24, hour % 24 * HOUR, none + 2, np.array(lengths) * HOUR, marked)


def hours(visits: Visits) -> list[int]:
    return (visits.day * 24 + visits.clock // HOUR).tolist()


def test_pauses_are_counted_from_the_end_of_a_visit_that_lasts() -> None:
    visits = lasting([8, 12, 15], [3, 1, 2])
    times = np.array([8, 11, 12, 13, 15, 17]) * HOUR
    calendar = Calendar.learn(visits, times, np.random.default_rng(0))
    assert calendar.apart == HOUR
    assert calendar.pause is not None
    assert sorted(calendar.pause.atoms.tolist()) == [3_600, 7_200]


def test_visits_that_overlap_are_counted_from_their_beginning() -> None:
    calendar = Calendar.learn(lasting([8, 9], [5, 1]), np.array([8, 13]) * HOUR, np.random.default_rng(0))
    assert calendar.apart is None
    visits = lasting([8, 9], [0, 0])
    assert calendar.spaced(visits, np.array([5, 5]) * HOUR) is visits


def test_drawn_visits_move_so_that_none_overlaps_or_leaves_the_range() -> None:
    real = lasting([8, 12, 40], [3, 1, 2])
    calendar = Calendar.learn(real, np.array([0, 48 * HOUR]), np.random.default_rng(0))
    # The second one begins a pause of 2 hours after the first one's end; the third and last ends at the end.
    drawn = lasting([8, 10, 47], [0, 0, 0], paused=(1,))
    assert hours(calendar.spaced(drawn, np.array([4, 1, 3]) * HOUR)) == [8, 14, 45]
    pushed = lasting([8, 9, 20], [0, 0, 0])
    assert hours(calendar.spaced(pushed, np.array([4, 1, 1]) * HOUR)) == [8, 13, 20]
    others = lasting([8, 9], [0, 0], subject=[0, 1])
    assert hours(calendar.spaced(others, np.array([4, 1]) * HOUR)) == [8, 9]


def test_whether_visits_are_apart_is_stored() -> None:
    calendar = Calendar.learn(lasting([8, 12], [3, 1]), np.array([8, 13]) * HOUR, np.random.default_rng(0))
    assert Calendar.from_dict(calendar.to_dict()).apart == calendar.apart == HOUR
    state = calendar.to_dict()
    del state["apart"]
    assert Calendar.from_dict(state).apart is None


def test_the_least_time_between_visits_is_nobodys_own() -> None:
    subject = np.repeat(np.arange(12), 2)
    apart = np.array([1, *range(20, 31)]) * HOUR  # the first subject alone comes back after an hour
    clock = np.stack([np.zeros(12, np.int64), apart % DAY], 1).ravel()
    day = np.stack([np.zeros(12, np.int64), apart // DAY], 1).ravel()
    visits = Visits(subject=subject, day=day, clock=clock, size=np.ones(24, np.int64), length=np.tile([1, 0], 12))
    times = day * DAY + clock
    learned = [Calendar.learn(visits, times, np.random.default_rng(0), fewest) for fewest in (1, 5)]
    assert [one.apart for one in learned] == [HOUR - 1, 23 * HOUR]


def test_gaps_and_pauses_of_too_few_subjects_are_not_stored() -> None:
    """Only two of thirty subjects come again: after 37 days, and after 4,711 s."""
    subject = np.append(np.arange(30), [3, 4])
    day = np.append(np.arange(30) * 3, [9 + 37, 12])
    clock = np.append(np.full(30, 9 * HOUR), [9 * HOUR, 9 * HOUR + 4_711 * SECOND])
    order = np.lexsort((clock, day, subject))
    visits = Visits(subject[order], day[order], clock[order], np.ones(32, np.int64))
    times = visits.day * DAY + visits.clock
    calendar = Calendar.learn(visits, times, np.random.default_rng(0), 5)
    assert calendar.gap is not None
    assert calendar.pause is not None
    stored = json.dumps([calendar.gap.to_dict(), calendar.pause.to_dict()])
    assert not any(text in stored for text in ("37.0", "4711", str(np.log1p(37.0)), str(np.log1p(4711.0))))
    assert (calendar.gap.low, calendar.gap.high) == (0.0, 87.0)
    columns = {column.spec.name: column for column in calendar.encode_later(visits, np.random.default_rng(0))}
    decoded = calendar.gap.decode(columns["gap"])
    assert sorted(decoded.tolist()) == [0.0, 37.0]
    assert np.isnan(calendar.pause.decode(columns["pause"])).sum() == 1
