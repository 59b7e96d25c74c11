"""Parts of the calendar: their keys, and columns that are functions of them, which come back right on any drawn day."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.calendar_parts import PARTS, calendar_key
from assoc_synth.attributes.extras import DrawnLinks
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

HOURS = pd.date_range("1965-01-01", "2026-12-31", freq="17h")
ROLES: Any = {"subject": "who", "verb": "did", "object": "what", "time": "when"}
RNG = np.random.default_rng(0)
ROWS = 1_500
WHEN = pd.Series(pd.Timestamp("2023-11-20") + pd.to_timedelta(RNG.integers(0, 400 * 24, ROWS), unit="h"))
MONDAY = WHEN.dt.normalize() - pd.to_timedelta(WHEN.dt.weekday, unit="D")
FRAME = pd.DataFrame(
    {
        "who": RNG.integers(0, 150, ROWS),
        "did": RNG.choice(["view", "buy"], ROWS),
        "what": [f"thing {one}" for one in RNG.integers(0, 400, ROWS)],
        "when": WHEN,
    }
)
COLUMNS = {
    "weekday name": (WHEN.dt.day_name(), ("weekday",)),
    "weekend": (WHEN.dt.weekday >= 5, ("weekday",)),
    "month": (WHEN.dt.month, ("month",)),
    "season": (WHEN.dt.month.map(lambda month: ["winter", "spring", "summer", "autumn"][month % 12 // 3]), ("month",)),
    "period": (WHEN.dt.strftime("%Y/%m"), ("monthday",)),
    "quarter": (WHEN.dt.year.astype(str) + " Q" + WHEN.dt.quarter.astype(str), ("year", "month")),
    "shift": (np.where(WHEN.dt.hour < 12, "early", "late"), ("hour",)),
    "week": (WHEN.dt.isocalendar().week.astype("int64"), ("week",)),
    "year": (WHEN.dt.year, ("year",)),
    "day": (WHEN.dt.strftime("%Y-%m-%d"), ("day",)),
    "date": (WHEN.dt.strftime("%d.%m.%Y"), ("day",)),
    "week begins": (MONDAY.dt.strftime("%Y-%m-%d"), ("weekday",)),
    "weather": ((WHEN.dt.normalize().astype("int64") // 10**9 * 7_919 // 86_400 % 5).map("kind {}".format), ("day",)),
    "channel": (FRAME["did"].map({"view": "web", "buy": "shop"}), ("verb",)),
}


def test_keys_are_those_of_the_calendar() -> None:
    keys = {part: calendar_key(part, HOURS.to_numpy()) for part in PARTS}
    iso = HOURS.isocalendar()
    assert (keys["weekday",] == HOURS.weekday).all()
    assert (keys["hour",] == HOURS.hour).all()
    assert (keys["monthday",] == HOURS.day).all()
    assert (keys["year",] == HOURS.year).all()
    assert (keys["week",] == iso["week"].to_numpy(int)).all()
    assert (keys["month",] == HOURS.month - 1).all()
    assert all((key >= 0).all() for key in keys.values())


@pytest.mark.parametrize("part", [("day",), ("year", "week"), ("year", "month")])
def test_keys_of_what_happens_once_ascend(part: tuple[str, ...]) -> None:
    key = calendar_key(part, HOURS.to_numpy())
    names = {"day": HOURS.strftime("%Y%m%d"), "week": HOURS.strftime("%G%V"), "month": HOURS.strftime("%Y%m")}
    assert (np.diff(key) >= 0).all()
    assert pd.DataFrame({"key": key, "name": names[part[-1]]}).drop_duplicates().nunique().eq(len(set(key))).all()


def test_what_has_no_time_has_no_key() -> None:
    assert calendar_key(("hour",), np.array(["NaT", "2024-01-01T05"], "datetime64[ns]")).tolist() == [-1, 5]


def drawn_again(table: TransactionTable, time: pd.Series) -> tuple[AttributeEncoder, dict[str, Any]]:
    """The looked-up columns of the same links at other times."""
    graph = LinkGraph.from_table(table)
    encoder = AttributeEncoder.learn(graph, np.random.default_rng(0))
    ids = (table.subject.astype(np.int64), table.verb.astype(np.int64), table.object.astype(np.int64))
    attributes = encoder.extras.encode_subjects(table)
    links = DrawnLinks(*ids, np.arange(len(table)), time.to_numpy("datetime64[ns]"), attributes)
    coded = {column.spec.name: column for column in encoder.encode(graph, np.random.default_rng(0)).link}
    return encoder, encoder.extras.decode(coded, links, np.random.default_rng(0))


@pytest.mark.parametrize("name", COLUMNS)
def test_a_function_of_the_calendar_or_the_verb_is_right_at_any_time(name: str) -> None:
    values, on = COLUMNS[name]
    table = TransactionTable.from_frame(FRAME.assign(x=np.asarray(values)), **ROLES)
    encoder, made = drawn_again(table, WHEN.sample(frac=1, random_state=1))
    line = encoder.extras.plan["x"]
    assert line.on == on
    kept = "follows the day of its row" if line.kind == "date" else f"depends on the {' and the '.join(on)}"
    assert line.notes == (f"column 'x' {kept}: kept exactly",)
    assert [lookup.name for lookup in encoder.extras.lookups] == ["x"]
    own = dict(zip(WHEN, values, strict=True)) if on != ("verb",) else {}
    moved = WHEN.sample(frac=1, random_state=1)
    right = [own[time] for time in moved] if own else list(values)
    found = pd.Series(made["x"])
    if line.kind == "date":
        found = encoder.extras.dates["x"].format.give(made["x"])
    if line.kind == "number":
        found = found.astype("int64")
    assert found.astype(str).tolist() == [str(value) for value in right]


def test_a_day_that_was_never_seen_has_its_weekday_its_date_and_its_month() -> None:
    columns = {name: np.asarray(COLUMNS[name][0]) for name in ("weekday name", "day", "period", "week begins")}
    seen = WHEN.dt.day != 13
    table = TransactionTable.from_frame(FRAME.assign(**columns)[seen].reset_index(drop=True), **ROLES)
    some = WHEN[~seen].sample(int(seen.sum()), replace=True, random_state=1).reset_index(drop=True)
    _, made = drawn_again(table, some)
    assert made["weekday name"].tolist() == some.dt.day_name().tolist()
    assert (pd.to_datetime(made["period"]).strftime("%Y/%m") == some.dt.strftime("%Y/%m")).all()
    assert (pd.to_datetime(made["day"]) == some.dt.normalize()).all()
    assert (pd.to_datetime(pd.Series(made["week begins"])).dt.weekday == 0).all()


def test_days_begin_on_the_users_own_clock() -> None:
    zoned = WHEN.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    frame = FRAME.assign(when=zoned, x=zoned.dt.day_name(), day=zoned.dt.strftime("%Y-%m-%d"))
    encoder, made = drawn_again(TransactionTable.from_frame(frame, **ROLES), WHEN)
    assert [encoder.extras.plan[name].on for name in ("x", "day")] == [("weekday",), ("day",)]
    assert made["x"].tolist() == frame["x"].tolist()
    assert pd.Series(made["day"]).dt.strftime("%Y-%m-%d").tolist() == frame["day"].tolist()


def test_missing_values_keep_a_pattern_of_their_own() -> None:
    name = WHEN.dt.day_name().where(np.random.default_rng(3).random(ROWS) > 0.3)
    encoder, made = drawn_again(TransactionTable.from_frame(FRAME.assign(x=name), **ROLES), WHEN)
    assert encoder.extras.missingness == ("x",)
    found = pd.Series(made["x"])
    assert found.isna().sum() == name.isna().sum()
    assert (found == WHEN.dt.day_name())[found.notna()].all()


@pytest.mark.parametrize(
    "values",
    [
        RNG.choice(["a", "b", "c"], ROWS),
        np.asarray(FRAME["who"] % 4),
        np.asarray(WHEN.dt.date.map(dt.date.toordinal) * 31 % 97 + FRAME["who"] % 3),
    ],
)
def test_what_is_no_function_of_the_calendar_is_not_taken_for_one(values: Any) -> None:
    encoder, _ = drawn_again(TransactionTable.from_frame(FRAME.assign(x=values), **ROLES), WHEN)
    assert encoder.extras.plan["x"].on in ((), ("subject",))
