"""What comes after what, as a matrix, table beside table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.report.charts.base import Data, altair, as_table, rows
from assoc_synth.report.transitions import steps_of
from assoc_synth.transactions.arrays import Floats, Ints

if TYPE_CHECKING:
    from altair import FacetChart

MOST_EVENTS = 12


def transition_matrix(
    real: Data, synthetic: Data | None = None, *, between_visits: bool = False, by: str = "link", top: int = MOST_EVENTS
) -> FacetChart:
    """The share of each next event, by the event before it: a matrix for each table, whose rows add up to 1.

    Args:
        real, synthetic: tables; one alone is drawn alone.
        between_visits: steps from a visit to the same subject's next visit, instead of those inside visits.
        by: what an event is: "link" (verb and object) or "verb".
        top: how many of the real table's most frequent events are shown; the others count in the sums.

    Raises:
        InputError: a table has no times, or no such steps.
        MissingExtraError: altair is not installed.
    """
    alt = altair()
    if by not in ("link", "verb"):
        raise InputError(f"by must be 'link' or 'verb', not {str(by)[:40]!r}")
    tables = [as_table(real)] + ([] if synthetic is None else [as_table(synthetic)])
    coded = coded_rows(*tables)
    if any(side.time is None for side in coded):
        raise InputError("what comes after what needs times in every table: name the column with time=")
    aligned = Aligned.of(*tables)
    verbs, objects = ([shown(name) for name in names] for names in (aligned.verbs, aligned.objects))
    names = verbs if by == "verb" else [f"{verb} {thing}" for verb in verbs for thing in objects]
    pairs = [_steps(side, between_visits, by) for side in coded]
    if not len(pairs[0][0]):
        raise InputError("the real table has no such step: each visit has one event, or each subject one visit")
    frequent = np.bincount(np.concatenate(pairs[0]), minlength=len(names))
    shown_events = np.argsort(-frequent, kind="stable")[: min(top, int((frequent > 0).sum()))]
    sides = ("real", "synthetic")[: len(coded)]
    records = [
        {"table": side, "before": names[first], "after": names[then], "share": float(share[i, j])}
        for side, steps in zip(sides, pairs, strict=True)
        for share in [_shares(steps, shown_events, len(names))]
        for i, first in enumerate(shown_events)
        for j, then in enumerate(shown_events)
    ]
    order = [names[event] for event in shown_events]
    cells = alt.Chart(rows(records)).mark_rect()
    chart = cells.encode(
        x=alt.X("after:N", sort=order, title="then", axis=alt.Axis(labelAngle=-50, labelLimit=140)),
        y=alt.Y("before:N", sort=order, title="first", axis=alt.Axis(labelLimit=140)),
        color=alt.Color("share:Q", title="share", scale=alt.Scale(scheme="tealblues"), legend=alt.Legend(format="~%")),
        tooltip=["table", "before", "after", alt.Tooltip("share", format=".1%")],
    ).properties(width=300, height=300)
    made: FacetChart = chart.facet(column=alt.Column("table:N", sort=list(sides), title=None))
    return made


def _steps(side: Rows, between: bool, by: str) -> tuple[Ints, Ints]:
    """Codes of the events before and after each step."""
    before, after = steps_of(side, between=between)
    codes = side.verb if by == "verb" else side.token
    return codes[before].astype(np.int64), codes[after].astype(np.int64)


def _shares(steps: tuple[Ints, Ints], events: Ints, size: int) -> Floats:
    """(events, events): of the steps from each event, the share that leads to each; 0 where there is none."""
    before, after = steps
    total = np.bincount(before, minlength=size)[events]
    place = np.full(size, -1)
    place[events] = np.arange(len(events))
    inside = (place[before] >= 0) & (place[after] >= 0)
    counts = np.zeros((len(events), len(events)))
    np.add.at(counts, (place[before[inside]], place[after[inside]]), 1)
    return np.asarray(counts / np.maximum(total, 1)[:, None], np.float64)
