"""Drawing the occurrences of given edges: links, their columns, their visits, and which link goes into which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.assignment.copies import enough_copies, with_room, without_room
from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.assignment.sampling import first_of_each, swap
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import (
    CodedColumn,
    ColumnSpec,
    DrawnOccurrences,
    GapDecoder,
    Horizon,
    OccurrenceDecoder,
    Occurrences,
    Visits,
    groups_of_links,
)
from assoc_synth.ctgan.layers import LowPrecisionCopy
from assoc_synth.ctgan.occurrences.chunks import Drawn, in_chunks
from assoc_synth.ctgan.occurrences.count_sampling import Conditions, CountSampler
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, edge_embedding, mean_neighbourhoods
from assoc_synth.ctgan.occurrences.joint_training import Learned, tokens_of_visits
from assoc_synth.ctgan.occurrences.trades import within_bounds
from assoc_synth.ctgan.occurrences.visit_sampling import VisitSampler
from assoc_synth.ctgan.order.sampling import DrawnOrder, draw_order
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.ctgan.visit_columns.sampling import VisitColumnSampler
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Codes, Floats, Ints, Values

REDRAWS = 6
"""Times that counts are drawn again where they leave no room for what every visit has."""
_NONE = np.zeros(0, np.int64)
NO_VISITS = Visits(_NONE, _NONE, _NONE, _NONE)


class OccurrenceSampler:
    """Draws occurrences for edges, subject after subject.

    Args:
        edge_generator: trained; its link embeddings make the subjects' neighbourhoods.
        decoder: the table's encoder, which turns classes into numbers.
        ordered: whether links get an order and times in their visit.
    """

    def __init__(
        self,
        generator: OccurrenceGenerator,
        edge_generator: EdgeGenerator,
        decoder: OccurrenceDecoder,
        *,
        seeds: Seeds,
        ordered: bool = True,
    ) -> None:
        self.generator, self.edge_generator, self.decoder = generator, edge_generator, decoder
        self.ordered, self.device = ordered, edge_generator.output.device
        self.rng = seeds.child("visits").generator()
        self.random = torch.Generator(device=self.device).manual_seed(seeds.child("columns").integer())
        self.visits = VisitSampler(generator, decoder, rng=self.rng, random=self.random)
        self.counts = CountSampler(generator, decoder.count, rng=self.rng, random=self.random)
        chains = {"repeat": generator.repeat, "link": generator.link}
        self.trunks = {name: LowPrecisionCopy(chain.trunk) for name, chain in chains.items()}
        self.least_visits = _NONE
        self.visit_columns: VisitColumnSampler | None = None
        if generator.visit_columns is not None:
            own = seeds.child("visit columns")
            self.visit_columns = VisitColumnSampler(generator.visit_columns, decoder.allowed, seeds=own)

    @torch.inference_mode()
    def draw(self, edges: Edges) -> DrawnOccurrences:
        """Occurrences of all `edges`, their subjects' attributes left out; their `count` is not looked at."""
        subject, link_edge, link = self._links(edges)
        whole, edges = edges, self.without_attributes(edges)
        inside, visits = self._visits(subject, edges, link_edge, link)
        if not len(inside):
            drawn = DrawnOccurrences(link_edge, link, np.full(len(link_edge), -1), visits)
        else:
            drawn = self._assigned(edges, link_edge, link, inside, visits)
        return self._with_visit_columns(whole, self._in_order(edges, drawn)) if self.ordered else drawn

    @torch.inference_mode()
    def visit_shares(self, edges: Edges, drawn: DrawnOccurrences) -> list[Floats]:
        """What the columns of drawn visits are expected to be, see `VisitColumnSampler.shares`."""
        assert self.visit_columns is not None, "only where visits have columns"
        return self.visit_columns.shares(self._groups(edges, drawn), edge_embedding(self.edge_generator, edges))

    def _with_visit_columns(self, edges: Edges, drawn: DrawnOccurrences) -> DrawnOccurrences:
        """The links with the columns that those of a visit share, and their subjects' attributes among the edges."""
        if self.visit_columns is None:
            return drawn
        known = edge_embedding(self.edge_generator, edges)
        columns = self.visit_columns.draw(self._groups(edges, drawn), known)
        own = groups_of_links(drawn.link_visit, len(drawn.visits))
        return replace(drawn, link=(*drawn.link, *(column.take(own) for column in columns)))

    def _groups(self, edges: Edges, drawn: DrawnOccurrences) -> VisitGroups:
        calendar = self.decoder.calendar
        horizon = Horizon() if calendar is None else calendar.horizon
        links = self.without_attributes(edges)
        return VisitGroups.of(links, drawn.link_edge, drawn.link_visit, drawn.visits, horizon)

    @torch.inference_mode()
    def link_columns(self, edges: Edges) -> tuple[Ints, tuple[CodedColumn, ...]]:
        """Only the links of edges, their attributes left out: the edge of each, (L,), and their columns."""
        return self._links(edges)[1:]

    @torch.inference_mode()
    def count_classes(self, edges: Edges) -> Ints:
        """Only how often the edges occur, as classes: (edges,)."""
        return self.counts.draw(self.without_attributes(edges), self._conditions(edges))[0]

    @torch.inference_mode()
    def count_shares(self, edges: Edges) -> tuple[Tensor, Tensor]:
        """How often the edges are expected to occur, (edges, classes), and the log links per edge of their subjects.

        Those that depend on others are expected given how often these were drawn.
        """
        conditions, edges = self._conditions(edges), self.without_attributes(edges)
        return self.counts.shares(edges, conditions), conditions.level[self._tensor(edges.subject)]

    @torch.inference_mode()
    def learned_counts(self, data: Occurrences) -> Learned:
        """What the networks say of how often true edges occur, each by itself."""
        edges, repeat = data.edges, self._tensor(data.repeat.code)
        conditions = self._conditions(data.with_attributes or edges, repeat)
        base = self.counts.logits(edges, conditions)
        level = self.generator.repeat_level.cpu().numpy()
        counts = edges, data.count.code, base, data.repeat.code, conditions.level_base.cpu().numpy(), level
        return Learned(*counts, *tokens_of_visits(data))

    def without_attributes(self, edges: Edges) -> Edges:
        """The links alone."""
        if not self.edge_generator.attributes:
            return edges
        return edges.within(self.edge_generator.num_link_verbs, self.edge_generator.num_link_objects)

    @torch.inference_mode()
    def link_classes(self, edges: Edges, of: str) -> list[Floats]:
        """How many links of each class are expected, per column: (groups, classes).

        Args:
            of: groups are rows of "objects" or "verbs", as in `ClassLogits.table`.
        """
        logits = self.generator.link_logits
        found = [torch.zeros_like(logits.table(of, index)) for index in range(len(logits.columns))]

        def add(index: int, group: Tensor, shares: Tensor) -> None:
            found[index].index_add_(0, group, shares)

        self._links(edges, callback=add, of=of)
        return [total.cpu().numpy().astype(np.float64) for total in found]

    def _links(
        self, edges: Edges, *, callback: Callable[[int, Tensor, Tensor], None] | None = None, of: str = ""
    ) -> tuple[Tensor, Ints, tuple[CodedColumn, ...]]:
        """The subjects' conditions, the edge of each link, and the links' columns."""
        model = self.generator.eval()
        conditions = self._conditions(edges)
        whole, edges, edge_condition = edges, self.without_attributes(edges), conditions.of_edges
        counts, self.least_visits = self._possible(whole, self.counts.draw(edges, conditions)[1])
        link_edge = np.repeat(np.arange(len(edges)), counts)
        place = self._tensor(link_edge)
        verb, object = (self._tensor(part[link_edge]) for part in (edges.verb, edges.object))
        uniform = self._uniform(edges.verb[link_edge], edges.object[link_edge])
        group = verb if of == "verbs" else model.link_logits.row[object].long()

        barred = self._barred(edges.verb[link_edge], edges.object[link_edge])

        def draw(part: slice, random: torch.Generator) -> Drawn:
            logits = model.link_logits(verb[part], object[part])
            for index, (table, pattern) in barred.items():
                logits[index] = logits[index] + table[pattern[part]]
            noted = None if callback is None else lambda index, shares: callback(index, group[part], shares)
            level = [column[part] for column in uniform]
            condition, trunk = edge_condition(place[part]), self.trunks["link"]
            return model.link.draw(condition, random, logits, trunk=trunk, uniform=level, callback=noted)

        drawn = self._in_chunks(len(link_edge), draw, threads=1 if callback is not None else None)
        return conditions.subject, link_edge, tuple(_coded(*pair) for pair in zip(model.spec.link, drawn, strict=True))

    def _barred(self, verb: Codes, object: Codes) -> dict[int, tuple[Tensor, Tensor]]:
        """By column of the links: −∞ for classes that are not allowed, (patterns, classes), and each link's pattern."""
        found = {}
        for index, column in enumerate(self.generator.spec.link):
            rule = self.decoder.allowed.get(column.name)
            if rule is not None:
                table = torch.zeros(rule.patterns.shape, device=self.device)
                table[torch.from_numpy(~rule.patterns).to(self.device)] = -torch.inf
                found[index] = table, self._tensor(rule.pattern_of(verb, object))
        return found

    def _uniform(self, verb: Codes, object: Codes) -> list[Tensor]:
        """Uniform numbers to draw the links' columns by, spread evenly over each verb and each object: (L,) each.

        Along the links, sorted by verb and object and else at random, all columns together follow an additive
        recurrence: any run of it fills the unit cube evenly (Kronecker's; the steps are powers of the root of
        x^(d+1) = x + 1).
        """
        rank = np.lexsort((self.rng.random(len(verb)), object, verb)).argsort()
        columns = len(self.generator.spec.link)
        root = 2.0
        for _ in range(50):
            root = (1.0 + root) ** (1.0 / (columns + 1))
        steps = root ** -np.arange(1.0, columns + 1)
        return [torch.from_numpy((self.rng.random() + rank * step) % 1.0).float().to(self.device) for step in steps]

    def _conditions(self, edges: Edges, repeat: Tensor | None = None) -> Conditions:
        """The subjects' conditions, and those of their links alone.

        Args:
            repeat: (S,) their true classes of links per edge; None draws them.
        """
        model, neighbourhood = self.generator.eval(), mean_neighbourhoods(self.edge_generator, edges)
        edges = self.without_attributes(edges)
        sizes = self._tensor(np.diff(edges.offsets))
        noise = torch.randn(edges.num_subjects, model.noise_dim, generator=self.random, device=self.device)
        subject = model.subject_condition(neighbourhood, sizes, noise)
        known = model.known_repeat(sizes)[0]
        if repeat is not None:
            base = model.repeat.first_logits(subject, known, trunk=self.trunks["repeat"])
            return Conditions.of(model, edges, subject, repeat, base)
        if model.joint is not None:
            known = known + model.joint.level_logits(edges, model.repeat_level)

        def draw(part: slice, random: torch.Generator) -> Drawn:
            return model.repeat.draw(subject[part], random, [known[part]], trunk=self.trunks["repeat"])

        return Conditions.of(model, edges, subject, self._in_chunks(edges.num_subjects, draw)[0][0], known[:0])

    def _possible(self, whole: Edges, counts: Ints) -> tuple[Ints, Ints]:
        """As `_enough`; the counts of subjects whose visits could not all be as they have to are drawn again first."""
        needed, edges = self.generator.assignment.size.needed, self.without_attributes(whole)
        alone = not self.decoder.repeats
        for _ in range(REDRAWS if len(needed) else 0):
            at = without_room(edges, *self._enough(edges, counts), needed, alone=alone)
            if not len(at):
                break
            again = whole.take(at)
            own = np.isin(edges.subject, at)
            counts[own] = self.counts.draw(self.without_attributes(again), self._conditions(again))[1]
        counts = self._raised(whole, counts, alone=alone)
        return self._enough(edges, with_room(edges, counts, needed) if alone and len(needed) else counts)

    def _raised(self, whole: Edges, counts: Ints, *, alone: bool) -> Ints:
        """Counts of which, where there is no room still, the edge that is likeliest to occur once more does."""
        needed, edges = self.generator.assignment.size.needed, self.without_attributes(whole)
        at = without_room(edges, *self._enough(edges, counts), needed, alone=alone)
        if len(at):
            again = whole.take(at)
            links = self.without_attributes(again)
            more = -torch.log_softmax(torch.from_numpy(self.counts.logits(links, self._conditions(again))), 1)[:, 0]
            order = np.lexsort((-more.numpy(), ~np.isin(links.verb, needed), links.subject))
            likeliest = order[np.unique(links.subject[order], return_index=True)[1]]
            counts[np.flatnonzero(np.isin(edges.subject, at))[likeliest]] += 1
        return counts

    def _enough(self, edges: Edges, counts: Ints) -> tuple[Ints, Ints]:
        """As many occurrences, and visits of each subject, as the rules of visits need."""
        rules = self.generator.assignment.rules.cpu().numpy()
        return enough_copies(rules, edges, counts, alone=not self.decoder.repeats)

    def _visits(
        self, subject: Tensor, edges: Edges, link_edge: Ints, link: tuple[CodedColumn, ...]
    ) -> tuple[Ints, Visits]:
        """Which links belong to a visit, and the visits of their subjects."""
        inside = np.flatnonzero(self.decoder.in_visit(link, len(link_edge)))
        if not self.generator.spec.visits or not len(inside):
            return np.zeros(0, np.int64), NO_VISITS
        timed, links = np.unique(edges.subject[link_edge[inside]].astype(np.int64), return_counts=True)
        by_verb = np.zeros((len(timed), self.generator.num_verbs), np.int64)
        edge = link_edge[inside]
        np.add.at(by_verb, (np.searchsorted(timed, edges.subject[edge]), edges.verb[edge]), 1)
        own = self.generator.with_verbs(subject[self._tensor(timed)], self._tensor(by_verb))
        condition = self.generator.visits_condition(own, self._tensor(links))
        known = self.generator.known_visits(self._tensor(by_verb), self._expected_visits(edges, edge, timed))[0]

        def draw(part: slice, random: torch.Generator) -> Drawn:
            return self.generator.visits.draw(condition[part], random, [known[part]])

        drawn = self._in_chunks(len(timed), draw)
        num_visits = self.decoder.num_visits or self.decoder.count
        counts = num_visits.decode(drawn[0][0].cpu().numpy(), self.rng)
        least, most = np.maximum(self.least_visits[timed], 1), links
        needed = self.generator.assignment.size.needed
        if len(needed):  # each visit has a link of these verbs
            most = np.minimum(most, by_verb[:, needed].min(1))
        if not self.decoder.repeats:  # no visit has a link twice
            edges_of, copies = np.unique(edge, return_counts=True)
            np.maximum.at(least, np.searchsorted(timed, edges.subject[edges_of]), copies)
        counts = within_bounds(counts, least, np.minimum(np.maximum(most, least), links), links)
        if self._each_alone():
            counts = links
        return inside, self.visits.draw(timed, own, links, counts)

    def _expected_visits(self, edges: Edges, edge: Ints, subjects: Ints) -> Tensor | None:
        """How many visits subjects are expected to have, (n,), given the edges of links in visits; None where totals
        say more."""
        numbers = self.generator.visit_numbers
        if numbers is None or not bool(numbers.used):
            return None
        counts = np.bincount(edge, minlength=len(edges)).astype(np.int64)
        return torch.from_numpy(numbers.expected(edges, counts, subjects)).to(self.device)

    def _each_alone(self) -> bool:
        """Whether every visit of the table has one link, so that there are as many visits as links."""
        sizes = (column.classes for column in self.generator.spec.start if column.name == "size")
        return next(sizes, 0) == 1

    def _assigned(
        self, edges: Edges, link_edge: Ints, link: tuple[CodedColumn, ...], inside: Ints, visits: Visits
    ) -> DrawnOccurrences:
        """Links in their visits; those that no visit has room for are left out."""
        link_visit = np.full(len(link_edge), -1)
        place = np.repeat(np.arange(len(visits)), visits.size)
        if visits.per_subject.max() == 1:
            link_visit[inside] = place
            return DrawnOccurrences(link_edge, link, link_visit, visits)
        owner = edges.subject[link_edge[inside]].astype(np.int64)
        assignment = Assignment.of(
            visits,
            self.visits.horizon,
            subject=owner,
            verb=edges.verb[link_edge[inside]],
            object=edges.object[link_edge[inside]],
            visit=place[np.lexsort((self.rng.random(len(owner)), owner)).argsort()],
        )
        link_visit[inside] = self.swapped(assignment, np.unique(link_edge[inside], return_inverse=True)[1])
        kept = np.ones(len(link_edge), bool)
        kept[inside] = link_visit[inside] >= 0
        link_edge, link, link_visit = link_edge[kept], tuple(column.take(kept) for column in link), link_visit[kept]
        sizes = np.bincount(link_visit[link_visit >= 0], minlength=len(visits)).astype(np.int64)
        return DrawnOccurrences(link_edge, link, link_visit, replace(visits, size=sizes))

    def _in_order(self, edges: Edges, drawn: DrawnOccurrences) -> DrawnOccurrences:
        """The links of each visit in order, with the time of each; at random where no order was learned."""
        place = self.rng.permutation(len(drawn.link_edge))
        if self.generator.order is None or not len(place):
            return replace(drawn, place=place)
        visit = drawn.link_visit if len(drawn.visits) else edges.subject[drawn.link_edge].astype(np.int64)
        at = np.flatnonzero((visit >= 0) & self.decoder.dated(drawn.link, len(place)))
        edge = drawn.link_edge[at]
        links = edges.verb[edge], edges.object[edge], visit[at]
        owner = edges.subject[edge].astype(np.int64)
        found = draw_order(self.generator.order, *links, self.random, subject=owner)
        place[at] = found.place
        if found.gap is None or self.decoder.gap is None or not len(drawn.visits):
            return replace(drawn, place=place)
        after, length = np.zeros(len(place), np.int64), np.zeros(len(drawn.visits), np.int64)
        after[at] = times_after(visit[at], found, self.decoder.gap, self.rng)
        np.maximum.at(length, visit[at], after[at])
        return replace(drawn, place=place, after=after, visits=self.decoder.spaced(drawn.visits, length))

    def swapped(self, assignment: Assignment, token: Ints) -> Ints:
        """The visit of each link of an assignment: (L,), −1 for one that would be there a second time."""
        visit = swap(self.generator.assignment, assignment, self.rng, alone=not self.decoder.repeats)
        if self.decoder.repeats:
            return visit
        return np.where(first_of_each(token, visit), visit, -1)

    def _in_chunks(
        self, total: int, draw: Callable[[slice, torch.Generator], Drawn], *, threads: int | None = None
    ) -> Drawn:
        """See `in_chunks`."""
        return in_chunks(total, draw, self.random, threads=threads)

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)


def times_after(visit: Ints, order: DrawnOrder, decoder: GapDecoder, rng: np.random.Generator) -> Ints:
    """Nanoseconds of each link after the first one of its visit: (L,), (L,) → (L,)."""
    assert order.gap is not None
    at = np.lexsort((order.place, visit))
    gap = np.zeros(len(visit), np.int64)
    follows = order.gap[at] >= 0
    gap[follows] = decoder.decode(order.gap[at][follows], rng)
    total = np.cumsum(gap)
    begins = np.flatnonzero(~follows)
    result = np.empty(len(visit), np.int64)
    result[at] = total - np.repeat(total[begins], np.diff(np.append(begins, len(visit))))
    return result


def _coded(spec: ColumnSpec, pair: tuple[Tensor, Tensor]) -> CodedColumn:
    return CodedColumn(spec, pair[0].cpu().numpy(), pair[1].cpu().numpy().astype(np.float32))
