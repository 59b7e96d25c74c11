"""Rows as a table for people and as plain values for programs. Nothing is printed here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from assoc_synth.benchmark.measures import ALL, FIDELITIES, Measures, ratios_to_floor
from assoc_synth.benchmark.rows import FLOOR, Row

FORMAT_VERSION = 1
_OTHERS = ("ndcg@10", "closer_to_train", "gate", "fit", "fit links/s", "sample links/s")


def scopes(rows: Sequence[Row]) -> list[str]:
    """The scopes that the rows have figures for, `ALL` first."""
    return list(dict.fromkeys(scope for row in rows if row.measures for scope in row.measures.fidelity))


def render(rows: Sequence[Row], scope: str = ALL) -> Table:
    """The rows of one data set in one scope, a competitor in each column: each measure, and in brackets its ratio to
    the floor.

    The aim is 1.00. Utility, closeness and speed do not depend on the scope; they are shown with `ALL` alone.
    """
    table = Table(title=f"{rows[0].dataset}, {scope}" if rows else scope, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("")
    names = (*FIDELITIES, *(_OTHERS if scope == ALL else ()))
    columns, floor = [], _floor(rows)
    for row in rows:
        if row.measures is not None and scope in row.measures.fidelity:
            table.add_column(row.name, justify="right")
            others = _other_cells(row, row.measures) if scope == ALL else []
            columns.append([*_fidelity_cells(row.measures, floor, scope), *others])
    for place, name in enumerate(names):
        table.add_row(name, *(column[place] for column in columns))
    failed = [f"{row.name}: {row.error or 'failed'}" for row in rows if row.measures is None]
    table.caption = escape("\n".join(failed)) if failed and scope == ALL else None
    return table


def as_dict(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows as values for JSON, stable within a format version; a figure that does not exist is None.

    `ratio_to_floor` stands beside each fidelity, by scope.
    """
    floors = {row.dataset: row.measures for row in rows if row.name == FLOOR}
    return {"format_version": FORMAT_VERSION, "rows": [_row_dict(row, floors.get(row.dataset)) for row in rows]}


def _row_dict(row: Row, floor: Measures | None) -> dict[str, Any]:
    values = asdict(row)
    if row.measures is not None:
        values["measures"]["utility"]["ratio"] = row.measures.utility.ratio
        values["measures"]["ratio_to_floor"] = {
            scope: ratios_to_floor(found, floor.fidelity[scope])
            for scope, found in row.measures.fidelity.items()
            if floor is not None and scope in floor.fidelity
        }
    plain: dict[str, Any] = _plain(values)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _floor(rows: Sequence[Row]) -> Measures | None:
    return next((row.measures for row in rows if row.name == FLOOR), None)


def _fidelity_cells(measures: Measures, floor: Measures | None, scope: str) -> list[str]:
    found = measures.fidelity[scope]
    known = floor is not None and floor is not measures and scope in floor.fidelity
    ratios = ratios_to_floor(found, floor.fidelity[scope]) if floor is not None and known else {}
    return [_figure(getattr(found, name), ratios.get(name)) for name in FIDELITIES]


def _other_cells(row: Row, measures: Measures) -> list[str]:
    speed, closer = row.speed, measures.proximity
    ratio = None if row.name == FLOOR else measures.utility.ratio
    return [
        _figure(measures.utility.ndcg, ratio),
        "–" if closer is None else f"{closer.share:.3f}\n\\[{closer.low:.3f}, {closer.high:.3f}]",
        row.verdict or "–",
        "–" if speed is None else f"{speed.fit_seconds:.0f} s",
        _rate(None if speed is None else speed.fit_links_per_second),
        _rate(None if speed is None else speed.sample_links_per_second),
    ]


def _figure(value: float, ratio: float | None) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.4f}" if ratio is None or math.isnan(ratio) else f"{value:.4f} ({ratio:.2f})"


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:,.0f}"
