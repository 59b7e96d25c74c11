"""Drawing subjects that have known links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.naming import Token
from assoc_synth.transactions.arrays import Ints

if TYPE_CHECKING:
    from assoc_synth.ctgan.edges.degrees import Degrees
    from assoc_synth.ctgan.edges.plans import Plans

LEAST = 20_000
"""Numbers of links are drawn for at least this many subjects; those of subjects with known links are among them."""


def subjects_with(model: FittedModel, tokens: Sequence[Token], subjects: int, *, seeds: Seeds) -> Edges:
    """New subjects that all have the given links; their other links are drawn given these.

    Raises:
        InputError: no subject has as many links of one verb.
    """
    from assoc_synth.ctgan.edges.sampling import attributes_given, sample_edges

    rng = seeds.child("lengths").generator()
    needed = np.bincount([verb for verb, _ in tokens], minlength=len(model.verbs))
    more = sizes_beyond(model.plans, needed, subjects, rng)
    verbs, objects = (np.tile(codes, subjects) for codes in zip(*tokens, strict=True))
    given = edges_of(model, np.repeat(np.arange(subjects), len(tokens)), verbs, objects, subjects)
    if model.edge_generator.attributes and subjects:
        given = attributes_given(model.edge_generator, more + needed, given, seeds=seeds.child("attributes"))
    return sample_edges(model.edge_generator, more, seeds=seeds, given=given)


def sizes_beyond(degrees: Degrees | Plans, needed: Ints, subjects: int, rng: np.random.Generator) -> Ints:
    """How many more links of each verb subjects have that have `needed` given ones of each: (V,) → (subjects, V).

    The more links of a verb a subject has, the more likely it has a given one.

    Raises:
        InputError: no subject has as many links of one verb.
    """
    drawn = degrees.draw(max(LEAST, 4 * subjects), rng)
    width = max(len(needed), drawn.shape[1])
    drawn = np.pad(drawn, ((0, 0), (0, width - drawn.shape[1])))
    weight = np.ones(len(drawn))
    for verb, count in enumerate(needed):
        for taken in range(int(count)):
            weight *= np.maximum(drawn[:, verb] - taken, 0)
    if not weight.any():
        raise InputError("no subject was ever seen with this many links of one verb: name fewer links")
    chosen: Ints = drawn[rng.choice(len(drawn), subjects, p=weight / weight.sum())]
    chosen[:, : len(needed)] -= needed
    return chosen


def edges_of(
    model: FittedModel, subject: npt.ArrayLike, verb: npt.ArrayLike, object: npt.ArrayLike, subjects: int
) -> Edges:
    """Links by the model's codes, in which attributes have verbs and objects of their own."""
    generator = model.edge_generator
    sizes = {"num_subjects": subjects, "num_verbs": generator.num_verbs, "num_objects": generator.num_objects}
    return Edges.from_links(subject, verb, object, **sizes)


def rank_within(groups: npt.NDArray[np.integer]) -> Ints:
    """How many earlier entries have the same value: (n,) → (n,)."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    return rank
