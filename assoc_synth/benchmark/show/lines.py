"""The figures of a row that are shown: the name, the value, the text and the better direction of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assoc_synth.benchmark.measures import FIDELITIES, Measures, ratios_to_floor
from assoc_synth.benchmark.run import CONTAMINATED, DESTROYED, FLOOR, Row
from assoc_synth.evaluation.directions import Aim, direction
from assoc_synth.evaluation.own_measures import aim_of
from assoc_synth.gate.scopes import NAMES as SCOPES
from assoc_synth.model.quantities import time_text

CONTROLS = frozenset({FLOOR, CONTAMINATED, DESTROYED, "copy"})
"""Rows of real data, which do not compete."""
_NONE = "–"


@dataclass(frozen=True)
class Line:
    """One figure of every row.

    Attributes:
        title: its name.
        value: the figure; None where the row has none.
        text: the same as it is printed.
        aim: the better direction, "half" is nearest to 0.5; "none" where no direction is better.
    """

    title: str
    value: Callable[[Row], float | None]
    text: Callable[[Row], str]
    aim: Aim = "none"

    def best(self, rows: Sequence[Row]) -> frozenset[str]:
        """The names of the competitors that no other beats; empty where all are alike."""
        found = {row.name: self.value(row) for row in rows if row.name not in CONTROLS}
        ranks = {name: self._rank(value) for name, value in found.items() if value is not None}
        if self.aim == "none" or len(set(ranks.values())) < 2:
            return frozenset()
        return frozenset(name for name, rank in ranks.items() if rank == min(ranks.values()))

    def _rank(self, value: float) -> float:
        """Least is best."""
        return {"low": value, "high": -value, "half": abs(value - 0.5), "none": 0.0}[self.aim]


def fidelity_lines(rows: Sequence[Row], scope: str) -> list[Line]:
    """The associations in one scope, each figure with its ratio to the floor."""
    floor = next((row.measures for row in rows if row.name == FLOOR), None)
    return [_fidelity(name, scope, floor) for name in FIDELITIES]


def with_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows that have figures of `row_lines`; empty where only the floor and the destroyed table have them."""
    found = [row for row in rows if row.measures is not None and row.measures.rows]
    return found if any(row.name not in (FLOOR, DESTROYED) for row in found) else []


def with_links(rows: Sequence[Row]) -> list[Row]:
    """The rows that have figures of links: all measured ones but the destroyed table."""
    return [row for row in rows if row.measures is not None and row.measures.fidelity]


def row_lines(rows: Sequence[Row]) -> list[Line]:
    """Order, visits, times, amounts and attributes, each figure with its ratio to the floor; empty without a floor."""
    return [_of_rows("rows", name, value) for name, value in _floor(rows, "rows").items()]


def sdv_lines(rows: Sequence[Row]) -> list[Line]:
    """SDV's quality report, in the form of `row_lines`."""
    return [_of_rows("sdv", name, value) for name, value in _floor(rows, "sdv").items()]


def privacy_lines(rows: Sequence[Row]) -> list[Line]:
    """What training subjects have to fear; a figure that gives somebody away has a star."""
    known = [row.measures.privacy for row in rows if row.measures is not None]
    return [_private(name) for name in dict.fromkeys(name for found in known for name in found)]


def other_lines() -> list[Line]:
    """Use, closeness, the gate, speed, memory and size: what does not depend on a scope."""
    return [
        Line("ndcg@10", _utility, _utility_text, direction("ndcg@10")),
        Line("closer_to_train", _closeness, _closeness_text, direction("closer_to_train")),
        Line("gate", lambda row: None, _verdict),
        *(Line(f"τ {scope}", lambda row: None, _tolerance(scope)) for scope in SCOPES),
        _cost("fit", "fit_seconds", time_text, "none"),
        _cost("fit links/s", "fit_links_per_second", count, "high"),
        _cost("sample", "sample_seconds", time_text, "none"),
        _cost("sample links/s", "sample_links_per_second", count, "high"),
        _cost("peak memory", "peak_memory_bytes", size, "low"),
        _cost("model", "model_bytes", size, "low"),
    ]


def figure(value: float, ratio: float | None = None) -> str:
    """A figure with four decimals at most, and its ratio to the floor.

    Example:
        >>> figure(0.06304, 1.474), figure(1.48), figure(float("nan"))
        ('.0630 1.47', '1.480', '–')
    """
    if not math.isfinite(value):
        return _NONE
    text = f"{value:.4f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"
    if ratio is None or not math.isfinite(ratio):
        return text
    return f"{text} {ratio:.{2 if abs(ratio) < 9.995 else 1 if abs(ratio) < 99.95 else 0}f}"


