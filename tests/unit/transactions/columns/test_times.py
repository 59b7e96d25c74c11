"""Times: from datetimes, text and seconds to UTC nanoseconds, and back as they were written."""

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.times import UNITS, TimeFormat, read_times


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (["2024-01-01", "nonsense", "2024-01-01", "2024-01-01"], "row 2: this is not a date"),
        (["2024-01-01", "2024-01-01", "2024-02-30", "2024-01-01"], "row 3: this is not a date"),
        (["2024-01-01", "1677-01-01", "2024-01-01", "2024-01-01"], "row 2: the year"),
        (["2024-01-01", "2262-04-01", "2024-01-01", "2024-01-01"], "row 2: the year"),
        (["2024-01-01", "9999-12-31", "2024-01-01", "2024-01-01"], "row 2: the year"),
        (["01/02/2024", "03/04/2024", "05/06/2024", "01/02/2024"], "ambiguous"),
        (["13/02/2024", "02/13/2024", "05/06/2024", "01/02/2024"], "not a date"),
        ([1, 2, 3, 4], "row 1.*10 digits"),
        (pd.Series(["2024-01-01"] * 3 + ["9999-12-31"]).astype("datetime64[s]"), "row 4: the year"),
        (pd.Series([dt.date(2024, 1, 1), dt.date(1500, 1, 1)] * 2), "row 2: the year"),
        ([True, False, True, True], "'time'"),
    ],
)
def test_bad_times_name_the_row(times: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_times(pd.Series(times, name="time"))
    assert "'time'" in str(caught.value)
    assert "nonsense" not in str(caught.value)


def test_days_on_the_users_own_clock() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-02", "2024-03-31", "2024-10-27", "1999-12-31"]))
    _, made, _ = read_times(days.dt.tz_localize("Europe/Berlin"))
    assert made.unit == "D"
    times = np.array(["2024-07-01T22:30", "2024-10-27T00:30", "NaT"], dtype="datetime64[ns]")
    found = made.give(times)
    assert [str(visit) for visit in found[:2]] == ["2024-07-02 00:00:00+02:00", "2024-10-27 00:00:00+02:00"]
    assert found.isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("texts", "first", "pattern", "unit"),
    [
        (["2024-01-31", "2024-02-01"], "2024-01-31", "%Y-%m-%d", "D"),
        (["2024-01", "2024-02"], "2024-01-01", "%Y-%m", "D"),
        (["20240131", "20240201"], "2024-01-31", "%Y%m%d", "D"),
        (["2024-01-31 03:04", "2024-02-01 00:00"], "2024-01-31T03:04", "%Y-%m-%d %H:%M", "m"),
        (["2024-01-31T03:04:05", "2024-02-01T00:00:00"], "2024-01-31T03:04:05", "%Y-%m-%dT%H:%M:%S", "s"),
        (
            ["2024-01-31T03:04:05.120Z", "2024-02-01T00:00:00.000Z"],
            "2024-01-31T03:04:05.120",
            "%Y-%m-%dT%H:%M:%S",
            "ms",
        ),
        (["2024-01-31 03:04:05+02:00", "2024-02-01 00:00:00+02:00"], "2024-01-31T01:04:05", "%Y-%m-%d %H:%M:%S", "s"),
        (["31.12.2024", "01.02.2024"], "2024-12-31", "%d.%m.%Y", "D"),
        (["31/12/2024", "01/02/2024"], "2024-12-31", "%d/%m/%Y", "D"),
        (["12/31/2024 10:11", "01/02/2024 00:00"], "2024-12-31T10:11", "%m/%d/%Y %H:%M", "m"),
        (["31-12-2024", "01-02-2024"], "2024-12-31", "%d-%m-%Y", "D"),
        (["2024/12/31", "2024/02/01"], "2024-12-31", "%Y/%m/%d", "D"),
    ],
)
def test_text_is_read_and_given_back_as_it_was_written(texts: list[str], first: str, pattern: str, unit: str) -> None:
    times, made, notes = read_times(pd.Series([*texts, None], name="day", dtype=object))
    assert times.dtype == "datetime64[ns]"
    assert times[0] == np.datetime64(first)
    assert np.isnat(times[-1])
    assert (made.pattern, made.unit, notes) == (pattern, unit, ())
    assert made.give(times).tolist() == [*texts, None]
    assert made.untyped


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.to_datetime(["2024-01-02 03:04", None])),
        pd.Series(pd.to_datetime(["2024-01-02"])).astype("datetime64[s]"),
        pd.Series(pd.to_datetime(["2024-10-27 00:30", "2024-07-01 00:00"])).dt.tz_localize("Europe/Berlin"),
        pd.Series([dt.date(2024, 1, 2), None], dtype=object),
        pd.Series([dt.datetime(2024, 1, 2, 3, 4), None], dtype=object),
        pd.Series(pd.array(pa.array([dt.date(2024, 1, 2), None]), dtype=pd.ArrowDtype(pa.date32()))),
    ],
    ids=["datetime64[ns]", "datetime64[s]", "Berlin", "dates", "datetimes", "arrow dates"],
)
def test_datetimes_come_back_in_their_dtype(column: pd.Series) -> None:
    times, made, notes = read_times(column)
    assert notes == ()
    assert not made.untyped
    pd.testing.assert_series_equal(made.give(times), column, check_names=False)


