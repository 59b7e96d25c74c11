"""The drawn link graph: what can be measured of a drawing."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from assoc_synth.link_graph.drawing.network import link_graph
from assoc_synth.report.facts import Drawing, DrawnLink

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
