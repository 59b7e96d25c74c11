"""The scope "rows": what rows hold beside their links: amounts, times, extra columns, attributes, how often they occur.

Every class is a share of a subject's rows under a verb, or with a link, so that a long subject weighs as a short one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from assoc_synth.gate.scopes.destroyers import without_columns
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.part import Part, destroyed_copies, least_subjects, some_subjects
from assoc_synth.gate.scopes.parts.row_columns import Dependencies, ExtraColumns
from assoc_synth.gate.scopes.parts.row_values import Amounts, RowCounts, RowTimes
from assoc_synth.gate.scopes.parts.subject_columns import SubjectColumns
from assoc_synth.gate.scopes.parts.watched import WatchedParts
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Values

_PARTS: Mapping[str, type[Part]] = {
    part.__name__: part for part in (Amounts, RowTimes, RowCounts, ExtraColumns, Dependencies, SubjectColumns)
}


class RowScope:
    """How the scope "rows" is chosen, destroyed and read back, see `ScopeKind`."""

    name = "rows"

    def choose(self, training: Rows, num_evaluated: int, rng: np.random.Generator) -> WatchedParts | None:
        """What to watch; None for a table without rows."""
        if not len(training):
            return None
        some = some_subjects(training, rng)
        least = least_subjects(some, num_evaluated)
        verbs = VerbGroups.choose(training, num_evaluated)
        parts = [
            RowCounts.choose(some, verbs),
            Amounts.choose(some, verbs, least),
            RowTimes.choose(some, verbs),
            ExtraColumns.choose(some, verbs, least),
            Dependencies.choose(some, least),
            SubjectColumns.choose(some, least),
        ]
        return WatchedParts.learn(self.name, parts, some, list(destroyed_copies(some, self.destroy, rng)))

    def destroy(self, rows: Rows, rng: np.random.Generator) -> Rows:
        """Each column dealt anew among the rows of a verb, attributes among subjects."""
        return without_columns(rows, rng)

    def from_arrays(self, arrays: Mapping[str, Values], scalars: Mapping[str, Any]) -> WatchedParts:
        """Inverse of `Watched.to_arrays`.

        Raises:
            KeyError, TypeError, ValueError, IndexError: the entries do not fit together.
        """
        return WatchedParts.from_arrays(self.name, _PARTS, arrays, scalars)
