"""Draws which link goes into which visit, by repeated random moves within a subject (Markov chain Monte Carlo)."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.chain import run_chain
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.parts import in_parts
from assoc_synth.transactions.arrays import Bools, Ints


def swap(
    model: AssignmentModel,
    assignment: Assignment,
    rng: np.random.Generator,
    *,
    sweeps: int | None = None,
    alone: bool = False,
) -> Ints:
    """The visit of each link after the moves: (L,). No visit is emptied; without size terms, all keep their sizes.

    Args:
        assignment: at the beginning, any.
        sweeps: moves that are proposed for each link; None takes as many as the model asks for.
        alone: whether no visit may hold a link twice, where it can be helped.
    """
    visit = assignment.visit.copy()
    if len(visit):
        model.eval()
        assignment = assignment if assignment.group is not None else model.grouped(assignment, rng)
        assignment, where = in_parts(assignment)
        moved = assignment.visit.copy()
        world = model.world(assignment, alone=alone)
        partners = find_partners(world, model.terms.partners(ordered=True), rng)
        moves = int(model.sweeps) if sweeps is None else sweeps
        run_chain(world, partners, model.energies(assignment), moved, moves, rng)
        visit[where] = moved
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
