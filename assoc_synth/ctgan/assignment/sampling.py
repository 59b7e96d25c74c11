"""Draws which link goes into which visit, by repeated random swaps within a subject (Markov chain Monte Carlo)."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.kernel import find_partners, run_chain
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.transactions.arrays import Bools, Ints

SWAPS = 80
"""Swaps that are proposed for each link."""
REPAIRS = 100
"""Rounds of swaps that part equal links of one visit."""


def swap(
    model: AssignmentModel, assignment: Assignment, rng: np.random.Generator, *, swaps: int = SWAPS, alone: bool = False
) -> Ints:
    """The visit of each link after the swaps: (L,). The visits keep their sizes.

    Args:
        assignment: at the beginning, any.
        swaps: proposed for each link.
        alone: whether no visit may hold a link twice, where it can be helped.
    """
    visit = assignment.visit.copy()
    if len(visit):
        model.eval()
        world = model.world(assignment, alone=alone)
        partners = find_partners(world, model.terms.partners(ordered=True), rng)
        run_chain(world, partners, model.energies(assignment), visit, swaps, rng)
    return visit


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
