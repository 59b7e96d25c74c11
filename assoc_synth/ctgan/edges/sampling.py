"""Drawing edges from a trained generator: many subjects in lockstep, longest first, each object at most once per verb.

Every draw is an inverse-CDF draw from uniforms laid out by subject and position, so that the result does not depend on
the batch size, and the first subjects are the same however many follow. Those of attributes are spread evenly over the
subjects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.edges.conditions import scalars, scaled
from assoc_synth.ctgan.edges.draw_kernel import Links, draw_verbs
from assoc_synth.ctgan.edges.drawing import Drawing, Next, inverse_cdf
from assoc_synth.ctgan.edges.enforcement import Owed
from assoc_synth.ctgan.edges.even_uniforms import spread_evenly
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.long_histories import LONG, KeptProducts, Products, add_earlier
from assoc_synth.ctgan.edges.pair_terms import PairSums
from assoc_synth.ctgan.edges.plan_links import CLASSES, with_plan
from assoc_synth.ctgan.losses import BROKEN
from assoc_synth.ctgan.threads import in_threads, threads_for
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Codes, Ints, Singles

BATCH = 1024
"""Subjects that are drawn together."""
MOST_CELLS, MOST_SUMS, MOST_KEPT = 4_000_000, 32_000_000, 64_000_000
"""Links that have room in subjects that are drawn together, numbers in their sums of pair terms, and in the products
that long histories keep."""
LEAST_BATCH = 64
"""Subjects that are not worth a thread of their own."""
TRIES = 16
"""Attributes that are drawn for a subject with known links, of which one is kept."""


def sample_edges(
    generator: EdgeGenerator,
    composition: Ints,
    *,
    seeds: Seeds,
    plan: Ints | None = None,
    given: Edges | None = None,
    batch_subjects: int = BATCH,
) -> Edges:
    """Draw each subject's attributes, then as many distinct links of each verb as asked for, in random order.

    A subject whose rules leave no room for all of them has fewer.

    Args:
        composition: (N, V) links of each verb wanted per subject; at most as many as there are objects are drawn.
        plan: (N, V) the plan of verbs in the condition vector, where it is more than what is drawn (a hard verb
            condition asks for part of a subject's links). The default is `composition`, plus the given links.
        given: (N subjects) edges that each subject already has. They come first, are not drawn again and are in the
            result; `composition` counts those to be added. An attribute that is not given is drawn.
    """
    verbs, shape = generator.num_link_verbs, (len(composition), generator.num_verbs)
    earlier = np.zeros(shape, np.int64) if given is None else given.degrees_by_verb()
    wanted = np.minimum(composition, generator.num_link_objects - earlier[:, :verbs])
    whole = wanted + earlier[:, :verbs] if plan is None else plan
    if generator.planned:
        given = _planned(generator, whole, given)
        earlier[:, -generator.planned :] = 1
    composition = np.concatenate([wanted, 1 - np.minimum(earlier[:, verbs:], 1)], axis=1)
    sizes = composition.sum(1)
    walks = _Walks(
        Drawing(generator),
        composition,
        whole,
        given,
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        seeds=seeds,
    )
    drawn = np.full((int(sizes.sum()), 2), -1, np.int32)
    alike = earlier.sum(1) * (generator.num_verbs + 1) + earlier[:, verbs:].sum(1)
    threads = threads_for(generator.output.device)
    batches = _together(sizes, alike, partial(walks.most_together, batch_subjects), threads)
    in_threads(partial(walks.fill, drawn), batches, threads)
    subject = np.repeat(np.arange(len(sizes)), sizes)
    some = _unbroken(drawn, subject, earlier[:, :verbs].sum(1), verbs)
    links = [subject[some], drawn[some, 0], np.where(drawn < 0, ~drawn, drawn)[some, 1]]
    if given is not None:
        links = [np.concatenate(two) for two in zip((given.subject, given.verb, given.object), links, strict=True)]
    sizes_of = {"num_verbs": generator.num_verbs, "num_objects": generator.num_objects}
    return Edges.from_links(*links, num_subjects=len(sizes), **sizes_of)


def attributes_given(
    generator: EdgeGenerator, plan: Ints, links: Edges, *, seeds: Seeds, tries: int = TRIES, looked_at: int = 8
) -> Edges:
    """The links and attributes of subjects whose links are known, by sampling importance resampling (Rubin 1987).

    Attributes come before links, so that those of a subject with known links have to be drawn backwards: some are drawn
    by the plan alone, and one of these is kept in proportion to the probability of the links after it. The links are
    taken one by one, each as the first.

    Args:
        plan: (N, V) links of each verb of the subjects.
        links: of the N subjects.
        tries: how many attributes are drawn for each subject.
        looked_at: links of a subject that are looked at, at most.
    """
    nothing = np.zeros((len(plan) * tries, generator.num_link_verbs), np.int64)
    whole = np.repeat(plan, tries, axis=0)
    drawn = sample_edges(generator, nothing, plan=whole, seeds=seeds)
    noise = np.zeros((len(whole), generator.noise_dim), np.float32)
    owner, weight, drawing = np.repeat(np.arange(len(plan)), tries), np.zeros(len(whole)), Drawing(generator)
    sizes = np.diff(links.offsets)
    for begin in range(0, len(whole), BATCH):
        own = np.arange(begin, min(begin + BATCH, len(whole)))
        walk = Lockstep(drawing, nothing[own], whole[own], noise[own], drawn.take(own))
        for place in range(min(int(sizes.max(initial=0)), looked_at)):
            has = np.flatnonzero(sizes[owner[own]] > place)
            at = links.offsets[owner[own[has]]] + place
            verb, object = (torch.from_numpy(part[at].astype(np.int64)) for part in (links.verb, links.object))
            found = walk.log_probability(torch.from_numpy(has), verb, object)
            weight[own[has]] += found.double().cpu().numpy()
    gumbel = seeds.child("choice").generator().gumbel(size=weight.shape)
    chosen = (weight + gumbel).reshape(-1, tries).argmax(1) + np.arange(len(plan)) * tries
    kept = drawn.take(chosen)
    parts = (np.concatenate([getattr(links, name), getattr(kept, name)]) for name in ("subject", "verb", "object"))
    return Edges.from_links(
        *parts, num_subjects=len(plan), num_verbs=generator.num_verbs, num_objects=generator.num_objects
    )


def _planned(generator: EdgeGenerator, plan: Ints, given: Edges | None) -> Edges:
    """The given edges with the subjects' plans as links, which take the place of plans among them."""
    own = generator.num_verbs - generator.planned, generator.num_objects - CLASSES * generator.planned
    nothing = np.zeros(0, np.int64)
    if given is None:
        sizes = {"num_subjects": len(plan), "num_verbs": own[0], "num_objects": own[1]}
        return with_plan(Edges.from_links(nothing, nothing, nothing, **sizes), plan)
    return with_plan(given.within(*own), plan)


def _unbroken(drawn: Codes, subject: Ints, given: Ints, verbs: int) -> Bools:
    """Which drawn links stay: (L, 2) verbs and objects, (L,), (S,) → (L,).

    What would break a rule, a complement, is left out: so a subject without room for its plan has fewer links. One that
    has no other link keeps them.
    """
    keeps, is_link = drawn[:, 1] >= 0, drawn[:, 0] < verbs
    links = given + np.bincount(subject[keeps & is_link], minlength=len(given))
    some: Bools = keeps | (links[subject] == 0)
    return some


def _together(sizes: Ints, before: Ints, most: Callable[[int], int], threads: int) -> Iterator[Ints]:
    """Batches of subjects with equally many given edges and attributes, and with links to be drawn, longest first.

    Batches that are drawn beside each other are about equally long.

    Args:
        most: how many subjects are drawn together where the longest has so many links.
    """
    longest_first = np.argsort(-sizes, kind="stable")
    longest_first = longest_first[sizes[longest_first] > 0]
    for number in np.unique(before[longest_first]):
        alike = longest_first[before[longest_first] == number]
        begin = 0
        while begin < len(alike):
            group = alike[begin : begin + most(int(sizes[alike[begin]])) * threads]
            begin += len(group)
            parts = min(threads, -(-len(group) // LEAST_BATCH))
            yield from (group[part::parts] for part in range(parts))


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
        attributes = composition[:, drawing.generator.num_link_verbs :].sum(1)
        # Attributes come first. A subject has few of them, so that their shares would be much of chance.
        spread_evenly(self.uniforms, offsets[:-1], attributes, seeds.child("attributes").generator())
        self.noise = seeds.child("noise").generator().standard_normal((subjects, width), dtype=np.float32)

    def most_together(self, at_most: int, longest: int) -> int:
        """Subjects for whom there is room, where the longest draws so many links: each has as much room as that one."""
        model, terms = self.drawing.generator, self.drawing.terms
        longest += 0 if self.given is None else int(np.diff(self.given.offsets).max(initial=0))
        room = [at_most, MOST_CELLS // max(longest, 1)]
        if terms is not None:
            room.append(max(MOST_SUMS // max(terms.num_tokens, 1), LEAST_BATCH))
        if longest > LONG:
            room.append(MOST_KEPT // (model.num_verbs * model.num_classes))
        return max(min(room), 1)

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
        self.pairs = PairSums(drawing.terms, count, generator.tail) if drawing.terms is not None else None
        self.class_of = generator.class_of(torch.arange(generator.num_objects, device=self.device))
        self.owed = Owed(generator.needs, count, verbs, self.class_of) if len(generator.needs) else None
        self.has_rules = len(generator.exclusions) > 0 or self.owed is not None
        self.verb = torch.zeros(count, longest, dtype=torch.int64, device=self.device)
        self.object = torch.zeros(count, longest, dtype=torch.int64, device=self.device)
        wanted = torch.from_numpy(composition.astype(np.float32)).to(self.device)
        self.to_come, self.attributes_to_come = wanted[:, :verbs].contiguous(), wanted[:, verbs:].contiguous()
        self.attributes_left = int(composition[0, verbs:].sum())
        self.step = self.links_taken = 0
        self.kept: KeptProducts | None = None
        if given is not None:
            verb, object = (
                torch.from_numpy(codes.astype(np.int64)).view(count, -1).to(self.device)
                for codes in (given.verb, given.object)
            )
            for step in range(begin):  # the links, then the attributes
                own = verb[:, step]
                self._take(own, object[:, step], own if own[0] < verbs else None)

    @torch.inference_mode()
    def draw(self, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """The next attribute or link of the first len(uniform) subjects, verb and object: (A, 3) → (A,), (A,).

        Where every object would break a rule, the complement of one is returned, and in its place the subject counts as
        having an earlier link again.
        """
        active, verb = len(uniform), self._next_verb(uniform[:, 0])
        rows = torch.argsort(verb, stable=True)  # those of one verb together
        object, breaks = torch.empty_like(verb), torch.zeros_like(verb, dtype=torch.bool)
        drawn, highest = self._next_object(rows, verb[rows], uniform[rows])
        object[rows] = drawn
        if self.has_rules and not self.attributes_left:
            breaks[rows] = highest < BROKEN / 2
        again = breaks & (self.step > 0)
        had = torch.where(again, self.verb[:active, 0], verb), torch.where(again, self.object[:active, 0], object)
        self._take(*had, None if self.attributes_left else verb)
        self.attributes_left = max(self.attributes_left - 1, 0)
        return verb, torch.where(breaks, ~object, object)

    def _next_verb(self, uniform: Tensor) -> Tensor:
        """The next verbs of the first subjects, in proportion to what is to come of each: (A,) → (A,)."""
        to_come = (self.attributes_to_come if self.attributes_left else self.to_come)[: len(uniform)]
        if self.device.type == "cpu":
            place = torch.from_numpy(draw_verbs(to_come.numpy(), uniform.contiguous().numpy()))
        else:
            place = inverse_cdf(torch.log(to_come), uniform)
            to_come.scatter_add_(1, place[:, None], torch.full_like(place, -1, dtype=to_come.dtype)[:, None])
        return place + (self.drawing.generator.num_link_verbs if self.attributes_left else 0)

    def _next_object(self, rows: Tensor, verb: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """The next objects of subjects, given their next verbs, and the highest logit of each: (A,), (A,).

        Args:
            rows, verb, uniform: (A,) those of one verb together, (A,), (A, 3).
        """
        drawing = self.drawing
        if drawing.classes is None or (drawing.room is not None and self.attributes_left):
            next_ = self._next(rows, verb)
            highest = next_.logits.amax(1) if self.has_rules else next_.logits[:, 0]
            return next_.draw(drawing, self.pairs, uniform), highest
        product, numbers = self._products(rows, verb).product, self._numbers(rows)
        sums = self.links.new_zeros(len(self.links), 0) if self.pairs is None else self.pairs.sums
        links = Links(self.verb.numpy(), self.object.numpy(), sums.numpy())
        repeat = drawing.generator.repeat_bias(numbers, verb)
        return drawing.classes.draw(product, rows, verb, repeat, step=self.step, links=links, uniform=uniform[:, 1])

    @torch.inference_mode()
    def log_probability(self, rows: Tensor, verb: Tensor, object: Tensor) -> Tensor:
        """Log probability that the next link of subjects, by these verbs, is to these objects' classes: (P,) each."""
        order = torch.argsort(verb, stable=True)
        rows, verb, object = (part[order].to(self.device) for part in (rows, verb, object))
        logits = torch.log_softmax(self._next(rows, verb).logits, 1)
        result = torch.empty(len(order))
        result[order] = logits.gather(1, self.class_of[object][:, None]).squeeze(1).cpu()
        return result

    def _next(self, rows: Tensor, verb: Tensor) -> Next:
        """The logits of the next object of subjects, given their next verb: (A,) those of one verb together, (A,)."""
        drawing, model = self.drawing, self.drawing.generator
        found, numbers = self._products(rows, verb), self._numbers(rows)
        query, logits = found.query, drawing.logits.of(found.product, verb)
        if self.pairs is not None:
            self.pairs.add_to(logits, rows, verb)
        repeat, terms = model.repeat_bias(numbers, verb), None
        earlier_verb, earlier = self.verb[rows, : self.step], self.object[rows, : self.step]
        if self.links_taken >= LONG and drawing.known is not None:
            had = self.verb[:, : self.step], self.object[:, : self.step]
            add_earlier(logits, rows, verb, repeat, had, drawing.known)
        else:
            each = torch.arange(len(rows), device=rows.device)[:, None]
            terms = model.repeat_terms(repeat, each, verb[:, None], earlier_verb, earlier)
            if drawing.rare is None:
                logits.scatter_add_(1, earlier, terms)
            else:
                drawing.rare.add_to(logits, verb, earlier, terms)
        if self.owed is not None:
            self.owed.mask(logits, rows, verb, self.left[rows])
        if drawing.room is not None and self.attributes_left:
            drawing.room.mask(logits, verb, self.left[rows])
        return Next(rows, verb, logits, query, repeat, (earlier_verb, earlier), terms)

    def _products(self, rows: Tensor, verb: Tensor) -> Products:
        """The products of subjects' queries with the objects' weights, given their next verbs: (A,), (A,)."""
        if self.links_taken < LONG:
            return self._new_products(rows, verb)
        if self.kept is None:
            self.kept = KeptProducts(int(rows.max()) + 1, self.drawing.generator.num_verbs, self._new_products)
        return self.kept.of(rows, verb, self.links_taken, self.left[rows].sum(1).long())

    def _new_products(self, rows: Tensor, verb: Tensor) -> Products:
        model, step = self.drawing.generator, torch.full_like(rows, self.links_taken)
        numbers, context = self._numbers(rows), scaled(self.attributes[rows], self.links[rows], step)
        condition = model.condition(context, numbers, self.noise[rows])
        query = model.object_query(condition, context, numbers, verb, self.drawing.latent)
        return Products(query, self.drawing.logits.products(query, verb))

    def _numbers(self, rows: Tensor) -> Tensor:
        """The scalars of subjects: (A,) → (A, …)."""
        return scalars(torch.full_like(rows, self.links_taken), self.plan[rows], self.left[rows])

    @torch.inference_mode()
    def _take(self, verb: Tensor, object: Tensor, planned: Tensor | None) -> None:
        """Let the first A subjects have these links, by the verbs `planned`, or attributes where that is None: (A,)."""
        active = len(verb)
        self.verb[:active, self.step], self.object[:active, self.step] = verb, object
        added = self.drawing.embed(verb, object)
        if planned is not None:
            self.links[:active] += added
            self.left[:active].scatter_add_(1, planned[:, None], torch.full((active, 1), -1.0, device=self.device))
            self.links_taken += 1
        else:
            self.attributes[:active] += added
        if self.pairs is not None:
            self.pairs.take(verb, object)
        if self.owed is not None:
            self.owed.take(verb, object)
        self.step += 1
