"""Associations: lift against lift, heat maps and their difference, and the strongest part of the graph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.evaluation.comparison import Sides
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.drawing.network import placed
from assoc_synth.report.book import ClaimedPairs, frequent
from assoc_synth.report.charts.base import BAD, BAND, FIRST, REAL, SOFT, Data, altair, as_table, rows
from assoc_synth.report.facts import Drawing, LiftScatter
from assoc_synth.report.heat import heat_maps as heat_facts
from assoc_synth.report.lifts import claimed_labels, drawing, scatter
from assoc_synth.report.plots import describe
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from altair import HConcatChart, LayerChart

_LEAST = 1 / 8
"""Of a lift that is drawn: a pair that nobody has would leave the others no room."""
_WIDE, _SQUARE, SIDE = 860.0, 400, 210


def lift_against_lift(real: Data, synthetic: Data, holdout: Data | None = None, *, seed: int = 0) -> LayerChart:
    """Lift of the same pairs in both tables, and the band within which 95 % of them lie in two real tables.

    Args:
        real, synthetic: the tables; pairs are matched by the text of their names.
        holdout: real subjects that make the band; without them it is made of two halves of the real table.
        seed: of what is drawn for the band.

    Raises:
        InputError: no pair is frequent enough to be drawn, or the tables share no object.
        MissingExtraError: altair is not installed.
    """
    alt, first = altair(), as_table(real)
    tables = {"real": first, "synthetic": as_table(synthetic)}
    tables |= {} if holdout is None else {"held out": as_table(holdout)}
    claims, edges = _claims(tables)
    rng = np.random.default_rng(seed)
    sides = Sides.of(edges["real"], edges["synthetic"], edges.get("held out"), rng, clusters=first.clusters)
    facts = scatter(claims["real"], claims["synthetic"], sides)
    if facts is None or not facts.points:
        raise InputError(f"no pair of objects has {claims['real'].min_count} common subjects in the real table")
    points = _points(facts)
    low = 2.0 ** math.floor(math.log2(points[["real", "synthetic"]].min().min()))
    high = 2.0 ** math.ceil(math.log2(points[["real", "synthetic"]].max().max()))
    scale = alt.Scale(type="log", base=2, domain=[low, high], nice=False, clamp=True)
    x, y = (
        alt.X("real:Q", scale=scale, title="lift in the real table"),
        alt.Y("synthetic:Q", scale=scale, title="lift in the synthetic table"),
    )
    marks = (
        alt.Chart(points)
        .mark_circle(size=32, opacity=0.75)
        .encode(
            x=x,
            y=y,
            tooltip=["pair", "real lift", "synthetic lift", "standing"],
            color=alt.condition("datum.standing == 'changed'", alt.value(BAD), alt.value(FIRST)),
        )
    )
    line = alt.Chart(rows([{"real": end, "synthetic": end} for end in (low, high)]))
    diagonal = line.mark_line(color=SOFT, strokeDash=[4, 3]).encode(x=x, y=y)
    said = f"{len(facts.points):,} of {facts.num_pairs:,} pairs; band: 95 % of real pairs, from {facts.floor}"
    title = alt.TitleParams("Lift against lift", subtitle=said)
    made: LayerChart = alt.layer(*_band(alt, facts.band, (low, high), x), diagonal, marks)
    return made.properties(width=_SQUARE, height=_SQUARE, title=title)


def _points(facts: LiftScatter) -> pd.DataFrame:
    """A row per pair: what it is, its lifts as they are and as they are drawn, and what became of it."""
    return rows(
        [
            {
                "pair": describe(pair),
                "real": max(pair.real_lift, _LEAST),
                "synthetic": max(pair.synthetic_lift, _LEAST),
                "real lift": pair.real_lift,
                "synthetic lift": pair.synthetic_lift,
                "standing": pair.label,
            }
            for pair in facts.points
        ]
    )


def heat_maps(real: Data, synthetic: Data, *, verb: str | None = None) -> HConcatChart:
    """log2 lift of every two of the most associated objects in each table, and the synthetic less the real one.

    Args:
        real, synthetic: the tables.
        verb: within which verb; None takes the one with most claimed pairs.

    Raises:
        InputError: there is no such verb, or fewer than two objects within it.
        MissingExtraError: altair is not installed.
    """
    alt = altair()
    claims, _ = _claims({"real": as_table(real), "synthetic": as_table(synthetic)})
    maps, difference = heat_facts(claims, _verb(claims["real"], verb))
    if not maps or difference is None:
        raise InputError("there are fewer than two objects within this verb: nothing can be drawn")
    panels = [(f"{one.side} table", one.objects, one.values, "log2 lift", (-2, 3)) for one in maps]
    panels.append(("synthetic less real", difference.objects, difference.values, "difference", (-2, 2)))
    drawn = [_panel(alt, *panel) for panel in panels]
    title = f"Lifts of every two objects within “{difference.verb}”"
    changed = f"{difference.num_changed:,} of {difference.num_pairs:,} pairs have changed for certain"
    both = alt.hconcat(drawn[0], drawn[1]).resolve_scale(color="shared")
    made: HConcatChart = alt.hconcat(both, drawn[2]).resolve_scale(color="independent")
    return made.properties(title=alt.TitleParams(title, subtitle=changed))


def association_graph(real: Data, synthetic: Data | None = None, *, verb: str | None = None) -> LayerChart:
    """The strongest claimed pairs within a verb as a graph; with a synthetic table also what became of them.

    Args:
        real: the table whose pairs are drawn.
        synthetic: pairs that changed for certain, or that are claimed there alone, are marked.
        verb: within which verb; None takes the one with most claimed pairs.

    Raises:
        InputError: there is no such verb, or no claimed pair within it.
        MissingExtraError: altair is not installed.
    """
    alt = altair()
    tables = {"real": as_table(real)} | ({} if synthetic is None else {"synthetic": as_table(synthetic)})
    claims, _ = _claims(tables)
    other, code = claims.get("synthetic"), _verb(claims["real"], verb)
    labels = None if other is None else claimed_labels(claims["real"], other)
    facts = drawing(claims["real"], code, labels, other)
    if facts is None:
        raise InputError(f"no pair is claimed within {claims['real'].verbs[code][:40]!r}: nothing can be drawn")
    return _graph(alt, facts)


def _graph(alt: Any, facts: Drawing) -> LayerChart:
    at, height = placed(facts.links, _WIDE)
    lines = rows(
        [
            {
                "x": at[link.left][0],
                "y": at[link.left][1],
                "x2": at[link.right][0],
                "y2": at[link.right][1],
                "pair": f"{link.left} + {link.right}",
                "lift": link.lift,
                "standing": link.standing,
            }
            for link in facts.links
        ]
    )
    names = rows([{"x": x, "y": y, "name": name} for name, (x, y) in at.items()])
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, _WIDE], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    known = list(dict.fromkeys(link.standing for link in facts.links))
    palette = {"claimed": REAL, "kept": REAL, "changed": BAD, "new": "#b45309"}
    colour = alt.Color("standing:N", title=None, scale=alt.Scale(domain=known, range=[palette[one] for one in known]))
    strength = alt.Size("lift:Q", scale=alt.Scale(type="log", range=[1, 5]), legend=None)
    edges = (
        alt.Chart(lines)
        .mark_rule()
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=colour, size=strength, tooltip=["pair", "lift", "standing"])
    )
    base = alt.Chart(names).encode(x=x, y=y, text="name:N")
    # A thick white outline keeps a name legible across lines.
    outline = base.mark_text(fontSize=12, stroke="white", strokeWidth=5, strokeJoin="round")
    title = f"Strongest pairs within “{facts.verb}”"
    made: LayerChart = alt.layer(edges, outline, base.mark_text(fontSize=12))
    return made.properties(width=_WIDE, height=height, title=title)


def _claims(tables: dict[str, TransactionTable]) -> tuple[dict[str, ClaimedPairs], dict[str, Any]]:
    aligned = Aligned.of(*tables.values())
    for position in range(1, len(tables)):
        aligned.check_shared(0, position, ("real", list(tables)[position]))
    edges = dict(zip(tables, aligned.edges, strict=True))
    claims = {
        side: ClaimedPairs(own, aligned.verbs, aligned.objects, frequent(own))
        for side, own in edges.items()
        if side != "held out"
    }
    return claims, edges


def _verb(claims: ClaimedPairs, verb: str | None) -> int:
    if verb is None:
        return claims.verb
    if str(verb) not in claims.verbs:
        raise InputError(f"no verb {str(verb)[:40]!r}; the table has: {', '.join(claims.verbs[:12])}")
    return claims.verbs.index(str(verb))


def _band(alt: Any, band: tuple[tuple[float, float], ...], ends: tuple[float, float], x: Any) -> list[Any]:
    if not band:
        return []
    low, high = (math.log2(end) for end in ends)
    at = [(low, band[0][1]), *band, (high, band[-1][1])]
    # An area's ends are on the axis' scale: cut to it, since what is beyond is not drawn.
    area = [
        {"real": 2.0**log, "from": 2.0 ** min(max(log - half, low), high), "to": 2.0 ** min(max(log + half, low), high)}
        for log, half in at
    ]
    return [alt.Chart(rows(area)).mark_area(color=BAND, opacity=0.8).encode(x=x, y=alt.Y("from:Q"), y2="to:Q")]


def _panel(
    alt: Any,
    heading: str,
    objects: tuple[str, ...],
    values: tuple[tuple[float | None, ...], ...],
    what: str,
    ends: tuple[int, int],
) -> Any:
    cells = [
        {"first": first, "second": second, "value": values[i][j]}
        for i, first in enumerate(objects)
        for j, second in enumerate(objects)
        if values[i][j] is not None
    ]
    scale = alt.Scale(scheme="blueorange", domain=list(ends), domainMid=0, clamp=True)
    side, axis = min(11 * len(objects), SIDE), {"labelLimit": 90, "labelFontSize": 9}
    return (
        alt.Chart(rows(cells), title=heading)
        .mark_rect()
        .encode(
            x=alt.X("first:N", sort=list(objects), title=None, axis=alt.Axis(labelAngle=-60, **axis)),
            y=alt.Y("second:N", sort=list(objects), title=None, axis=alt.Axis(**axis)),
            color=alt.Color("value:Q", title=what, scale=scale),
            tooltip=["first", "second", alt.Tooltip("value", title=what, format=".2f")],
        )
        .properties(width=side, height=side)
    )
