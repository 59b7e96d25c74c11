"""Patterns of times: found from a text, read and written."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.transactions.columns.time_patterns import parse, patterns_of, spellings, write


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("Jan 03 2024", ["%b %d %Y"]),
        ("03-Jan-2024", ["%d-%b-%Y"]),
        ("3 January 2024", ["%d %B %Y"]),
        ("03JAN2024", ["%d%^b%Y"]),
        ("Jan-24", ["%b-%y"]),
        ("01/02/2024", ["%d/%m/%Y", "%m/%d/%Y"]),
        ("01.02.24", ["%d.%m.%y"]),
        ("2024.01.31", ["%Y.%m.%d"]),
        ("01/2024", ["%m/%Y"]),
        ("20240131082605", ["%Y%m%d%H%M%S"]),
        ("20240131T082605", ["%Y%m%dT%H%M%S", "%d%m%YT%H%M%S", "%m%d%YT%H%M%S"]),
        ("2024-01-31 08:26:05,123", ["%Y-%m-%d %H:%M:%S,%f"]),
        ("1/31/24 8 pm", ["%d/%m/%y %I %~p", "%m/%d/%y %I %~p", "%y/%m/%d %I %~p"]),
        ("Wed Jan 31 08:26:05 2024", ["%a %b %d %H:%M:%S %Y"]),
        ("31. um 8:26", []),
        ("Model 2024", []),
        ("2024-W05", []),
        ("A 2024", []),
        ("12:30", []),
        ("1.2.3.4", []),
        ("", []),
    ],
)
def test_patterns_of_a_text(text: str, patterns: list[str]) -> None:
    assert patterns_of(text) == patterns


def test_spellings_leave_zeros_out() -> None:
    assert list(spellings("%d/%m/%Y")) == ["%d/%m/%Y", "%-d/%-m/%Y", "%-d/%m/%Y"]
    assert "%-d %B %Y %-H" in spellings("%d %b %Y %H")


def test_what_is_not_written_so_is_no_time() -> None:
    assert parse(pd.Series(["20240131", "2024131"]), "%Y%m%d").isna().tolist() == [False, True]
    many = pd.Series([f"x{n}" for n in range(1500)])
    assert parse(many, "%Y").isna().all()


@pytest.mark.parametrize(
    ("pattern", "digits", "fraction", "text"),
    [
        ("%Y-%m-%d", 0, "fixed", "2024-01-03"),
        ("%Y-%m-%d %H:%M:%S", 3, "fixed", "2024-01-03 20:05:09.120"),
        ("%Y-%m-%d %H:%M:%S", 2, "fixed", "2024-01-03 20:05:09.12"),
        ("%Y-%m-%d %H:%M:%S", 6, "shortest", "2024-01-03 20:05:09.12"),
        ("%H:%M:%S,%f", 3, "omitted", "20:05:09,120"),
        ("%-m/%-d/%y %-I:%M %p", 0, "fixed", "1/3/24 8:05 PM"),
        ("%A, %d. %^B %Y", 0, "fixed", "Wednesday, 03. JANUARY 2024"),
        ("%~a %b 100%%", 0, "fixed", "wed Jan 100%"),
    ],
)
def test_times_are_written(pattern: str, digits: int, fraction: str, text: str) -> None:
    times = np.array(["2024-01-03T20:05:09.12"], "datetime64[ns]")
    assert write(times, pattern, digits, fraction).tolist() == [text]


def test_a_fraction_of_zero_is_left_out() -> None:
    times = np.array(["2024-01-03T20:05:09", "1960-01-03T20:05:09.5"], "datetime64[ns]")
    assert write(times, "%S", 6, "omitted").tolist() == ["09", "09.500000"]
    assert write(times, "%S", 6, "shortest").tolist() == ["09", "09.5"]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-(2**32), 2**33), min_size=1, max_size=5),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%-m/%-d/%Y %-I:%M:%S %p", "%d-%^b-%Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S"]),
)
def test_what_is_written_is_read_again(seconds: list[int], pattern: str) -> None:
    times = np.array(seconds, dtype=np.int64).astype("datetime64[s]").astype("datetime64[ns]")
    found = parse(pd.Series(write(times, pattern)), pattern)
    assert found.to_numpy().astype("datetime64[ns]").tolist() == times.tolist()


@pytest.mark.parametrize("text", ["2024-01-02 20:26 20:27", "20:26 20:27 2024-01-02", "JAN 3 JAN 2024", "3 AM 2024 PM"])
def test_a_text_with_a_part_of_a_time_twice_has_no_pattern(text: str) -> None:
    assert patterns_of(text) == []
