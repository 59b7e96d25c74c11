"""The second softmax: a rare object inside its cluster."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.edges.clusters import Clusters
from assoc_synth.ctgan.layers import normal, runs
from assoc_synth.ctgan.losses import IMPOSSIBLE

EMPTY = -1e4
"""Logits of a slot without an object: exp underflows to exactly 0."""


class Tail(nn.Module):
    """The adaptive softmax's tail: object logits inside clusters, b_{v,c,s} + E_{c,s}·query.

    It has the shares by which terms of single objects move their cluster.

    Symbols: H objects of the head, C clusters, S slots, Q rows whose object is in a cluster, W query width.

    Args:
        slots: (C, S).
        width: of the queries.
    """

    class_of: Tensor
    slot: Tensor
    object: Tensor

    def __init__(self, num_verbs: int, num_objects: int, num_head: int, slots: tuple[int, int], width: int) -> None:
        super().__init__()
        self.num_head = num_head
        self.register_buffer("class_of", torch.zeros(num_objects, dtype=torch.int64))
        self.register_buffer("slot", torch.zeros(num_objects, dtype=torch.int64))
        self.register_buffer("object", torch.zeros(num_head + slots[0] * slots[1], dtype=torch.int64))
        self.weight = nn.Parameter(normal(*slots, width, std=0.05))
        self.bias = nn.Parameter(torch.zeros(num_verbs, *slots))

    def set(self, clusters: Clusters, bias: Tensor) -> None:
        """Take the clusters, and the log popularity inside them: (V, C, S), `EMPTY` where a slot has no object."""
        class_of, slot = clusters.places()
        self.class_of.copy_(torch.from_numpy(class_of))
        self.slot.copy_(torch.from_numpy(slot))
        self.object.copy_(torch.from_numpy(np.concatenate([clusters.head, clusters.member.ravel()])))
        with torch.no_grad():
            self.bias.copy_(bias)

    def is_sound(self) -> bool:
        """Whether the objects' places, as read from a file, are the inverse of the places' objects."""
        slots = self.weight.shape[1]
        inside = self.class_of >= self.num_head
        place = torch.where(inside, self.num_head + (self.class_of - self.num_head) * slots + self.slot, self.class_of)
        bounded = bool(((place >= 0) & (place < len(self.object)) & (self.slot < slots)).all())
        return bounded and torch.equal(self.object[place], torch.arange(len(self.class_of), device=place.device))

    def object_at(self, class_code: Tensor, slot: Tensor) -> Tensor:
        """Objects by their places; the slot of a class of the head does not matter: (N,), (N,) → (N,)."""
        inside = self.num_head + (class_code - self.num_head) * self.weight.shape[1] + slot
        return self.object[torch.where(class_code >= self.num_head, inside, class_code)]

    def in_slots(self, values: Tensor) -> Tensor:
        """Values of objects by slot, 0 where a slot is empty: (…, O) → (…, C, S)."""
        member = self.object[self.num_head :].view(self.weight.shape[:2])
        return values[..., member.clamp(min=0)] * (member >= 0)

    def shares(self) -> Tensor:
        """An object's share of its cluster by its bias alone: (V, C, S)."""
        return functional.softmax(self.bias.detach(), -1)

    def logits(self, query: Tensor, verb: Tensor, cluster: Tensor) -> Tensor:
        """Logits inside each row's cluster: (Q, W), (Q,), (Q,) → (Q, S).

        Rows of one cluster are multiplied together where they follow each other.
        """
        weights = self.weight.unbind(0)
        products = [query[rows] @ weights[code].T for code, rows in runs(cluster)]
        return torch.cat(products) + self.bias[verb, cluster]


def mass_change(share: Tensor, term: Tensor, row: Tensor, cluster: Tensor, shape: tuple[int, int]) -> Tensor:
    """What terms of single objects do to their clusters' logits: log(1 + Σ share·(eᵗ − 1)), (rows, C).

    Exact where the shares are those of the softmax inside the cluster.

    Args:
        share, term, row, cluster: of each object with a term, (E,) each.
        shape: (rows, C).
    """
    moved = share * torch.expm1(term.clamp(max=20.0))
    index = row * shape[1] + cluster
    total = moved.new_zeros(shape[0] * shape[1]).index_add(0, index, moved)
    return torch.log1p(total.clamp(min=-0.999)).view(shape)


def tail_bias(clusters: Clusters, object_logits: Tensor) -> tuple[Tensor, Tensor]:
    """Log popularity (V, O) as biases of the classes (V, H + C) and inside clusters (V, C, S)."""
    logits = object_logits.double().numpy()
    sums = clusters.class_sums(np.exp(logits))
    classes = np.where(sums > 0, np.log(np.maximum(sums, 1e-30)), IMPOSSIBLE)
    slots = clusters.in_slots(logits, EMPTY)
    inside = np.where(clusters.member >= 0, slots - classes[:, len(clusters.head) :, None], EMPTY)
    return torch.tensor(classes, dtype=torch.float32), torch.tensor(inside, dtype=torch.float32)
