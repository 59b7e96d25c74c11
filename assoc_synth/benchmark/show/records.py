"""Rows as values for JSON, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from assoc_synth.benchmark.measures import FIDELITIES, Measures, ratios_to_floor
from assoc_synth.benchmark.peers.registry import Cost
from assoc_synth.benchmark.run import FLOOR, Row
from assoc_synth.errors import InputError
from assoc_synth.evaluation import Fidelity, Proximity, Utility
from assoc_synth.gate.verdict import Verdict

FORMAT_VERSION = 1


def as_dict(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows as values for JSON, stable within a format version; a figure that does not exist is None.

    The measures of a row also have `ratio_to_floor`: the ratio of each fidelity to the floor's, by scope.
    """
    floors = {row.dataset: row.measures for row in rows if row.name == FLOOR}
    return {"format_version": FORMAT_VERSION, "rows": [_row_dict(row, floors.get(row.dataset)) for row in rows]}


def from_dict(values: Mapping[str, Any]) -> list[Row]:
    """The rows that `as_dict` wrote.

    Raises:
        InputError: the values have another format version, or `as_dict` did not write them.
    """
    if values.get("format_version") != FORMAT_VERSION:
        raise InputError(f"these are no benchmark results of format version {FORMAT_VERSION}: run the benchmark again")
    try:
        return [_row(dict(row)) for row in values["rows"]]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"these are no benchmark results ({type(error).__name__}): run the benchmark again") from error


def _row_dict(row: Row, floor: Measures | None) -> dict[str, Any]:
    values = asdict(row)
    if row.measures is not None:
        values["measures"]["gate"] = None if row.measures.gate is None else row.measures.gate.to_dict()
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
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _row(values: dict[str, Any]) -> Row:
    measures, cost = values.pop("measures"), values.pop("cost")
    notes = tuple(values.pop("notes"))
    return Row(
        **values, notes=notes, measures=_measures(measures) if measures else None, cost=Cost(**cost) if cost else None
    )


def _measures(values: Mapping[str, Any]) -> Measures:
    fidelity = {
        scope: Fidelity(**{name: _number(found[name]) for name in FIDELITIES})
        for scope, found in values["fidelity"].items()
    }
    near, use = values["proximity"], values["utility"]
    # Results of earlier versions have no floor and no intervals of it.
    utility = Utility(**{field.name: _number(use.get(field.name)) for field in fields(Utility)})
    gate = None if values.get("gate") is None else Verdict.from_dict(values["gate"])
    proximity = None
    if near is not None:
        share, low, high, ties = (_number(near[name]) for name in ("share", "low", "high", "ties"))
        beside = _number(near.get("independent"))
        proximity = Proximity(share, low, high, int(near["num_subjects"]), ties, beside)
    rows, sdv = ({name: _number(found) for name, found in values.get(of, {}).items()} for of in ("rows", "sdv"))
    repeats = _number(values["repeat_share"])
    private = {name: _number(found) for name, found in values.get("privacy", {}).items()}
    flags = tuple(values.get("given_away_by", ()))
    return Measures(fidelity, utility, proximity, values["verb_shares"], repeats, gate, rows, sdv, private, flags)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
