"""Facts and plots on one HTML page that opens from disk: no network, no script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from assoc_synth.report import plots
from assoc_synth.report.also_buy import PairFact
from assoc_synth.report.facts import Chart, ReportFacts
from assoc_synth.report.names import shown
from assoc_synth.report.network import link_graph

if TYPE_CHECKING:
    from jinja2 import Template

BLOCKS = {
    "association_loss": "Association lost",
    "pairs_within": "Pairs within a verb", "pairs_across": "Pairs across verbs", "log_lift": "Lifts",
    "degrees": "Objects per subject", "also_buy": "Also-buy confidences", "triples": "Triples",
    "control": "Pairs that should not be associated", "shares": "Object shares",
}  # fmt: skip
WORDS = {
    "item_l1": "object shares, relative L1", "pair_l1": "pair supports, relative L1",
    "lift_mae": "log2 lift, mean error", "lift_r": "log2 lift, correlation", "rule_f1": "rules (lift ≥ 2), F1",
    "also_buy_at_10": "top-ten partners, overlap", "degree_ks": "objects per subject, KS",
    "verb_tv": "verbs, TV", "object_tv": "objects, TV", "hour_tv": "hour of day, TV", "weekday_tv": "weekday, TV",
    "month_tv": "month, TV", "time_missing": "missing times, difference", "amount_ks": "amount, KS",
    "amount_missing": "missing amounts, difference", "triple_l1": "triple supports, relative L1",
    "triple_lift_mae": "log2 lift of triples, mean error", "butterflies": "butterflies, |log2 ratio|",
    "metamorphosis": "metamorphosis, difference", "closer_to_train": "share nearer to a training subject",
    "exact_copies": "exact copies of training subjects (≥ 4 tokens)",
    "nearest_neighbour_attack": "membership attack by nearest neighbour, accuracy",
    "pair_excess_attack": "membership attack by pairs, accuracy",
}  # fmt: skip
HEADINGS = {
    "verbs": "Verbs", "hours": "Hour of the day", "weekdays": "Day of the week", "months": "Month",
    "amounts": "Amount", "degrees": "Distinct objects per subject",
}  # fmt: skip
WIDE, NARROW = 940.0, 360.0


def render(facts: ReportFacts) -> str:
    """The page. The same facts give the same text."""
    from markupsafe import Markup

    status, _, sentence = facts.verdict.sentence.partition(":")
    drawing = facts.drawing
    return _template().render(
        facts=facts,
        style=Markup(_text("page.css")),
        status=status,
        sentence=f":{sentence}",
        words=WORDS,
        block_words=BLOCKS,
        sides=plots.SIDES,
        one_table=facts.standing is None,
        gauges=[
            (block, Markup(plots.gauge(block, BLOCKS.get(block.name, block.name)))) for block in facts.verdict.blocks
        ],
        scatter=Markup(plots.lift_scatter(facts.scatter)) if facts.scatter and facts.scatter.points else None,
        standing=_standing(facts),
        maps=[(Markup(plots.heat_map(heated)), heated) for heated in facts.heat_maps],
        heat_legend=Markup(plots.heat_legend()),
        drawing=Markup(link_graph(drawing, WIDE)) if drawing else None,
        narrow_drawing=Markup(link_graph(drawing, NARROW)) if drawing else None,
        charts=[(HEADINGS[chart.name], chart, Markup(_plot(chart))) for chart in facts.charts],
        legend=Markup(plots.legend([size.side for size in facts.sizes])),
        describe=plots.describe,
        shown=shown,
        fixed=_fixed,
        whole=_whole,
        hundred=_hundred,
        inside=_inside,
    )


def _standing(facts: ReportFacts) -> str | None:
    from markupsafe import Markup

    found = facts.standing
    if found is None or not found.confirmed + found.changed + found.undecided:
        return None
    return Markup(plots.standing_bars(found))


def _plot(chart: Chart) -> str:
    if chart.name == "verbs":
        return plots.bars(chart)
    if chart.name == "degrees":
        return plots.degree_curves(chart)
    return plots.columns(chart, edges=chart.name == "amounts")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    # There is one template and every name is defined: an undefined one is a mistake, not an empty string.
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_text("page.html"))


def _text(name: str) -> str:
    return files("assoc_synth.report").joinpath(name).read_text(encoding="utf-8")


def _fixed(value: float, digits: int) -> str:
    return f"{value:z,.{digits}f}".replace("-", "−")


def _whole(value: int) -> str:
    return f"{value:,}"


def _hundred(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def _inside(pair: PairFact) -> bool:
    """Whether the synthetic lift is within the interval of the real one."""
    if pair.synthetic_lift is None or pair.low is None or pair.high is None:
        return False
    return pair.low <= pair.synthetic_lift <= pair.high
