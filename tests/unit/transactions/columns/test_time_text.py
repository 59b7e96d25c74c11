"""Times as text: read in every usual spelling, and given back in it, character by character."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.time_format import TimeFormat
from assoc_synth.transactions.columns.time_text import read_time_text


def read(cells: list[str | None], time_format: str | None = None) -> tuple[list[str], TimeFormat, tuple[str, ...]]:
    times, made, notes = read_time_text(np.array(cells, dtype=object), "t", ColumnFormat(), time_format=time_format)
    assert made.give(times).tolist() == cells
    assert TimeFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    return np.datetime_as_string(times, unit="ms").tolist(), made, notes


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["Jan 03 2024", "Feb 10 2024"], "2024-01-03T00:00:00.000"),
        (["03-Jan-2024", "10-Feb-2024"], "2024-01-03T00:00:00.000"),
        (["3 January 2024", "10 May 2024"], "2024-01-03T00:00:00.000"),
        (["May 1 2024", "May 12 2024"], "2024-05-01T00:00:00.000"),
        (["January 3, 2024", "March 10, 2024"], "2024-01-03T00:00:00.000"),
        (["03JAN2024", "04FEB2024"], "2024-01-03T00:00:00.000"),
        (["01/31/2024 08:26 PM", "02/01/2024 12:05 AM"], "2024-01-31T20:26:00.000"),
        (["1/31/2024 8:26 pm", "2/1/2024 12:05 am"], "2024-01-31T20:26:00.000"),
        (["12/1/2010 8:26", "1/13/2011 10:05"], "2010-12-01T08:26:00.000"),
        (["1-2-2024", "13-2-2024"], "2024-02-01T00:00:00.000"),
        (["2024.01.31", "2024.02.01"], "2024-01-31T00:00:00.000"),
        (["2024/1/5", "2024/11/15"], "2024-01-05T00:00:00.000"),
        (["20240131082605", "20240201000000"], "2024-01-31T08:26:05.000"),
        (["20240131T082605Z"], "2024-01-31T08:26:05.000"),
        (["31012024", "01022024"], "2024-01-31T00:00:00.000"),
        (["2024-01-31 08:26:05 UTC"], "2024-01-31T08:26:05.000"),
        (["2024-01-31 08:26:05 GMT"], "2024-01-31T08:26:05.000"),
        (["2024-01-31 08:26:05,123", "2024-01-31 08:26:05,120"], "2024-01-31T08:26:05.123"),
        (["2024-01-31 08:26:05.1", "2024-01-31 08:26:05.2"], "2024-01-31T08:26:05.100"),
        (["2024-01-31 08:26:05", "2024-01-31 08:26:05.250000"], "2024-01-31T08:26:05.000"),
        (["2024-01-31 08:26:05.1", "2024-01-31 08:26:05.25"], "2024-01-31T08:26:05.100"),
        (["01/2024", "02/2024"], "2024-01-01T00:00:00.000"),
        (["Jan 2024", "Feb 2024"], "2024-01-01T00:00:00.000"),
        (["2024-01-31 09:00-0500", "2024-02-01 09:00-0500"], "2024-01-31T14:00:00.000"),
        (["2024-01-31 09:00+01", "2024-02-01 09:00+01"], "2024-01-31T08:00:00.000"),
        (["Wed, 31 Jan 2024 08:26:05 GMT", "Thu, 01 Feb 2024 08:26:05 GMT"], "2024-01-31T08:26:05.000"),
    ],
)
def test_usual_spellings_need_no_word(texts: list[str], first: str) -> None:
    found, _, notes = read([*texts, None])
    assert found[0] == first
    assert notes == ()


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["31/12/24", "01/02/24"], "2024-12-31T00:00:00.000"),
        (["31.12.68", "01.02.69"], "2068-12-31T00:00:00.000"),
        (["31-DEC-23", "01-JAN-24"], "2023-12-31T00:00:00.000"),
    ],
)
def test_the_century_of_two_digits_is_told(texts: list[str], first: str) -> None:
    found, _, notes = read(texts)
    assert found[0] == first
    assert notes == ("column 't': years of two digits are read as 1969 to 2068",)


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        (["2024-01-31T09:00:00+01:00", "2024-07-31T09:00:00+02:00"], "Europe/Berlin"),
        (["2024-01-31 09:00:00-0500", "2024-07-31 09:00:00-0400"], "America/New_York"),
        (["31.01.2024 09:00 +00:00", "31.07.2024 09:00 +01:00"], "Europe/London"),
    ],
)
def test_every_season_has_its_own_offset(texts: list[str], place: str) -> None:
    _, made, notes = read(texts)
    assert (made.place, made.clock_name) == (place, place)
    assert f"are those of {place}" in notes[0]
    times = np.array(["2024-12-24T12:00", "2024-06-24T12:00"], "datetime64[ns]")
    ends = [text[-6:] if ":" in text[-5:] else text[-5:] for text in texts]
    assert [str(text).endswith(end) for text, end in zip(made.give(times), ends, strict=True)] == [True, True]


def test_offsets_that_no_zone_explains_are_told() -> None:
    cells = np.array(["2024-01-31T09:00:00+01:00", "2024-01-31T09:00:00-05:00", "2024-02-01T09:00:00-05:00"], object)
    times, made, notes = read_time_text(cells, "t", ColumnFormat())
    assert str(times[0]) == "2024-01-31T08:00:00.000000000"
    assert "no time zone explains the 2 different offsets; given back with -05:00" in notes[0]
    assert made.give(times).tolist() == ["2024-01-31T03:00:00-05:00", *cells[1:]]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["01/02/2024", "03/04/2024"], '--time-format "%d/%m/%Y" or --time-format "%m/%d/%Y"'),
        (["1-2-2024 8:26", "3-4-2024 9:05"], '--time-format "%d-%m-%Y %H:%M" or --time-format "%m-%d-%Y %H:%M"'),
        (["24-01-05", "24-02-03", "24-02-04"], '--time-format "%d-%m-%y" or'),
        (["01/02/2024", "03/04/2024 10:00"], '--time-format "%d/%m/%Y %H:%M" or --time-format "%m/%d/%Y %H:%M"'),
    ],
)
def test_day_or_month_first_is_asked_for(texts: list[str], shown: str) -> None:
    with pytest.raises(InputError, match="column 't': the dates are ambiguous") as caught:
        read_time_text(np.array(texts, dtype=object), "t", ColumnFormat())
    assert shown in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "pattern", "first"),
    [
        (["01/02/2024", "03/04/2024"], "%d/%m/%Y", "2024-02-01T00:00:00.000"),
        (["01/02/2024", "03/04/2024"], "%m/%d/%Y", "2024-01-02T00:00:00.000"),
        (["1/2/2024 3:04", "11/12/2024 13:04"], "%m/%d/%Y %H:%M", "2024-01-02T03:04:00.000"),
        (["01/02/2024 08:00 +0100"], "%d/%m/%Y %H:%M %z", "2024-02-01T07:00:00.000"),
        (["01/02/2024 08:00Z"], "%d/%m/%Y %H:%MZ", "2024-02-01T08:00:00.000"),
        (["03 jan 2024", "04 feb 2024"], "%d %b %Y", "2024-01-03T00:00:00.000"),
    ],
)
def test_a_given_format_decides(texts: list[str], pattern: str, first: str) -> None:
    assert read(texts, pattern)[0][0] == first


def test_a_format_that_does_not_fit_names_the_row() -> None:
    with pytest.raises(InputError, match="column 't', row 2: the time is not written as '%d/%m/%Y' says"):
        read(["01/02/2024", "01/13/2024"], "%d/%m/%Y")
    for pattern in ("%Q", "dd/mm/yyyy"):
        with pytest.raises(InputError, match=f"--time-format '{pattern}' cannot be used: it takes %A"):
            read(["01/02/2024"], pattern)


@pytest.mark.parametrize(
    "texts", [["tea"], ["2024-01-31", "tea"], ["31/31/2024"], ["Model 2024"], ["2024-W05"], ["45292"]]
)
def test_what_is_no_time_says_what_to_type(texts: list[str]) -> None:
    with pytest.raises(InputError, match=rf"column 't', row {len(texts)}: this is not a date") as caught:
        read_time_text(np.array(texts, dtype=object), "t", ColumnFormat())
    assert '--time-format "%d/%m/%Y %H:%M"' in str(caught.value)


def test_words_for_missing_come_back() -> None:
    cells = np.array(["2024-01-31", "NULL", "NULL", None], dtype=object)
    times, made, notes = read_time_text(cells, "t", ColumnFormat())
    assert np.isnat(times).tolist() == [False, True, True, True]
    assert made.give(times).tolist() == ["2024-01-31", "NULL", "NULL", "NULL"]
    assert notes == (
        "column 't': 'NULL' means that a time is missing",
        "column 't': missing values are given back as 'NULL'",
    )


def test_many_texts_are_written_as_few_are() -> None:
    days = pd.date_range("2019-01-01", periods=1500, freq="D")
    texts = [f"{day.month}/{day.day}/{day.year}" for day in days]
    assert read(texts)[1].pattern == "%-m/%-d/%Y"
