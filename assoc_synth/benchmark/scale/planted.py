"""Whether planted pairs of rare objects keep their lift: `python -m assoc_synth.benchmark.scale planted`.

A pair's lift in many synthetic subjects is held against its lift in the training subjects. The floor is that of as many
real subjects of the same population: how far chance alone moves a pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.benchmark.scale.population import KINDS, Population
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.lift import lift
from assoc_synth.link_graph.pairs import together
from assoc_synth.model.drawing import generate_edges
from assoc_synth.randomness import Seeds
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.arrays import Floats, Ints

TIMES = 3
"""Synthetic subjects, by the real ones: the training counts are noisy enough."""
CLOSE = 0.2


@dataclass(frozen=True)
class Kept:
    """How well the pairs of a kind keep their lift.

    Attributes:
        kind: which pairs.
        pairs: how many.
        lift: their median lift in the training subjects.
        pooled: sum of the lifts over that of the training subjects; `median`, the median pair's ratio.
        close: the share of the pairs within 20 %.
    """

    kind: str
    pairs: int
    lift: float
    pooled: float
    median: float
    close: float

    @classmethod
    def of(cls, kind: str, real: Floats, other: Floats) -> Kept:
        """By the lifts of the pairs, (pairs,) each.

        Example:
            >>> Kept.of("all", np.array([10.0, 20.0]), np.array([9.0, 2.0])).close
            0.5
        """
        known = real > 0
        ratio = other[known] / real[known]
        close = float((np.abs(ratio - 1) <= CLOSE).mean())
        pooled = float(other[known].sum() / real[known].sum())
        return cls(kind, int(known.sum()), float(np.median(real[known])), pooled, float(np.median(ratio)), close)

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.kind:<22}{self.pairs:>6} pairs of lift {self.lift:>8,.0f}: pooled {self.pooled:.2f}, "
            f"median {self.median:.2f}, within 20 % {self.close:.0%}"
        )


def lifts(edges: Edges, left: Ints, right: Ints) -> Floats:
    """Lifts of pairs of objects; 0 where an object is −1, absent: (pairs,)."""
    known = (left >= 0) & (right >= 0)
    left, right = np.where(known, left, 0), np.where(known, right, 0)
    has = edges.incidence()
    support = np.bincount(has.indices, minlength=edges.num_objects)
    found = lift(together(has, left, right), support[left], support[right], edges.num_subjects)
    return np.where(known, np.nan_to_num(found), 0.0)


def measured(
    objects: int,
    subjects: int,
    *,
    pairs: int,
    holders: int,
    max_minutes: float | None = None,
    epochs: int | None = None,
    seed: int = 0,
) -> tuple[dict[str, list[Kept]], tuple[str, ...]]:
    """Fit a population's sample and measure.

    Args:
        objects, subjects: of the population, and of the sample.
        pairs: of each kind; about `holders` subjects of the sample have each together.
        max_minutes, epochs: of the fit; None as `fit` chooses.

    Returns:
        By "synthetic" and "another real sample", a value for each kind; and the notes of the fit, which may have looked
        at some subjects only, for want of time.
    """
    seeds = Seeds.of(seed)
    population = Population.of(objects, pairs=pairs, both=holders / subjects, rng=seeds.child("pairs").generator())
    table = population.table(subjects, seeds.child("real").generator())
    other = population.table(TIMES * subjects, seeds.child("another").generator())
    config = CTGANConfig(epochs=epochs)
    model = AssociativeSynthesizer(random_state=seed, max_minutes=max_minutes, config=config).fit(table).model_
    drawn = model.links_of(generate_edges(model, TIMES * subjects, seeds=seeds.child("drawn")))
    real, another = LinkGraph.from_table(table).edges, LinkGraph.from_table(other).edges
    own = {int(name): place for place, name in enumerate(model.objects)}
    found: dict[str, list[Kept]] = {"synthetic": [], "another real sample": []}
    for kind in KINDS:
        truth = lifts(real, *population.links(table, kind))
        left, right = (np.array([own.get(int(one), -1) for one in side], np.int64) for side in population.pairs[kind])
        found["synthetic"].append(Kept.of(kind, truth, lifts(drawn, left, right)))
        found["another real sample"].append(Kept.of(kind, truth, lifts(another, *population.links(other, kind))))
    return found, model.notes