def count(number: float) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,.0f}"


def size(number: float) -> str:
    """Bytes with three digits.

    Example:
        >>> size(23_093), size(1_520_000_000)
        ('23.1 kB', '1.52 GB')
    """
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return f"{number / 1e3:.3g} kB"


def _fidelity(name: str, scope: str, floor: Measures | None) -> Line:
    def value(row: Row) -> float | None:
        if row.measures is None or scope not in row.measures.fidelity:
            return None
        found: float = getattr(row.measures.fidelity[scope], name)
        return found if math.isfinite(found) else None

    def text(row: Row) -> str:
        found = value(row)
        if found is None or row.measures is None:
            return _NONE
        if row.name == FLOOR or floor is None or scope not in floor.fidelity:
            return figure(found)
        return figure(found, ratios_to_floor(row.measures.fidelity[scope], floor.fidelity[scope])[name])

    return Line(name, value, text, direction(name))


def _floor(rows: Sequence[Row], of: str) -> Mapping[str, float]:
    found: Mapping[str, float] = next(
        (getattr(row.measures, of) for row in rows if row.name == FLOOR and row.measures is not None), {}
    )
    return found


def _of_rows(of: str, name: str, floor: float) -> Line:
    def value(row: Row) -> float | None:
        found = math.nan if row.measures is None else getattr(row.measures, of).get(name, math.nan)
        return found if math.isfinite(found) else None

    def text(row: Row) -> str:
        found = value(row)
        if found is None:
            return _NONE
        return figure(found, found / floor if floor and row.name != FLOOR else None)

    return Line(name, value, text, aim_of(name))


def _private(name: str) -> Line:
    def value(row: Row) -> float | None:
        return None if row.measures is None else row.measures.privacy.get(name)

    def text(row: Row) -> str:
        found = value(row)
        if found is None or row.measures is None:
            return _NONE
        return f"{figure(found)}*" if name in row.measures.given_away_by else figure(found)

    return Line(name, value, text, direction(name))


def _utility(row: Row) -> float | None:
    return None if row.measures is None else row.measures.utility.ndcg


def _utility_text(row: Row) -> str:
    if row.measures is None:
        return _NONE
    found = row.measures.utility
    if row.name == FLOOR and math.isfinite(found.low):
        return f"{figure(found.ndcg)} ±{(found.high - found.low) / 2:.4f}".replace("0.", ".")
    floor = found.floor if math.isfinite(found.floor) else found.ndcg_real
    return figure(found.ndcg, found.ndcg / floor if floor and row.name != FLOOR else None)


def _closeness(row: Row) -> float | None:
    found = None if row.measures is None else row.measures.proximity
    return None if found is None or not math.isfinite(found.share) else found.share


def _closeness_text(row: Row) -> str:
    share, found = _closeness(row), None if row.measures is None else row.measures.proximity
    if share is None or found is None:
        return _NONE
    text = f"{share:.3f} ±{(found.high - found.low) / 2:.3f}".replace("0.", ".")
    return f"{text} ({found.independent:.3f})".replace("(0.", "(.") if math.isfinite(found.independent) else text


def _verdict(row: Row) -> str:
    gate = None if row.measures is None else row.measures.gate
    return _NONE if gate is None else str(gate.status)


def _tolerance(scope: str) -> Callable[[Row], str]:
    """The share of destroyed subjects in a real table that looks like this one in a scope, such as "3–17 %"."""

    def text(row: Row) -> str:
        gate = None if row.measures is None else row.measures.gate
        if gate is None:
            return _NONE
        # Verdicts of earlier versions are about links alone.
        found = next((part for part in gate.scopes if part.name == scope), gate if scope == "links" else None)
        if found is None or found.tau_low is None or found.tau_high is None:
            return _NONE
        return f"{100 * found.tau_low:.0f}–{100 * found.tau_high:.0f} %"

    return text


def _cost(title: str, attribute: str, text: Callable[[float], str], aim: Aim) -> Line:
    def value(row: Row) -> float | None:
        found = None if row.cost is None else getattr(row.cost, attribute)
        return None if found is None else float(found)

    def shown(row: Row) -> str:
        found = value(row)
        return _NONE if found is None else text(found)

    return Line(title, value, shown, aim)
