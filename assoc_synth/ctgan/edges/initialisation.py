"""Where training starts: biases at the margins, and the association path at what is certain of the pairs' counts.

All of it is trained further; the initialisation spares the epochs that finding the counts again would take, and on
small tables it is the better estimate of a rare pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration_target import CERTAIN, MOST_TASTES, Tastes
from assoc_synth.ctgan.edges.clusters import Clusters
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import never_under
from assoc_synth.ctgan.edges.low_rank import clear_directions, leading_factors
from assoc_synth.ctgan.edges.pretrained import Pretrained
from assoc_synth.ctgan.edges.rare_objects import tail_bias
from assoc_synth.ctgan.losses import IMPOSSIBLE
from assoc_synth.link_graph.contributions import counted
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.null_model import expected_pairs
from assoc_synth.transactions.arrays import Floats

CLUSTER_RANK = 16
"""Factors that divide the objects into clusters where there is no association path to share them with."""
SHRINKAGE = 10.0
"""Pseudo-counts in a pair's log ratio of observed to expected subjects."""
MOST_SHRUNK = 2_500
"""Objects up to which the ratios are shrunk by their sampling error as well: a full table of them is held. With more,
the low rank has to leave chance out."""


@dataclass(frozen=True, eq=False)
class Start:
    """What a generator starts with beside the counts of its edges.

    Attributes:
        attributes: how many values each attribute has, see `EdgeGenerator`.
        planned: how many attributes are of the plan.
        pretrained: a stored generator with some of the names; None for none.
    """

    attributes: tuple[int, ...] = ()
    planned: int = 0
    pretrained: Pretrained | None = None


NOTHING = Start()


def initial_logits(edges: Edges, attributes: tuple[int, ...] = ()) -> Tensor:
    """Log popularity of each object within its verb: (V, O).

    Half an edge is shared out among a verb's unseen objects in proportion to their popularity over all verbs. What
    chance would have shown and no subject has is impossible. An attribute has no other object than its own values, and
    no other verb has these.
    """
    counts = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)
    counts = counts.reshape(edges.num_verbs, edges.num_objects)
    overall = (counts.sum(0) + 0.5) / (counts.sum() + 0.5 * edges.num_objects)
    smoothed = counts + 0.5 * overall
    possible = np.zeros(counts.shape, bool)
    never = never_under(counts[: edges.num_verbs - len(attributes)])
    never = np.concatenate([never, np.zeros((len(attributes), edges.num_objects), bool)])
    ends = np.cumsum([edges.num_objects - sum(attributes), *attributes])
    possible[: edges.num_verbs - len(attributes), : ends[0]] = True
    for place in range(len(attributes)):
        possible[edges.num_verbs - len(attributes) + place, ends[place] : ends[place + 1]] = True
    smoothed = np.where(possible & ~never, smoothed, 0.0)
    with np.errstate(divide="ignore"):
        objects = np.log(smoothed / smoothed.sum(1, keepdims=True))
    return torch.tensor(np.maximum(objects, IMPOSSIBLE), dtype=torch.float32)


def initial_repeat_bias(edges: Edges) -> Tensor:
    """`earlier_bias`, (V, V): log of observed over expected pairs of a subject's v and w links to the same object.

    Expected is the number if the v links' objects were drawn by popularity. The diagonal, where objects are excluded,
    is 0.
    """
    of_verb = [edges.incidence(verb) for verb in range(edges.num_verbs)]
    bias = np.zeros((edges.num_verbs, edges.num_verbs))
    for v, own in enumerate(of_verb):
        popularity = np.asarray(own.sum(0)).ravel() / max(own.nnz, 1)
        links = np.diff(own.indptr)
        for w, other in enumerate(of_verb):
            if v != w:
                expected = float(popularity @ (other.T @ links))
                bias[v, w] = np.log((own.multiply(other).sum() + 1.0) / (expected + 1.0))
    return torch.tensor(bias, dtype=torch.float32)


def initial_associations(edges: Edges, rank: int, pretrained: Pretrained | None = None) -> tuple[Tensor, Tensor]:
    """Factors U, V, (O, rank) each, of the objects' shrunk log ratios: U Vᵀ ≈ log((C + κ) / (E + κ)).

    C counts the subjects linked to both objects by any verb, E is what the degree-keeping null expects. Of up to
    `MOST_SHRUNK` objects the ratios are those of `certain_ratios`. Of more, pairs that no subject has count as 0, so
    that memory stays that of the pairs that exist, 8 bytes each. The factors are the eigenvectors of the largest
    eigenvalues. Pairs of objects that a stored generator knows have its log-lifts.

    Args:
        edges: whose pairs are counted, see `counted`.
    """
    ratios = _ratios(edges)
    if pretrained is None:
        return _as_tensors(leading_factors(ratios, rank))
    return _as_tensors(leading_factors(pretrained.without_shared(ratios), rank, pretrained.lifts(edges.num_objects)))


