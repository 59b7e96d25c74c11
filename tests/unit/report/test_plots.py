"""Plots: what can be measured of a drawing."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from assoc_synth.report.facts import Chart, Series
from assoc_synth.report.plots import bars, columns, degree_curves

SVG = "{http://www.w3.org/2000/svg}"


def boxes(picture: str) -> list[tuple[float, float, float, float]]:
    root = ElementTree.fromstring(picture)
    return [
        tuple(float(shape.attrib[name]) for name in ("x", "y", "width", "height"))  # type: ignore[misc]
        for shape in root.iter(f"{SVG}rect")
    ]


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
