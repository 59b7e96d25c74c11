"""The sides of a comparison over one vocabulary: reference, table under test, floor and independent generator."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

from assoc_synth.evaluation.fidelity import Fidelity, fidelity_across_verbs, why_unknown
from assoc_synth.evaluation.figures import GROUPS, Figure, Subjects, interval, jackknife, known
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.arrays import Ints

MAX_SUBJECTS = 10_000
_SLOW = 3e7
"""From this many pairs of links of one subject, summed over the subjects, a comparison takes a second or more."""
_BOUNDED = frozenset({"lift_r", "rule_f1", "also_buy_at_10", "degree_ks"})


@dataclass(frozen=True, eq=False)
class Sides:
    """The tables of a comparison, all of one size if there are enough subjects.

    Attributes:
        reference: real subjects that the others are measured against.
        synthetic: the table under test.
        floor: other real subjects; None where the real table has a single subject.
        independent: drawn from the reference without any association.
        heldout: whether the floor is a held-out part; else reference and floor are the two halves of the real table.
        clusters: of the reference's subjects; None without clusters.
    """

    reference: Edges
    synthetic: Edges
    floor: Edges | None
    independent: Edges
    heldout: bool
    clusters: Ints | None = None

    @property
    def groups(self) -> int:
        """Groups of the jackknife: half as many if a comparison is slow."""
        links = np.diff(self.reference.offsets).astype(float)
        return GROUPS if float((links**2).sum()) < _SLOW else GROUPS // 2

    @classmethod
    def of(
        cls,
        real: Edges,
        synthetic: Edges,
        heldout: Edges | None,
        rng: np.random.Generator,
        *,
        max_subjects: int = MAX_SUBJECTS,
        clusters: Ints | None = None,
    ) -> Sides:
        """Without a held-out part the real table is halved at random, so that a floor can be drawn.

        Args:
            real, synthetic, heldout: over one vocabulary.
            max_subjects: every side is cut to at most this many subjects, drawn at random.
            clusters: of the real subjects; a cluster lies in one half.
        """
        held = heldout if heldout is not None and heldout.num_subjects else None
        everybody: Ints = np.arange(real.num_subjects)
        own, rest = halved(real.num_subjects, clusters, rng) if held is None else (everybody, everybody[:0])
        floor = held if held is not None else real.take(rest) if len(rest) else None
        others = [synthetic.num_subjects] + ([floor.num_subjects] if floor is not None else [])
        size = min(*others, max_subjects)
        own = own[_drawn(len(own), max_subjects, rng)]
        reference = real.take(own)
        return cls(
            reference,
            cut(synthetic, size, rng),
            None if floor is None else cut(floor, size, rng),
            independent_draw(reference, rng, num_subjects=size),
            held is not None,
            None if clusters is None else clusters[own],
        )


def cut(edges: Edges, size: int, rng: np.random.Generator) -> Edges:
    """At most `size` subjects, drawn at random, in their order."""
    if edges.num_subjects <= size:
        return edges
    return edges.take(_drawn(edges.num_subjects, size, rng))


def _drawn(total: int, size: int, rng: np.random.Generator) -> Ints:
    """At most `size` of `total` places, drawn at random, ascending."""
    return np.arange(total) if total <= size else np.sort(rng.permutation(total)[:size])


def fidelity_figures(sides: Sides, rng: np.random.Generator, *, min_count: float = 20) -> tuple[Figure, ...]:
    """Every measure of `fidelity_across_verbs` with jackknife interval, floor and independent generator."""
    if not min(sides.reference.num_subjects, sides.synthetic.num_subjects):
        return ()

    def measured(first: Subjects, second: Subjects) -> dict[str, float]:
        # The same pairs count as frequent where a group is left out.
        least = min_count * len(first) / sides.reference.num_subjects
        return _figures(sides.reference.take(first), sides.synthetic.take(second), least)

    values = _figures(sides.reference, sides.synthetic, min_count)
    floor = None if sides.floor is None else _figures(sides.reference, sides.floor, min_count)
    independent = _figures(sides.reference, sides.independent, min_count)
    size = sides.reference.num_subjects, sides.synthetic.num_subjects
    errors = jackknife(measured, *size, rng, groups=sides.groups, clusters=(sides.clusters, None))
    figures = []
    for name in (field.name for field in fields(Fidelity)):
        half = errors[name][1] if name in errors else None
        low, high = interval(values[name], half, 1.0 if name in _BOUNDED else np.inf)
        beside = None if floor is None else known(floor[name])
        value = known(values[name])
        why = "" if value is not None else why_unknown(name, min_count)
        figures.append(Figure(name, value, low, high, beside, known(independent[name]), why))
    return tuple(figures)


def _figures(reference: Edges, other: Edges, min_count: float) -> dict[str, float]:
    return asdict(fidelity_across_verbs(reference, other, min_count=min_count))


def halved(size: int, clusters: Ints | None, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Subjects in two halves at random, by whole clusters; the second is empty where there is only one."""
    place = np.arange(size) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    number = int(place.max(initial=-1)) + 1
    first = np.ones(number, bool)
    first[rng.permutation(number)[: number // 2]] = False
    return np.flatnonzero(first[place]), np.flatnonzero(~first[place])