def _ratios(edges: Edges) -> Floats | sp.csr_matrix:
    if edges.num_objects <= MOST_SHRUNK:
        return certain_ratios(edges)[0]
    expected, parts = expected_pairs(edges), []
    for begin, counts in edges.projection_in_parts():
        ratio = np.log((counts.data + SHRINKAGE) / (expected.at(counts.row + begin, counts.col) + SHRINKAGE))
        ratio[counts.row + begin == counts.col] = 0.0
        parts.append(sp.csr_matrix((ratio.astype(np.float32), (counts.row, counts.col)), shape=counts.shape))
    return sp.vstack(parts, format="csr", dtype=np.float32)


def certain_ratios(edges: Edges) -> tuple[Floats, Tastes]:
    """The objects' shrunk log ratios as far as they stand out of their sampling error, (O, O), and what they share.

    What many pairs have in common is taken as `Tastes`, and of the rest of each pair the share 1 − (2 standard errors /
    rest)², or nothing: a positive-part James–Stein factor. To begin at all of a count would be to begin at the single
    subjects that were counted. A count's variance is taken as the larger of what is observed and expected.
    """
    counts = edges.projection().toarray().astype(np.float64)
    np.fill_diagonal(counts, 0.0)
    expected = expected_pairs(edges).at(*np.indices(counts.shape))
    ratio = np.log((counts + SHRINKAGE) / (expected + SHRINKAGE))
    error = np.sqrt(np.maximum(counts, expected) + 1.0) / (counts + SHRINKAGE)
    scaled = ratio / error
    np.fill_diagonal(scaled, 0.0)
    tastes = Tastes(*clear_directions((scaled + scaled.T) / 2, MOST_TASTES))
    shared = error * (tastes.directions @ tastes.share(scaled) @ tastes.directions.T)
    rest = ratio - shared
    certain: Floats = shared + rest * np.clip(1 - (CERTAIN * error) ** 2 / np.maximum(rest**2, 1e-9), 0, None)
    np.fill_diagonal(certain, 0.0)
    return (certain + certain.T) / 2, tastes


def num_directions(edges: Edges) -> int:
    """In how many directions the objects' associations stand out of chance; of very many objects, `MOST_TASTES`."""
    return len(certain_ratios(counted(edges))[1].excess) if edges.num_objects <= MOST_SHRUNK else MOST_TASTES


def _as_tensors(factors: tuple[Floats, Floats]) -> tuple[Tensor, Tensor]:
    first, second = (torch.tensor(factor, dtype=torch.float32) for factor in factors)
    return first, second


def initial_generator(config: CTGANConfig, edges: Edges, dropout: float, start: Start = NOTHING) -> EdgeGenerator:
    """A generator that begins at the counts of its training edges, and at a stored one where names are in both."""
    attributes, pretrained = start.attributes, start.pretrained
    objects = initial_logits(edges, attributes)
    if pretrained is not None:
        objects = pretrained.logits(objects)
    pairs = counted(edges, attributes=len(attributes))
    target, source = initial_associations(pairs, config.association_dim or CLUSTER_RANK, pretrained)
    counts = np.bincount(edges.object, minlength=edges.num_objects)
    rank = counts.copy()
    rank[edges.num_objects - sum(attributes) :] = counts.max(initial=0) + 1  # attributes' values have their own classes
    clusters = Clusters.of(rank, target.numpy())
    slots = clusters.member.shape
    classes, inside = tail_bias(clusters, objects)
    generator = EdgeGenerator(
        config,
        classes,
        dropout,
        num_objects=edges.num_objects,
        slots=(slots[0], slots[1]),
        attributes=attributes,
        planned=start.planned,
    )
    with torch.no_grad():
        generator.earlier_bias.copy_(initial_repeat_bias(edges))
        if config.association_dim:
            first = generator.latent_dim
            popularity: Floats = (counts + 0.5)[None, :] * target.double().numpy().T
            mean = clusters.class_sums(popularity) / clusters.class_sums((counts + 0.5).astype(np.float64))
            generator.output[:, first:].add_(torch.from_numpy(mean.T))
            generator.association.object.add_(source)
            if generator.tail is not None:
                slotted = clusters.in_slots(target.numpy().T, 0.0)
                generator.tail.weight[:, :, first:].add_(torch.from_numpy(np.moveaxis(slotted, 0, -1)))
        if generator.tail is not None:
            generator.tail.set(clusters, inside)
    if pretrained is not None:
        pretrained.begin(generator)
    return generator
