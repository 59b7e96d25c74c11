"""Condition vectors: which links of which subjects are predicted, and what their subjects' neighbourhoods are.

Codes and sizes only; no names, no tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.config import MOST_EARLIER
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Codes, Floats, Ints

NUM_SCALARS = 3
"""log1p(k), log1p(n) and (n − k)/(n + 1) for the k-th of n links; those of the plan of verbs follow."""


@dataclass(frozen=True)
class LinkBatch:
    """Links of whole subjects, in the order in which they are to be generated.

    Attributes:
        verb, object: (B,) int64, subject after subject.
        start: (B,) index of the first link of the same subject.
        position: (P,) indices of the links to predict.
        plan: (P, V) how many links of each verb their subjects have in all; attributes are not among them.
        left: (P, V) how many of these are still to come, the predicted one among them.
        attributes: A, how many of each subject's first links are its attributes.
    """

    verb: Tensor
    object: Tensor
    start: Tensor
    position: Tensor
    plan: Tensor
    left: Tensor
    attributes: int

    @property
    def step(self) -> Tensor:
        """k, the number of earlier links of the same subject, attributes not counted: (B,)."""
        place = torch.arange(len(self.start), device=self.start.device) - self.start
        return (place - self.attributes).clamp(min=0)

    def to(self, device: torch.device) -> LinkBatch:
        """The same batch on a device."""
        tensors = {name: getattr(self, name).to(device) for name in self.__annotations__ if name != "attributes"}
        return replace(self, **tensors)


def num_scalars(num_link_verbs: int) -> int:
    """How many `scalars` there are."""
    return NUM_SCALARS + 2 * num_link_verbs


def scalars(step: Tensor, plan: Tensor, left: Tensor) -> Tensor:
    """log1p(k), log1p(n), (n − k)/(n + 1), and log1p of the plan of verbs and of what of it is to come.

    The plan is drawn before the first link. Without it a subject whose only procedure is still to come could not know,
    while its diagnoses are drawn, that the one that needs this procedure has to be among them.

    Shape:
        (P,), (P, V), (P, V) → (P, 3 + 2V).
    """
    k, n = step.float(), plan.sum(1).float()
    place = torch.stack([torch.log1p(k), torch.log1p(n), (n - k) / (n + 1)], dim=-1)
    return torch.cat([place, torch.log1p(plan.float()), torch.log1p(left.float())], dim=-1)


def scaled(attributes: Tensor, links: Tensor, step: Tensor) -> Tensor:
    """c_k = Σ φ of the attributes + Σ_{j<k} φ_j / √(k + 1), so that long histories stay in the range of short ones.

    Shape:
        (P, D), (P, D), (P,) → (P, D).
    """
    return attributes + links * torch.rsqrt(step.float() + 1.0).unsqueeze(-1)


def neighbourhoods(embedded: Tensor, batch: LinkBatch) -> Tensor:
    """`scaled` sums over the earlier links of the predicted ones: (B, D) → (P, D)."""
    # Sums along rows that lie together are many times as fast as sums along columns.
    running = functional.pad(embedded.T.contiguous().cumsum(1), (1, 0)).T.contiguous()
    at, first = batch.position, batch.start[batch.position]
    middle = torch.minimum(at, first + batch.attributes)
    return scaled(running[middle] - running[first], running[at] - running[middle], batch.step[at])


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
    kept in all. It needs no correction, since the object head is conditioned on the verb.
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

    def choose(self, verb: Codes | Ints, rng: np.random.Generator) -> Ints:
        """Positions to predict: (n,) verbs of links → (p,)."""
        return np.flatnonzero(rng.random(len(verb)) < self.keep[verb])


def batches(
    edges: Edges,
    *,
    batch_links: int,
    choice: TrainingBySampling | None,
    rng: np.random.Generator,
    attributes: int = 0,
    given: int = 0,
) -> Iterator[LinkBatch]:
    """One epoch: subjects shuffled, each subject's links in a new random order, packed to about `batch_links` links.

    Args:
        choice: which links are predicted; None for all.
        attributes: A; the last A verbs are attributes, of which every subject has one each. They come first.
        given: how many of these, the last ones, are never predicted.
    """
    subjects = rng.permutation(edges.num_subjects)
    rank = np.empty(edges.num_subjects, np.int64)
    rank[subjects] = np.arange(edges.num_subjects)
    is_link = edges.verb < edges.num_verbs - attributes
    order = np.lexsort((rng.random(len(edges)), is_link, rank[edges.subject]))
    sizes = np.diff(edges.offsets)[subjects]
    starts = np.cumsum(sizes) - sizes
    bounds = np.flatnonzero(np.diff(starts // batch_links, prepend=-1))
    for first, last in pairwise([*bounds, len(sizes)]):
        own = sizes[first:last]
        if own.sum():
            members = order[starts[first] : starts[first] + own.sum()]
            position = np.arange(len(members)) if choice is None else choice.choose(edges.verb[members], rng)
            position = position[edges.verb[members[position]] < edges.num_verbs - given]
            position = _thinned(position, own, rng)
            yield _batch(edges, members, own, position, attributes)


def _thinned(position: Ints, sizes: Ints, rng: np.random.Generator) -> Ints:
    """The links to predict, fewer of a subject with so many that they have too many earlier ones: (p,) → (p,).

    What is predicted of such a subject differs from epoch to epoch, and all its links stay in the neighbourhoods.

    Args:
        sizes: links of each subject of the batch.
    """
    subject = np.repeat(np.arange(len(sizes)), sizes)[position]
    chosen = np.bincount(subject, minlength=len(sizes))
    most = 2 * MOST_EARLIER // np.maximum(sizes, 1)
    kept = np.ones(len(position), bool)
    for long in np.flatnonzero(chosen > most).tolist():
        own = np.flatnonzero(subject == long)
        kept[rng.choice(own, len(own) - most[long], replace=False)] = False
    return position[kept]


def _batch(edges: Edges, chosen: Ints, sizes: Ints, position: Ints, attributes: int) -> LinkBatch:
    verb, num_verbs = edges.verb[chosen].astype(np.int64), edges.num_verbs - attributes
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    links = np.flatnonzero(verb < num_verbs)
    until = np.zeros((len(verb) + 1, num_verbs), np.float32)
    until[links + 1, verb[links]] = 1.0
    until = until.cumsum(0)
    first, last = starts[position], starts[position] + np.repeat(sizes, sizes)[position]
    return LinkBatch(
        verb=torch.from_numpy(verb),
        object=torch.from_numpy(edges.object[chosen].astype(np.int64)),
        start=torch.from_numpy(starts),
        position=torch.from_numpy(position),
        plan=torch.from_numpy(until[last] - until[first]),
        left=torch.from_numpy(until[last] - until[position]),
        attributes=attributes,
    )
