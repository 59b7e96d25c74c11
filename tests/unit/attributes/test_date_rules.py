"""Rules of dates, beside pandas' own calendar and dateutil's count of years and months."""

import json

import numpy as np
import pandas as pd
import pytest
from dateutil.relativedelta import relativedelta

from assoc_synth.attributes.calendar_parts import FIELDS
from assoc_synth.attributes.date_rules import (
    CutDate,
    DateRule,
    NumberOfDate,
    TableOfDate,
    TextOfDate,
    TimeBetween,
    roundest,
    rule_from_dict,
    rule_to_dict,
)

DAYS = pd.Series(pd.date_range("1936-02-28", "2025-01-07", freq="29h"))
CLOCK = DAYS.to_numpy("datetime64[ns]")
LATER = pd.Series(np.roll(DAYS, 7_000))
UNTIL = LATER.to_numpy("datetime64[ns]")
ISO = DAYS.dt.isocalendar().astype("int64")


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("year", DAYS.dt.year),
        ("month", DAYS.dt.month),
        ("quarter", DAYS.dt.quarter),
        ("day", DAYS.dt.day),
        ("week", ISO["week"]),
        ("week's year", ISO["year"]),
        ("weekday", DAYS.dt.weekday),
        ("weekday from Sunday", (DAYS.dt.weekday + 1) % 7),
        ("yearday", DAYS.dt.dayofyear),
        ("hour", DAYS.dt.hour),
        ("minute", DAYS.dt.minute),
        ("second", DAYS.dt.second),
        ("half", (DAYS.dt.month + 5) // 6),
        ("year of the century", DAYS.dt.year % 100),
        ("decade", DAYS.dt.year // 10 * 10),
        ("year and month", DAYS.dt.year * 100 + DAYS.dt.month),
        ("year and quarter", DAYS.dt.year * 10 + DAYS.dt.quarter),
        ("year and week", ISO["year"] * 100 + ISO["week"]),
        ("year, month and day", DAYS.dt.strftime("%Y%m%d").astype("int64")),
        ("months", (DAYS.dt.year) * 12 + DAYS.dt.month - 1),
        ("weeks", (DAYS.dt.normalize() - pd.Timestamp("1935-12-30")).dt.days // 7 + 101_000),
        ("days", (DAYS.dt.normalize() - pd.Timestamp(0)).dt.days),
    ],
)
def test_fields_are_those_of_the_calendar(field: str, right: pd.Series) -> None:
    found = FIELDS[field](CLOCK)
    shift = found[0] - right.to_numpy()[0] if field == "weeks" else 0
    assert (found - shift == right.to_numpy()).all()


def test_every_field_is_tested() -> None:
    (mark,) = [one for one in test_fields_are_those_of_the_calendar.pytestmark if one.name == "parametrize"]  # type: ignore[attr-defined]
    assert {case[0] for case in mark.args[1]} == set(FIELDS)


@pytest.mark.parametrize("unit", ["year", "month"])
def test_years_and_months_are_counted_by_the_calendar(unit: str) -> None:
    found = TimeBetween(unit).apply(CLOCK, UNTIL)
    for at in range(0, len(DAYS), 97):
        first, last = DAYS[at].normalize().to_pydatetime(), LATER[at].normalize().to_pydatetime()
        if first.day > 28 or last < first:  # of the last days of months people count in several ways
            continue
        gone = relativedelta(last, first)
        assert found[at] == (gone.years if unit == "year" else gone.years * 12 + gone.months)


def test_days_and_hours_between_are_whole() -> None:
    days = (LATER.dt.normalize() - DAYS.dt.normalize()).dt.days
    assert (TimeBetween("1").apply(CLOCK, UNTIL) == days).all()
    assert (TimeBetween("1", 1, None, True).apply(CLOCK, UNTIL) == 1 - days).all()
    assert (TimeBetween("7").apply(CLOCK, UNTIL) == days // 7).all()
    assert (TimeBetween("hour").apply(CLOCK, UNTIL) == (LATER - DAYS) // pd.Timedelta(hours=1)).all()


@pytest.mark.parametrize("unit", ["year", "month", "365.25", "365"])
def test_the_day_to_which_is_counted_is_found(unit: str) -> None:
    until = (np.datetime64("2025-03-01") - np.datetime64(0, "D")).astype(int)
    values = TimeBetween(unit, 0, int(until)).apply(CLOCK, None)
    rules = {rule.unit: rule for rule in TimeBetween.learn(values, CLOCK, None)}
    assert (rules[unit].apply(CLOCK, None) == values).all()
    assert abs(rules[unit].until - until) <= 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("unit", "right"),
    [
        ("D", DAYS.dt.normalize()),
        ("W", DAYS.dt.normalize() - pd.to_timedelta(DAYS.dt.weekday, unit="D")),
        ("M", DAYS.dt.to_period("M").dt.start_time),
        ("Q", DAYS.dt.to_period("Q").dt.start_time),
        ("Y", DAYS.dt.to_period("Y").dt.start_time),
        ("h", DAYS.dt.floor("h")),
    ],
)
def test_dates_are_cut_to_the_begin(unit: str, right: pd.Series) -> None:
    assert (CutDate(unit).apply(CLOCK, None) == right.to_numpy()).all()


def test_text_without_numbers_of_the_calendar_has_no_rule() -> None:
    assert list(TextOfDate.learn(np.array(["a", "b"], object), CLOCK[:2])) == []
    assert list(TextOfDate.learn(np.array(["a1", "b2"], object), CLOCK[:2])) == []
    assert list(TextOfDate.learn(np.array(["a123456789", "a223456789"], object), CLOCK[:2])) == []


def test_spans_of_days_are_one_entry_each() -> None:
    rule = TableOfDate.learn(np.where(DAYS.dt.year < 1980, "old", "new").astype(object), CLOCK, ("day",))
    assert rule.table.values == ("old", "new")
    assert rule.apply(np.array(["1900-01-01", "1979-12-31", "1980-01-01"], "datetime64[ns]"), None).tolist() == [
        "old",
        "old",
        "new",
    ]


def test_the_last_day_is_taken_where_none_is_round() -> None:
    day = int(np.datetime64("2024-05-20").astype(int))
    assert roundest(day, day + 3) == day + 3
    assert str(np.datetime64(roundest(day, day + 30), "D")) == "2024-06-01"


@pytest.mark.parametrize(
    "rule",
    [
        NumberOfDate("year", -1, 2024),
        TextOfDate(("Q", "-", ""), ("quarter", "year"), (1, 4)),
        TimeBetween("365.25", 0, 19_000),
        TimeBetween("1", 1, None, True),
        CutDate("Q"),
        TableOfDate.learn(DAYS.dt.day_name().to_numpy(object), CLOCK, ("weekday",)),
    ],
)
def test_rules_are_stored(rule: DateRule) -> None:
    again = rule_from_dict(json.loads(json.dumps(rule_to_dict(rule))))
    assert type(again) is type(rule)
    assert (again.apply(CLOCK, UNTIL) == rule.apply(CLOCK, UNTIL)).all()
