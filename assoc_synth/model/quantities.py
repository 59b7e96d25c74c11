"""How sizes and durations are written for people, wherever they are."""

from __future__ import annotations

UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def size_text(count: float) -> str:
    """Bytes for people.

    Example:
        >>> size_text(1_234_000_000), size_text(12)
        ('1.2 GB', '12 bytes')
    """
    for unit, name in UNITS:
        if count >= unit:
            return f"{count / unit:.2g} {name}" if count < 99.5 * unit else f"{count / unit:,.0f} {name}"
    return f"{count:,.0f} bytes"


def time_text(seconds: float) -> str:
    """A duration for people: seconds up to ten minutes, minutes up to ten hours, else hours.

    Example:
        >>> time_text(0.04), time_text(45.2), time_text(1_200.0), time_text(90_000)
        ('0.0 s', '45 s', '20.0 min', '25.0 h')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 36_000 else f"{seconds / 3_600:,.1f} h"
