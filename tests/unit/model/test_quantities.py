"""Sizes and durations for people."""

import pytest

from assoc_synth.model.quantities import size_text, time_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (99_600_000, "100 MB"), (3.2e15, "3,200 TB")],
)
def test_bytes(count: float, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.0 s"), (599.0, "599 s"), (600.0, "10.0 min"), (35_999, "600.0 min"), (7.2e6, "2,000.0 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert time_text(seconds) == text
