"""Condition vectors: which links of which subjects are predicted, and what their subjects' neighbourhoods are.

Codes and sizes only; no names, no tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints


@dataclass(frozen=True)
class LinkBatch:
    """Links of whole subjects, in the order in which they are to be generated.

    Attributes:
        verb, object: (B,) int64, subject after subject.
        start: (B,) index of the first link of the same subject.
        size: (B,) number of links of the same subject.
        position: (P,) indices of the links to predict.
        weight: (P,) 1 / probability of having been chosen, mean 1: undoes training-by-sampling for the verb head.
    """

    verb: Tensor
    object: Tensor
    start: Tensor
    size: Tensor
    position: Tensor
    weight: Tensor

    @property
    def step(self) -> Tensor:
        """k, the number of earlier links of the same subject: (B,)."""
        return torch.arange(len(self.start), device=self.start.device) - self.start

    def to(self, device: torch.device) -> LinkBatch:
        """The same batch on a device."""
        return LinkBatch(*(getattr(self, name).to(device) for name in self.__annotations__))


def scalars(step: Tensor, size: Tensor) -> Tensor:
    """log1p(k), log1p(n), (n − k)/(n + 1): (P,), (P,) → (P, 3)."""
    k, n = step.float(), size.float()
    return torch.stack([torch.log1p(k), torch.log1p(n), (n - k) / (n + 1)], dim=-1)


def neighbourhoods(embedded: Tensor, batch: LinkBatch) -> Tensor:
    """c_k = Σ_{j<k} φ_j for the predicted links: (B, D) → (P, D), one exclusive running sum per subject."""
    running = torch.cat([embedded.new_zeros(1, embedded.shape[1]), embedded.cumsum(0)])
    return running[batch.position] - running[batch.start[batch.position]]


def earlier_links(batch: LinkBatch) -> tuple[Tensor, Tensor]:
    """All (predicted link, earlier link of its subject) pairs: two index vectors, into the P and into the B links."""
    steps = batch.position - batch.start[batch.position]
    device = steps.device
    row = torch.repeat_interleave(torch.arange(len(steps), device=device), steps)
    within = torch.arange(len(row), device=device) - torch.repeat_interleave(steps.cumsum(0) - steps, steps)
    return row, batch.start[batch.position][row] + within


class TrainingBySampling:
    """Which links are predicted: by log-frequency of the verb, every link at most once an epoch (Xu et al. 2019, 4.3).

    Each verb's links are kept with probability π_v = min(1, a·log(1 + N_v)/N_v), with a such that a share `rate` is
    kept in all. The object head needs no correction, since it is conditioned on the verb; the verb head is weighted by
    1/π_v.
    """

    def __init__(self, verb_counts: Ints, rate: float, enabled: bool) -> None:
        """`verb_counts`: links of each verb, (V,); without `enabled` every link is kept with probability `rate`."""
        counts = verb_counts.astype(np.float64)
        self.keep: Floats = np.full(len(counts), min(rate, 1.0))
        if enabled and rate < 1.0:
            appeal = np.log1p(counts) / np.maximum(counts, 1.0)
            low, high = 0.0, 1.0 / appeal[counts > 0].min()
            for _ in range(60):
                middle = (low + high) / 2
                kept = float((np.minimum(1.0, middle * appeal) * counts).sum())
                low, high = (middle, high) if kept < rate * counts.sum() else (low, middle)
            self.keep = np.minimum(1.0, high * appeal)

    def choose(self, verb: Ints, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Positions to predict and their weights: (n,) verbs of links → (p,), (p,)."""
        keep = self.keep[verb]
        chosen = np.flatnonzero(rng.random(len(verb)) < keep)
        weight = 1.0 / keep[chosen]
        return chosen, weight / max(weight.mean(), 1e-12) if len(chosen) else weight


def batches(
    edges: Edges, *, batch_links: int, choice: TrainingBySampling | None, rng: np.random.Generator
) -> Iterator[LinkBatch]:
    """One epoch: subjects shuffled, each subject's links in a new random order, packed to about `batch_links` links.

    Without a `choice` every link is predicted with weight 1.
    """
    subjects = rng.permutation(edges.num_subjects)
    rank = np.empty(edges.num_subjects, np.int64)
    rank[subjects] = np.arange(edges.num_subjects)
    order = np.lexsort((rng.random(len(edges)), rank[edges.subject]))
    sizes = np.diff(edges.offsets)[subjects]
    starts = np.cumsum(sizes) - sizes
    bounds = np.flatnonzero(np.diff(starts // batch_links, prepend=-1))
    for first, last in pairwise([*bounds, len(sizes)]):
        own = sizes[first:last]
        if own.sum():
            yield _batch(edges, order[starts[first] : starts[first] + own.sum()], own, choice, rng)


def _batch(
    edges: Edges,
    chosen: Ints,
    sizes: Ints,
    choice: TrainingBySampling | None,
    rng: np.random.Generator,
) -> LinkBatch:
    verb = edges.verb[chosen].astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    if choice is None:
        position, weight = np.arange(len(verb)), np.ones(len(verb))
    else:
        position, weight = choice.choose(verb, rng)
    return LinkBatch(
        verb=torch.from_numpy(verb),
        object=torch.from_numpy(edges.object[chosen].astype(np.int64)),
        start=torch.from_numpy(np.repeat(starts, sizes)),
        size=torch.from_numpy(np.repeat(sizes, sizes)),
        position=torch.from_numpy(position),
        weight=torch.from_numpy(weight.astype(np.float32)),
    )
