"""The sides of a comparison over one vocabulary: reference, table under test, floor and independent generator."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

from assoc_synth.evaluation.fidelity import Fidelity, fidelity_across_verbs
from assoc_synth.evaluation.figures import GROUPS, Figure, Subjects, interval, jackknife, known
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw

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
    """

    reference: Edges
    synthetic: Edges
    floor: Edges | None
    independent: Edges
    heldout: bool

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
    ) -> Sides:
        """Without a held-out part the real table is halved at random, so that a floor can be drawn.

        Args:
            real, synthetic, heldout: over one vocabulary.
            max_subjects: every side is cut to at most this many subjects, drawn at random.
        """
        reference, floor = (real, heldout) if heldout is not None and heldout.num_subjects else _halves(real, rng)
        others = [synthetic.num_subjects] + ([floor.num_subjects] if floor is not None else [])
        size = min(*others, max_subjects)
        reference = cut(reference, max_subjects, rng)
        return cls(
            reference,
            cut(synthetic, size, rng),
            None if floor is None else cut(floor, size, rng),
            independent_draw(reference, rng, num_subjects=size),
            heldout is not None and heldout.num_subjects > 0,
        )


def cut(edges: Edges, size: int, rng: np.random.Generator) -> Edges:
    """At most `size` subjects, drawn at random, in their order."""
    if edges.num_subjects <= size:
        return edges
    return edges.take(np.sort(rng.permutation(edges.num_subjects)[:size]))


def fidelity_figures(sides: Sides, rng: np.random.Generator, *, min_count: float = 20) -> tuple[Figure, ...]:
    """Every measure of `fidelity_across_verbs` with jackknife interval, floor and independent generator."""
    if not min(sides.reference.num_subjects, sides.synthetic.num_subjects):
        return ()

    def measured(first: Subjects, second: Subjects) -> dict[str, float]:
        return _figures(sides.reference.take(first), sides.synthetic.take(second), min_count)

    values = _figures(sides.reference, sides.synthetic, min_count)
    floor = None if sides.floor is None else _figures(sides.reference, sides.floor, min_count)
    independent = _figures(sides.reference, sides.independent, min_count)
    errors = jackknife(measured, sides.reference.num_subjects, sides.synthetic.num_subjects, rng, groups=sides.groups)
    figures = []
    for name in (field.name for field in fields(Fidelity)):
        half = errors[name][1] if name in errors else None
        low, high = interval(values[name], half, 1.0 if name in _BOUNDED else np.inf)
        beside = None if floor is None else known(floor[name])
        figures.append(Figure(name, known(values[name]), low, high, beside, known(independent[name])))
    return tuple(figures)


def _figures(reference: Edges, other: Edges, min_count: float) -> dict[str, float]:
    return asdict(fidelity_across_verbs(reference, other, min_count=min_count))


def _halves(real: Edges, rng: np.random.Generator) -> tuple[Edges, Edges | None]:
    if real.num_subjects < 2:
        return real, None
    order = rng.permutation(real.num_subjects)
    half = real.num_subjects // 2
    return real.take(np.sort(order[half:])), real.take(np.sort(order[:half]))
