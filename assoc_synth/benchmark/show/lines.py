"""What is shown of a row, figure by figure: its name, its value, its text, and which way is better."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assoc_synth.benchmark.measures import FIDELITIES, LOW_IS_BETTER, Measures, ratios_to_floor
from assoc_synth.benchmark.run import CONTAMINATED, FLOOR, Row

Better = Literal["low", "high", "half"]
CONTROLS = frozenset({FLOOR, CONTAMINATED, "copy"})
"""Rows of real data: nobody competes with them."""
_NONE = "–"


@dataclass(frozen=True)
class Line:
    """One figure of every row.

    Attributes:
        title: its name.
        value: the figure; None where the row has none.
        text: the same as it is printed.
        better: which way; "half" is nearest to 0.5; None where it cannot be said.
    """

    title: str
    value: Callable[[Row], float | None]
    text: Callable[[Row], str]
    better: Better | None = None

    def best(self, rows: Sequence[Row]) -> frozenset[str]:
        """The names of the competitors that no other beats; none where all are alike."""
        found = {row.name: self.value(row) for row in rows if row.name not in CONTROLS}
        marks = {name: self._mark(value) for name, value in found.items() if value is not None}
        if self.better is None or len(set(marks.values())) < 2:
            return frozenset()
        return frozenset(name for name, mark in marks.items() if mark == min(marks.values()))

    def _mark(self, value: float) -> float:
        return {"low": value, "high": -value, "half": abs(value - 0.5), None: 0.0}[self.better]


def fidelity_lines(rows: Sequence[Row], scope: str) -> list[Line]:
    """The associations in one scope, each figure with its ratio to the floor."""
    floor = next((row.measures for row in rows if row.name == FLOOR), None)
    return [_fidelity(name, scope, floor) for name in FIDELITIES]


def with_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows that have figures of `row_lines`; none where only the floor has."""
    found = [row for row in rows if row.measures is not None and row.measures.rows]
    return found if any(row.name != FLOOR for row in found) else []


def row_lines(rows: Sequence[Row]) -> list[Line]:
    """Amounts, times, baskets and what is missing, each figure with its ratio to the floor; none without a floor."""
    return [_of_rows("rows", name, value, "low") for name, value in _floor(rows, "rows").items()]


def sdv_lines(rows: Sequence[Row]) -> list[Line]:
    """SDV's quality report, as `row_lines`."""
    return [_of_rows("sdv", name, value, "high") for name, value in _floor(rows, "sdv").items()]


def other_lines() -> list[Line]:
    """Use, closeness, the gate, speed, memory and size: what does not depend on a scope."""
    return [
        Line("ndcg@10", _utility, _utility_text, "high"),
        Line("closer_to_train", _closeness, _closeness_text, "half"),
        Line("gate", lambda row: None, _verdict),
        Line("τ", lambda row: None, _tolerance),
        _cost("fit", "fit_seconds", duration, None),
        _cost("fit links/s", "fit_links_per_second", count, "high"),
        _cost("sample", "sample_seconds", duration, None),
        _cost("sample links/s", "sample_links_per_second", count, "high"),
        _cost("peak memory", "peak_memory_bytes", size, "low"),
        _cost("model", "model_bytes", size, "low"),
    ]


def figure(value: float, ratio: float | None = None) -> str:
    """A figure with four decimals at most, and its ratio to the floor."""
    if not math.isfinite(value):
        return _NONE
    text = f"{value:.4f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"
    if ratio is None or not math.isfinite(ratio):
        return text
    return f"{text} {ratio:.{2 if abs(ratio) < 9.995 else 1 if abs(ratio) < 99.95 else 0}f}"


def duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.1f} min"


def count(number: float) -> str:
    return f"{number:,.0f}"


def size(number: float) -> str:
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

    return Line(name, value, text, "low" if name in LOW_IS_BETTER else "high")


def _floor(rows: Sequence[Row], of: str) -> Mapping[str, float]:
    found: Mapping[str, float] = next(
        (getattr(row.measures, of) for row in rows if row.name == FLOOR and row.measures is not None), {}
    )
    return found


def _of_rows(of: str, name: str, floor: float, better: Better) -> Line:
    def value(row: Row) -> float | None:
        found = math.nan if row.measures is None else getattr(row.measures, of).get(name, math.nan)
        return found if math.isfinite(found) else None

    def text(row: Row) -> str:
        found = value(row)
        if found is None:
            return _NONE
        return figure(found, found / floor if floor and row.name != FLOOR else None)

    return Line(name, value, text, better)


def _utility(row: Row) -> float | None:
    return None if row.measures is None else row.measures.utility.ndcg


def _utility_text(row: Row) -> str:
    if row.measures is None:
        return _NONE
    return figure(row.measures.utility.ndcg, None if row.name == FLOOR else row.measures.utility.ratio)


def _closeness(row: Row) -> float | None:
    found = None if row.measures is None else row.measures.proximity
    return None if found is None or not math.isfinite(found.share) else found.share


def _closeness_text(row: Row) -> str:
    share, found = _closeness(row), None if row.measures is None else row.measures.proximity
    if share is None or found is None:
        return _NONE
    return f"{share:.3f} ±{(found.high - found.low) / 2:.3f}".replace("0.", ".")


def _verdict(row: Row) -> str:
    gate = None if row.measures is None else row.measures.gate
    return _NONE if gate is None else str(gate.status)


def _tolerance(row: Row) -> str:
    """The share of randomised subjects that would look like this: "3–17 %"."""
    gate = None if row.measures is None else row.measures.gate
    if gate is None or gate.tau_low is None or gate.tau_high is None:
        return _NONE
    return f"{100 * gate.tau_low:.0f}–{100 * gate.tau_high:.0f} %"


def _cost(title: str, attribute: str, text: Callable[[float], str], better: Better | None) -> Line:
    def value(row: Row) -> float | None:
        found = None if row.cost is None else getattr(row.cost, attribute)
        return None if found is None else float(found)

    def shown(row: Row) -> str:
        found = value(row)
        return _NONE if found is None else text(found)

    return Line(title, value, shown, better)
