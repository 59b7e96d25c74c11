"""One table and what the gate said of it, as a line of a JSON Lines file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assoc_synth.gate.verdict import BlockResult, Status, Verdict

FORMAT_VERSION = 1
MOST_DIFFERING = 6
OWN, HELD_OUT, DESTROYED = "assoc-synth", "held-out half", "% destroyed"
"""Names of tables; the last is the end of those of destroyed ones."""


@dataclass(frozen=True)
class Scope:
    """The answer about one scope, see `gate.results.ScopeVerdict`."""

    name: str
    status: str
    tau_low: float | None
    tau_high: float | None
    certificate: float | None


@dataclass(frozen=True)
class Judged:
    """What the gate said of one table.

    Attributes:
        dataset: its name; training: subjects of the training half; seed: of the draws and of the simulation.
        table: what was judged, such as "held-out half"; source: where it comes from, "" where that is all.
        status, p_value, num_subjects, num_reference: as in `Verdict`.
        scopes: the answers about scopes.
        differs: the blocks that differ, the farthest ones.
        notes: what a reader should know.
    """

    dataset: str
    training: int
    seed: int
    table: str
    source: str
    status: str
    p_value: float | None
    num_subjects: int
    num_reference: int
    scopes: tuple[Scope, ...]
    differs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, int, int, str, str]:
        """What a line is the answer to: it is not judged again."""
        return self.dataset, self.training, self.seed, self.table, self.source

    @property
    def not_judged(self) -> tuple[str, ...]:
        """The scopes that the table has nothing of."""
        return tuple(scope.name for scope in self.scopes if scope.status == Status.NOT_JUDGED)

    @classmethod
    def of(cls, key: tuple[str, int, int, str, str], verdict: Verdict, notes: tuple[str, ...] = ()) -> Judged:
        """From a verdict; figures are rounded to four digits."""
        scopes = tuple(
            Scope(scope.name, scope.status.value, *map(_rounded, (scope.tau_low, scope.tau_high, scope.certificate)))
            for scope in verdict.scopes
        )
        beyond = sorted((b for b in verdict.blocks if b.differs), key=lambda b: (b.adjusted_p or 0.0, -_excess(b)))
        names = tuple(block.name for block in beyond[:MOST_DIFFERING])
        p_value, sizes = _rounded(verdict.p_value), (verdict.num_subjects, verdict.num_reference)
        return cls(*key, verdict.status.value, p_value, *sizes, scopes, names, notes)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Judged:
        """Inverse of `to_dict`.

        Raises:
            KeyError, TypeError: these are other values.
        """
        own = {name: value for name, value in values.items() if name != "format_version"}
        scopes = tuple(Scope(**scope) for scope in own["scopes"])
        return cls(**own | {"scopes": scopes, "differs": tuple(own["differs"]), "notes": tuple(own["notes"])})

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"format_version": FORMAT_VERSION} | asdict(self)


def _excess(block: BlockResult) -> float:
    """How far a block is beyond its limit, in units of the distance from the floor to it."""
    return float((block.observed - block.limit) / max(block.limit - block.floor, 1e-9))


def read(log: Path) -> list[Judged]:
    """The lines of a file, the last one of each key, without those of other formats and one that was cut off."""
    found: dict[tuple[str, int, int, str, str], Judged] = {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            values = json.loads(line)
            if values.get("format_version") == FORMAT_VERSION:
                judged = Judged.from_dict(values)
                found[judged.key] = judged
        except (ValueError, KeyError, TypeError, AttributeError):  # the process ended while it wrote
            continue
    return list(found.values())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)
