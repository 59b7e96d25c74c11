"""Privacy figures of emitted rows, each beside the score of real subjects that no model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.evaluation.figures import Figure, clopper_pearson, known
from assoc_synth.evaluation.membership import membership_attacks
from assoc_synth.evaluation.privacy import closer_to_train
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw

MIN_TOKENS = 4
"""Smaller baskets are often equal by chance: milk and bread identify no one."""


@dataclass(frozen=True)
class Copies:
    """How many subjects have exactly the tokens of a training subject.

    Attributes:
        count: evaluated subjects that are copies; num_subjects: subjects evaluated, those with at least four tokens.
        low, high: exact 95 % interval of the share.
    """

    count: int
    num_subjects: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """NaN where nobody has four tokens."""
        return self.count / self.num_subjects if self.num_subjects else float("nan")


def exact_copies(train: Edges, other: Edges, *, min_tokens: int = MIN_TOKENS) -> Copies:
    """Subjects of `other` with at least `min_tokens` (verb, object) tokens that are exactly a training subject's.

    Works on `LinkGraph.basket_edges()` as well. Both graphs are over one vocabulary.
    """
    trained = set(_baskets(train, min_tokens))
    evaluated = _baskets(other, min_tokens)
    count = sum(basket in trained for basket in evaluated)
    return Copies(count, len(evaluated), *clopper_pearson(count, len(evaluated)))


def _baskets(edges: Edges, least: int) -> list[bytes]:
    token, ends = edges.token, edges.offsets
    kept = np.flatnonzero(np.diff(ends) >= least)
    return [token[ends[subject] : ends[subject + 1]].tobytes() for subject in kept]


def privacy_figures(
    train: Edges, heldout: Edges, synthetic: Edges, rng: np.random.Generator, *, seed: int = 0
) -> tuple[Figure, ...]:
    """Closeness, exact copies and membership attacks; figures that nothing is known about are left out.

    Names: `closer_to_train`, `exact_copies`, `nearest_neighbour_attack`, `pair_excess_attack` (accuracy, with its upper
    bound in `high`). The floor of copies is the held-out part's; that of the others is one half, since a generator
    that saw neither side cannot tell them apart. Beside it what a table without associations scores: the independent
    generator's, which was trained on the training part as well, and is no copy of anybody.

    Args:
        train, heldout, synthetic: over one vocabulary.
        seed: of `closer_to_train`.
    """
    drawn = independent_draw(train, rng, num_subjects=synthetic.num_subjects)
    near, beside = (closer_to_train(train, heldout, table, seed=seed) for table in (synthetic, drawn))
    figures = [
        Figure("closer_to_train", known(near.share), known(near.low), known(near.high), 0.5, known(beside.share))
    ]
    copied, floor, unlike = (exact_copies(train, table) for table in (synthetic, heldout, drawn))
    interval = known(copied.share), copied.low, copied.high
    figures.append(Figure("exact_copies", *interval, known(floor.share), known(unlike.share)))
    attacks, others = (membership_attacks(train, heldout, table, rng) for table in (synthetic, drawn))
    figures += [
        Figure(f"{attack.name}_attack", attack.accuracy, None, attack.upper, 0.5, other.accuracy)
        for attack, other in zip(attacks, others, strict=True)
    ]
    return tuple(figure for figure in figures if figure.value is not None)
