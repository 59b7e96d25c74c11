"""Small parts of a drawing."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from assoc_synth.link_graph.drawing.svg import (
    element,
    line,
    linear,
    num,
    percent,
    picture,
    polyline,
    text,
    ticks,
    title,
)


def test_primitives() -> None:
    assert num(2.0) == "2"
    assert num(2.04) == "2"
    assert num(-1.26) == "-1.3"
    assert linear(0, 10, 100, 200)(5) == 150
    assert linear(3, 3, 0, 1)(3) == 0
    assert ticks(0, 1, 4) == pytest.approx([0, 0.5, 1.0])
    assert ticks(0, 0.13, 4) == pytest.approx([0, 0.05, 0.1])
    assert ticks(-3, 3, 3) == pytest.approx([-2, 0, 2])
    assert text(1, 2, "<&>") == '<text x="1" y="2">&lt;&amp;&gt;</text>'


def test_attributes_and_contents_are_escaped() -> None:
    assert element("rect", x=1.04, y=2.0, class_="a&b", rx=None) == '<rect x="1" y="2" class="a&amp;b"/>'
    assert title('<"&>') == '<title>&lt;"&amp;&gt;</title>'
    drawn = picture(10, 20, 'a "label"', [line(0, 0, 1, 1, "grid")], "wide")
    root = ElementTree.fromstring(drawn)
    assert root.attrib["viewBox"] == "0 0 10 20"
    assert (root.attrib["aria-label"], root.attrib["class"]) == ('a "label"', "plot wide")
    assert [child.attrib["x2"] for child in root] == ["1"]


def test_lines_through_points() -> None:
    assert polyline([(0, 0), (1.26, 2)], "curve") == '<path d="M0 0L1.3 2" class="curve"/>'
    assert polyline([(0, 0), (1, 2)], "band", closed=True) == '<path d="M0 0L1 2Z" class="band"/>'


def test_text_may_turn_around_its_point() -> None:
    assert text(1, 2, "up", "axis", anchor="middle", turn=-90) == (
        '<text x="1" y="2" class="axis" text-anchor="middle" transform="rotate(-90 1 2)">up</text>'
    )


def test_shares_have_three_digits() -> None:
    assert [percent(share) for share in (0.05, 0.005, 0.12345, 1.0)] == ["5 %", "0.5 %", "12.3 %", "100 %"]
