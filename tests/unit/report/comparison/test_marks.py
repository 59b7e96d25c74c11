"""Marks between other real subjects and a table without associations."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from assoc_synth.evaluation.figures import Figure
from assoc_synth.report.comparison.marks import marks_of, marks_plot

NEAR = Figure("pair_l1", 0.4, 0.3, 0.5, floor=0.3, independent=0.7)
FAR = Figure("pair_l1", 3.0, 2.9, 3.1, floor=0.3, independent=0.7)


def test_places_are_shares_of_the_way() -> None:
    near, far = marks_of({"a": NEAR, "b": FAR, "c": Figure("pair_l1", 0.4)})
    assert (near.table, near.at, near.low, near.high) == ("a", pytest.approx(0.25), 0, pytest.approx(0.5))
    assert far.at > 5


@pytest.mark.parametrize("width", [940.0, 360.0])
def test_marks_stay_in_the_picture_and_names_are_text(width: float) -> None:
    drawn = marks_plot({"pair_l1": {"<b>": NEAR, "b": FAR}}, ["<b>", "b"], width)
    circles = minidom.parseString(drawn).getElementsByTagName("circle")
    assert [circle.getAttribute("class") for circle in circles] == ["mark t0", "mark t1"]
    places = [float(circle.getAttribute("cx")) for circle in circles]
    assert places[0] < places[1] <= width
    assert "25 % of the way" in drawn
    assert not re.search("<b>", drawn)


def test_nothing_is_drawn_of_measures_without_a_baseline() -> None:
    assert marks_plot({"verb_tv": {"a": Figure("verb_tv", 0.1, floor=0.1)}}, ["a"], 940) == ""
