"""Times of day as text come back in their spelling, and what only looks like them stays text."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.clock_text import ClockFormat, read_clocks
from assoc_synth.transactions.days import DAY, HOUR, SECOND


def column(cells: list[str | None]) -> pd.Series:
    return pd.Series(cells, name="at", dtype=object)


@pytest.mark.parametrize(
    ("cells", "first", "more"),
    [
        (["14:27", "09:05"], 14 * 3600 + 27 * 60, "08:05"),
        (["14:27", "9:05"], 14 * 3600 + 27 * 60, "8:05"),
        (["09:05:33", "23:59:59"], 9 * 3600 + 5 * 60 + 33, "08:05:07"),
        (["09:05:33.120", "23:59:59.000"], 9 * 3600 + 5 * 60 + 33.12, "08:05:07.000"),
        (["09:05:33,12", "23:59:59,50"], 9 * 3600 + 5 * 60 + 33.12, "08:05:07,00"),
        (["12:52 AM", "1:05 PM"], 52 * 60, "8:05 AM"),
        (["12:52 AM", "01:05 PM"], 52 * 60, "08:05 AM"),
        (["12:52pm", "1:05am"], 12 * 3600 + 52 * 60, "8:05am"),
        (["12:52 p.m.", "1:05 a.m."], 12 * 3600 + 52 * 60, "8:05 a.m."),
        (["9 am", "12 pm"], 9 * 3600, "8 am"),
        (["14:27 Uhr", "09:05 Uhr"], 14 * 3600 + 27 * 60, "08:05 Uhr"),
        (["14.27 Uhr", "9.05 Uhr"], 14 * 3600 + 27 * 60, "8.05 Uhr"),
        (["14h27", "09h05"], 14 * 3600 + 27 * 60, "08h05"),
        (["14:27", None, "NA", "NA", "09:05"], 14 * 3600 + 27 * 60, "08:05"),
    ],
)
def test_times_of_day_come_back_as_they_were(cells: list[str | None], first: float, more: str) -> None:
    found = read_clocks(column(cells))
    assert found is not None
    assert found.ticks[0] == round(first * SECOND)
    written = found.format.write(found.ticks)
    assert [text for text, gone in zip(written, found.gone, strict=True) if not gone] == [
        cell for cell in cells if cell not in (None, "NA")
    ]
    assert found.format.write(np.array([8 * HOUR + 5 * 60 * SECOND + 7 * SECOND])).tolist() == [more]
    assert ClockFormat.from_dict(json.loads(json.dumps(found.format.to_dict()))) == found.format


@pytest.mark.parametrize(
    "cells",
    [
        ["1:30:00", "25:10:00"],
        ["24:00", "10:00"],
        ["13:05 PM", "1:00 AM"],
        ["0:30 AM", "1:00 AM"],
        ["10:60", "10:00"],
        ["14.27", "09.05"],
        ["14:27", "tea"],
        ["3:2", "1:0"],
        ["2024-01-31 14:27"],
        ["NA", "NA", "10:00"],
        [None, None],
    ],
)
def test_what_is_no_time_of_day_is_left_alone(cells: list[str | None]) -> None:
    assert read_clocks(column(cells)) is None


def test_several_ways_of_writing_become_the_usual_one_and_are_told() -> None:
    found = read_clocks(column(["10:00", "9:00", "09:30", "09:45"]))
    assert found is not None
    assert found.format.write(found.ticks).tolist() == ["10:00", "09:00", "09:30", "09:45"]
    assert found.notes == ("column 'at': times of day are written in several ways; given back like '09:05'",)


def test_every_moment_of_a_day_is_written_as_a_time_of_day() -> None:
    ticks = np.arange(0, DAY, 60 * SECOND)
    for pattern in ("%H:%M", "%-I:%M %p"):
        written = pd.Series(ClockFormat(pattern).write(ticks), name="at")
        found = read_clocks(written)
        assert found is not None
        np.testing.assert_array_equal(found.ticks, ticks)


@pytest.mark.parametrize("damage", [{"pattern": "%Y"}, {"digits": 12}, {"fraction": "x"}, {"hour": 1}])
def test_a_damaged_format_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"time|unexpected"):
        ClockFormat.from_dict({**ClockFormat("%H:%M").to_dict(), **damage})
