"""Facts of single columns: verbs, hours, weekdays, months, amounts, and the degrees of the subjects."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.edges import Edges
from assoc_synth.report.facts import Chart, ChartKind, Series
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times
from assoc_synth.transactions.days import hours, months, weekdays
from assoc_synth.transactions.table import TransactionTable

Tables = Mapping[str, TransactionTable]

MOST_VERBS = 10
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINEAR_BINS, _MOST_BINS = 16, 22
_WIDE = 20.0
"""Amounts that range over more than this factor, or change their sign, are binned by 1, 2, 5, 10, 20 …"""


def charts(tables: Tables, edges: Mapping[str, Edges]) -> tuple[Chart, ...]:
    """Every chart that the tables have the columns for; the first table decides the classes' order."""
    found = [verb_chart(tables)]
    if all(table.time is not None for table in tables.values()):
        found += _time_charts(tables)
    if all(table.amount is not None for table in tables.values()):
        found += [amount_chart(tables)]
    return tuple(chart for chart in [*found, degree_chart(edges)] if chart is not None)


def verb_chart(tables: Tables) -> Chart | None:
    """Share of the rows by verb, the first table's most frequent first; the rest is one class."""
    counts = [_counts_by_name(table) for table in tables.values()]
    first = counts[0]
    every = {name for count in counts for name in count}
    names = sorted(every, key=lambda name: (-first.get(name, 0), -max(count.get(name, 0) for count in counts), name))
    kept, rest = (names, []) if len(names) <= MOST_VERBS else (names[: MOST_VERBS - 1], names[MOST_VERBS - 1 :])
    rows = [
        [count.get(name, 0) for name in kept] + ([sum(count.get(name, 0) for name in rest)] if rest else [])
        for count in counts
    ]
    labels = [shown(name) for name in kept] + ([f"{len(rest):,} more"] if rest else [])
    return _shares("verbs", tuple(labels), dict(zip(tables, rows, strict=True)), kind="names")


def _counts_by_name(table: TransactionTable) -> dict[str, int]:
    counts = np.bincount(table.verb, minlength=table.num_verbs)
    return {str(name): int(count) for name, count in zip(table.verbs, counts, strict=True) if count}


def _time_charts(tables: Tables) -> list[Chart | None]:
    undated = {
        side: np.zeros(len(table), bool) if table.time is None else np.isnat(table.time)
        for side, table in tables.items()
    }
    missing = missing_words("time", undated)
    name, times = _on_one_clock(tables)
    note = "; ".join(filter(None, (f"on the clock of {name}" if name else "as written, without a zone", missing)))
    classes: dict[str, tuple[tuple[str, ...], Callable[[Times], Ints]]] = {
        "hours": (tuple(map(str, range(24))), hours),
        "weekdays": (DAYS, weekdays),
        "months": (MONTHS, months),
    }
    found: list[Chart | None] = []
    for name, (labels, read) in classes.items():
        codes = {side: read(time) for side, time in times.items()}
        rows = {side: np.bincount(code[code >= 0], minlength=len(labels)).tolist() for side, code in codes.items()}
        # Dates without a time of day are all at midnight: there is nothing to see.
        if name == "hours" and not any(sum(counts[1:]) for counts in rows.values()):
            continue
        found.append(_shares(name, labels, rows, "" if found else note))
    return found


def _on_one_clock(tables: Tables) -> tuple[str, dict[str, Times]]:
    """Times on the clock of the first table that has a zone, and its name; those without a zone stay as they are."""
    made = {side: table.format.time for side, table in tables.items()}
    clock = next((own for own in made.values() if own is not None and own.clock_name), None)
    times: dict[str, Times] = {}
    for side, table in tables.items():
        own, time = made[side], np.zeros(0, "datetime64[ns]") if table.time is None else table.time
        times[side] = clock.local(time) if clock is not None and own is not None and own.clock_name else time
    return "" if clock is None else clock.clock_name, times


def amount_chart(tables: Tables) -> Chart | None:
    """Share of the amounts by bins that all tables share; the outer ones are open."""
    amounts = {side: _present(table) for side, table in tables.items()}
    if not any(len(values) for values in amounts.values()):
        return None
    labels, series = binned(amounts)
    gone = {
        side: np.zeros(len(table), bool) if table.amount is None else np.isnan(table.amount)
        for side, table in tables.items()
    }
    note, open_ends = missing_words("amount", gone), "the outer columns include all amounts beyond them"
    return Chart("amounts", labels, series, f"{note}; {open_ends}" if note else open_ends, "bins")


