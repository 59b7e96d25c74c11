"""What a scope of parts compares: the features of its parts side by side, and blocks of whole groups of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.conditional import ClassDistance, Direction, Never, RuleDistance, group_starts
from assoc_synth.gate.scopes.parts.part import Compared, Counted, Part, times_of
from assoc_synth.gate.scopes.scope import EQUIVALENT, JSON, Block, Measure
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Ints, Values

TABLES = {"pairs", "unseen", "rules", "class_of_link", "class_of_class", "by_column", "beside_link", "beside_class"}
"""Arrays of parts that have rows and columns; all others are lists."""
MIN_OF_VERB = 100.0
"""Information that a loss of one verb needs to be one of its own."""


@dataclass(frozen=True, eq=False)
class WatchedParts:
    """What one scope compares, see `Watched`.

    Attributes:
        name: the scope.
        parts: in the order of their columns.
        direction: from the training subjects to destroyed ones.
        never: what neither of them does.
        num_verbs, num_objects: sizes of the vocabularies.
    """

    name: str
    parts: tuple[Part, ...]
    direction: Direction
    never: Never
    num_verbs: int
    num_objects: int

    @classmethod
    def learn(
        cls,
        name: str,
        parts: Sequence[Part | None],
        training: Rows,
        copies: Sequence[Rows],
    ) -> WatchedParts | None:
        """The parts that have anything in them, and what the destroyer does to them; None where none has.

        Args:
            training: some training subjects.
            copies: the same ones destroyed, once or several times.
        """
        kept = tuple(part for part in parts if part is not None and len(part.group))
        if not kept:
            return None
        nothing = Direction(np.zeros(0), np.zeros(0)), Never(np.zeros(0, bool), np.zeros(0))
        plain = cls(name, kept, *nothing, training.num_verbs, training.num_objects)
        destroyed = sp.vstack([plain.features(copy) for copy in copies], format="csr")
        known = plain.features(training), destroyed, group_starts(plain.group)
        return replace(plain, direction=Direction.learn(*known), never=Never.learn(*known))

    @cached_property
    def group(self) -> Ints:
        """The group of each feature, ascending."""
        found, first = [np.zeros(0, np.int64)], 0
        for part in self.parts:
            found.append(part.group + first)
            first += int(part.group[-1]) + 1
        return np.concatenate(found)

    @property
    def num_features(self) -> int:
        return len(self.group)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        found: dict[str, int] = {}
        for part in self.parts:
            for called, count in part.watched:
                found[called] = found.get(called, 0) + count
        return tuple((called, count) for called, count in found.items() if count)

    def features(self, rows: Rows) -> sp.csr_matrix:
        """The subject's shares of the classes of each group: float32, (subjects, features).

        Raises:
            InputError: the rows have another vocabulary, or lack a column.
        """
        if (rows.num_verbs, rows.num_objects) != (self.num_verbs, self.num_objects):
            raise InputError(
                f"the gate watches {self.num_verbs} verbs and {self.num_objects} objects, the rows have "
                f"{rows.num_verbs} and {rows.num_objects}; map both to one vocabulary first"
            )
        found, first = [], 0
        for part in self.parts:
            counted = part.count(rows)
            found.append(Counted(counted.subject, counted.column + first, counted.times))
            first += len(part.group)
        return _shares(Counted.joined(found), self.group, rows.num_subjects)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        changed = self.direction.changed
        blocks = []
        for block in self._joined:
            starts = group_starts(self.group[block.columns])
            distance: Measure = ClassDistance(block.columns, starts)
            if block.tolerated is not None:
                broken = np.append(True, np.diff(self.group[block.columns]) != 0)[: len(block.columns)]
                distance = RuleDistance(block.columns, starts, ~broken, np.full(len(starts), block.tolerated))
            is_association = bool(changed[block.columns].any())
            tolerated = EQUIVALENT if block.tolerated is None else 0.0  # an exception to a rule is none to be tolerated
            name = f"{self.name}.{block.name}"
            blocks.append(Block(name, is_association, distance, verbs=block.verbs, tolerated=tolerated))
        plain = [block.columns for block in self._joined if block.tolerated is None]
        never = self.never.distance(np.sort(np.concatenate(plain)), self.group) if plain else None
        if never is not None:
            blocks.append(Block(f"{self.name}.never", False, never))
        return (*self._losses(), *blocks)

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, JSON]]:
        """Named arrays and JSON values."""
        arrays: dict[str, Values] = {"weight": self.direction.weight, "contrast": self.direction.contrast}
        arrays |= {"never": self.never.column, "unknown": self.never.unknown}
        entries: list[JSON] = []
        for number, part in enumerate(self.parts):
            values: dict[str, JSON] = {"part": type(part).__name__}
            for field in fields(part):
                value = getattr(part, field.name)
                if isinstance(value, np.ndarray):
                    arrays[f"part{number}.{field.name}"] = value
                else:
                    values[field.name] = list(value) if isinstance(value, tuple) else value
            entries.append(values)
        return arrays, {"parts": entries, "num_verbs": self.num_verbs, "num_objects": self.num_objects}

    @classmethod
    def from_arrays(
        cls, name: str, kinds: Mapping[str, type[Part]], arrays: Mapping[str, Values], scalars: Mapping[str, Any]
    ) -> WatchedParts:
        """Inverse of `to_arrays`.

        Args:
            kinds: the classes of parts by name.

        Raises:
            KeyError, TypeError, ValueError, IndexError: the entries do not fit together.
        """
        parts, num_verbs = [], int(scalars["num_verbs"])
        for number, entry in enumerate(scalars["parts"]):
            values = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items() if key != "part"}
            prefix = f"part{number}."
            kind = kinds[entry["part"]]
            types = {field.name: str(field.type) for field in fields(kind)}
            own = {key.removeprefix(prefix): v for key, v in arrays.items() if key.startswith(prefix)}
            own = {key: _as_declared(v, types[key]) for key, v in own.items()}
            if any(v.ndim != (2 if key in TABLES else 1) for key, v in own.items()):
                raise ValueError(f"the parts of the scope {name} are of another shape")
            made: dict[str, Any] = {**values, **own}
            if "of_verb" in made and len(VerbGroups(made["of_verb"], made["count_groups"]).of_verb) != num_verbs:
                raise ValueError(f"the groups of verbs of the scope {name} do not fit together")
            parts.append(kind(**made))
        direction = Direction(np.asarray(arrays["weight"], np.float64), np.asarray(arrays["contrast"], np.float64))
        never = Never(np.asarray(arrays["never"]).astype(bool), np.asarray(arrays["unknown"], np.float64))
        found = cls(name, tuple(parts), direction, never, num_verbs, int(scalars["num_objects"]))
        features = [len(part) for part in (direction.weight, direction.contrast, never.column)]
        if features != [found.num_features] * 3 or len(never.unknown) != len(group_starts(found.group)):
            raise ValueError(f"the features of the scope {name} do not fit together")
        return found

    @cached_property
    def _joined(self) -> tuple[Compared, ...]:
        """What makes each block, with columns of the whole scope; parts that name the same block share it."""
        found: dict[str, Compared] = {}
        first = 0
        for part in self.parts:
            for block in part.compared:
                if len(block.columns):
                    before = found[block.name].columns if block.name in found else block.columns[:0]
                    found[block.name] = replace(block, columns=np.concatenate([before, block.columns + first]))
            first += len(part.group)
        return tuple(found.values())

    def _losses(self) -> list[Block]:
        """The signed blocks: one of each verb that has blocks of its own and enough in them, one of all the rest."""
        by_verbs: dict[tuple[int, ...] | None, list[Ints]] = {}
        for block in self._joined:
            by_verbs.setdefault(block.verbs, []).append(block.columns)
        found, rest = [], by_verbs.pop(None, [])
        for verbs, parts in by_verbs.items():
            made = self.direction.loss(np.sort(np.concatenate(parts)), self.group)
            if made is None or made[1] < MIN_OF_VERB:
                rest += parts
            else:
                suffix = f"[{verbs[0]}]" if verbs and len(verbs) == 1 else "[other verbs]"
                found.append(Block(f"{self.name}.loss{suffix}", True, made[0], True, verbs, made[1]))
        made = self.direction.loss(np.sort(np.concatenate(rest)), self.group) if rest else None
        if made is not None:
            found.append(Block(f"{self.name}.loss", True, made[0], True, None, made[1]))
        return found


def _as_declared(values: Values, declared: str) -> Values:
    """An array that was stored, as its field says; truth values are stored as numbers.

    Raises:
        ValueError: it holds numbers of another kind.
    """
    if declared == "Bools":
        return values.astype(bool)
    if values.dtype.kind != {"Ints": "i", "Floats": "f"}[declared]:
        raise ValueError(f"an array of {declared} holds other numbers")
    return values


def _shares(counted: Counted, group: Ints, num_subjects: int) -> sp.csr_matrix:
    """Counts over the subject's total in the group."""
    shape = (num_subjects, len(group))
    counts = sp.csr_matrix((times_of(counted), (counted.subject, counted.column)), shape=shape)
    counts.sum_duplicates()
    groups = int(group[-1]) + 1
    subject = np.repeat(np.arange(num_subjects), np.diff(counts.indptr))
    # Columns of a group are neighbours and sorted, so that its entries in a subject are a run.
    key = subject * groups + group[counts.indices]
    starts = np.flatnonzero(np.append(True, np.diff(key) != 0)[: len(key)])
    if len(starts):
        totals = np.add.reduceat(counts.data, starts)
        counts.data /= np.repeat(np.maximum(totals, 1e-12), np.diff(np.append(starts, len(key))))
    return counts.astype(np.float32)
