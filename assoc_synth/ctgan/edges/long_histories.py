"""Long histories: what one link changes in a neighbourhood of a thousand is not looked at each time.

The next object of a subject depends on its links so far by the product of a query with the weights of all objects,
which costs as much for the ten thousandth link as for the first. From `LONG` links on a subject keeps such a product
for a `PART`-th of the links that it has, and, since the query also knows how many are to come, for a `REST`-th of
these at most. Whatever is exact stays so for each link: the plan of verbs, pairs' own terms, earlier links to the same
object, and rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.ctgan.edges.rare_objects import Tail
from assoc_synth.ctgan.losses import EXCLUDED
from assoc_synth.transactions.arrays import Ints, Singles

LONG, PART, REST = 1_024, 64, 16


@dataclass(frozen=True, eq=False)
class Products:
    """Queries of subjects' next links, (A, width), and their products with the objects' weights, (A, W)."""

    query: Tensor
    product: Tensor

    def __getitem__(self, rows: Tensor) -> Products:
        return Products(self.query[rows], self.product[rows])


class KeptProducts:
    """The products that long histories keep, by subject and next verb.

    When one is made anew depends on nothing but its subject's own links, so that it plays no part who is drawn beside
    it.

    Args:
        subjects, verbs: how many.
        make: the products of subjects, those of one verb together, and verbs: (A,), (A,).

    Example:
        >>> def make(rows, verb):
        ...     print("made for subjects", rows.tolist())
        ...     return Products(rows[:, None].float(), verb[:, None].float())
        >>> kept = KeptProducts(2, 1, make)
        >>> of, left = (torch.tensor([0, 1]), torch.tensor([0, 0])), torch.tensor([900, 1])
        >>> kept.of(*of, step=6_400, left=left).query.tolist()
        made for subjects [0, 1]
        [[0.0], [1.0]]
        >>> kept.of(*of, step=6_401, left=left - 1).query.tolist()
        made for subjects [1]
        [[0.0], [1.0]]
    """

    def __init__(self, subjects: int, verbs: int, make: Callable[[Tensor, Tensor], Products]) -> None:
        self.make = make
        self.until = torch.zeros(subjects, verbs, dtype=torch.int64)
        self.kept: Products | None = None

    def of(self, rows: Tensor, verb: Tensor, step: int, left: Tensor) -> Products:
        """The products of subjects and next verbs, those of one verb together: (A,), (A,).

        Args:
            step: how many links the subjects have.
            left: how many are to come of each, (A,).
        """
        self.until = self.until.to(rows.device)
        stale = torch.nonzero(self.until[rows, verb] <= step).flatten()
        if len(stale):
            old, of_verb = rows[stale], verb[stale]
            new = self.make(old, of_verb)
            if self.kept is None:
                shape = self.until.shape
                self.kept = Products(*(part.new_zeros(*shape, part.shape[1]) for part in (new.query, new.product)))
            self.kept.query[old, of_verb], self.kept.product[old, of_verb] = new.query, new.product
            most = torch.minimum(left[stale] // REST, torch.full_like(old, step // PART)).clamp(min=1)
            self.until[old, of_verb] = step + most
        if self.kept is None:
            return self.make(rows, verb)
        return Products(self.kept.query[rows, verb], self.kept.product[rows, verb])


class Rare(NamedTuple):
    """What terms of earlier links are made of where rare objects are in clusters: C of them, S slots, H head objects.

    Attributes:
        bias: (V, H + C) log popularity of classes; inside: (V, C, S) in their clusters; share: (V, C, S) exp of that.
        slope: (V, V); least, log_objects: as in `draw_kernel.Terms`.
        class_of, slot: (O,); room: (V, C) objects that a cluster has for a verb.
    """

    bias: Singles
    inside: Singles
    share: Singles
    slope: Singles
    least: float
    log_objects: float
    class_of: Ints
    slot: Ints
    room: Ints


def add_earlier(
    logits: Tensor, rows: Tensor, verb: Tensor, repeat: Tensor, links: tuple[Tensor, Tensor], rare: Rare
) -> None:
    """Add what earlier links do to the logits of classes, on the processor: as `RareDraw.add_to`, without copies.

    Args:
        logits: (A, H + C), changed.
        rows, verb: (A,) the subjects and the verbs of their next links; repeat: (A, V) `EdgeGenerator.repeat_bias`.
        links: verbs and objects of all subjects' links so far, (N, k) each.
    """
    own, of_verbs, bias = (part.contiguous().numpy() for part in (rows, verb, repeat))
    _add_earlier(logits.numpy(), own, of_verbs, bias, links[0].numpy(), links[1].numpy(), rare)


def of_classes(tail: Tail, code: Tensor, verb: Tensor, object: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The earlier links to objects of a class: (A,), (A, k), (A, k) → verbs, objects, and which there are, (A, m).

    Example:
        >>> tail = Tail(1, 6, 2, (2, 2), 4)
        >>> tail.class_of.copy_(torch.tensor([0, 1, 2, 2, 3, 3])).shape
        torch.Size([6])
        >>> verb, object = torch.zeros(2, 4, dtype=torch.int64), torch.tensor([[0, 2, 4, 3], [1, 4, 2, 0]])
        >>> _, found, there = of_classes(tail, torch.tensor([2, 3]), verb, object)
        >>> found.tolist(), there.tolist()
        ([[2, 3], [4, 0]], [[True, True], [True, False]])
    """
    row, at = (tail.class_of[object] == code[:, None]).nonzero(as_tuple=True)
    counts = torch.bincount(row, minlength=len(code))
    place = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
    most = int(counts.max()) if len(counts) else 0
    found = [part.new_zeros(len(code), most) for part in (verb, object)]
    for own, part in zip(found, (verb, object), strict=True):
        own[row, place] = part[row, at]
    return found[0], found[1], torch.arange(most, device=row.device) < counts[:, None]


@compiled
def _add_earlier(
    logits: Singles, rows: Ints, verb: Ints, repeat: Singles, had_verb: Ints, had_object: Ints, rare: Rare
) -> None:
    """See `add_earlier`."""
    bias, inside, share, slope, room = rare.bias, rare.inside, rare.share, rare.slope, rare.room
    least, log_objects, class_of, slot = rare.least, rare.log_objects, rare.class_of, rare.slot
    clusters = inside.shape[1]
    head = bias.shape[1] - clusters
    moved, gone = np.empty(clusters, np.float32), np.empty(clusters, np.int64)
    for i in range(len(rows)):
        row, v = rows[i], verb[i]
        moved[:], gone[:] = 0.0, 0
        for e in range(had_verb.shape[1]):
            w, o = had_verb[row, e], had_object[row, e]
            code = class_of[o]
            if w == v:
                term, change = np.float32(EXCLUDED), np.float32(-1.0)
            else:
                known = max(bias[v, code], np.float32(least)) + np.float32(log_objects)
                if code >= head:
                    known += inside[v, code - head, slot[o]]
                term = repeat[i, w] + slope[v, w] * known
                change = np.float32(np.expm1(min(term, np.float32(20.0))))
            if code < head:
                logits[i, code] += term
            else:
                moved[code - head] += share[v, code - head, slot[o]] * change
                gone[code - head] += w == v
        for at in range(clusters):
            logits[i, head + at] += np.float32(np.log1p(max(moved[at], np.float32(-0.999))))
            if gone[at] >= room[v, at]:
                logits[i, head + at] += np.float32(EXCLUDED)
