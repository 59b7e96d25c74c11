"""An edge generator prepared for drawing, and one categorical draw by its inverse distribution function."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.edges.enforcement import Room
from assoc_synth.ctgan.edges.generator import LEAST_LOG_SHARE, EdgeGenerator
from assoc_synth.ctgan.edges.pair_terms import PairSums
from assoc_synth.ctgan.edges.rare_objects import Tail, mass_change
from assoc_synth.ctgan.layers import ROWS, LowPrecisionCopy, product_dtype, runs


class Drawing:
    """A generator prepared for drawing: its networks and weights in the number format of its products."""

    def __init__(self, generator: EdgeGenerator) -> None:
        self.generator = generator
        self.latent = LowPrecisionCopy(generator.latent) if generator.latent_dim else None
        self.logits = ObjectLogits(generator)
        self.rare = RareDraw(generator.tail) if generator.tail is not None else None
        self.room = _room(generator) if generator.attributes and len(generator.exclusions) else None


def _room(generator: EdgeGenerator) -> Room:
    """What values of attributes leave of each verb's objects."""
    device, verbs, objects = generator.output.device, generator.num_link_verbs, generator.num_objects
    verb, object = (part.ravel() for part in torch.meshgrid(torch.arange(verbs), torch.arange(objects), indexing="ij"))
    possible = generator.log_popularity(verb.to(device), object.to(device)) > LEAST_LOG_SHARE
    return Room(generator.exclusions, possible.view(verbs, objects), generator.class_of(object[:objects].to(device)))


class ObjectLogits:
    """Logits of the classes by the trained paths and the steering path, for drawing."""

    def __init__(self, generator: EdgeGenerator) -> None:
        self.bias = generator.object_bias.detach()
        self.dtype = product_dtype(self.bias.device.type)
        trained = generator.output.detach()
        self.weights = [trained.to(self.dtype)] * generator.num_verbs
        if generator.steering_dim:
            self.weights = [torch.cat([trained, own], 1).to(self.dtype) for own in generator.steering_target.unbind(0)]

    def __call__(self, query: Tensor, verb: Tensor) -> Tensor:
        """(A, latent + R + steering), (A,) → (A, classes); consecutive rows of one verb are multiplied together."""
        logits = self.bias.new_empty(len(query), self.bias.shape[1])
        padded = functional.pad(query.to(self.dtype), (0, 0, 0, ROWS))
        for code, rows in runs(verb):
            end = rows.start + -(-(rows.stop - rows.start) // ROWS) * ROWS
            product = padded[rows.start : end] @ self.weights[code].T
            torch.add(product[: rows.stop - rows.start], self.bias[code], out=logits[rows])
        return logits


class RareDraw:
    """Draws rare objects inside their clusters, and lets a subject's earlier links move its clusters' classes."""

    def __init__(self, tail: Tail) -> None:
        self.tail, self.share = tail, tail.shares()

    def add_to(self, logits: Tensor, verb: Tensor, earlier: Tensor, terms: Tensor) -> None:
        """Add the terms of earlier objects to the classes: (A, classes), (A,), (A, k), (A, k)."""
        class_code, first = self.tail.class_of[earlier], self.tail.num_head
        rare = class_code >= first
        logits.scatter_add_(1, class_code.masked_fill(rare, 0), terms.masked_fill(rare, 0.0))
        row, _ = rare.nonzero(as_tuple=True)
        share = self.share[verb[row], class_code[rare] - first, self.tail.slot[earlier[rare]]]
        shape = len(logits), logits.shape[1] - first
        logits[:, first:] += mass_change(share, terms[rare], row, class_code[rare] - first, shape)

    def draw(
        self,
        class_code: Tensor,
        query: Tensor,
        subject: Tensor,
        verb: Tensor,
        earlier: Tensor,
        terms: Tensor,
        pairs: list[PairSums],
        uniform: Tensor,
    ) -> Tensor:
        """The objects of drawn classes, those of clusters by a second draw: (A,) … → (A,)."""
        order = torch.argsort(class_code, stable=True)
        rare = order[int((class_code < self.tail.num_head).sum()) :]
        slot = torch.zeros_like(class_code)
        if len(rare):
            own = class_code[rare]
            logits = self.tail.logits(query[rare], verb[rare], own - self.tail.num_head)
            for sums in pairs:
                logits += sums.inside(subject[rare], verb[rare], own, logits.shape[1])
            row, at = (self.tail.class_of[earlier[rare]] == own[:, None]).nonzero(as_tuple=True)
            logits.index_put_((row, self.tail.slot[earlier[rare][row, at]]), terms[rare][row, at], accumulate=True)
            slot[rare] = inverse_cdf(logits, uniform[rare])
        return self.tail.object_at(class_code, slot)


def inverse_cdf(logits: Tensor, uniform: Tensor) -> Tensor:
    """One categorical draw per row from its logits, which are overwritten, and a uniform: (N, n), (N,) → (N,).

    A block of about √n categories first, then one inside it, so that only sums of blocks are accumulated.

    Example:
        >>> inverse_cdf(torch.log(torch.tensor([[0.5, 0.3, 0.2]] * 3)), torch.tensor([0.4, 0.6, 0.9])).tolist()
        [0, 1, 2]
    """
    count = logits.shape[1]
    width = math.isqrt(count - 1) + 1
    whole = count // width * width
    weights = logits.sub_(logits.amax(1, keepdim=True)).exp_()
    of_block = weights[:, :whole].unflatten(1, (-1, width)).sum(2)
    if whole < count:
        of_block = torch.cat([of_block, weights[:, whole:].sum(1, keepdim=True)], 1)
    block, rest = _pick(of_block, uniform * of_block.sum(1))
    members = block[:, None] * width + torch.arange(width, device=logits.device)
    own = weights.gather(1, members.clamp(max=count - 1)).masked_fill_(members >= count, 0.0)
    inside, _ = _pick(own, rest)
    return block * width + inside


def _pick(weights: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Where the running sum of each row exceeds its target, and what of the target is left there: (N, n), (N,)."""
    cumulative = weights.cumsum(1)
    index = torch.searchsorted(cumulative, target[:, None], right=True)
    # Rounding may carry the target past the last category with weight; step back onto it.
    last = weights.shape[1] - 1 - torch.flip(weights, [1]).gt(0).int().argmax(1, keepdim=True)
    index = torch.minimum(index, last)
    rest = target - (cumulative.gather(1, index) - weights.gather(1, index)).squeeze(1)
    return index.squeeze(1), rest
