"""Which link goes into which visit: a Markov random field over a subject's links, learned by swaps.

A subject's links and its visits, with their sizes, are given. Of all assignments of the links to the visits, one has
the probability ∝ exp(energy), where the energy sums

- over pairs of links in one visit, an association a_ℓ · (s ⊙ a_ℓ'), low-rank in the links' embeddings;
- over links, w_ℓ · τ(visit): the preference of a link for the season, the weekday, the hour and the size of a visit;
- over pairs of links to the same object, a term of their verbs and of the time between them: a return follows its
  purchase, a product is on one receipt once.

The normalising constant cannot be computed, but the probability that two links are where they are, and not swapped,
can: it is σ(difference of energies). Training maximises the likelihood of such swaps (a composite likelihood, Besag
1975), and the sampler, which swaps links, needs just its logits (Kawasaki's dynamics with Barker's rule).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.visit_features import FEATURES, visit_features
from assoc_synth.transactions.arrays import Codes, Floats, Ints, Singles
from assoc_synth.transactions.days import DAY

SAME_OBJECT = 12
"""A link looks at no more than this many other links to the same object; if there are more, they are drawn."""
APART = np.array([1.0, 7.0, 30.0])
"""Days between two links to one object at which their term changes, before and after."""
SAME_VISIT, UNORDERED = len(APART) + 1, 2 * len(APART) + 3
BINS = UNORDERED + 1


class AssignmentModel(nn.Module):
    """The log density of links in visits, up to a constant.

    Shape:
        verb, object: (B,) int64; features: (B, `FEATURES`) of a visit.
    """

    def __init__(self, num_verbs: int, num_objects: int, config: CTGANConfig, *, dropout: float = 0.0) -> None:
        super().__init__()
        rank, visit_dim, hidden_dim = config.assignment_dim, config.assignment_visit_dim, config.assignment_hidden_dim
        self.dropout = nn.Dropout(dropout)
        self.association = LinkEmbedding(num_verbs, num_objects, rank, std=0.1)
        self.sign = nn.Parameter(torch.ones(rank))
        self.preference = LinkEmbedding(num_verbs, num_objects, visit_dim, std=0.05)
        self.visit = nn.Sequential(nn.Linear(FEATURES, hidden_dim), nn.GELU(), nn.Linear(hidden_dim, visit_dim))
        self.between = nn.Parameter(torch.zeros(num_verbs, num_verbs, BINS))

    def same_object(self, verb: Tensor, other: Tensor, bins: Tensor) -> Tensor:
        """The term of two links to one object, `bins` from the other one's visit to the first one's: (…) → (…)."""
        reverse = torch.where(bins == UNORDERED, bins, 2 * SAME_VISIT - bins)
        term: Tensor = self.between[verb, other, bins] + self.between[other, verb, reverse]
        return term


@dataclass(frozen=True, eq=False)
class Assignment:
    """The links of subjects, in visits.

    Attributes:
        subject: (L,) ascending; verb, object: (L,).
        kind: (L,) which of `kinds`, (K, 2) verbs and objects, each link is.
        visit: (L,) which visit each link is in.
        others: (L, `SAME_OBJECT`) other links of the subject to the same object, −1 for none.
        days: (M,) when the visits are, in days and parts of them; NaN undated.
        features: (M, `FEATURES`).
    """

    subject: Ints
    verb: Ints
    object: Ints
    kind: Ints
    kinds: Ints
    visit: Ints
    others: Codes
    days: Floats
    features: Singles

    @classmethod
    def of(
        cls,
        visits: Visits,
        horizon: Horizon,
        *,
        subject: Ints | Codes,
        verb: Ints | Codes,
        object: Ints | Codes,
        visit: Ints,
        rng: np.random.Generator,
    ) -> Assignment:
        """Links (L,) by subject, in the given visits."""
        days = np.where(visits.day < 0, np.nan, visits.day + visits.clock / DAY)
        own_subject, own_verb, own_object = (part.astype(np.int64) for part in (subject, verb, object))
        others = _others(own_subject, own_object, rng)
        width = int(own_object.max(initial=0)) + 1
        found, kind = np.unique(own_verb * width + own_object, return_inverse=True)
        kinds = np.stack([found // width, found % width], axis=1)
        features = visit_features(visits, horizon)
        return cls(own_subject, own_verb, own_object, kind, kinds, visit, others, days, features)

    def bins(self, first: Ints, second: Ints) -> Ints:
        """The bin of the time from visits `second` to visits `first`: (…), (…) → (…).

        Earlier ones are below `SAME_VISIT`, later ones above; visits at one time, or undated, are `UNORDERED`.
        """
        between = self.days[first] - self.days[second]
        apart = np.isnan(between) | (between == 0.0)
        far = 1 + np.searchsorted(APART, np.abs(np.nan_to_num(between)), side="right")
        found = np.where(apart, UNORDERED, SAME_VISIT + np.sign(np.nan_to_num(between)).astype(np.int64) * far)
        return np.where(first == second, SAME_VISIT, found)


def _others(subject: Ints, object: Ints, rng: np.random.Generator) -> Codes:
    """(L, at most `SAME_OBJECT`) other links of each link's subject to its object, −1 for none."""
    order = np.lexsort((object, subject))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(subject[order]) != 0) | (np.diff(object[order]) != 0)
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, len(order)))
    begin, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    rank = np.arange(len(order)) - begin
    width = int(min(SAME_OBJECT, sizes.max(initial=1) - 1))
    result = np.full((len(order), width), -1, np.int32)
    for column in range(width):
        far = 1 + (rng.random(len(order)) * np.maximum(size - 1, 1)).astype(np.int64)
        step = np.where(size > SAME_OBJECT + 1, far, column + 1)
        there = step < size
        place = begin + (rank + step) % size
        result[order, column] = np.where(there, order[place], -1)
    return result
