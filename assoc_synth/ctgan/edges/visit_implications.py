"""What rules of visits imply of subjects: who has y only with x in the visit, or only after x, has x.

A subject has many visits, so that these show what too few subjects would: that nobody opens the cart who adds nothing.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.rule_kernel import AFTER, WITH
from assoc_synth.ctgan.edges.implications import Implications
from assoc_synth.ctgan.edges.plan_links import CLASSES
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints


def implied_by_visits(rules: Ints, edges: Edges, shape: tuple[int, int], planned: int) -> Implications:
    """The rules of subjects that follow from rules of visits.

    A verb is the numbers of its links that the plan gives: who has any link of it has one of the classes from 1 on.
    Where there is no plan, with many verbs, a verb that is needed implies nothing here.

    Args:
        rules: (R, 3) kind of rule, end y, end x, see `find_rules`.
        edges: with attributes and plans as links.
        shape: how many verbs and objects there are without these.
        planned: how many of the attributes, the last ones, are classes of the plan.

    Example: token 0 only with token 1, and any link of verb 1 only with one of verb 0.
        >>> edges = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=4, num_objects=2 + 2 * CLASSES)
        >>> found = implied_by_visits(np.array([[WITH, 0, 1], [WITH, 5, 4]]), edges, (2, 2), 2)
        >>> found.needs.tolist(), len(found.never) == CLASSES - 1
        ([[0, 1]], True)
    """
    verbs, objects = shape
    needs, never = [np.zeros((0, 2), np.int64)], [np.zeros((0, 2), np.int64)]

    def plan(verb: int) -> Ints:
        """Tokens of the numbers of links of a verb, from none on."""
        own = edges.num_verbs - planned + verb
        return own * edges.num_objects + edges.num_objects - CLASSES * (planned - verb) + np.arange(CLASSES)

    def tokens(end: int) -> Ints:
        """Who has one of these has an end of a rule."""
        if end < verbs * objects:
            return np.array([end // objects * edges.num_objects + end % objects])
        own = end - verbs * objects
        return plan(own)[1:] if planned else own * edges.num_objects + np.arange(objects)

    for _, y, x in rules[np.isin(rules[:, 0], [AFTER, WITH])].tolist():
        own = tokens(y)
        if x < verbs * objects:
            needs.append(np.stack([own, np.full(len(own), tokens(x)[0])], axis=1))
        elif planned:
            never.append(np.stack([own, np.full(len(own), plan(x - verbs * objects)[0])], axis=1))
    return Implications(np.concatenate(never), np.concatenate(needs))
