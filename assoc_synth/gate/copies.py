"""Copies: subjects of a whole table that have exactly the links of another one, where chance makes that rare.

A generator that repeats a few hundred subjects can have every share and every pair right in a sample of them. In the
whole table it shows: n subjects of m distinct histories have about n²/2m pairs of the same history.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import chi2

from assoc_synth.gate.histories import LEAST_LINKS, Histories, count_pairs
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.stored import Count, Stored

SLACK, SPARE, CONFIDENCE = 3.0, 10.0, 0.999
"""Copies are too many from this many times what the real table's upper bound lets expect, and so many more on."""


@dataclass(frozen=True)
class Copies(Stored):
    """How often two subjects of a table have the same links.

    Attributes:
        subjects: those with `LEAST_LINKS` links or more.
        pairs: pairs of them that have exactly the same links.
        repeated: how many of them would have to go until no two are the same.
    """

    subjects: Count
    pairs: Count
    repeated: Count

    @classmethod
    def of(cls, edges: Edges) -> Copies:
        """Count them.

        Example:
            >>> edges = Edges.from_links(
            ...     [0, 0, 0, 1, 1, 1, 2], [0] * 7, [1, 2, 3, 1, 2, 3, 1], num_subjects=3, num_verbs=1, num_objects=4
            ... )
            >>> Copies.of(edges)
            Copies(subjects=2, pairs=1, repeated=1)
        """
        histories = Histories.of(edges)
        return cls(len(histories), *count_pairs(histories))

    def expected(self, subjects: int) -> float:
        """The most pairs of the same links that so many real subjects would have, by the 99.9 % bound of these."""
        upper = float(chi2.ppf(CONFIDENCE, 2.0 * (self.pairs + 1)) / 2)
        return upper * subjects * (subjects - 1) / max(self.subjects * (self.subjects - 1), 1)

    def too_many(self, other: Copies) -> str:
        """Why another table has too many copies, as a clause; empty where it has not, or where nothing is known."""
        if self.subjects < 2 or other.pairs <= SLACK * self.expected(other.subjects) + SPARE:
            return ""
        return (
            f"{other.repeated:,} of the {other.subjects:,} subjects with {LEAST_LINKS} links or more are exact copies "
            f"of another one, which real subjects hardly ever are ({self.repeated:,} of {self.subjects:,})"
        )

    def to_dict(self) -> dict[str, int]:
        return {"subjects": self.subjects, "pairs": self.pairs, "repeated": self.repeated}
