"""Offsets from UTC as they are written behind times, and the time zone whose seasons explain several of them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assoc_synth.transactions.arrays import Ints, Times, Values

ZONE = r"\s?(?:Z|z|UTC|GMT|[+\-−]\d\d(?::?\d\d)?)"
BEHIND = re.compile(
    rf"(?P<body>.*(?:\d:\d\d(?::\d\d(?:[.,]\d{{1,9}})?)?(?:\s?[AaPp][Mm])?|T\d\d(?:\d\d){{0,2}}))(?P<zone>{ZONE})",
    re.DOTALL,
)
PLACES = (
    "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Helsinki", "Europe/Athens", "Europe/Moscow",
    "Europe/Istanbul", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Phoenix", "America/Anchorage", "America/Halifax", "America/St_Johns", "America/Sao_Paulo",
    "America/Santiago", "America/Mexico_City", "America/Havana", "America/Asuncion", "Atlantic/Azores",
    "Asia/Jerusalem", "Asia/Beirut", "Asia/Amman", "Asia/Tehran", "Africa/Cairo", "Africa/Casablanca",
    "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
"""Zones with seasons, one of each kind; the first that explains all offsets is taken."""


def split_zones(texts: pd.Series) -> tuple[pd.Series, Values | None]:
    """What stands before the offsets, and the offsets as they are written; None if no text has one.

    Args:
        texts: (n,) times as text.

    Example:
        >>> body, zones = split_zones(pd.Series(["2024-01-31 08:26+01:00", "2024-01-31 08:26"]))
        >>> body.tolist(), zones.tolist()
        (['2024-01-31 08:26', '2024-01-31 08:26'], ['+01:00', ''])
    """
    if not any(BEHIND.fullmatch(text) for text in texts.iloc[:1000]):
        return texts, None
    arrow = pa.array(texts, pa.string())
    found = pc.extract_regex(arrow, f"(?s)^{BEHIND.pattern}$")
    bodies = pc.coalesce(pc.struct_field(found, "body"), arrow).to_numpy(zero_copy_only=False)
    zones: Values = pc.coalesce(pc.struct_field(found, "zone"), "").to_numpy(zero_copy_only=False)
    return pd.Series(bodies, index=texts.index, dtype=object), zones


def minutes_of(zone: str) -> int:
    """The offset from UTC in minutes.

    Example:
        >>> minutes_of("+05:30"), minutes_of(" UTC"), minutes_of("-0800"), minutes_of("+01")
        (330, 0, -480, 60)
    """
    digits = "".join(ch for ch in zone if ch.isdigit())
    minutes = int(digits[:2] or 0) * 60 + int(digits[2:] or 0)
    return -minutes if zone.strip()[:1] in ("-", "−") else minutes


def written_like(zone: str, minutes: int) -> str:
    """An offset in minutes, written as another one.

    Example:
        >>> written_like(" +0100", -330), written_like("+01:00", 120), written_like("+01", 120)
        (' -0530', '+02:00', '+02')
    """
    if not any(ch.isdigit() for ch in zone):
        return zone
    hours, rest = divmod(abs(minutes), 60)
    blank = zone[: len(zone) - len(zone.lstrip())]
    colon = ":" if ":" in zone else ""
    tail = f"{colon}{rest:02d}" if rest or len(zone.strip()) > 3 else ""
    minus = "−" if "−" in zone else "-"
    return f"{blank}{minus if minutes < 0 else '+'}{hours:02d}{tail}"


def place_of(times: Times, minutes: Ints) -> str:
    """The first of `PLACES` in which all times have the offsets that they are written with; "" if there is none.

    Args:
        times: datetime64[ns] (n,), UTC.
        minutes: (n,) offsets.

    Example:
        >>> place_of(np.array(["2024-01-31", "2024-07-31"], "datetime64[ns]"), np.array([60, 120]))
        'Europe/Berlin'
    """
    return next((place for place in PLACES if np.array_equal(offsets_in(place, times), minutes)), "")


def offsets_in(place: str, times: Times) -> Ints:
    """The offsets (n,) in minutes that a zone has at times (n,) in UTC."""
    world = pd.DatetimeIndex(times)
    local = world.tz_localize("UTC").tz_convert(place).tz_localize(None)
    return np.asarray((local - world) // pd.Timedelta(minutes=1), dtype=np.int64)
