"""Facts of visits: how many rows they have, how far apart they are, and how often a link is repeated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assoc_synth.link_graph.rows import Rows
from assoc_synth.report.facts import Chart, Series
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.days import DAY, HOUR

MOST_ROWS = 12
"""Visits of more rows are one class."""
MOST_REPEATS = 6
GAPS = (HOUR, DAY, 2 * DAY, 4 * DAY, 8 * DAY, 15 * DAY, 31 * DAY, 91 * DAY, 366 * DAY)
GAP_LABELS: tuple[str, ...] = (
    "< 1 h",
    "< 1 d",
    "1 d",
    "2–3 d",
    "4–7 d",
    "8–14 d",
    "15–30 d",
    "31–90 d",
    "91 d–1 y",
    "> 1 y",
)
VISITS = {"basket": "baskets", "session": "sessions, by the pauses between rows", "timestamp": "distinct timestamps"}


def visit_charts(sides: Mapping[str, Rows]) -> tuple[Chart, ...]:
    """Rows per visit, time between visits, and rows per link; only what the tables have.

    Args:
        sides: the tables' rows by side.
    """
    found = [_counted("rows per link", {side: rows.edges.count for side, rows in sides.items()}, MOST_REPEATS)]
    if all(rows.group is not None and len(rows.visits) for rows in sides.values()):
        kind = next(iter(sides.values())).visit_kind
        note = f"visits are {VISITS[kind]}" if kind is not None else ""
        sizes = {side: rows.visits.sizes for side, rows in sides.items()}
        found.append(_counted("visit sizes", sizes, MOST_ROWS, note))
        found.append(_gaps({side: _between(rows) for side, rows in sides.items()}))
    return tuple(chart for chart in found if chart is not None)


def _counted(name: str, counts: Mapping[str, Ints], most: int, note: str = "") -> Chart | None:
    """Shares of 1, 2, 3 … and of `most` or more; None where every count of every table is 1."""
    top = max((int(own.max(initial=0)) for own in counts.values()), default=0)
    if top < 2:
        return None
    last = min(most, top)
    labels = [str(count) for count in range(1, last + 1)]
    labels[-1] += " +" if top > last else ""
    series = [
        Series(side, _shares(np.bincount(np.minimum(own, last), minlength=last + 1)[1:]))
        for side, own in counts.items()
    ]
    return Chart(name, tuple(labels), tuple(series), note)


def _between(rows: Rows) -> Ints:
    """Nanoseconds from the start of a visit to the start of its subject's next one."""
    later = rows.visits.following
    return rows.visits.start[later] - rows.visits.start[later - 1]


def _gaps(gaps: Mapping[str, Ints]) -> Chart | None:
    if not any(len(own) for own in gaps.values()):
        return None
    counts = {
        side: np.bincount(np.searchsorted(GAPS, own, side="right"), minlength=len(GAP_LABELS))
        for side, own in gaps.items()
    }
    used = np.flatnonzero(sum(counts.values()))
    kept = slice(int(used[0]), int(used[-1]) + 1)
    series = tuple(Series(side, _shares(count[kept])) for side, count in counts.items())
    return Chart("gaps", GAP_LABELS[kept], series, "from the start of a visit to the start of the next")


def _shares(counts: Ints) -> tuple[float, ...]:
    shares: Floats = counts / max(int(counts.sum()), 1)
    return tuple(shares.tolist())
