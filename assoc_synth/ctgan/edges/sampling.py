"""Drawing edges from a trained generator: many subjects in lockstep, longest first, each object at most once per verb.

Every draw is an inverse-CDF draw from uniforms laid out by subject and position, so that the result does not depend on
the batch size, and the first subjects are the same however many follow.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.edges.conditions import scalars, scaled
from assoc_synth.ctgan.edges.drawing import Drawing, inverse_cdf
from assoc_synth.ctgan.edges.enforcement import Owed
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.pair_terms import PairSums
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Codes, Ints, Singles


def sample_edges(
    generator: EdgeGenerator,
    composition: Ints,
    *,
    seeds: Seeds,
    plan: Ints | None = None,
    given: Edges | None = None,
    batch_subjects: int = 1024,
) -> Edges:
    """Draw each subject's attributes, then as many distinct links of each verb as asked for, in random order.

    Args:
        composition: (N, V) links of each verb wanted per subject; at most as many as there are objects are drawn.
        plan: (N, V) the plan of verbs in the condition vector, where it is more than what is drawn (a hard verb
            condition asks for part of a subject's links). The default is `composition`, plus the given links.
        given: (N subjects) edges that each subject already has. They come first, are not drawn again and are in the
            result; `composition` counts those to be added. An attribute that is not given is drawn.
    """
    verbs, shape = generator.num_link_verbs, (len(composition), generator.num_verbs)
    earlier = np.zeros(shape, np.int64) if given is None else given.degrees_by_verb()
    links = np.minimum(composition, generator.num_link_objects - earlier[:, :verbs])
    whole = links + earlier[:, :verbs] if plan is None else plan
    composition = np.concatenate([links, 1 - np.minimum(earlier[:, verbs:], 1)], axis=1)
    sizes, before = composition.sum(1), earlier.sum(1)
    walks = _Walks(
        Drawing(generator),
        composition,
        whole,
        given,
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        seeds=seeds,
    )
    drawn = np.full((int(sizes.sum()), 2), -1, np.int32)
    for members in _together(sizes, before * (generator.num_verbs + 1) + earlier[:, verbs:].sum(1), batch_subjects):
        walks.fill(drawn, members)
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


def _together(sizes: Ints, before: Ints, at_most: int) -> Iterator[Ints]:
    """Batches of subjects with equally many given edges and attributes, and with links to be drawn, longest first."""
    longest_first = np.argsort(-sizes, kind="stable")
    longest_first = longest_first[sizes[longest_first] > 0]
    for number in np.unique(before[longest_first]):
        alike = longest_first[before[longest_first] == number]
        for begin in range(0, len(alike), at_most):
            yield alike[begin : begin + at_most]


class _Walks:
    """Everything that is known of all subjects before the first link is drawn.

    Args:
        composition: (N, V + A) links and attributes wanted.
        plan, given: as in `sample_edges`.
        offsets: (N + 1,) where each subject's drawn links begin.
    """

    def __init__(
        self, drawing: Drawing, composition: Ints, plan: Ints, given: Edges | None, *, offsets: Ints, seeds: Seeds
    ) -> None:
        self.drawing, self.composition, self.plan, self.given = drawing, composition, plan, given
        self.offsets, subjects, width = offsets, len(composition), drawing.generator.noise_dim
        self.uniforms = seeds.child("links").generator().random((int(offsets[-1]), 3), dtype=np.float32)
        self.noise = seeds.child("noise").generator().standard_normal((subjects, width), dtype=np.float32)

    def fill(self, drawn: Codes, members: Ints) -> None:
        """Draw the links of some subjects, longest first, into their rows of (links, 2) verbs and objects."""
        device, sizes = self.drawing.generator.output.device, np.diff(self.offsets)[members]
        given = None if self.given is None else self.given.take(members)
        walk = Lockstep(self.drawing, self.composition[members], self.plan[members], self.noise[members], given)
        first = self.offsets[members]
        for step in range(int(sizes[0])):
            row = first[: int(np.searchsorted(-sizes, -step, side="left"))] + step
            verb, object = walk.draw(torch.from_numpy(self.uniforms[row]).to(device))
            drawn[row, 0] = verb.cpu().numpy()
            drawn[row, 1] = object.cpu().numpy()


class Lockstep:
    """The state of subjects that are drawn together: running sums, their links so far, and the verbs still to come.

    Args:
        composition: (A, verbs) links and attributes to be drawn, the longest rows first; equally many attributes each.
        plan: (A, V) the plan of verbs in the condition vector.
        noise: (A, Z).
        given: edges of the A subjects that come first, equally many each, and equally many attributes among them.
    """

    def __init__(
        self, drawing: Drawing, composition: Ints, plan: Ints, noise: Singles, given: Edges | None = None
    ) -> None:
        self.drawing, generator = drawing, drawing.generator
        self.device, verbs = generator.output.device, generator.num_link_verbs
        begin = 0 if given is None else int(np.diff(given.offsets)[0])
        count, longest = len(composition), begin + int(composition.sum(1)[0])
        self.plan = torch.from_numpy(plan.astype(np.float32)).to(self.device)
        self.left, self.noise = self.plan.clone(), torch.from_numpy(noise).to(self.device)
        self.attributes = torch.zeros(count, generator.width, device=self.device)
        self.links = torch.zeros_like(self.attributes)
        terms = (generator.pairs, generator.exclusions)
        self.pairs = [PairSums(own, count, generator.tail) for own in terms if len(own)]
        class_of = generator.class_of(torch.arange(generator.num_objects, device=self.device))
        self.owed = Owed(generator.needs, count, verbs, class_of) if len(generator.needs) else None
        self.verb = torch.zeros(count, longest, dtype=torch.int64, device=self.device)
        self.object = torch.zeros(count, longest, dtype=torch.int64, device=self.device)
        wanted = torch.from_numpy(composition.astype(np.float32)).to(self.device)
        self.to_come, self.attributes_to_come = wanted[:, :verbs], wanted[:, verbs:]
        self.attributes_left = int(composition[0, verbs:].sum())
        self.step = self.links_taken = 0
        if given is not None:
            verb, object = (
                torch.from_numpy(codes.astype(np.int64)).view(count, -1).to(self.device)
                for codes in (given.verb, given.object)
            )
            for step in range(begin):  # the links, then the attributes
                self._take(verb[:, step], object[:, step], is_link=bool(verb[0, step] < verbs))

    @torch.inference_mode()
    def draw(self, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """The next attribute or link of the first len(uniform) subjects, verb and object: (A, 3) → (A,), (A,)."""
        model, active = self.drawing.generator, len(uniform)
        step = torch.full((active,), self.links_taken, device=self.device)
        numbers = scalars(step, self.plan[:active], self.left[:active])
        context = scaled(self.attributes[:active], self.links[:active], step)
        condition = model.condition(context, numbers, self.noise[:active])
        to_come = self.attributes_to_come if self.attributes_left else self.to_come
        place = inverse_cdf(torch.log(to_come[:active]), uniform[:, 0])
        to_come[:active].scatter_add_(1, place[:, None], torch.full((active, 1), -1.0, device=self.device))
        verb = place + (model.num_link_verbs if self.attributes_left else 0)
        rows = torch.argsort(verb, stable=True)  # those of one verb together
        object = torch.empty_like(verb)
        object[rows] = self._objects(rows, verb[rows], condition[rows], context[rows], numbers[rows], uniform[rows])
        self._take(verb, object, is_link=not self.attributes_left)
        self.attributes_left = max(self.attributes_left - 1, 0)
        return verb, object

    def _objects(
        self, rows: Tensor, verb: Tensor, condition: Tensor, context: Tensor, numbers: Tensor, uniform: Tensor
    ) -> Tensor:
        """The next object of the subjects `rows`, given their next verb: (A,), (A,), (A, …) … → (A,)."""
        drawing, model = self.drawing, self.drawing.generator
        query = model.object_query(condition, context, numbers, verb, drawing.latent)
        logits = drawing.logits(query, verb)
        for sums in self.pairs:
            sums.add_to(logits, rows, verb)
        earlier_verb, earlier = self.verb[rows, : self.step], self.object[rows, : self.step]
        each = torch.arange(len(rows), device=rows.device)[:, None]
        terms = model.repeat_terms(model.repeat_bias(numbers, verb), each, verb[:, None], earlier_verb, earlier)
        if drawing.rare is None:
            logits.scatter_add_(1, earlier, terms)
        else:
            drawing.rare.add_to(logits, verb, earlier, terms)
        if self.owed is not None:
            self.owed.mask(logits, rows, verb, self.left[rows])
        if drawing.rare is None:
            return inverse_cdf(logits, uniform[:, 1])
        class_code = inverse_cdf(logits, uniform[:, 1])
        return drawing.rare.draw(class_code, query, rows, verb, earlier, terms, self.pairs, uniform[:, 2])

    @torch.inference_mode()
    def _take(self, verb: Tensor, object: Tensor, *, is_link: bool) -> None:
        """Let the first A subjects have these links, or attributes: (A,), (A,)."""
        active = len(verb)
        self.verb[:active, self.step], self.object[:active, self.step] = verb, object
        added = self.drawing.generator.embed(verb, object)
        if is_link:
            self.links[:active] += added
            self.left[:active].scatter_add_(1, verb[:, None], torch.full((active, 1), -1.0, device=self.device))
            self.links_taken += 1
        else:
            self.attributes[:active] += added
        for sums in self.pairs:
            sums.take(verb, object)
        if self.owed is not None:
            self.owed.take(verb, object)
        self.step += 1
