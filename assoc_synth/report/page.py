"""Facts and plots on one HTML page that opens from disk: no network, no script."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from assoc_synth.evaluation.disclosure import flagged
from assoc_synth.gate.verdict import BlockResult
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.drawing.network import link_graph
from assoc_synth.report import heat_plots, plots
from assoc_synth.report.also_buy import PairFact
from assoc_synth.report.facts import Chart, ReportFacts
from assoc_synth.report.gauges import gauge, gauge_key
from assoc_synth.report.scopes import adjusted, differs, scope_parts
from assoc_synth.report.wording import CHARTS, OF_ROWS, block_words, disclosure_words, measure_words

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

WIDE, NARROW = 940.0, 360.0
LONG_WORD = 20
"""A longer word without a place to break may be broken anywhere."""
_PIECES = re.compile(r"[^\s_\-/.:,;|]*[\s_\-/.:,;|]?")


def render(facts: ReportFacts) -> str:
    """The page. The same facts give the same text."""
    from markupsafe import Markup

    status, _, sentence = facts.verdict.sentence.partition(":")
    headings = _headings(facts)
    return _template().render(
        facts=facts,
        style=Markup(_text("page.css")),
        status=status,
        sentence=f":{sentence}",
        headings=headings,
        contents=tuple(headings.items()),
        sides=plots.SIDES,
        data=dict(facts.reproduction.data),
        one_table=facts.standing is None,
        legend=Markup(plots.legend([size.side for size in facts.sizes])),
        measure_words=measure_words,
        describe=plots.describe,
        given_away=flagged(facts.privacy),
        disclosure=disclosure_words(facts.privacy),
        breakable=breakable,
        differs=differs,
        adjusted=adjusted,
        percent=_percent,
        fixed=_fixed,
        whole=_whole,
        hundred=_hundred,
        inside=_inside,
        **_drawings(facts),
    )


def _drawings(facts: ReportFacts) -> dict[str, object]:
    """Every picture of the page by the template's name for it; None where there is nothing to draw."""
    from markupsafe import Markup

    parts = [(part, _gauges(part.shown), _gauges(part.folded)) for part in scope_parts(facts.verdict)]
    drawn = [(CHARTS.get(chart.name, chart.name), chart, Markup(_plot(chart))) for chart in facts.charts]
    drawing, panels = facts.drawing, [heat_plots.heat_panel(heated) for heated in facts.heat_maps]
    panels += [heat_plots.difference_panel(facts.difference)] if facts.difference else []
    return {
        "scopes": parts,
        "underpowered": any(part.colour == "underpowered" for part, _, _ in parts),
        "gauge_key": Markup(gauge_key()) if facts.verdict.blocks else None,
        "scatter": Markup(plots.lift_scatter(facts.scatter)) if facts.scatter and facts.scatter.points else None,
        "standing": _standing(facts),
        "maps": [(panel.heading, Markup(heat_plots.heat_maps([panel]))) for panel in panels],
        "wide_maps": Markup(heat_plots.heat_maps(panels, heat_plots.WIDE)) if len(panels) > 1 else None,
        "heat_legend": Markup(heat_plots.heat_legend()),
        "difference_legend": Markup(heat_plots.difference_legend()),
        "drawing": Markup(link_graph(drawing, WIDE)) if drawing else None,
        "narrow_drawing": Markup(link_graph(drawing, NARROW)) if drawing else None,
        "row_charts": [entry for entry in drawn if _is_of_rows(entry[1])],
        "charts": [entry for entry in drawn if not _is_of_rows(entry[1])],
    }


def _headings(facts: ReportFacts) -> dict[str, str]:
    """The page's sections by the name that the contents point to, those with nothing in them left out."""
    standing = facts.standing
    listed = standing is not None and bool(standing.lost or standing.added or standing.open)
    at_a_glance = bool((facts.scatter and facts.scatter.points) or facts.heat_maps or facts.drawing or standing)
    of_rows = [_is_of_rows(chart) for chart in facts.charts]
    every = (
        ("gate", "What the gate saw", bool(facts.verdict.blocks or scope_parts(facts.verdict))),
        ("also-buy", "Those who take this also take that", facts.also_buy is not None),
        ("glance", "Associations at a glance", at_a_glance),
        ("pairs", "Lost, new, undecided", listed),
        ("rows", "Rows: visits, order, amounts, columns", any(of_rows) or bool(facts.transitions or facts.rows)),
        ("figures", "How far from real", bool(facts.figures)),
        ("columns", "Columns and degrees", not all(of_rows)),
        ("training", "Training", facts.training is not None),
        ("privacy", "Privacy", True),
        ("sdv", "SDV’s reports", bool(facts.sdv)),
        ("again", "The same again", True),
    )
    return {name: heading for name, heading, is_there in every if is_there}


def _is_of_rows(chart: Chart) -> bool:
    return chart.is_extra or chart.name in OF_ROWS


def _gauges(blocks: tuple[BlockResult, ...]) -> list[tuple[BlockResult, str, Markup]]:
    from markupsafe import Markup

    named = [(block, block_words(block.name)) for block in blocks]
    return [(block, words, Markup(gauge(block, words))) for block, words in named]


def _standing(facts: ReportFacts) -> str | None:
    from markupsafe import Markup

    found = facts.standing
    if found is None or not found.confirmed + found.changed + found.undecided:
        return None
    return Markup(plots.standing_bars(found))


def _plot(chart: Chart) -> str:
    if chart.kind == "names":
        return plots.bars(chart)
    if chart.kind == "curve":
        return plots.degree_curves(chart)
    return plots.columns(chart, edges=chart.kind == "bins")


def breakable(name: object) -> Markup:
    """A name as markup that is broken at blanks and after _ - / . : and the like, and inside a word only if it is long.

    Example:
        >>> str(breakable("claimed_warranty <b>"))
        'claimed_<wbr>warranty &lt;b&gt;'
    """
    from markupsafe import Markup

    parts = []
    for piece in _PIECES.findall(shown(name)):
        text = escape(piece, quote=False)
        parts.append(f'<span class="long">{text}</span>' if len(piece) > LONG_WORD else text)
        parts.append("<wbr>" if piece[-1:] and piece[-1] in "_-/.:,;|" else "")
    return Markup("".join(parts).removesuffix("<wbr>"))


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    # There is one template and every name is defined: an undefined one is a mistake, not an empty string.
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_text("page.html"))


def _text(name: str) -> str:
    return files("assoc_synth.report").joinpath(name).read_text(encoding="utf-8")


def _fixed(value: float, digits: int) -> str:
    return f"{value:z,.{digits}f}".replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _whole(value: int) -> str:
    return f"{value:,}"


def _hundred(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def _inside(pair: PairFact) -> bool:
    """Whether the synthetic lift is within the interval of the real one."""
    if pair.synthetic_lift is None or pair.low is None or pair.high is None:
        return False
    return pair.low <= pair.synthetic_lift <= pair.high
