"""Plan links: how many links of each verb a subject has, as links: subject —prescribed→ 2.

They are attributes that are given and not drawn. So whatever depends on the plan is a pair like any other: who has a
diagnosis that is always treated has at least one "prescribed".
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

LEAST = np.array([1, 2, 3, 4, 6, 9, 13, 20, 30, 45, 70, 100, 150, 250, 400, 700, 1_000])
"""The least number of links of each class but the first, which is none."""
CLASSES = len(LEAST) + 1
MOST_VERBS = 16
"""With more verbs the plan is seen as numbers only."""


def plan_sizes(link_verbs: int) -> tuple[int, ...]:
    """How many classes the plan of each verb has; none where there are too many verbs.

    Example:
        >>> plan_sizes(2), plan_sizes(100)
        ((18, 18), ())
    """
    return (CLASSES,) * link_verbs if link_verbs <= MOST_VERBS else ()


def plan_classes(plan: Ints) -> Ints:
    """Classes of numbers of links: (…) → (…).

    Example:
        >>> plan_classes(np.array([0, 1, 5, 2_000])).tolist()
        [0, 1, 4, 17]
    """
    return np.searchsorted(LEAST, plan, side="right").astype(np.int64)


def with_plan(edges: Edges, plan: Ints) -> Edges:
    """Edges, and a link for each subject's class of each verb of its plan, (S, V): verbs and objects of their own."""
    subjects, verbs = plan.shape
    if not plan_sizes(verbs):
        return edges
    first = edges.num_objects + CLASSES * np.arange(verbs)
    subject = np.concatenate([edges.subject, np.repeat(np.arange(subjects), verbs)])
    verb = np.concatenate([edges.verb, np.tile(edges.num_verbs + np.arange(verbs), subjects)])
    object = np.concatenate([edges.object, (plan_classes(plan) + first).ravel()])
    order = np.lexsort((object, verb, subject))
    return Edges(
        subject[order].astype(np.int32),
        verb[order].astype(np.int32),
        object[order].astype(np.int32),
        np.concatenate([edges.count, np.ones(plan.size, np.int64)])[order],
        edges.num_subjects,
        edges.num_verbs + verbs,
        edges.num_objects + CLASSES * verbs,
    )
