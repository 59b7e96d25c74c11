"""The figures of a comparison: every measure between other real subjects and a table without associations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.evaluation.figures import Figure
from assoc_synth.report.charts.base import SOFT, altair, colours
from assoc_synth.report.comparison.marks import HIGH, LOW, marks_of
from assoc_synth.report.wording import measure_words

if TYPE_CHECKING:
    from altair import FacetChart


def comparison_chart(frame: pd.DataFrame) -> FacetChart:
    """A row per measure, a mark with its interval per table: 0 is other real subjects, 1 a table without associations.

    Args:
        frame: as `Comparison.frame`, or a part of it. Measures without a floor or an independent table are left out;
            what is beyond −0.5 or 1.5 stands at the end.

    Raises:
        InputError: no measure is left.
        MissingExtraError: altair is not installed.
    """
    alt = altair()
    places = _places(frame)
    if places.empty:
        raise InputError("no measure of these has both a floor and an independent table: nothing can be drawn")
    names, palette = colours(dict.fromkeys(places["table"]))
    groups = list(dict.fromkeys(places["group"]))
    base = alt.Chart().encode(
        y=alt.Y("words:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
        yOffset=alt.YOffset("table:N", sort=names),
        color=alt.Color("table:N", title=None, scale=alt.Scale(domain=names, range=palette)),
    )
    axis = alt.Axis(values=[0, 1], labelExpr="datum.value == 0 ? 'real' : 'independent'", title=None, grid=False)
    x = alt.X("at:Q", scale=alt.Scale(domain=[LOW, HIGH], clamp=True), axis=axis)
    tooltip = ["table", "words", "value", "low", "high", "floor", "independent", "verdict"]
    ends = alt.Chart().mark_rule(color=SOFT, strokeDash=[3, 3], opacity=0.6).encode(x=alt.X("end:Q"))
    layers = alt.layer(
        ends.transform_calculate(end="0"),
        ends.transform_calculate(end="1"),
        base.mark_rule(strokeWidth=2, opacity=0.45).encode(x=alt.X("from:Q"), x2="to:Q"),
        base.mark_circle(size=55, opacity=1).encode(x=x, tooltip=tooltip),
        data=places,
    ).properties(width=460, height=alt.Step(max(7, 20 // len(names)), **{"for": "offset"}))
    charts = layers.facet(row=alt.Row("group:N", sort=groups, title=None, header=alt.Header(labelOrient="top")))
    made: FacetChart = charts.resolve_scale(y="independent")
    return made


def _places(frame: pd.DataFrame) -> pd.DataFrame:
    found = []
    for row in frame.to_dict("records"):
        numbers = {name: _known(row[name]) for name in ("value", "low", "high", "floor", "independent")}
        figure = Figure(str(row["measure"]), **numbers, own_aim=row["aim"])  # type: ignore[arg-type]
        marks = marks_of({str(row["table"]): figure})
        if not marks or ":" in figure.name:
            continue
        (mark,) = marks
        low, at, high = (min(max(place, LOW), HIGH) for place in (mark.low, mark.at, mark.high))
        named = {name: row[name] for name in ("group", "verdict")}
        words = {"table": mark.table, "words": measure_words(figure.name), "at": at, "from": low, "to": high}
        found.append(named | words | numbers)
    return pd.DataFrame(found, columns=None if found else ["table", "group"])


def _known(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
