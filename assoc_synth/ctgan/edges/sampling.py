"""Drawing edges from a trained generator: many subjects in lockstep, longest first, each object at most once per verb.

Every draw is an inverse-CDF draw from uniforms laid out by subject and position, so that the result does not hang on
the batch size, and the first subjects are the same however many follow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.edges.conditions import scalars
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.pair_terms import PairSums
from assoc_synth.ctgan.edges.rare_objects import Tail, mass_change
from assoc_synth.ctgan.layers import ROWS, LowPrecisionCopy, product_dtype, runs
from assoc_synth.link_graph.edges import Edges

Sizes = npt.NDArray[np.int64]


def sample_edges(
    generator: EdgeGenerator,
    composition: Sizes,
    *,
    seed: int,
    totals: Sizes | None = None,
    given: Edges | None = None,
    batch_subjects: int = 1024,
    callback: Callable[[int], None] | None = None,
) -> Edges:
    """Draw distinct links for each subject: as many of each verb as asked for, in an order that the verb head chooses.

    Args:
        composition: (N, V) links of each verb wanted per subject; at most as many as there are objects are drawn.
        totals: (N,) the n that the condition vector is told, where it is not the row's sum (a hard verb condition asks
            for part of a subject's links). With given edges by default theirs and the row's sum.
        given: (N subjects) edges that each subject already has. They come first, are not drawn again and are in the
            result; `composition` counts those to be added.
        callback: told the number of links drawn since the last call.
    """
    held = np.zeros_like(composition) if given is None else given.degrees_by_verb()
    composition = np.minimum(composition, generator.num_objects - held)
    sizes, before = composition.sum(1), held.sum(1)
    totals = sizes + before if totals is None else totals
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    uniforms = np.random.default_rng([seed, 0]).random((int(offsets[-1]), 3), dtype=np.float32)
    noise = np.random.default_rng([seed, 1]).standard_normal((len(sizes), generator.noise_dim), dtype=np.float32)
    drawn = np.full((int(offsets[-1]), 2), -1, np.int32)
    device = generator.output.device
    drawing = Drawing(generator)
    for members in _together(sizes, before, batch_subjects):
        walk = _Lockstep(drawing, composition[members], totals[members], noise[members], given, members)
        first = offsets[members]
        for step in range(int(sizes[members[0]])):
            active = int(np.searchsorted(-sizes[members], -step, side="left"))
            verb, object = walk.draw(walk.begin + step, torch.from_numpy(uniforms[first[:active] + step]).to(device))
            drawn[first[:active] + step, 0] = verb.cpu().numpy()
            drawn[first[:active] + step, 1] = object.cpu().numpy()
        if callback is not None:
            callback(int(sizes[members].sum()))
    subject = np.repeat(np.arange(len(sizes)), sizes)
    if given is not None:
        subject = np.concatenate([given.subject, subject])
        drawn = np.concatenate([np.stack([given.verb, given.object], 1), drawn])
    return Edges.from_links(
        subject,
        drawn[:, 0],
        drawn[:, 1],
        num_subjects=len(sizes),
        num_verbs=generator.num_verbs,
        num_objects=generator.num_objects,
    )


def _together(sizes: Sizes, before: Sizes, at_most: int) -> Iterator[Sizes]:
    """Subjects with as many given edges that have some to be drawn, longest first, in batches."""
    longest_first = np.argsort(-sizes, kind="stable")
    longest_first = longest_first[sizes[longest_first] > 0]
    for number in np.unique(before[longest_first]):
        alike = longest_first[before[longest_first] == number]
        for begin in range(0, len(alike), at_most):
            yield alike[begin : begin + at_most]


class _Lockstep:
    """The state of a batch of subjects that are drawn together: running sums, what each one holds, and what is to
    come.
    """

    def __init__(
        self,
        drawing: Drawing,
        composition: Sizes,
        totals: Sizes,
        noise: npt.NDArray[np.float32],
        given: Edges | None,
        members: Sizes,
    ) -> None:
        self.drawing, generator = drawing, drawing.generator
        device = generator.output.device
        self.begin = 0 if given is None else int(np.diff(given.offsets)[members[0]])
        count, longest = len(composition), self.begin + int(composition.sum(1)[0])
        self.totals = torch.from_numpy(totals).to(device)
        self.noise = torch.from_numpy(noise).to(device)
        self.neighbourhood = torch.zeros(count, generator.width, device=device)
        self.pairs = PairSums(generator.pairs, count, generator.tail) if len(generator.pairs) else None
        self.verb = torch.zeros(count, longest, dtype=torch.int64, device=device)
        self.object = torch.zeros(count, longest, dtype=torch.int64, device=device)
        self.to_come = torch.from_numpy(composition.astype(np.float32)).to(device)
        if given is not None:
            own = given.take(members)
            verb, object = (
                torch.from_numpy(codes.astype(np.int64)).view(count, -1).to(device) for codes in (own.verb, own.object)
            )
            for step in range(self.begin):
                self._take(step, verb[:, step], object[:, step])

    @torch.inference_mode()
    def _take(self, step: int, verb: Tensor, object: Tensor) -> None:
        """Let the first A subjects have these links: (A,), (A,)."""
        active = len(verb)
        self.verb[:active, step], self.object[:active, step] = verb, object
        self.neighbourhood[:active] += self.drawing.generator.embed(verb, object)
        if self.pairs is not None:
            self.pairs.take(verb, object)

    @torch.inference_mode()
    def draw(self, step: int, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """The next link of the first len(uniform) subjects: (A, 3) → (A,), (A,)."""
        drawing, model, active = self.drawing, self.drawing.generator, len(uniform)
        context, totals = self.neighbourhood[:active], self.totals[:active]
        numbers = scalars(torch.full_like(totals, step), totals)
        condition = model.condition(context, numbers, self.noise[:active])
        verb_logits = drawing.verb_head(condition) + torch.log(self.to_come[:active])
        verb = inverse_cdf(verb_logits, uniform[:, 0])
        rows = torch.argsort(verb, stable=True)  # those of one verb together
        sorted_verb = verb[rows]
        query = model.object_query(condition[rows], context[rows], numbers[rows], sorted_verb, drawing.latent)
        logits = drawing.logits(query, sorted_verb)
        if self.pairs is not None:
            self.pairs.add_to(logits, rows, sorted_verb)
        earlier_verb, held = self.verb[rows, :step], self.object[rows, :step]
        each = torch.arange(active, device=rows.device)[:, None]
        worth = model.repeat_bias(numbers[rows], sorted_verb)
        terms = model.repeat_terms(worth, each, sorted_verb[:, None], earlier_verb, held)
        if drawing.rare is None:
            drawn = inverse_cdf(logits.scatter_add_(1, held, terms), uniform[rows, 1])
        else:
            drawing.rare.add_to(logits, sorted_verb, held, terms)
            column = inverse_cdf(logits, uniform[rows, 1])
            drawn = drawing.rare.draw(column, query, rows, sorted_verb, held, terms, self.pairs, uniform[rows, 2])
        object = torch.empty_like(verb)
        object[rows] = drawn
        self.to_come[:active].scatter_add_(1, verb[:, None], torch.full((active, 1), -1.0, device=verb.device))
        self._take(step, verb, object)
        return verb, object


class Drawing:
    """A generator, prepared for drawing: its networks and columns as its products want them."""

    def __init__(self, generator: EdgeGenerator) -> None:
        self.generator = generator
        self.verb_head = LowPrecisionCopy(generator.verb_head)
        self.latent = LowPrecisionCopy(generator.latent) if generator.latent_dim else None
        self.logits = ColumnScores(generator)
        self.rare = RareDraw(generator.tail) if generator.tail is not None else None


class ColumnScores:
    """Logits of the columns by the trained paths and the steering path, for drawing."""

    def __init__(self, generator: EdgeGenerator) -> None:
        self.bias = generator.object_bias.detach()
        self.dtype = product_dtype(self.bias.device.type)
        trained = generator.output.detach()
        self.weights = [trained.to(self.dtype)] * generator.num_verbs
        if generator.steering_dim:
            self.weights = [torch.cat([trained, own], 1).to(self.dtype) for own in generator.steering_target.unbind(0)]

    def __call__(self, query: Tensor, verb: Tensor) -> Tensor:
        """(A, latent + R + steering), (A,) → (A, columns); rows of one verb are scored together where they run on."""
        logits = self.bias.new_empty(len(query), self.bias.shape[1])
        padded = functional.pad(query.to(self.dtype), (0, 0, 0, ROWS))
        for code, rows in runs(verb):
            end = rows.start + -(-(rows.stop - rows.start) // ROWS) * ROWS
            product = padded[rows.start : end] @ self.weights[code].T
            torch.add(product[: rows.stop - rows.start], self.bias[code], out=logits[rows])
        return logits


class RareDraw:
    """Draws rare objects inside their clusters, and lets what a subject holds move its clusters' columns."""

    def __init__(self, tail: Tail) -> None:
        self.tail, self.share = tail, tail.shares()

    def add_to(self, logits: Tensor, verb: Tensor, held: Tensor, terms: Tensor) -> None:
        """Add the terms of held objects to the columns: (A, columns), (A,), (A, k), (A, k)."""
        column, first = self.tail.column[held], self.tail.num_head
        rare = column >= first
        logits.scatter_add_(1, column.masked_fill(rare, 0), terms.masked_fill(rare, 0.0))
        row, _ = rare.nonzero(as_tuple=True)
        share = self.share[verb[row], column[rare] - first, self.tail.slot[held[rare]]]
        shape = len(logits), logits.shape[1] - first
        logits[:, first:] += mass_change(share, terms[rare], row, column[rare] - first, shape)

    def draw(
        self,
        column: Tensor,
        query: Tensor,
        subject: Tensor,
        verb: Tensor,
        held: Tensor,
        terms: Tensor,
        pairs: PairSums | None,
        uniform: Tensor,
    ) -> Tensor:
        """The objects of drawn columns, those of clusters by a second draw: (A,) … → (A,)."""
        order = torch.argsort(column, stable=True)
        rare = order[int((column < self.tail.num_head).sum()) :]
        slot = torch.zeros_like(column)
        if len(rare):
            own = column[rare]
            logits = self.tail.logits(query[rare], verb[rare], own - self.tail.num_head)
            if pairs is not None:
                logits += pairs.inside(subject[rare], verb[rare], own, logits.shape[1])
            row, at = (self.tail.column[held[rare]] == own[:, None]).nonzero(as_tuple=True)
            logits.index_put_((row, self.tail.slot[held[rare][row, at]]), terms[rare][row, at], accumulate=True)
            slot[rare] = inverse_cdf(logits, uniform[rare])
        return self.tail.object_at(column, slot)


def inverse_cdf(logits: Tensor, uniform: Tensor) -> Tensor:
    """One categorical draw per row from its logits, which are overwritten, and a uniform: (N, n), (N,) → (N,).

    A block of about √n categories first, then one inside it, so that only sums of blocks are accumulated.
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
    """Where the running sum of each row passes its target, and what of the target is left there: (N, n), (N,)."""
    cumulative = weights.cumsum(1)
    index = torch.searchsorted(cumulative, target[:, None], right=True)
    # Rounding may carry the target past the last category with weight; step back onto it.
    last = weights.shape[1] - 1 - torch.flip(weights, [1]).gt(0).int().argmax(1, keepdim=True)
    index = torch.minimum(index, last)
    rest = target - (cumulative.gather(1, index) - weights.gather(1, index)).squeeze(1)
    return index.squeeze(1), rest
