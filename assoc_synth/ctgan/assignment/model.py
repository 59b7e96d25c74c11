"""Which link goes into which visit: a Markov random field over a subject's links, learned by swaps.

A subject's links and its visits, with their sizes, are given. Of all ways to fill the visits with the links, one has
the probability ∝ exp(score), where the score sums

- over pairs of links in one visit, an association a_ℓ · (s ⊙ a_ℓ'), low-rank in the links' embeddings;
- over links, w_ℓ · τ(visit): how a link takes to the season, the weekday, the hour and the size of a visit;
- over pairs of links to the same object, a term of their verbs and of the time between them: a return follows its
  purchase, a product is on one receipt once.

The normalising constant is out of reach, but the logits that two links are not the other way round are not: they are
σ(difference of scores). Those logits over swaps of two links of a subject are what is maximised (a composite
likelihood, Besag 1975), and what the sampler, which swaps links, needs (Kawasaki's dynamics with Barker's rule).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import DAY, Horizon, Visits
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.visit_features import FEATURES, visit_features

Index = npt.NDArray[np.int64]
SAME_OBJECT = 12
"""Further links to the same object that a link looks at; of more, so many at random."""
APART = np.array([1.0, 7.0, 30.0])
"""Days between two links to one object at which their term changes, before and after."""
SAME_VISIT, UNORDERED = len(APART) + 1, 2 * len(APART) + 3
BINS = UNORDERED + 1


class AssignmentModel(nn.Module):
    """The score of links in visits.

    Shape:
        verb, object: (B,) int64; features: (B, `FEATURES`) of a visit.
    """

    def __init__(
        self, num_verbs: int, num_objects: int, *, dim: int = 64, visit_dim: int = 16, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.association = LinkEmbedding(num_verbs, num_objects, dim, std=0.1)
        self.sign = nn.Parameter(torch.ones(dim))
        self.preference = LinkEmbedding(num_verbs, num_objects, visit_dim, std=0.05)
        self.visit = nn.Sequential(nn.Linear(FEATURES, 32), nn.GELU(), nn.Linear(32, visit_dim))
        self.between = nn.Parameter(torch.zeros(num_verbs, num_verbs, BINS))

    def same_object(self, verb: Tensor, other: Tensor, bins: Tensor) -> Tensor:
        """The term of two links to one object, `bins` from the other one's visit to the first one's: (…) → (…)."""
        reverse = torch.where(bins == UNORDERED, bins, 2 * SAME_VISIT - bins)
        score: Tensor = self.between[verb, other, bins] + self.between[other, verb, reverse]
        return score


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

    subject: Index
    verb: Index
    object: Index
    kind: Index
    kinds: Index
    visit: Index
    others: npt.NDArray[np.int32]
    days: npt.NDArray[np.float64]
    features: npt.NDArray[np.float32]

    @classmethod
    def of(
        cls,
        visits: Visits,
        horizon: Horizon,
        *,
        subject: npt.NDArray[np.integer],
        verb: npt.NDArray[np.integer],
        object: npt.NDArray[np.integer],
        visit: Index,
        rng: np.random.Generator,
    ) -> Assignment:
        """Links (L,) by subject, in the given visits."""
        days = np.where(visits.day < 0, np.nan, visits.day + visits.clock / DAY)
        codes = (part.astype(np.int64) for part in (subject, verb, object))
        own_subject, own_verb, own_object = codes
        others = _others(own_subject, own_object, rng)
        width = int(own_object.max(initial=0)) + 1
        found, kind = np.unique(own_verb * width + own_object, return_inverse=True)
        kinds = np.stack([found // width, found % width], axis=1)
        features = visit_features(visits, horizon)
        return cls(own_subject, own_verb, own_object, kind, kinds, visit, others, days, features)

    def bins(self, first: Index, second: Index) -> Index:
        """The bin of the time from visits `second` to visits `first`: (…), (…) → (…).

        Earlier ones are below `SAME_VISIT`, later ones above; visits at one time, or undated, are `UNORDERED`.
        """
        between = self.days[first] - self.days[second]
        apart = np.isnan(between) | (between == 0.0)
        far = 1 + np.searchsorted(APART, np.abs(np.nan_to_num(between)), side="right")
        found = np.where(apart, UNORDERED, SAME_VISIT + np.sign(np.nan_to_num(between)).astype(np.int64) * far)
        return np.where(first == second, SAME_VISIT, found)


def _others(subject: Index, object: Index, rng: np.random.Generator) -> npt.NDArray[np.int32]:
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