@pytest.mark.parametrize(
    "cells", [[1_700_000_000, 1_700_000_060], ["1700000000", "1700000060"]], ids=["numbers", "text"]
)
def test_seconds_since_1970(cells: list[Any]) -> None:
    times, made, notes = read_times(pd.Series(cells, name="at"))
    assert times.tolist() == [1_700_000_000 * 10**9, 1_700_000_060 * 10**9]
    assert notes == ("column 'at' is read as seconds since 1970 (UTC)",)
    assert made.clock_name == "UTC"
    assert made.give(times).tolist() == cells


def test_times_are_utc_and_local_is_the_users_clock() -> None:
    times, made, _ = read_times(pd.Series(pd.to_datetime(["2024-07-01 12:00"])).dt.tz_localize("Europe/Berlin"))
    assert times[0] == np.datetime64("2024-07-01T10:00")
    assert made.local(times)[0] == np.datetime64("2024-07-01T12:00")
    assert made.clock_name == "Europe/Berlin"
    times, made, _ = read_times(pd.Series(["2024-07-01 12:00:00-05:30"]))
    assert times[0] == np.datetime64("2024-07-01T17:30")
    assert made.local(times)[0] == np.datetime64("2024-07-01T12:00")
    assert made.clock_name == "-05:30"
    times, made, _ = read_times(pd.Series(["2024-07-01"]))
    assert (made.local(times)[0], made.clock_name) == (np.datetime64("2024-07-01"), "")


def test_several_ways_of_writing_are_noted_and_become_one() -> None:
    times, made, notes = read_times(pd.Series(["2024-01-02", "2024-01-01 10:00:00"], name="day"))
    assert notes == ("column 'day': times are written in several ways; given back like '2026-01-31 14:05:09'",)
    assert made.give(times).tolist() == ["2024-01-02 00:00:00", "2024-01-01 10:00:00"]


def test_texts_of_missing_cells() -> None:
    times, _, _ = read_times(pd.Series(["", "NaT", None, " N/A", "2024-01-01"], dtype=object))
    assert np.isnat(times).tolist() == [True] * 4 + [False]


def test_mixed_zones_are_refused() -> None:
    cells = [pd.Timestamp("2024-01-01", tz=zone).to_pydatetime() for zone in ("UTC", "Europe/Berlin")]
    with pytest.raises(InputError, match="'at' mixes time zones"):
        read_times(pd.Series(cells, name="at", dtype=object))


def test_drawn_times_are_cut_to_the_unit_of_the_column() -> None:
    for text, expected in (("2024-01-01", "2024-05-05"), ("2024-01-01 10:11", "2024-05-05 10:11")):
        _, made, _ = read_times(pd.Series([text]))
        assert made.give(np.array(["2024-05-05T10:11:12.5"], "datetime64[ns]")).tolist() == [expected]


