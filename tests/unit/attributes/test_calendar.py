"""Times of visits as codes and back: days, weekdays, times of day, pauses."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.calendar import Calendar
from assoc_synth.attributes.time_of_day import TimeOfDayCode
from assoc_synth.attributes.visits import repeats_in_a_visit, visits_of
from assoc_synth.ctgan.interface import CodedColumn, Horizon, Visits
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.days import DAY, SECOND
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


def test_visits_are_numbered_by_subject_and_time() -> None:
    times = pd.to_datetime(["2024-01-05 00:00", "2024-01-01 06:00", "2024-01-01 06:00", None])
    visits, of_row = visits_of(graph_of(subject=["a"] * 4, verb=["buy"] * 4, object=list("xyzx"), time=times))
    assert visits.day.tolist() == [0, 4]
    assert visits.clock.tolist() == [6 * 3_600 * SECOND, 0]
    assert visits.size.tolist() == [2, 1]
    assert of_row.tolist() == [1, 0, 0, -1]


def test_baskets_without_a_date_come_last_and_follow_nothing() -> None:
    times = pd.to_datetime([None, "2024-01-01", "2024-01-03"])
    columns = {"subject": ["a"] * 3, "verb": ["buy"] * 3, "object": list("xyz"), "time": times, "basket": list("pqr")}
    visits, of_row = visits_of(graph_of(**columns))
    assert visits.day.tolist() == [0, 2, -1]
    assert visits.later.tolist() == [1]
    assert of_row.tolist() == [2, 0, 1]


def test_the_same_link_twice_in_a_visit_is_seen() -> None:
    columns = {"subject": ["a"] * 2, "verb": ["buy"] * 2, "basket": ["p"] * 2}
    for objects, repeats in (("xx", True), ("xy", False)):
        graph = graph_of(object=list(objects), **columns)
        assert repeats_in_a_visit(graph, visits_of(graph)[1]) is repeats


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


def _one_mode(days: float):
    from assoc_synth.attributes.numbers import NumberCode

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


def test_times_of_day_keep_their_quarter_and_resolution() -> None:
    rng = np.random.default_rng(0)
    clock = np.concatenate([np.full(500, 9 * 3_600), rng.integers(10 * 3_600, 20 * 3_600, 500)]) * SECOND
    code = TimeOfDayCode.learn(clock, SECOND)
    column = code.encode(clock)
    back = code.decode(column.code, rng)
    assert (back[:500] == clock[:500]).all()
    assert (back // (900 * SECOND) == clock // (900 * SECOND)).all()
    assert not (back % SECOND).any()
    assert len(np.unique(back[500:])) > 400


def test_weekdays_count_from_monday() -> None:
    assert Horizon(0).weekday(np.array([0, 4])).tolist() == [3, 0]  # 1 January 1970 was a Thursday
