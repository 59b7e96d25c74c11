"""An edge generator prepared for drawing, and one categorical draw by its inverse distribution function."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.categorical import LANES, LOWEST, draw_rows
from assoc_synth.ctgan.edges.draw_kernel import Links, Terms, draw_classes
from assoc_synth.ctgan.edges.enforcement import Room
from assoc_synth.ctgan.edges.generator import LEAST_LOG_SHARE, EdgeGenerator
from assoc_synth.ctgan.edges.long_histories import Rare, of_classes
from assoc_synth.ctgan.edges.pair_terms import PairSums, PairTerms
from assoc_synth.ctgan.edges.rare_objects import Tail, mass_change
from assoc_synth.ctgan.layers import ROWS, LowPrecisionCopy, product_dtype, runs
from assoc_synth.ctgan.losses import BROKEN, EXCLUDED

MOST_EMBEDDED = 1 << 23
"""The most numbers in a table of what each link adds to its subject's neighbourhood; else it is computed for each."""


class Drawing:
    """A generator prepared for drawing: its networks and weights in the number format of its products.

    Attributes:
        terms: of pairs, exclusions among them; None where there are none.
        known: what long histories with rare objects are made of; None where there is none.
        classes: draws classes straight from the products; None on other devices than the processor, and where logits
            are needed: with clusters of rare objects, and with rules about what has to come.
    """

    def __init__(self, generator: EdgeGenerator) -> None:
        self.generator = generator
        self.latent = LowPrecisionCopy(generator.latent) if generator.latent_dim else None
        self.logits = ObjectLogits(generator)
        self.rare = RareDraw(generator.tail) if generator.tail is not None else None
        self.known = _known(generator, self.rare) if self.rare is not None else None
        self.room = _room(generator) if generator.attributes and len(generator.exclusions) else None
        self.terms = _together(generator.pairs, generator.exclusions)
        is_plain = generator.tail is None and not len(generator.needs)
        is_on_processor = generator.output.device.type == "cpu"
        self.classes = ClassDraw(generator, self.logits, self.terms) if is_plain and is_on_processor else None
        self._embedded = self._table()

    def embed(self, verb: Tensor, object: Tensor) -> Tensor:
        """What links add to their subjects' neighbourhoods: (B,), (B,) → (B, width)."""
        if self._embedded is None:
            return self.generator.embed(verb, object)
        return self._embedded.index_select(0, verb * self.generator.num_objects + object)

    @torch.inference_mode()
    def _table(self) -> Tensor | None:
        model = self.generator
        tokens = model.num_verbs * model.num_objects
        if tokens * model.width > MOST_EMBEDDED:
            return None
        token = torch.arange(tokens, device=model.output.device)
        return model.embed(token // model.num_objects, token % model.num_objects)


def _known(generator: EdgeGenerator, rare: RareDraw) -> Rare | None:
    """What terms of long histories are made of; None on other devices than the processor."""
    if generator.output.device.type != "cpu":
        return None
    return Rare(
        generator.object_bias.detach().numpy(),
        rare.tail.bias.detach().numpy(),
        rare.share.numpy(),
        generator.earlier_slope.detach().numpy(),
        LEAST_LOG_SHARE,
        math.log(generator.num_objects),
        rare.tail.class_of.numpy(),
        rare.tail.slot.numpy(),
        rare.room.numpy(),
    )


def _room(generator: EdgeGenerator) -> Room:
    """What values of attributes leave of each verb's objects."""
    device, verbs, objects = generator.output.device, generator.num_link_verbs, generator.num_objects
    verb, object = (part.ravel() for part in torch.meshgrid(torch.arange(verbs), torch.arange(objects), indexing="ij"))
    possible = generator.log_popularity(verb.to(device), object.to(device)) > LEAST_LOG_SHARE
    return Room(generator.exclusions, possible.view(verbs, objects), generator.class_of(object[:objects].to(device)))


def _together(*parts: PairTerms) -> PairTerms | None:
    """The sum of terms of pairs; None where there are none."""
    used = [part for part in parts if len(part)]
    if len(used) < 2:
        return used[0] if used else None
    tokens = np.unique(np.concatenate([part.tokens.cpu().numpy() for part in used]))
    total = sp.csr_matrix((len(tokens), len(tokens)), dtype=np.float32)
    for part in used:
        place = np.searchsorted(tokens, part.tokens.cpu().numpy())
        row = np.repeat(place, np.diff(part.offsets.cpu().numpy()))
        cells = part.weight.cpu().numpy(), (row, place[part.other.cpu().numpy()])
        total += sp.csr_matrix(cells, shape=total.shape)
    result = PairTerms(used[0].num_verbs, used[0].num_objects).to(used[0].weight.device)
    result.set(tokens, total)
    return result


class ObjectLogits:
    """Logits of the classes by the trained paths and the steering path, for drawing.

    Rows of a product are filled up to whole `LANES`.
    """

    def __init__(self, generator: EdgeGenerator) -> None:
        self.bias = generator.object_bias.detach()
        self.dtype = product_dtype(self.bias.device.type)
        trained, fill = generator.output.detach(), -self.bias.shape[1] % LANES
        parts = [trained] * generator.num_verbs
        if generator.steering_dim:
            parts = [torch.cat([trained, own], 1) for own in generator.steering_target.unbind(0)]
        self.weights = [functional.pad(part, (0, 0, 0, fill)).to(self.dtype) for part in parts]

    def products(self, query: Tensor, verb: Tensor) -> Tensor:
        """(A, latent + R + steering), (A,) → (A, W); consecutive rows of one verb are multiplied together."""
        padded = functional.pad(query.to(self.dtype), (0, 0, 0, ROWS))
        result = padded.new_empty(len(padded), len(self.weights[0]))
        for code, rows in runs(verb):
            end = rows.start + -(-(rows.stop - rows.start) // ROWS) * ROWS
            # What it has too much is overwritten by the next verb.
            torch.mm(padded[rows.start : end], self.weights[code].T, out=result[rows.start : end])
        return result[: len(query)]

    def __call__(self, query: Tensor, verb: Tensor) -> Tensor:
        """(A, latent + R + steering), (A,) → (A, classes)."""
        return self.of(self.products(query, verb), verb)

    def of(self, products: Tensor, verb: Tensor) -> Tensor:
        """The logits of products: (A, W), (A,) → (A, classes)."""
        logits = self.bias.new_empty(len(products), self.bias.shape[1])
        for code, rows in runs(verb):
            torch.add(products[rows, : logits.shape[1]], self.bias[code], out=logits[rows])
        return logits


class ClassDraw:
    """Draws the classes of links straight from the products of queries and weights, on the processor.

    The logits are the same as those of `ObjectLogits` and everything that is added to them; they are only never stored.
    """

    def __init__(self, generator: EdgeGenerator, logits: ObjectLogits, terms: PairTerms | None) -> None:
        self.logits, tokens = logits, np.zeros(0, np.int64) if terms is None else terms.tokens.numpy()
        verbs, objects = generator.num_verbs, generator.num_objects
        fill = (0, -generator.num_classes % LANES)
        self.terms = Terms(
            functional.pad(logits.bias, fill, value=float(LOWEST)).numpy(),
            generator.earlier_slope.detach().numpy(),
            LEAST_LOG_SHARE,
            math.log(objects),
            np.searchsorted(tokens, np.arange(verbs + 1) * objects),
            tokens % objects,
        )

    def draw(
        self, product: Tensor, rows: Tensor, verb: Tensor, repeat: Tensor, *, step: int, links: Links, uniform: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The next classes and the highest logit of each: (P,), (P,).

        Args:
            product: (P, W) `ObjectLogits.products`.
            rows, verb: (P,) the subjects, (P,) those of one verb together.
            repeat: (P, V) `EdgeGenerator.repeat_bias`.
            step: how many links the subjects have; links: what these are.
        """
        bits = product.view(torch.uint16 if product.dtype == torch.bfloat16 else torch.uint32).numpy()
        own, code, bias, level = (part.contiguous().numpy() for part in (rows, verb, repeat, uniform))
        found, highest = draw_classes(bits, own, code, bias, step, self.terms, links, level)
        return torch.from_numpy(found), torch.from_numpy(highest)


class RareDraw:
    """Draws rare objects inside their clusters, and lets a subject's earlier links move its clusters' classes."""

    def __init__(self, tail: Tail) -> None:
        self.tail, self.share = tail, tail.shares()
        self.is_empty = (tail.object[tail.num_head :] < 0).view(tail.weight.shape[:2])
        possible = (tail.bias.detach() > LEAST_LOG_SHARE) & ~self.is_empty
        self.room = possible.sum(2)
        self.least_room = int((~self.is_empty).sum(1).min()) if self.is_empty.numel() else 0

    def add_to(self, logits: Tensor, verb: Tensor, earlier: Tensor, terms: Tensor) -> None:
        """Add the terms of earlier objects to the classes: (A, classes), (A,), (A, k), (A, k)."""
        class_code, first = self.tail.class_of[earlier], self.tail.num_head
        rare = class_code >= first
        logits.scatter_add_(1, class_code.masked_fill(rare, 0), terms.masked_fill(rare, 0.0))
        row, _ = rare.nonzero(as_tuple=True)
        share = self.share[verb[row], class_code[rare] - first, self.tail.slot[earlier[rare]]]
        shape = len(logits), logits.shape[1] - first
        logits[:, first:] += mass_change(share, terms[rare], row, class_code[rare] - first, shape)
        if earlier.shape[1] >= self.least_room:
            place, gone = row * shape[1] + class_code[rare] - first, (terms[rare] < EXCLUDED / 2).to(logits.dtype)
            gone = gone.new_zeros(shape[0] * shape[1]).index_add_(0, place, gone).view(shape)
            logits[:, first:] += EXCLUDED * (gone >= self.room[verb]).to(logits.dtype)

    def draw(
        self,
        class_code: Tensor,
        query: Tensor,
        subject: Tensor,
        verb: Tensor,
        earlier: Tensor,
        terms: Tensor,
        pairs: PairSums | None,
        uniform: Tensor,
    ) -> Tensor:
        """The objects of drawn classes, those of clusters by a second draw: (A,) … → (A,)."""
        order = torch.argsort(class_code, stable=True)
        rare = order[int((class_code < self.tail.num_head).sum()) :]
        slot = torch.zeros_like(class_code)
        if len(rare):
            own = class_code[rare]
            logits = self.tail.logits(query[rare], verb[rare], own - self.tail.num_head)
            if pairs is not None:
                logits += pairs.inside(subject[rare], verb[rare], own, logits.shape[1])
            row, at = (self.tail.class_of[earlier[rare]] == own[:, None]).nonzero(as_tuple=True)
            logits.index_put_((row, self.tail.slot[earlier[rare][row, at]]), terms[rare][row, at], accumulate=True)
            if earlier.shape[1] >= self.least_room:  # all objects of a cluster may be taken
                logits.masked_fill_(self.is_empty[own - self.tail.num_head], BROKEN)
            slot[rare] = inverse_cdf(logits, uniform[rare])
        return self.tail.object_at(class_code, slot)


@dataclass(frozen=True, eq=False)
class Next:
    """What is known before the next objects are drawn.

    Attributes:
        rows, verb: the subjects, those of one verb together, and their next verbs, (A,) each.
        logits: of the classes, (A, classes); query: (A, width).
        repeat: (A, V) `EdgeGenerator.repeat_bias`; earlier: verbs and objects of the subjects' links, (A, k) each.
        terms: what these add to their own logits, (A, k); None where that is in the logits of classes only.
    """

    rows: Tensor
    verb: Tensor
    logits: Tensor
    query: Tensor
    repeat: Tensor
    earlier: tuple[Tensor, Tensor]
    terms: Tensor | None

    def draw(self, drawing: Drawing, pairs: PairSums | None, uniform: Tensor) -> Tensor:
        """The objects, by uniforms (A, 3): (A,)."""
        class_code = inverse_cdf(self.logits, uniform[:, 1].contiguous())
        if drawing.rare is None:
            return class_code
        (_, earlier), terms = self.earlier, self.terms
        if terms is None:
            earlier_verb, earlier, there = of_classes(drawing.rare.tail, class_code, *self.earlier)
            each = torch.arange(len(class_code), device=class_code.device)[:, None]
            own = drawing.generator.repeat_terms(self.repeat, each, self.verb[:, None], earlier_verb, earlier)
            terms = torch.where(there, own, 0.0)
        known = self.query, self.rows, self.verb, earlier, terms
        return drawing.rare.draw(class_code, *known, pairs, uniform[:, 2])


def inverse_cdf(logits: Tensor, uniform: Tensor) -> Tensor:
    """One categorical draw per row from its logits, which may be overwritten, and a uniform: (N, n), (N,) → (N,).

    Example:
        >>> inverse_cdf(torch.log(torch.tensor([[0.5, 0.3, 0.2]] * 3)), torch.tensor([0.4, 0.6, 0.9])).tolist()
        [0, 1, 2]
    """
    if logits.device.type == "cpu":
        return torch.from_numpy(draw_rows(logits.contiguous().numpy(), uniform.contiguous().numpy()))
    return by_blocks(logits, uniform)


def by_blocks(logits: Tensor, uniform: Tensor) -> Tensor:
    """The same on any device: a block of about √n categories first, then one inside it.

    So only sums of blocks are accumulated.
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
