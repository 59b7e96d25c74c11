"""Facts: the strongest also-buy pairs of a real table beside the same pairs of a synthetic one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assoc_synth.evaluation.pair_labels import PairCounts, TokenPairs
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.lift import lift, lift_interval
from assoc_synth.link_graph.pairs import Pairs
from assoc_synth.report.book import ClaimedPairs

Key = tuple[int, int]
"""Codes of two objects, the smaller one first."""
Counted = tuple[int, float | None, float | None, float | None]


@dataclass(frozen=True)
class PairFact:
    """One pair of objects in both tables.

    Attributes:
        verb: within which verb the pair was counted.
        left, right: names, in alphabetical order.
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
        synthetic: in any vocabulary; verbs and objects are matched by their text.
        top: at most this many pairs of each table.

    Raises:
        InputError: two names of one table have the same text.
    """
    aligned = Aligned.of(real.table, synthetic.table)
    claims = [ClaimedPairs(edges, aligned.verbs, aligned.objects, scope="within") for edges in aligned.edges]
    verb = claims[0].verb
    keys = [_keys(own.strongest(verb)) for own in claims]
    chosen = keys[0][:top]
    added = [key for key in keys[1][:top] if key not in chosen]
    counts = [
        PairCounts.of(edges.tokens(), _tokens(chosen + added, verb, edges.num_objects)) for edges in aligned.edges
    ]
    places = [{key: place for place, key in enumerate(own, 1)} for own in keys]
    found = tuple(
        _fact(
            (aligned.verbs[verb], aligned.objects[key[0]], aligned.objects[key[1]]),
            [_counted(own, at) for own in counts],
            [own.get(key) for own in places],
        )
        for at, key in enumerate(chosen + added)
    )
    return AlsoBuyFacts(aligned.verbs[verb], found[: len(chosen)], found[len(chosen) :], len(keys[0]), len(keys[1]))


def _keys(pairs: Pairs) -> list[Key]:
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def _tokens(keys: list[Key], verb: int, num_objects: int) -> TokenPairs:
    objects = np.array(keys, np.int64).reshape(-1, 2) + verb * num_objects
    return TokenPairs(objects[:, 0], objects[:, 1])


def _counted(counts: PairCounts, at: int) -> Counted:
    """Subjects with both objects, lift, and the lift's interval; None each where nobody has both."""
    count, left, right = int(counts.count[at]), int(counts.left[at]), int(counts.right[at])
    if not count:
        return 0, None, None, None
    low, high = lift_interval(count, left, right, counts.num_subjects)
    return count, float(lift(count, left, right, counts.num_subjects)), float(low), float(high)


def _fact(names: tuple[str, str, str], counted: list[Counted], ranks: list[int | None]) -> PairFact:
    verb, *objects = names
    left, right = sorted(objects)
    (count, real_lift, low, high), (synthetic_count, synthetic_lift, _, _) = counted
    return PairFact(verb, left, right, count, synthetic_count, real_lift, synthetic_lift, low, high, ranks[0], ranks[1])
