"""Facts of extra columns: shares of their values, numbers and dates in bins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assoc_synth.attributes.kinds import as_floats, is_number, read_dates, uncategorised
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.report.columns import binned, missing_words
from assoc_synth.report.facts import Chart, Series
from assoc_synth.transactions.arrays import Floats, Times
from assoc_synth.transactions.table import TransactionTable

MOST_COLUMNS = 24
"""Of a table with more extra columns the first ones are drawn."""
MOST_VALUES = 8
REPEATED = 0.5
"""A column of more different values per known cell names things, and its values are not drawn."""
_BINS = 14


def extra_charts(tables: Mapping[str, TransactionTable]) -> tuple[tuple[Chart, ...], tuple[str, ...]]:
    """A chart for each extra column that all tables have, and notes on those that have none."""
    first, *others = tables.values()
    own = [name for name in first.schema.extras if name != first.schema.cluster]
    names = [name for name in own if all(name in table.schema.extras for table in others)]
    charts: list[Chart] = []
    undrawn: list[str] = []
    for name in names[:MOST_COLUMNS]:
        chart = extra_chart(shown(name), {side: uncategorised(table.extras[name]) for side, table in tables.items()})
        if chart is None:
            undrawn.append(shown(name))
        else:
            charts.append(chart)
    notes = [f"not drawn, as nearly every value is another one: {', '.join(undrawn)}"] if undrawn else []
    if len(names) > MOST_COLUMNS:
        notes.append(f"{len(names) - MOST_COLUMNS:,} more columns are not drawn")
    return tuple(charts), tuple(notes)


def extra_chart(name: str, columns: Mapping[str, pd.Series]) -> Chart | None:
    """Shares of one column's values in every table; the first decides the classes.

    Returns:
        None where the values name things: there is nothing to count.
    """
    first = next(iter(columns.values()))
    gone = missing_words("value", {side: column.isna().to_numpy() for side, column in columns.items()})
    if not any(column.notna().any() for column in columns.values()):
        return Chart(name, ("no value",), tuple(Series(side, (1.0,)) for side in columns), "", "names", True)
    if is_number(first):
        numbers = {side: as_floats(column) for side, column in columns.items()}
        if first.nunique() > MOST_VALUES:
            return _number_chart(name, numbers, gone)
    dates = {side: read_dates(column) for side, column in columns.items()}
    if next(iter(dates.values())) is not None:
        times = {side: np.zeros(0, "datetime64[ns]") if read is None else read[0] for side, read in dates.items()}
        return _date_chart(name, times, gone)
    if first.nunique() > max(REPEATED * first.notna().sum(), MOST_VALUES):
        return None
    return _value_chart(name, columns, gone)


def _number_chart(name: str, numbers: Mapping[str, Floats], note: str) -> Chart | None:
    labels, series = binned({side: own[np.isfinite(own)] for side, own in numbers.items()})
    return Chart(name, labels, series, note, "bins", True)


def _date_chart(name: str, times: Mapping[str, Times], note: str) -> Chart:
    """Equal spans between the first table's 0.5 and 99.5 % quantiles; the outer ones are open."""
    days = {side: own[~np.isnat(own)].astype("datetime64[D]").astype(np.int64) for side, own in times.items()}
    known = next(own for own in days.values() if len(own))
    low, high = (int(edge) for edge in np.quantile(known, [0.005, 0.995], method="inverted_cdf"))
    count = min(_BINS, high - low + 1)
    edges = np.unique(np.linspace(low, high + 1, count + 1).astype(np.int64))
    series = []
    for side, own in days.items():
        at = np.clip(np.searchsorted(edges, own, side="right") - 1, 0, len(edges) - 2)
        counts = np.bincount(at, minlength=len(edges) - 1)
        series.append(Series(side, tuple((counts / max(len(own), 1)).tolist())))
    form = "datetime64[M]" if high - low > 150 else "datetime64[D]"
    labels = tuple(str(edge) for edge in edges.astype("datetime64[D]").astype(form))
    return Chart(name, labels, tuple(series), note, "bins", True)


def _value_chart(name: str, columns: Mapping[str, pd.Series], note: str) -> Chart:
    counts = {side: column.dropna().astype(str).value_counts() for side, column in columns.items()}
    first = next(iter(counts.values()))
    every = sorted(
        set().union(*(own.index for own in counts.values())), key=lambda value: (-first.get(value, 0), value)
    )
    kept, rest = (every, []) if len(every) <= MOST_VALUES + 1 else (every[:MOST_VALUES], every[MOST_VALUES:])
    labels = [shown(value) for value in kept] + ([f"{len(rest):,} more"] if rest else [])
    series = []
    for side, own in counts.items():
        total = max(int(own.sum()), 1)
        shares = [float(own.get(value, 0)) / total for value in kept]
        shares += [float(own.reindex(rest).fillna(0).sum()) / total] if rest else []
        series.append(Series(side, tuple(shares)))
    return Chart(name, tuple(labels), tuple(series), note, "names", True)
