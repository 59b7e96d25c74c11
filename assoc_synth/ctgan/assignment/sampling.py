"""Draws which link goes into which visit, by repeated random moves within a subject (Markov chain Monte Carlo)."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.chain import run_chain
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.transactions.arrays import Bools, Ints

SWEEPS = 30
"""Moves that are proposed for each link: swaps, and in turn with them transfers where sizes of visits have terms."""


def swap(
    model: AssignmentModel,
    assignment: Assignment,
    rng: np.random.Generator,
    *,
    sweeps: int = SWEEPS,
    alone: bool = False,
) -> Ints:
    """The visit of each link after the moves: (L,). No visit is emptied; without size terms, all keep their sizes.

    Args:
        assignment: at the beginning, any.
        sweeps: moves that are proposed for each link.
        alone: whether no visit may hold a link twice, where it can be helped.
    """
    visit = assignment.visit.copy()
    if len(visit):
        model.eval()
        world = model.world(assignment, alone=alone)
        partners = find_partners(world, model.terms.partners(ordered=True), rng)
        run_chain(world, partners, model.energies(assignment), visit, sweeps, rng)
    return visit


def first_of_each(token: Ints, visit: Ints) -> Bools:
    """Which links are the first of their kind in their visit: (L,); a visit that may hold a link once keeps those.

    Args:
        token: (L,) equal for equal links of one subject.
    """
    order = np.lexsort((token, visit))
    again = np.zeros(len(order), bool)
    again[order[1:]] = (np.diff(token[order]) == 0) & (np.diff(visit[order]) == 0)
    return ~again
