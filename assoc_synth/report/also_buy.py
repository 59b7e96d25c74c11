"""Facts: the strongest also-buy pairs of a real table beside the same pairs of a synthetic one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.edges import Incidence
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.lift import lift_interval

Key = tuple[str, str]


@dataclass(frozen=True)
class PairFact:
    """One pair of objects in both tables.

    Attributes:
        verb: within which verb the pair was counted.
        left, right: names, in the order of the alphabet.
        real_count, synthetic_count: subjects linked to both.
        real_lift, synthetic_lift: None where a table has no such subject.
        low, high: 95 % interval of the real lift; None where the real table has no such subject.
        real_rank, synthetic_rank: place by lift among the table's claimed pairs of the verb, 1 is the strongest; None
            where the pair is not claimed.
    """

    verb: str
    left: str
    right: str
    real_count: int
    synthetic_count: int
    real_lift: float | None
    synthetic_lift: float | None
    low: float | None
    high: float | None
    real_rank: int | None
    synthetic_rank: int | None

    def to_dict(self) -> dict[str, Any]:
        """The fact as JSON values, numbers rounded to six digits."""
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class AlsoBuyFacts:
    """Strongest pairs of a real and of a synthetic table.

    Attributes:
        verb: within which verb pairs were counted.
        real: the real table's strongest.
        added: the synthetic table's strongest that are not among those.
        num_real, num_synthetic: how many pairs of the verb each table claims.
    """

    verb: str
    real: tuple[PairFact, ...]
    added: tuple[PairFact, ...]
    num_real: int
    num_synthetic: int

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON values."""
        return {
            "verb": self.verb,
            "num_real": self.num_real,
            "num_synthetic": self.num_synthetic,
            "real": [fact.to_dict() for fact in self.real],
            "added": [fact.to_dict() for fact in self.added],
        }


def strongest_pairs(real: LinkGraph, synthetic: LinkGraph, *, top: int = 10) -> AlsoBuyFacts:
    """The real table's strongest claimed pairs, and the strongest of the synthetic table that are not among those.

    Pairs are counted within the verb under which the real table claims most of them; a pair is claimed where it has at
    least 20 subjects, a lift of at least 2 and is significant against the degree-keeping null (`associations.rules`).

    Args:
        synthetic: in any vocabulary; verbs and objects are matched by name.
        top: at most so many of each table.
    """
    books = _Book(real), _Book(synthetic)
    verb = books[0].busiest_verb
    claims = [book.claimed(verb) for book in books]
    ranks = [{key: place for place, key in enumerate(claimed, 1)} for claimed in claims]

    def fact(key: Key) -> PairFact:
        (count, lift, low, high), (other_count, other_lift, _, _) = (book.counted(verb, key) for book in books)
        places = (rank.get(key) for rank in ranks)
        return PairFact(verb, *key, count, other_count, lift, other_lift, low, high, *places)

    first = claims[0][:top]
    second = [key for key in claims[1][:top] if key not in first]
    return AlsoBuyFacts(verb, tuple(map(fact, first)), tuple(map(fact, second)), len(claims[0]), len(claims[1]))


class _Book:
    """One table's pairs by name."""

    def __init__(self, graph: LinkGraph) -> None:
        self.edges = graph.edges
        self.objects = [str(name) for name in graph.table.objects]
        self.verbs = [str(name) for name in graph.table.verbs]
        self.found = rules(graph.edges, scope="within")

    @cached_property
    def codes(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.objects)}

    @cached_property
    def incidences(self) -> dict[str, Incidence]:
        return {}

    @property
    def busiest_verb(self) -> str:
        """The verb with most claimed pairs, else the one with most links."""
        of = self.found.verb if len(self.found) else self.edges.verb
        return self.verbs[int(np.argmax(np.bincount(of, minlength=1)))]

    def claimed(self, verb: str) -> list[Key]:
        """Claimed pairs of a verb, highest lift first."""
        if verb not in self.verbs:
            return []
        own = self.found.where(self.found.verb == self.verbs.index(verb))
        return [_key(self.objects[i], self.objects[j]) for i, j in zip(own.left, own.right, strict=True)]

    def counted(self, verb: str, key: Key) -> tuple[int, float | None, float | None, float | None]:
        """Subjects linked to both objects, lift, and the lift's interval."""
        if verb not in self.verbs or key[0] not in self.codes or key[1] not in self.codes:
            return 0, None, None, None
        if verb not in self.incidences:
            self.incidences[verb] = self.edges.incidence(self.verbs.index(verb)).tocsc()
        columns = self.incidences[verb][:, [self.codes[name] for name in key]]
        left, right = (int(total) for total in columns.sum(axis=0).A1)
        count = int(columns[:, [0]].multiply(columns[:, [1]]).sum())
        if not count:
            return 0, None, None, None
        low, high = lift_interval(count, left, right, self.edges.num_subjects)
        return count, self.edges.num_subjects * count / (left * right), float(low), float(high)


def _key(left: str, right: str) -> Key:
    return (left, right) if left <= right else (right, left)
