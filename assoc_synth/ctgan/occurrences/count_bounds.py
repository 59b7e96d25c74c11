"""Bounds: links that never occur more often than others of their subject, such as returns and purchases.

They are found where no training subject is an exception, though many would be by chance. Two links that bound each
other occur equally often.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools, Floats, Ints

LEAST_SUBJECTS, LEAST_EXCEPTIONS = 30, 16.0
"""Subjects with both links, at least; and exceptions that there would be by chance, at least: that there is none then
has a probability of e^−16, which leaves room for a million pairs.
"""
MOST_TOKENS = 400
"""Tokens of which all pairs are looked at: those that most often occur more than once."""


def find_bounds(edges: Edges, tokens: Ints, places: int) -> tuple[Ints, Ints]:
    """Tokens that a token never exceeds, and that it never falls below, of those before it.

    Args:
        edges: with the true numbers.
        tokens: (T,) in the order in which they are drawn.
        places: B, bounds of each kind that a token has at most: those with the most subjects.

    Returns:
        (T, B) twice, −1 for none.
    """
    at_most, at_least = (np.full((len(tokens), places), -1) for _ in range(2))
    often = np.bincount(edges.token[edges.count > 1], minlength=edges.num_verbs * edges.num_objects)[tokens]
    looked = np.sort(np.argsort(-often, kind="stable")[:MOST_TOKENS])
    looked = looked[often[looked] > 0]
    place = np.full(edges.num_verbs * edges.num_objects, -1)
    place[tokens[looked]] = np.arange(len(looked))
    kept = np.flatnonzero(place[edges.token] >= 0)
    group, count, own = edges.subject[kept].astype(np.int64), edges.count[kept], place[edges.token[kept]]
    both, more = _pairs(group, own, count, len(looked))
    never = _never(both, more, _chance(own, count, len(looked)))
    for table, bounded in ((at_most, never), (at_least, never.T)):
        for one in range(len(looked)):
            before = np.flatnonzero(bounded[one, :one])
            chosen = before[np.argsort(-both[one, before], kind="stable")[:places]]
            table[looked[one], : len(chosen)] = looked[chosen]
    return at_most, at_least


def find_ordered_verbs(edges: Edges) -> Bools:
    """Whether links of one verb never occur more often than those of another to the same object: (V, V)."""
    order = np.lexsort((edges.verb, edges.object, edges.subject))
    group = edges.subject[order].astype(np.int64) * edges.num_objects + edges.object[order]
    verb, count = edges.verb[order].astype(np.int64), edges.count[order]
    both, more = _pairs(group, verb, count, edges.num_verbs)
    return _never(both, more, _chance(verb, count, edges.num_verbs))


def _never(both: Ints, more: Ints, chance: Floats) -> Bools:
    """Where the first of two is never more than the second, though by chance it would be."""
    found: Bools = (both >= LEAST_SUBJECTS) & (more == 0) & (both * chance >= LEAST_EXCEPTIONS)
    return found


def _chance(code: Ints, count: Ints, codes: int) -> Floats:
    """The probability that one's number is more than another's where they are independent: (codes, codes)."""
    numbers, place = np.unique(count, return_inverse=True)
    table = np.bincount(code * len(numbers) + place, minlength=codes * len(numbers)).reshape(codes, len(numbers))
    shares = table / np.maximum(table.sum(1, keepdims=True), 1)
    below = np.cumsum(shares, axis=1) - shares
    chance: Floats = shares @ below.T
    return chance


@compiled
def _pairs(group: Ints, code: Ints, count: Ints, codes: int) -> tuple[Ints, Ints]:
    """In how many groups two codes are together, and the first has more: (codes, codes) twice; sorted by group."""
    both, more = np.zeros((codes, codes), np.int64), np.zeros((codes, codes), np.int64)
    begin = 0
    for end in range(1, len(group) + 1):
        if end < len(group) and group[end] == group[begin]:
            continue
        for one in range(begin, end):
            for other in range(begin, end):
                if one != other:
                    both[code[one], code[other]] += 1
                    more[code[one], code[other]] += count[one] > count[other]
        begin = end
    return both, more
