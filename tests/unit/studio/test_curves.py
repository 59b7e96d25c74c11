"""Curves of losses."""

from __future__ import annotations

import math

from assoc_synth.studio.curves import curve


def test_a_curve_stays_in_its_box_whatever_the_losses() -> None:
    assert curve([2.0, 2.0]) == "M0 57L300 57"
    assert curve([math.nan, 1.0, math.inf]) == ""
    points = [tuple(map(float, point.split())) for point in curve([1e30, -1e30, 0.0, math.nan])[1:].split("L")]
    assert len(points) == 3
    assert all(0 <= x <= 300 and 0 <= y <= 60 for x, y in points)
