"""How many links of one subject are counted in pairs: the cost of pairs is that of the links, whatever subjects do.

A subject of d links has d² / 2 pairs, so that one of 20,000 links among hundreds of ordinary subjects would be nearly
all pairs that there are. Of such a subject a random part of its links is counted, in the pairs and in everything that
they are compared with (supports, degrees and their null), as if the subject had no others. No pair is weighted up: one
subject says little about 100 million pairs, and a weight would only make its chance larger.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

LEAST_COUNTED, MEDIANS = 1_000, 20
"""Links of one subject that are always counted, and times the median subject's where that is more."""
PER_LINK, ALWAYS = 500, 10_000_000
"""Pairs of subjects' links, Σ d², that are counted: so many for each link of the table, or so many in all."""
MOST_PAIRS = 250_000_000
"""The same where the objects have more pairs than that: what then is held is one number for each pair."""


def most_counted(edges: Edges) -> int:
    """Links of one subject that pairs are counted of: the cap of this table, whose order of subjects plays no part.

    1,000, or 20 times what the median subject has, and no more than keeps the pairs Σ min(d, cap)² within 500 for each
    link (10 million in a small table), and within 250 million where there are so many pairs of objects.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> from assoc_synth.link_graph.graph import LinkGraph
        >>> most_counted(LinkGraph.from_table(toy_shop(subjects=100)).edges)
        1000
    """
    degrees = np.sort(np.diff(edges.offsets))
    degrees = degrees[degrees > 0].astype(np.int64)
    if not len(degrees):
        return LEAST_COUNTED
    pairs = max(PER_LINK * len(edges), ALWAYS)
    if edges.num_objects**2 > MOST_PAIRS:
        pairs = min(pairs, MOST_PAIRS)
    return max(min(max(LEAST_COUNTED, MEDIANS * int(np.median(degrees))), _largest(degrees, pairs)), 2)


def _largest(degrees: Ints, pairs: float) -> int:
    """The largest cap with Σ min(d, cap)² ≤ pairs: of degrees in ascending order."""
    squares = np.concatenate([[0.0], np.cumsum(degrees.astype(np.float64) ** 2)])
    longer = len(degrees) - np.arange(len(degrees))
    # With the cap at the i-th degree all from it on count alike; the sum grows with i.
    within = np.flatnonzero(squares[:-1] + longer * degrees.astype(np.float64) ** 2 <= pairs)
    if len(within) == len(degrees):
        return int(pairs)
    first = int(within[-1]) + 1 if len(within) else 0
    return int(np.sqrt(max(pairs - squares[first], 0.0) / longer[first]))


def counted(edges: Edges, most: int | None = None, *, attributes: int = 0) -> Edges:
    """The edges whose pairs are counted: of a subject with more than `most` links as many of them at random.

    The same ones at every call; the edges themselves where no subject has more.

    Args:
        most: None for `most_counted`.
        attributes: the last verbs are attributes of the subjects, which are kept.

    Example:
        >>> sizes = {"num_subjects": 2, "num_verbs": 1, "num_objects": 9}
        >>> edges = Edges.from_links([0] * 9 + [1], [0] * 10, [*range(9), 0], **sizes)
        >>> np.diff(counted(edges, 3).offsets).tolist()
        [3, 1]
        >>> counted(edges, 9) is edges
        True
    """
    most = most_counted(edges) if most is None else most
    long = np.flatnonzero(np.diff(edges.offsets) > most)
    is_link = edges.verb < edges.num_verbs - attributes
    kept, rng = np.ones(len(edges), bool), np.random.default_rng(0)
    for subject in long.tolist():
        own = edges.offsets[subject] + np.flatnonzero(is_link[edges.offsets[subject] : edges.offsets[subject + 1]])
        if len(own) > most:
            kept[own] = False
            kept[rng.choice(own, most, replace=False)] = True
    if kept.all():
        return edges
    codes = edges.subject[kept], edges.verb[kept], edges.object[kept]
    return Edges(*codes, edges.count[kept], edges.num_subjects, edges.num_verbs, edges.num_objects)


def shortened(composition: Ints, most: int) -> Ints:
    """Links of each verb of subjects, (N, V), as many of a longer subject as are counted: in proportion, at least one.

    Example:
        >>> shortened(np.array([[3, 0], [900, 100]]), 10).tolist()
        [[3, 0], [9, 1]]
    """
    total = composition.sum(axis=1, keepdims=True)
    part = np.maximum(composition * most // np.maximum(total, 1), np.minimum(composition, 1))
    return np.where(total > most, part, composition)


def contribution_notes(edges: Edges) -> tuple[str, ...]:
    """What the user should know: how many subjects have more links than are counted in pairs."""
    degrees = np.diff(edges.offsets)
    most = most_counted(edges)
    above = degrees[degrees > most]
    if not len(above):
        return ()
    who = "1 subject has" if len(above) == 1 else f"{len(above):,} subjects have"
    them = f"{above.max():,}" if len(above) == 1 else f"up to {above.max():,}"
    return (
        f"{who} more than {most:,} different links ({them}): associations are counted from {most:,} of them, chosen at "
        "random; how many links such a subject has, and which, is learned from all of them",
    )
