"""Ranges of dates end on days that nobody has, or enough subjects."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.plan import plan_columns
from assoc_synth.attributes.protection import protected
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.attributes.stored import BIN, ENDS, stored_values
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.table import TransactionTable

SUBJECTS = 120
ROLES = {"subject": "who", "verb": "did", "object": "what", "time": "when"}


def visits(days: int, *, every: bool, zone: str | None = None, unit: str = "s") -> pd.DataFrame:
    """Three visits of each subject, each followed by a due date; every day of the range has few subjects if asked."""
    rng = np.random.default_rng(days)
    who = np.repeat(np.arange(SUBJECTS), 3)
    day = rng.permutation(np.resize(np.arange(days), len(who))) if every else rng.integers(0, days, len(who)) // 3 * 3
    frame = pd.DataFrame({"who": who, "did": "buy", "what": rng.choice(["tea", "mug", "pot"], len(who))})
    begin = pd.Timestamp("2024-01-01", tz=zone)
    frame["when"] = begin + pd.to_timedelta(day, unit="D")
    if zone is not None:  # midnights of the user's own clock
        frame["when"] = (frame["when"] + pd.Timedelta(hours=3)).dt.normalize()
    elif unit == "s":
        frame["when"] += pd.to_timedelta(rng.integers(0, 86_400, len(who)), unit="s")
    frame["due"] = frame["when"].dt.tz_localize(None).dt.normalize() + pd.to_timedelta(
        rng.integers(0, 9, len(who)), unit="D"
    )
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 60 if every else 20_000, SUBJECTS), unit="D")
    frame["born"] = born[who]
    return frame


def days_of_few(frame: pd.DataFrame) -> set[int]:
    """Days since 1970 that fewer than five subjects have, in any column."""
    found: set[int] = set()
    for name in ("when", "due", "born"):
        for cells in {"utc": _naive(frame[name], utc=True), "own": _naive(frame[name], utc=False)}.values():
            count = frame["who"].groupby(cells // DAY).nunique()
            found |= set(count.index[count < 5])
    return found


def _naive(cells: pd.Series, *, utc: bool) -> pd.Series:
    if cells.dt.tz is not None:
        cells = (cells.dt.tz_convert("UTC") if utc else cells).dt.tz_localize(None)
    return cells.astype("datetime64[ns]").astype("int64")


def moments_in(state: object) -> list[int]:
    if isinstance(state, Mapping):
        return [one for value in state.values() for one in moments_in(value)]
    if isinstance(state, list):
        return [one for value in state for one in moments_in(value)]
    is_moment = isinstance(state, int | float) and not isinstance(state, bool) and 1e15 < abs(state) < 9e18
    return [int(state)] if is_moment else []  # type: ignore[call-overload]


def learned(frame: pd.DataFrame, training: np.ndarray, fewest: int = 5) -> tuple[AttributeEncoder, TransactionTable]:
    table = TransactionTable.from_frame(frame, **ROLES)
    made = protected(table, plan_columns(table), training, Thresholds(fewest))
    own = made.table.take_subjects(training).with_own_names()
    graph, rng = LinkGraph.from_table(own), np.random.default_rng(0)
    return AttributeEncoder.learn(graph, rng, plan=made.plan, fewest=fewest, days=made.days), own


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["s", "D"])
@pytest.mark.parametrize(("days", "every"), [(90, True), (400, False), (3_000, False), (30, False)])
def test_no_stored_moment_is_on_a_day_of_few_subjects(days: int, every: bool, unit: str, zone: str | None) -> None:
    frame = visits(days, every=every, unit=unit, zone=zone)
    encoder, own = learned(frame, np.arange(0, SUBJECTS - 20))
    found = {moment // DAY for moment in moments_in(json.loads(json.dumps(encoder.to_dict())))}
    assert len(found) >= 2
    if zone != "Europe/Berlin" or not every:  # summer time: days that occur
        assert not found & days_of_few(frame)
    for stored in stored_values(encoder, 5):
        if stored.what in (ENDS, BIN):
            assert stored.count(own).min() >= 5, stored.key


def test_days_that_all_have_few_subjects_end_with_the_week() -> None:
    encoder, own = learned(visits(90, every=True), np.arange(SUBJECTS))
    calendar = encoder.calendar
    assert calendar is not None
    assert own.time is not None
    start, end = (np.datetime64(moment, "ns") for moment in (calendar.start, calendar.end))
    assert np.datetime64("2024-01-01") - start <= np.timedelta64(7, "D")
    assert end - np.datetime64("2024-03-31") <= np.timedelta64(7, "D")
    assert pd.Timestamp(start).dayofweek == 0
    assert (own.time >= np.datetime64("2024-01-01")).all()
    rows = encoder.encode(LinkGraph.from_table(own), np.random.default_rng(0))
    assert rows.visits is not None
    first = own.time.min().astype("datetime64[D]") - start.astype("datetime64[D]")
    assert rows.visits.day.min() == first.astype(int) > 0


def test_an_end_moves_inwards_where_a_day_is_free_and_few_subjects_are_beyond() -> None:
    day = np.repeat(np.arange(200), 2)
    rare = np.setdiff1d(np.arange(200), [2, 195])
    assert SharedDays(3, rare).ends(day, np.arange(400)) == (2, 198)  # more than six subjects are beyond day 195
    assert SharedDays(9, rare).ends(day, np.arange(400)) == (4, 195)
    assert SharedDays(3, rare).around(2, 198) == (2, 211)  # 30 July 1970
    assert SharedDays(1).ends(day, np.arange(400)) == (0, 199)


def test_too_few_subjects_have_one_day_between_them() -> None:
    low, high = SharedDays(5).ends(np.array([10, 20, 40]), np.arange(3))
    assert 10 < low == high < 40
