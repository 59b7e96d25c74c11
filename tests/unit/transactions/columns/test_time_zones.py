"""Offsets behind times, and the zone that explains them."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.transactions.columns.time_zones import minutes_of, offsets_in, place_of, split_zones, written_like


@pytest.mark.parametrize(
    ("text", "body", "zone"),
    [
        ("2024-01-31 08:26+01:00", "2024-01-31 08:26", "+01:00"),
        ("2024-01-31T08:26:05.123Z", "2024-01-31T08:26:05.123", "Z"),
        ("2024-01-31 08:26 UTC", "2024-01-31 08:26", " UTC"),
        ("31.01.2024 8:26 PM -0500", "31.01.2024 8:26 PM", " -0500"),
        ("20240131T082605Z", "20240131T082605", "Z"),
        ("2024-01-31T08+01", "2024-01-31T08", "+01"),
    ],
)
def test_offsets_are_cut_off(text: str, body: str, zone: str) -> None:
    bodies, zones = split_zones(pd.Series([text, "2024-01-31"]))
    assert zones is not None
    assert (bodies.tolist(), zones.tolist()) == ([body, "2024-01-31"], [zone, ""])


@pytest.mark.parametrize("text", ["2024-01-31", "31-01-2024", "2024-01", "31 Jan 2024", "2024-01-31 08:26"])
def test_dates_have_no_offset(text: str) -> None:
    assert split_zones(pd.Series([text]))[1] is None


def test_offsets_are_written_as_others_are() -> None:
    for zone, minutes in (("+01:00", 60), (" -0530", -330), ("+02", 120), ("Z", 0), (" GMT", 0), ("−03:00", -180)):
        assert minutes_of(zone) == minutes
        assert written_like(zone, minutes) == zone
    assert written_like("+01", 330) == "+0530"


@pytest.mark.parametrize(
    ("winter", "summer", "place"),
    [
        (60, 120, "Europe/Berlin"),
        (0, 60, "Europe/London"),
        (-300, -240, "America/New_York"),
        (60, 90, ""),
        (-300, 60, ""),
    ],
)
def test_a_place_explains_the_offsets_of_its_seasons(winter: int, summer: int, place: str) -> None:
    times = np.array(["2024-01-31T12:00", "2024-07-31T12:00"], "datetime64[ns]")
    assert place_of(times, np.array([winter, summer])) == place
    if place:
        assert offsets_in(place, times).tolist() == [winter, summer]
