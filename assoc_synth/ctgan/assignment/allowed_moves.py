"""Which moves of links of the true assignment break no rule of visits: only these tell how probable assignments are.

What a rule forbids has the probability 0, whatever the energy is. Were such moves among those that the energy is
learned from, it would explain the rules as attractions, and links that may be elsewhere would be held together too.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.kernel import World
from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.assignment.rule_kernel import VisitRules, change, change_of_transfer, law_of
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints


def allowed_moves(world: World, assignment: Assignment, link: Ints, other: Ints | None, to: Ints) -> Bools:
    """Which moves break no rule: (n,).

    Args:
        assignment: the true one.
        link: (n,) links; other: (n,) those that they are swapped with, None for transfers.
        to: (n,) the visits that they go to.
    """
    result = np.ones(len(link), bool)
    if len(world.rules.rule):
        order = np.argsort(assignment.subject[link], kind="stable")
        back = np.full(len(link), -1) if other is None else other[order]
        own = assignment.subject, assignment.visit, assignment.rank
        result[order] = _allowed(world.rules, world.kind, world.first, own, link[order], back, to[order])
    return result


@compiled
def _allowed(
    rules: VisitRules, kind: Ints, first: Ints, assignment: tuple[Ints, Ints, Ints], link: Ints, other: Ints, to: Ints
) -> Bools:
    """See `allowed_moves`; moves by subject.

    Args:
        kind: (L,) of each link; first: (S + 1,) where each subject's begin.
        assignment: their subjects and visits, (L,), and the visits' places in time.
        other: −1 for transfers.
    """
    (subject, visit, rank), result, begin = assignment, np.ones(len(link), np.bool_), 0
    while begin < len(link):
        own = subject[link[begin]]
        end = begin
        while end < len(link) and subject[link[end]] == own:
            end += 1
        links = slice(first[own], first[own + 1])
        base, last = visit[links].min(), visit[links].max()
        kinds = np.unique(kind[links])
        local = np.searchsorted(kinds, kind[links])
        law = law_of(rules, kinds, local, visit[links] - base, rank[base : last + 1])
        for at in range(begin if len(law.rule) else end, end):
            one, here, there = local[link[at] - first[own]], visit[link[at]] - base, to[at] - base
            if other[at] < 0:
                result[at] = change_of_transfer(law, one, here, there) <= 0
            else:
                result[at] = change(law, one, local[other[at] - first[own]], here, there) <= 0
        begin = end
    return result
