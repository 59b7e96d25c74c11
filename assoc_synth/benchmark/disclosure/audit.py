"""One audit: a model is fitted, what it lists is counted, its files and its rows are searched, its use is measured."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assoc_synth import AssociativeSynthesizer, compare, datasets
from assoc_synth.attributes import Thresholds
from assoc_synth.benchmark.disclosure.derived import derived_of, numbers_of, thin_cells
from assoc_synth.benchmark.disclosure.emitted import Shares, shares_of_rare
from assoc_synth.benchmark.disclosure.model_files import held_in
from assoc_synth.benchmark.disclosure.real_values import rare_values
from assoc_synth.benchmark.disclosure.search import Found, search
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import GateRejected
from assoc_synth.transactions.table import TransactionTable

OTHER = 1_000
"""Added to a seed for other subjects of the same population."""
LEAST = Thresholds().min_subjects


@dataclass(frozen=True)
class Audit:
    """What one model and its rows hold of fewer than `LEAST` subjects.

    Attributes:
        min_subjects, min_subjects_objects: the thresholds of the fit.
        cpu_seconds: of the fit; None where the model was there already.
        listed, listed_below: values that the model lists, and those of them with too few training subjects.
        found: what the search of its files finds; thin: cells of numbers of links of too few subjects.
        columns: rare values in the emitted rows.
        figures: by measure, its value and its floor, which is of other subjects.
    """

    dataset: str
    seed: int
    subjects: int
    min_subjects: int
    min_subjects_objects: int | None
    cpu_seconds: float | None
    listed: int
    listed_below: tuple[str, ...]
    found: tuple[Found, ...]
    thin: int
    columns: tuple[Shares, ...]
    figures: dict[str, tuple[float, float | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What is fitted.

    Args:
        dataset: a built-in table that is generated from a seed.
        subjects: of each table, at random; None for all.
        config: of the networks; None for the one that fits usually have.
    """

    dataset: str
    min_subjects: int = LEAST
    min_subjects_objects: int | None = LEAST
    subjects: int | None = None
    max_minutes: float | None = None
    config: CTGANConfig | None = None

    def tables(self, seed: int) -> tuple[TransactionTable, TransactionTable]:
        """A table, and one of other subjects."""
        own, other = (datasets.load(self.dataset, seed=one, sample=self.subjects) for one in (seed, seed + OTHER))
        return own, other


def audited(wanted: Wanted, seed: int, folder: Path, *, measures: bool = True) -> Audit:
    """Fit a model, or read it where it is in `folder` already, and audit it.

    Args:
        seed: of the table, the fit and the sample.
        folder: keeps the model.
        measures: whether its use is measured as well.
    """
    real, other = wanted.tables(seed)
    path = folder / f"{wanted.dataset}-{seed}-{wanted.min_subjects}-{wanted.min_subjects_objects}"
    began, spent = time.process_time(), None
    if not path.exists():
        AssociativeSynthesizer(
            random_state=seed,
            max_minutes=wanted.max_minutes,
            config=wanted.config,
            min_subjects=wanted.min_subjects,
            min_subjects_objects=wanted.min_subjects_objects,
        ).fit(real).save(path)
        spent = time.process_time() - began
    synthesizer = AssociativeSynthesizer.load(path)
    try:
        rows = synthesizer.sample(real.num_subjects, seed=seed, allow_undertrained=True).table
    except GateRejected as refusal:
        if refusal.result is None:
            raise
        rows = refusal.result.table
    listing, held = synthesizer.privacy(), held_in(path)
    below = [
        f"{one.column}, {one.what}: {value}"
        for one in listing
        for value, count in zip(one.values, one.subjects or (), strict=True)
        if count < LEAST and one.what != "verb" and (one.what != "object" or wanted.min_subjects_objects)
    ]
    rare = rare_values(real, LEAST, objects=wanted.min_subjects_objects is not None)
    return Audit(
        wanted.dataset,
        seed,
        real.num_subjects,
        wanted.min_subjects,
        wanted.min_subjects_objects,
        spent,
        sum(len(one.values) for one in listing),
        tuple(below),
        tuple(search(held, rare, [*derived_of(real), *numbers_of(real, held.numbers)], LEAST)),
        len(list(thin_cells(held.numbers, LEAST))),
        tuple(shares_of_rare(real, rows, other, LEAST)),
        _figures(real, rows, other) if measures else {},
    )


def _figures(
    real: TransactionTable, rows: TransactionTable, other: TransactionTable
) -> dict[str, tuple[float, float | None]]:
    figures = compare(real, {"rows": rows}, other, gate=False).compared["rows"].figures
    return {one.name: (one.value, one.floor) for one in figures if one.value is not None}


def stored(found: Sequence[Audit], path: Path) -> None:
    """Write one JSON line for each."""
    path.write_text("".join(f"{json.dumps(asdict(one))}\n" for one in found), encoding="utf-8")


def read(path: Path) -> list[Audit]:
    """Inverse of `stored`; none where there is no such file."""
    if not path.exists():
        return []
    return [_audit(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _audit(state: dict[str, Any]) -> Audit:
    return Audit(
        **state
        | {
            "listed_below": tuple(state["listed_below"]),
            "found": tuple(Found(**one) for one in state["found"]),
            "columns": tuple(Shares(**{**one, "missing": tuple(one["missing"])}) for one in state["columns"]),
            "figures": {name: (value, floor) for name, (value, floor) in state["figures"].items()},
        }
    )
