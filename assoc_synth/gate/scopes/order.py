"""The scope "order": what comes after what, what comes first, and how much time lies between.

Only times order rows: how a file orders rows of one time plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from assoc_synth.gate.scopes.destroyers import without_order
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.part import Part, destroyed_copies, least_subjects, some_subjects
from assoc_synth.gate.scopes.parts.pauses import Pauses
from assoc_synth.gate.scopes.parts.precedence import Precedence
from assoc_synth.gate.scopes.parts.transitions import Ends, Transitions
from assoc_synth.gate.scopes.parts.watched import WatchedParts
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Values

_PARTS: Mapping[str, type[Part]] = {part.__name__: part for part in (Transitions, Ends, Precedence, Pauses)}


class OrderScope:
    """How the scope "order" is chosen, destroyed and read back, see `ScopeKind`."""

    name = "order"

    def choose(self, training: Rows, num_evaluated: int, rng: np.random.Generator) -> WatchedParts | None:
        """What to watch; None where no two rows of a subject differ in time."""
        if training.time is None or training.visit_kind is None or not training.dated.any():
            return None
        some = some_subjects(training, rng)
        copies = list(destroyed_copies(some, self.destroy, rng))
        least = least_subjects(some, num_evaluated)
        verbs = VerbGroups.choose(training, num_evaluated)
        parts: list[Part | None] = [
            Transitions.choose("between", some, copies, verbs, least),
            Precedence.choose(some, copies, least),
            Pauses.choose(some, verbs),
        ]
        if training.visit_kind != "timestamp":
            parts += [Transitions.choose("inside", some, copies, verbs, least), Ends.choose(some, verbs, least)]
        return WatchedParts.learn(self.name, parts, some, copies)

    def destroy(self, rows: Rows, rng: np.random.Generator) -> Rows:
        """A visit's links dealt anew among its times, and a subject's visits among their starts."""
        return without_order(rows, rng)

    def from_arrays(self, arrays: Mapping[str, Values], scalars: Mapping[str, Any]) -> WatchedParts:
        """Inverse of `Watched.to_arrays`.

        Raises:
            KeyError, TypeError, ValueError, IndexError: the entries do not fit together.
        """
        return WatchedParts.from_arrays(self.name, _PARTS, arrays, scalars)
