"""Plots: what can be measured of a drawing."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from assoc_synth.report.facts import Chart, Drawing, DrawnLink, Series
from assoc_synth.report.network import link_graph
from assoc_synth.report.plots import bars, columns, degree_curves, heat_step
from assoc_synth.report.svg import linear, num, text, ticks

SVG = "{http://www.w3.org/2000/svg}"


def boxes(picture: str) -> list[tuple[float, float, float, float]]:
    root = ElementTree.fromstring(picture)
    return [
        tuple(float(shape.attrib[name]) for name in ("x", "y", "width", "height"))  # type: ignore[misc]
        for shape in root.iter(f"{SVG}rect")
    ]


@pytest.mark.parametrize("width", [360.0, 940.0])
@pytest.mark.parametrize("seed", range(6))
def test_names_of_the_link_graph_never_overlap(width: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"object {'x' * int(rng.integers(0, 30))} {i}" for i in range(34)]
    pairs = {tuple(sorted(rng.choice(34, 2, replace=False).tolist())) for _ in range(40)}
    links = tuple(DrawnLink(names[i], names[j], 3.0, "kept") for i, j in sorted(pairs))
    picture = link_graph(Drawing("bought", links), width)
    found = boxes(picture)
    assert len(found) == len({name for link in links for name in (link.left, link.right)})
    for at, (x, y, w, h) in enumerate(found):
        assert x >= 0
        assert x + w <= width
        for other_x, other_y, other_w, other_h in found[:at]:
            apart = x + w <= other_x or other_x + other_w <= x or y + h <= other_y or other_y + other_h <= y
            assert apart, "two names overlap"


def test_drawing_does_not_depend_on_the_order_of_links() -> None:
    links = [DrawnLink("a", "b", 2.0, "kept"), DrawnLink("b", "c", 2.0, "new"), DrawnLink("d", "e", 9.0, "changed")]
    first, second = (boxes(link_graph(Drawing("v", tuple(order)))) for order in (links, links[::-1]))
    assert sorted(first) == sorted(second)


def test_bars_are_as_long_as_their_shares() -> None:
    chart = Chart("verbs", ("bought", "viewed"), (Series("real", (0.8, 0.2)), Series("synthetic", (0.4, 0.6))))
    lengths = [width for _, _, width, _ in boxes(bars(chart))]
    assert lengths == pytest.approx([lengths[0], lengths[0] / 2, lengths[0] / 4, lengths[0] * 0.75], abs=0.2)


def test_columns_are_as_high_as_their_shares() -> None:
    chart = Chart("months", ("Jan", "Feb"), (Series("real", (0.75, 0.25)),))
    heights = [height for _, _, _, height in boxes(columns(chart))]
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.2)


def test_labels_of_columns_do_not_touch() -> None:
    labels = tuple(f"{10_000 * i:,}" for i in range(23))
    picture = columns(Chart("amounts", labels, (Series("real", (1 / 22,) * 22),)), edges=True)
    found = re.findall(r'<text x="([\d.]+)" y="217" class="tick" text-anchor="middle">([^<]+)', picture)
    places = [float(x) for x, _ in found]
    assert 3 <= len(places) < 23
    assert min(np.diff(places)) > 40


def test_degree_curve_of_one_degree() -> None:
    assert "<path" in degree_curves(Chart("degrees", ("1",), (Series("real", (1.0,)),)))


def test_heat_steps_are_symmetrical_in_meaning() -> None:
    assert [heat_step(value) for value in (-3.0, 0.0, 1.0, 4.0)] == [0, 4, 6, 8]
    steps = [heat_step(value) for value in np.linspace(-4, 4, 50)]
    assert steps == sorted(steps)


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
