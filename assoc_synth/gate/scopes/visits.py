"""The scope "visits": which links share a visit, how large visits are, how many, and what comes again.

Looked at is what lies in a visit given what a subject has: pairs are compared among the subjects that have both links,
so that a table whose links are wrong fails in the scope of links, and not in this one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from assoc_synth.gate.scopes.destroyers import without_visits
from assoc_synth.gate.scopes.parts.bins import VerbGroups
from assoc_synth.gate.scopes.parts.part import Part, destroyed_copies, least_subjects, some_subjects
from assoc_synth.gate.scopes.parts.together import Together
from assoc_synth.gate.scopes.parts.visit_shapes import Repeats, VisitCounts
from assoc_synth.gate.scopes.parts.watched import WatchedParts
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Values

_PARTS: Mapping[str, type[Part]] = {part.__name__: part for part in (Together, VisitCounts, Repeats)}


class VisitScope:
    """How the scope "visits" is chosen, destroyed and read back, see `ScopeKind`."""

    name = "visits"

    def choose(self, training: Rows, num_evaluated: int, rng: np.random.Generator) -> WatchedParts | None:
        """What to watch; None where no subject has two visits and no visit two rows."""
        visits = training.visits
        if not len(visits) or (visits.sizes.max() < 2 and not (np.diff(visits.subject) == 0).any()):
            return None
        some = some_subjects(training, rng)
        copies = list(destroyed_copies(some, self.destroy, rng))
        least = least_subjects(some, num_evaluated)
        verbs = VerbGroups.choose(training, num_evaluated)
        parts = [
            Together.choose("token", some, copies, least),
            Together.choose("verb", some, copies, least),
            VisitCounts.choose(some, verbs),
            Repeats(verbs.of_verb, verbs.count),
        ]
        return WatchedParts.learn(self.name, parts, some, copies)

    def destroy(self, rows: Rows, rng: np.random.Generator) -> Rows:
        """A subject's links dealt anew among its visits."""
        return without_visits(rows, rng)

    def from_arrays(self, arrays: Mapping[str, Values], scalars: Mapping[str, Any]) -> WatchedParts:
        """Inverse of `Watched.to_arrays`.

        Raises:
            KeyError, TypeError, ValueError, IndexError: the entries do not fit together.
        """
        return WatchedParts.from_arrays(self.name, _PARTS, arrays, scalars)