def test_typed_times_are_datetimes() -> None:
    for text, dtype in (("2024-01-01", "datetime64[ns]"), ("2024-01-01T10:00:00+02:00", "datetime64[ns, UTC]")):
        times, made, _ = read_times(pd.Series([text]))
        found = made.typed().give(times)
        assert str(found.dtype) == dtype
        assert found.tolist() == [pd.Timestamp(text)]


def test_the_format_survives_json_and_damage_is_refused() -> None:
    _, made, _ = read_times(pd.Series(["2024-01-01T10:00:00.123+02:00"]))
    assert TimeFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    for damage in ({"style": "sundial"}, {"unit": "fortnight"}):
        with pytest.raises(InputError, match="a time format has no style"):
            TimeFormat.from_dict({**made.to_dict(), **damage})


def test_units_are_nanoseconds() -> None:
    for unit, size in UNITS.items():
        assert np.timedelta64(1, unit) == np.timedelta64(size, "ns")


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (pd.Series([20240131, 20240201]), "2024-01-31"),
        (pd.Series([20240131.0, np.nan]), "2024-01-31"),
        (pd.Series([20240131, None], dtype="Int64"), "2024-01-31"),
        (pd.Series([20240131, None], dtype=object), "2024-01-31"),
        (pd.Series([202401, 202402]), "2024-01-01"),
        (pd.Series([20240131082605]), "2024-01-31T08:26:05"),
        (pd.Series([1700000000123, 1700000000456]), "2023-11-14T22:13:20.123"),
        (pd.Series([1700000000123.0, np.nan]), "2023-11-14T22:13:20.123"),
        (pd.Series([1700000000.25, 1700000000.5]), "2023-11-14T22:13:20.25"),
        (pd.Series([1700000000.123456]), "2023-11-14T22:13:20.123456"),
        (pd.Series([1700000000123456]), "2023-11-14T22:13:20.123456"),
        (pd.Series([1700000000123456789]), "2023-11-14T22:13:20.123456789"),
        (pd.Series(["1700000000123", "1700000060456", None], dtype=object), "2023-11-14T22:13:20.123"),
        (pd.Series(["1700000000.123", "1700000060.500"], dtype=object), "2023-11-14T22:13:20.123"),
        (pd.Series(["1700000000123456"], dtype="string"), "2023-11-14T22:13:20.123456"),
        (pd.Series(["789652009", "789652010"], dtype=object), "1995-01-09T11:46:49"),
    ],
)
def test_numbers_that_are_times(column: pd.Series, first: str) -> None:
    times, made, notes = read_times(column.rename("at"))
    assert times[0] == np.datetime64(first)
    assert len(notes) == 1
    assert "column 'at'" in notes[0]
    pd.testing.assert_series_equal(made.give(times), column, check_exact=True)
    assert TimeFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_a_given_unit_reads_any_number() -> None:
    for cells, unit, first in (([1, -2], "s", 10**9), (["1500", "20"], "ms", 15 * 10**8), ([1022024], "%d%m%Y", None)):
        times, made, _ = read_times(pd.Series(cells), time_format=unit)
        assert made.give(times).tolist() == cells
        assert times[0] == (np.datetime64("2024-02-01") if first is None else np.datetime64(first, "ns"))


def test_datetimes_of_one_places_seasons_keep_their_offsets() -> None:
    hours = [dt.timezone(dt.timedelta(hours=hour)) for hour in (1, 2)]
    cells = [dt.datetime(2024, 1, 31, 9, tzinfo=hours[0]), dt.datetime(2024, 7, 31, 9, tzinfo=hours[1]), None]
    times, made, notes = read_times(pd.Series(cells, name="at", dtype=object))
    assert times[0] == np.datetime64("2024-01-31T08:00")
    assert [cell and cell.isoformat() for cell in made.give(times)] == [cell and cell.isoformat() for cell in cells]
    assert "Europe/Berlin" in notes[0]


@pytest.mark.parametrize("cells", [[2**63, 1], [10**400, 1.5], [None, -(2**64)], ["9" * 5000, "1700000000"]])
def test_numbers_that_no_array_holds_are_no_times(cells: list[object]) -> None:
    with pytest.raises(InputError, match=r"column 'day', row [12]: "):
        read_times(pd.Series(cells, name="day", dtype=object))
