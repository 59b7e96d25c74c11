"""Draws which link goes into which visit, by repeated random swaps within a subject (Markov chain Monte Carlo)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.training import same_object_logits
from assoc_synth.transactions.arrays import Bools, Floats, Ints

LEAST_SWAPS, MOST_SWAPS, ALL_SWAPS = 40, 240, 20_000_000
"""Swaps that are proposed for each link, about: more in a small table, whose small visits mix slowly."""
MOST_SWEEPS = 1_500
REPAIRS = 100
"""Rounds of swaps that part equal links of one visit."""


@torch.inference_mode()
def swap(model: AssignmentModel, assignment: Assignment, rng: np.random.Generator) -> Ints:
    """The visit of each link after the swaps: (L,). The visits keep their sizes.

    In a sweep no visit takes part in two swaps, so that the logits of each are those of the state it changes.

    Args:
        assignment: at the beginning, any.
    """
    state = _State(model, assignment)
    links = np.flatnonzero(state.movable)
    if not len(links):
        return assignment.visit
    swaps = int(np.clip(ALL_SWAPS // len(links), LEAST_SWAPS, MOST_SWAPS))
    pairs = max(len(np.unique(assignment.visit[links])) // 2, 1)
    sweeps = min(round(swaps * len(links) / pairs), MOST_SWEEPS)
    for _ in range(sweeps):
        first, second = state.propose(links, pairs, rng)
        logits = state.logits(first, second)
        moved = rng.random(len(first)) < 1 / (1 + np.exp(np.clip(logits, -50, 50)))
        state.move(first[moved], second[moved])
    return state.visit


def part_repeats(token: Ints, assignment: Assignment, visit: Ints, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Part equal links of one visit by further swaps, so that no visit has the same link twice.

    Args:
        token: (L,) equal for equal links of one subject.

    Returns:
        The visits, (L,), and which links can stay: those without a place are False.
    """
    counts = np.bincount(assignment.subject)
    first = np.concatenate([[0], np.cumsum(counts)])
    visit = visit.copy()
    for _ in range(REPAIRS):
        again = _repeated(token, visit)
        if not again.any():
            break
        link = np.flatnonzero(again)
        own = assignment.subject[link]
        other = first[own] + (rng.random(len(link)) * counts[own]).astype(np.int64)
        taken = np.sort(_key(token, visit, len(assignment.days)))
        fits = ~_within(taken, _key(token[link], visit[other], len(assignment.days)))
        fits &= ~_within(taken, _key(token[other], visit[link], len(assignment.days)))
        link, other = link[fits], other[fits]
        alone = _alone(visit[link], visit[other])
        link, other = link[alone], other[alone]
        visit[link], visit[other] = visit[other], visit[link]
    return visit, ~_repeated(token, visit)


class _State:
    """Where every link is, and the sum of the embeddings in every visit."""

    def __init__(self, model: AssignmentModel, assignment: Assignment) -> None:
        self.model, self.assignment = model, assignment
        self.device = model.sign.device
        self.visit = assignment.visit.copy()
        verb, object = (self._tensor(part) for part in assignment.kinds.T)
        self.kind = self._tensor(assignment.kind)
        self.embedded = model.association(verb, object)
        self.preference = model.preference(verb, object)
        self.visit_embedding = model.visit(torch.from_numpy(assignment.features).to(self.device))
        order = np.argsort(self.visit, kind="stable")
        sizes = np.bincount(self.visit, minlength=len(assignment.days))
        begins = self._tensor(np.cumsum(sizes) - sizes)
        self.sums = functional.embedding_bag(self.kind[self._tensor(order)], self.embedded, begins, mode="sum")
        counts = np.bincount(assignment.subject)
        self.counts, self.first = counts, np.cumsum(counts) - counts
        elsewhere = self.visit != self.visit[self.first[assignment.subject]]
        self.movable = (np.bincount(assignment.subject, elsewhere) > 0)[assignment.subject]

    def propose(self, links: Ints, pairs: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Random swaps of which no two have a visit in common, so that they can be made at once."""
        first = links[rng.integers(0, len(links), pairs)]
        own = self.assignment.subject[first]
        second = self.first[own] + (rng.random(pairs) * self.counts[own]).astype(np.int64)
        apart = self.visit[first] != self.visit[second]
        first, second = first[apart], second[apart]
        alone = _alone(self.visit[first], self.visit[second])
        return first[alone], second[alone]

    def logits(self, first: Ints, second: Ints) -> Floats:
        """Logits of staying: (n,)."""
        a, b = self.kind[self._tensor(first)], self.kind[self._tensor(second)]
        here, there = self._tensor(self.visit[first]), self._tensor(self.visit[second])
        own, other = self.embedded[a], self.embedded[b]
        rest = (self.sums[here] - own) - (self.sums[there] - other)
        together = ((own - other) * self.model.sign * rest).sum(1)
        when = (
            (self.preference[a] - self.preference[b]) * (self.visit_embedding[here] - self.visit_embedding[there])
        ).sum(1)
        same = same_object_logits(self.model, self.assignment, self.visit, first, second)
        found: Floats = (together + when + same).double().cpu().numpy()
        return found

    def move(self, first: Ints, second: Ints) -> None:
        """Swap links between their visits; no visit may occur twice."""
        here, there = self._tensor(self.visit[first]), self._tensor(self.visit[second])
        change = self.embedded[self.kind[self._tensor(second)]] - self.embedded[self.kind[self._tensor(first)]]
        self.sums.index_add_(0, here, change)
        self.sums.index_add_(0, there, -change)
        self.visit[first], self.visit[second] = self.visit[second], self.visit[first]

    def _tensor(self, array: Ints) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


def _alone(here: Ints, there: Ints) -> Bools:
    """Which pairs of visits come before every other pair with one of the two: (n,)."""
    both = np.concatenate([here, there])
    pair = np.tile(np.arange(len(here)), 2)
    order = np.lexsort((pair, both))
    later = np.zeros(len(both), bool)
    later[order[1:]] = both[order[1:]] == both[order[:-1]]
    result: Bools = ~(later[: len(here)] | later[len(here) :])
    return result


def _key(token: Ints, visit: Ints, num_visits: int) -> Ints:
    """One number for a link in a visit."""
    return token * num_visits + visit


def _within(present: Ints, wanted: Ints) -> Bools:
    """Which of the wanted are among those present, which are ascending."""
    at = np.searchsorted(present, wanted).clip(max=len(present) - 1)
    found: Bools = present[at] == wanted
    return found


def _repeated(token: Ints, visit: Ints) -> Bools:
    """Links that are in their visit a second time: (L,)."""
    order = np.lexsort((token, visit))
    again = np.zeros(len(order), bool)
    again[order[1:]] = (np.diff(token[order]) == 0) & (np.diff(visit[order]) == 0)
    return again
