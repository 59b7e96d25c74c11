"""Shares by class, table beside table: hours, weekdays, months, amounts, verbs, visits, and degrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.report.charts.base import HEIGHT, WIDTH, Data, altair, as_tables, colours, rows
from assoc_synth.report.columns import charts, degree_chart, verb_chart
from assoc_synth.report.facts import Chart
from assoc_synth.report.visits import visit_charts
from assoc_synth.report.wording import CHARTS

if TYPE_CHECKING:
    from altair import Chart as Figure

Tables = Mapping[str, Data] | Data
"""Tables by name, "real" first; or a single one."""


def hours(tables: Tables) -> Figure:
    """Share of the rows by hour of the day.

    Raises:
        InputError: there is no table, or not all of them have times of day.
        MissingExtraError: altair is not installed.

    Example:
        >>> from assoc_synth import datasets
        >>> real, other = datasets.halves(datasets.toy_shop(subjects=60))
        >>> chart = hours({"real": real, "other": other})
        >>> chart.save("hours.svg")  # doctest: +SKIP
    """
    return _column(tables, "hours", "times of day")


def weekdays(tables: Tables) -> Figure:
    """Share of the rows by day of the week; raises as `hours`."""
    return _column(tables, "weekdays", "times")


def months(tables: Tables) -> Figure:
    """Share of the rows by month; raises as `hours`."""
    return _column(tables, "months", "times")


def amounts(tables: Tables) -> Figure:
    """Share of the amounts by bins that all tables share, the first one's; raises as `hours`."""
    return _column(tables, "amounts", "amounts")


def verbs(tables: Tables) -> Figure:
    """Share of the rows by verb, the first table's most frequent first; raises as `hours`."""
    return _bars(_known(verb_chart(as_tables(tables)), "verbs"))


def visit_sizes(tables: Tables) -> Figure:
    """Share of the visits (baskets, sessions or timestamps) by their number of rows; raises as `hours`."""
    named = as_tables(tables)
    found = {chart.name: chart for chart in visit_charts(dict(zip(named, coded_rows(*named.values()), strict=True)))}
    return _bars(_known(found.get("visit sizes"), "visits of several rows"))


def degrees(tables: Tables) -> Figure:
    """Share of the subjects with at least n distinct objects, by n; both axes are logarithmic. Raises as `hours`."""
    alt, named = altair(), as_tables(tables)
    aligned = Aligned.of(*named.values())
    facts = _known(degree_chart(dict(zip(named, aligned.edges, strict=True))), "links")
    data = rows([one | {"objects": int(str(one["class"]))} for one in _records(facts) if one["share"]])
    chart = alt.Chart(data, title=CHARTS["degrees"]).mark_line(interpolate="step-before", strokeWidth=2)
    scale = alt.Scale(type="log", nice=False)
    made: Figure = chart.encode(
        x=alt.X("objects:Q", scale=scale, title="at least this many objects", axis=alt.Axis(grid=False, tickCount=5)),
        y=alt.Y("share:Q", scale=scale, title="share of the subjects", axis=alt.Axis(format="~%", tickCount=5)),
        color=_colour(alt, facts),
        tooltip=["table", "objects", alt.Tooltip("share", format=".2%")],
    ).properties(width=WIDTH, height=HEIGHT)
    return made


def _column(tables: Tables, name: str, needs: str) -> Figure:
    named = as_tables(tables)
    found = {chart.name: chart for chart in charts(named, {})}
    return _bars(_known(found.get(name), needs))


def _bars(facts: Chart) -> Figure:
    alt = altair()
    labels = _labels(facts)
    wide = facts.kind == "names"
    position = {"x": "share:Q", "y": "class:N"} if wide else {"x": "class:N", "y": "share:Q"}
    channels = {"x": alt.X, "y": alt.Y}
    share, kind = ("x", "y") if wide else ("y", "x")
    offset = alt.YOffset if wide else alt.XOffset
    names = [series.side for series in facts.series]
    chart = alt.Chart(rows(_records(facts)), title=CHARTS.get(facts.name, facts.name)).mark_bar()
    encoded = {
        share: channels[share](position[share], title="share", axis=alt.Axis(format="~%")),
        kind: channels[kind](position[kind], sort=labels, title=None, axis=alt.Axis(labelLimit=160, labelOverlap=True)),
        f"{kind}Offset": offset("table:N", sort=names),
        "color": _colour(alt, facts),
        "tooltip": ["table", "class", alt.Tooltip("share", format=".2%")],
    }
    if not wide and sum(7 * len(label) + 5 for label in labels) < WIDTH:
        encoded["x"] = encoded["x"].axis(labelAngle=0)
    size: dict[str, Any] = {"width": WIDTH} if wide else {"width": WIDTH, "height": HEIGHT}
    made: Figure = chart.encode(**encoded).properties(**size)
    return made


def _labels(facts: Chart) -> list[str]:
    """The classes' names: of bins from end to end."""
    if facts.kind != "bins":
        return list(facts.labels)
    return [f"{low} to {high}" for low, high in zip(facts.labels, facts.labels[1:], strict=False)]


def _records(facts: Chart) -> list[dict[str, object]]:
    labels = _labels(facts)
    return [
        {"table": series.side, "class": label, "share": share}
        for series in facts.series
        for label, share in zip(labels, series.values, strict=True)
    ]


def _colour(alt: Any, facts: Chart) -> Any:
    names, palette = colours(series.side for series in facts.series)
    legend = None if len(names) == 1 else alt.Legend(title=None, orient="top")
    return alt.Color("table:N", scale=alt.Scale(domain=names, range=palette), legend=legend)


def _known(facts: Chart | None, needs: str) -> Chart:
    if facts is None:
        raise InputError(f"nothing can be drawn: not every table has {needs}")
    return facts
