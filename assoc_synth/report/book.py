"""The pairs of one table, and those of them that are claimed as associations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assoc_synth.evaluation.pair_labels import TokenPairs
from assoc_synth.link_graph.associations import MIN_COUNT, MIN_LIFT
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import Pairs, Scope, all_pairs

SMALL_TABLE, SMALL_COUNT = 400, 5
"""In a table of fewer subjects pairs of five count for the scatter: twenty would leave nothing to look at."""


@dataclass(frozen=True, eq=False)
class ClaimedPairs:
    """One table's pairs of objects.

    Attributes:
        edges: the table's graph; two tables are compared over one vocabulary (`Aligned`).
        verbs, objects: names by code.
        min_count: the fewest common subjects of a pair that is counted at all; the pairs counted are the family of the
            multiple testing.
        scope: "within" for pairs within a verb, "across" for pairs across verbs, "both" for one family of the two.
    """

    edges: Edges
    verbs: tuple[str, ...]
    objects: tuple[str, ...]
    min_count: int = MIN_COUNT
    scope: Scope = "both"

    @cached_property
    def pairs(self) -> Pairs:
        """All pairs of at least `min_count` subjects."""
        return all_pairs(self.edges, self.min_count, scope=self.scope)

    @cached_property
    def claimed(self) -> Pairs:
        """Pairs of at least 20 subjects and a lift of at least 2 that are significant, highest z first.

        With a `min_count` of 20 these are the pairs of `associations.rules`.
        """
        often = self.pairs.count >= MIN_COUNT
        found = self.pairs.where(self.pairs.significant() & often & (self.pairs.lift >= MIN_LIFT))
        return found.where(np.lexsort((found.right, found.left, -found.z)))

    @cached_property
    def verb(self) -> int:
        """The verb within which most pairs are claimed, else the one with most links."""
        within = self.claimed.verb[self.claimed.verb == self.claimed.other]
        of = within if len(within) else self.edges.verb
        return int(np.argmax(np.bincount(of, minlength=1)))

    def tokens(self, pairs: Pairs) -> TokenPairs:
        """Pairs of (verb, object) tokens."""
        return TokenPairs.of(pairs, self.edges.num_objects)

    def within(self, verb: int) -> Pairs:
        """Claimed pairs within a verb, highest z first."""
        return self.claimed.where((self.claimed.verb == verb) & (self.claimed.other == verb))

    def strongest(self, verb: int) -> Pairs:
        """Claimed pairs within a verb, highest lift first, then the most frequent."""
        found = self.within(verb)
        return found.where(np.lexsort((found.right, found.left, -found.count, -found.lift)))

    def named(self, token: int) -> tuple[str, str]:
        """Names of a token's verb and object."""
        verb, object = divmod(token, self.edges.num_objects)
        return self.verbs[verb], self.objects[object]


def frequent(edges: Edges) -> int:
    """How many common subjects make a pair frequent enough to be drawn in a scatter: fewer in a small table."""
    return MIN_COUNT if edges.num_subjects >= SMALL_TABLE else SMALL_COUNT
