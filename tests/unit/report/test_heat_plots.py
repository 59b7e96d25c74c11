"""Heat maps as drawings."""

from __future__ import annotations

import re

import numpy as np

from assoc_synth.report.facts import DifferenceMap, HeatMap
from assoc_synth.report.heat_plots import (
    WIDE,
    difference_legend,
    difference_panel,
    difference_step,
    heat_legend,
    heat_maps,
    heat_panel,
    heat_step,
)

OBJECTS = ("tea", "kettle")
REAL = HeatMap("real", "bought", OBJECTS, ((None, 2.0), (2.0, None)))
GAP = DifferenceMap("bought", OBJECTS, ((None, -2.0), (-2.0, None)), ((False, True), (True, False)), 1, 1)


def test_heat_steps_are_symmetrical_in_meaning() -> None:
    assert [heat_step(value) for value in (-3.0, 0.0, 1.0, 4.0)] == [0, 4, 6, 8]
    steps = [heat_step(value) for value in np.linspace(-4, 4, 50)]
    assert steps == sorted(steps)


def test_equal_lifts_differ_by_nothing() -> None:
    assert [difference_step(value) for value in (-2.0, -1.2, 0.0, 1.2, 2.0)] == [0, 1, 4, 7, 8]
    assert all(difference_step(value) + difference_step(-value) == 8 for value in (0.1, 0.4, 0.8, 1.3, 3.0))


def test_maps_are_side_by_side_and_names_are_written_once_at_the_left() -> None:
    panels = [heat_panel(REAL), difference_panel(GAP)]
    picture = heat_maps(panels, WIDE)
    assert picture.count('class="heat h7"') == 2, "lift 4"
    assert picture.count('class="heat h0 sure"') == 2, "a quarter of it, for certain"
    assert picture.count('text-anchor="end">kettle') == 1
    assert picture.count('text-anchor="end" transform') == 4, "under each map"
    left = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', picture)]
    assert max(left) > WIDE / 2 > min(left)
    assert ">Real table<" in picture
    assert "0.25 times the real lift (changed)" in picture


def test_a_map_alone_needs_no_heading() -> None:
    assert ">Real table<" not in heat_maps([heat_panel(REAL)])


def test_a_legend_has_nine_steps() -> None:
    for legend in (heat_legend(), difference_legend()):
        assert [f"h{step}" in legend for step in range(9)] == [True] * 9