def binned(values: Mapping[str, Floats]) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """Edges of bins as labels, and each table's shares by bin; the first table that has a number decides the bins.

    Args:
        values: numbers by side, none of them missing; at least one side has one.
    """
    edges = _amount_edges(next(own for own in values.values() if len(own)))
    series = []
    for side, own in values.items():
        at = np.clip(np.searchsorted(edges, own, side="right") - 1, 0, len(edges) - 2)
        counts = np.bincount(at, minlength=len(edges) - 1)
        series.append(Series(side, tuple((counts / max(len(own), 1)).tolist())))
    return tuple(map(_number, edges)), tuple(series)


def _present(table: TransactionTable) -> Floats:
    return np.zeros(0) if table.amount is None else table.amount[np.isfinite(table.amount)]


def _amount_edges(values: Floats) -> Floats:
    low, high = (float(edge) for edge in np.quantile(values, [0.005, 0.995]))
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    if low * high > 0 and max(abs(low), abs(high)) <= _WIDE * min(abs(low), abs(high)):
        step = _nice((high - low) / _LINEAR_BINS)
        return np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step
    largest = max(abs(low), abs(high))
    smallest = max(float(np.quantile(np.abs(values[values != 0]), 0.01)), largest * 1e-5)
    powers = 10.0 ** np.arange(np.floor(np.log10(smallest)), np.ceil(np.log10(largest)) + 1)
    steps = (np.outer(powers, [1, 2, 5]) if len(powers) <= 4 else np.outer(powers, [1, 3])).ravel()
    positive, negative = ([0.0, *_between(steps, smallest, edge)] if edge > 0 else [0.0] for edge in (high, -low))
    edges = np.unique(np.concatenate([-np.array(negative), np.array(positive)]))
    return edges if len(edges) <= _MOST_BINS + 1 else edges[:: int(np.ceil(len(edges) / _MOST_BINS))]


def _between(steps: Floats, smallest: float, largest: float) -> list[float]:
    """Steps from just above `smallest` to the first at or above `largest`."""
    above = steps[steps > smallest]
    upto = int(np.searchsorted(above, largest)) + 1
    return [float(step) for step in above[:upto]]


def _nice(step: float) -> float:
    power = 10.0 ** np.floor(np.log10(step))
    return float(power * next(factor for factor in (1, 2, 5, 10) if factor * power >= step))


def _number(value: float) -> str:
    text = f"{value:,.0f}" if abs(value) >= 1 and float(value).is_integer() else f"{value:.10g}"
    return "0" if value == 0 else text.replace("-", "−")


def degree_chart(edges: Mapping[str, Edges]) -> Chart | None:
    """Share of the subjects with at least n distinct objects by any verb, by n."""
    degrees = {side: graph.degrees() for side, graph in edges.items()}
    longest = max((int(degree.max(initial=0)) for degree in degrees.values()), default=0)
    if longest < 1:
        return None
    at = np.unique(np.round(np.geomspace(1, longest, 60)).astype(np.int64))
    series = tuple(
        Series(side, tuple(float(np.mean(degree >= least)) for least in at)) for side, degree in degrees.items()
    )
    return Chart("degrees", tuple(map(str, at.tolist())), series, kind="curve")


def _shares(
    name: str, labels: tuple[str, ...], rows: Mapping[str, list[int]], note: str = "", kind: ChartKind = "classes"
) -> Chart | None:
    if not any(map(sum, rows.values())):
        return None
    series = tuple(
        Series(side, tuple(count / max(sum(counts), 1) for count in counts)) for side, counts in rows.items()
    )
    return Chart(name, labels, series, note, kind)


def missing_words(what: str, gone: Mapping[str, Bools]) -> str:
    """Shares of missing cells in words, by table; "" where none is missing anywhere."""
    shares = {side: float(np.mean(flags)) if len(flags) else 0.0 for side, flags in gone.items()}
    if not any(shares.values()):
        return ""
    return f"without {what}: " + ", ".join(f"{100 * share:.1f}\u00a0% ({side})" for side, share in shares.items())
