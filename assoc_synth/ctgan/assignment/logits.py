"""Logits of moves, with their gradients: how much more energy the true assignment has than one with a link moved."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.features import Features, Place, swap_features, transfer_features
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.state_counts import beside_parameters
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.link_graph.edges import ragged
from assoc_synth.transactions.arrays import Ints, Values

FEW_KINDS = 50_000
"""Kinds of links up to which all are embedded at every step."""


class MoveLogits:
    """Logits of swaps and transfers of a true assignment, as functions of the network's parameters.

    Args:
        network: may be in training; its dropout applies.
        assignment: the true one.
        rng: draws the partners of links that have many.
    """

    def __init__(self, network: AssignmentModel, assignment: Assignment, rng: np.random.Generator) -> None:
        self.network, self.assignment, self.device = network, assignment, network.sign.device
        self.place = place_of(assignment.visit, len(assignment.days))
        self.world = network.world(assignment)
        self.partners = find_partners(self.world, network.terms.partners(ordered=True), rng)
        self.sizes: Ints = np.diff(self.place.begins)
        beside = beside_parameters(self.world, self.place)
        self.beside = _counted(beside, (len(assignment.days), len(network.flat())), self.device)
        self.dates = network.dates.of_kinds(assignment.kinds[:, 0], assignment.kinds[:, 1], network.num_objects)
        self.date_of = network.date_of(assignment)

    def of_swaps(self, first: Ints, second: Ints) -> Tensor:
        """Logits of the true assignment against the one with two links swapped: (n,), (n,) → (n,)."""
        visits, model = (self.assignment.visit[first], self.assignment.visit[second]), self.network
        own, sums, _, preference, _ = self._embedded([first, second], visits)
        here, there = (self._scale(self.sizes[visit])[:, None] for visit in visits)
        with_others = here * (sums[0] - own[0]) - there * (sums[1] - own[1])
        together = ((own[0] - own[1]) * model.sign * with_others).sum(1)
        embedded = [self._visit(visit, self.sizes[visit]) for visit in visits]
        when = ((preference[0] - preference[1]) * (embedded[0] - embedded[1])).sum(1)
        when = when + self._on_dates(first, *visits) - self._on_dates(second, *visits)
        by_link = np.diff(self.partners.offsets)
        beside = self.sizes[visits[0]] + self.sizes[visits[1]] + by_link[first] + by_link[second]
        most = 6 * int(beside.sum()) + 8 * len(first)
        found = swap_features(self.world, self.partners, self.place, first, second, most)
        scales = torch.stack([torch.ones_like(here[:, 0]), here[:, 0], there[:, 0]])
        return together + when + self._terms(found, scales)

    def of_transfers(self, link: Ints, to: Ints) -> Tensor:
        """Logits of the true assignment against the one with a link in visit `to`: (n,), (n,) → (n,).

        Its visit has other links, and `to` has fewer than the most.
        """
        visits, model = (self.assignment.visit[link], to), self.network
        own, sums, squares, preference, liked = self._embedded([link], visits)
        here, there = self.sizes[visits[0]], self.sizes[to]
        before, after = (self._scale(here), self._scale(there)), (self._scale(here - 1), self._scale(there + 1))
        terms, gains = torch.mv(self.beside, model.flat()), (sums[0] - own[0], -sums[1])
        together = torch.zeros_like(before[0])
        for at in range(2):
            # What the pairs that stay have counts otherwise in a visit of another size.
            pairs = 0.5 * ((sums[at].square() - squares[at]) @ model.sign) + terms[self._tensor(visits[at])]
            together = together + (before[at] - after[at]) * pairs
            together = together + after[at] * ((own[0] * gains[at]) @ model.sign)
        stays = (liked[0] * self._visit(visits[0], here) + liked[1] * self._visit(to, there)).sum(1)
        goes = (
            (liked[0] - preference[0]) * self._visit(visits[0], here - 1)
            + (liked[1] + preference[0]) * self._visit(to, there + 1)
        ).sum(1)
        chance = torch.from_numpy(np.log(here / (there + 1.0))).to(stays)
        most = 6 * int((here + there + np.diff(self.partners.offsets)[link]).sum()) + 8 * len(link)
        found = transfer_features(self.world, self.partners, self.place, link, to, most)
        moved = self._on_dates(link, *visits)
        scales = torch.stack([torch.ones_like(together), *after])
        return together + (stays - goes) + moved + chance + self._terms(found, scales)

    def _on_dates(self, link: Ints, here: Ints, there: Ints) -> Tensor:
        """What links have by the date of one visit beyond that of another: (n,) each → (n,)."""
        terms, kind = self.dates, self.assignment.kind[link][:, None]
        found = terms[kind, self.date_of[here]].sum(1) - terms[kind, self.date_of[there]].sum(1)
        return torch.from_numpy(found.astype(np.float32)).to(self.device)

    def _visit(self, visit: Ints, size: Ints) -> Tensor:
        """Embeddings of visits that have so many links: (n,), (n,) → (n, dim)."""
        embedded = self.network.embed_visits(self.assignment.features[visit], self.assignment.calendar[visit])
        if len(self.network.size):
            of = self.world.sizes.of
            # Validation subjects may have larger visits than any that trains.
            embedded = embedded + self.network.size.preference[self._tensor(of[np.minimum(size, len(of) - 1)])]
        return embedded

    def _embedded(self, links: list[Ints], visits: tuple[Ints, Ints]) -> tuple[list[Tensor], ...]:
        """Associations of links, the sums over two visits of them and of their squares, preferences, and their sums:
        (n, dim) each."""
        members = [self.place.members[ragged(self.place.begins, visit)] for visit in visits]
        kinds, place = self._kinds([*links, *members])
        (own, inside), network = (place[: len(links)], place[len(links) :]), self.network

        def sums(table: Tensor) -> list[Tensor]:
            return [self._sums(table, at, visit) for at, visit in zip(inside, visits, strict=True)]

        alike, liked = self._embed(network.association, kinds), self._embed(network.preference, kinds)
        links_alike, links_liked = ([table[at] for at in own] for table in (alike, liked))
        return links_alike, sums(alike), sums(alike.square()), links_liked, sums(liked)

    def _scale(self, size: Ints) -> Tensor:
        """What associations count in visits of so many links: (n,) → (n,)."""
        of = self.world.sizes.of
        return self.network.size.scales()[self._tensor(of[np.minimum(size, len(of) - 1)])]

    def _terms(self, found: Features, scales: Tensor) -> Tensor:
        """What the flat parameters add to the logits, scaled by one of the rows of (3, n): (n,)."""
        flat = self.network.flat()
        row, parameter, sign, scaled = (torch.from_numpy(part).to(self.device) for part in found)
        added: Tensor = flat.new_zeros(scales.shape[1]).index_add(0, row, flat[parameter] * sign * scales[scaled, row])
        return added

    def _kinds(self, links: list[Ints]) -> tuple[Ints, list[Tensor]]:
        """The kinds of links that are embedded (all of them if they are few), and each link's place among them."""
        kinds = [self.assignment.kind[part] for part in links]
        if len(self.assignment.kinds) <= FEW_KINDS:
            return np.arange(len(self.assignment.kinds)), [self._tensor(part) for part in kinds]
        needed, place = np.unique(np.concatenate(kinds), return_inverse=True)
        return needed, [self._tensor(part) for part in np.split(place, np.cumsum([len(k) for k in kinds])[:-1])]

    def _embed(self, embedding: LinkEmbedding, kinds: Ints) -> Tensor:
        verb, object = (self._tensor(part) for part in self.assignment.kinds[kinds].T)
        dropped: Tensor = self.network.dropout(embedding(verb, object))
        return dropped

    def _sums(self, table: Tensor, members: Tensor, visit: Ints) -> Tensor:
        """Sum of the embeddings of the links in visits: (n,) → (n, dim)."""
        begins = self._tensor(np.cumsum(self.sizes[visit]) - self.sizes[visit])
        return functional.embedding_bag(members, table, begins, mode="sum")

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)


def _counted(found: Ints, shape: tuple[int, int], device: torch.device) -> Tensor:
    """How often visits have parameters, from pairs of both: (N, 2) → (M, P), sparse."""
    key, count = np.unique(found[:, 0] * shape[1] + found[:, 1], return_counts=True)
    place = torch.from_numpy(np.stack([key // shape[1], key % shape[1]]))
    return (
        torch.sparse_coo_tensor(place, torch.from_numpy(count.astype(np.float32)), shape, check_invariants=False)
        .coalesce()
        .to(device)
    )


def place_of(visit: Ints, num_visits: int) -> Place:
    """Links by visit, and where each visit's begin."""
    begins = np.concatenate([[0], np.cumsum(np.bincount(visit, minlength=num_visits))]).astype(np.int64)
    return Place(visit, np.argsort(visit, kind="stable"), begins)
