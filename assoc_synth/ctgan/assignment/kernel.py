"""The compiled loops over links in visits: which parameters pairs of links have, and the partners of links.

Plain loops for Numba, one subject after another; all that is random comes from the generator passed in. Parameters
have one flat order: `between` (V, V, `TIME_BINS`), from both sides, after it the terms of pairs (P, `ORDER_BINS`), and
after these those of sizes, see `size_terms`. Two visits are apart by a number of visits and by a time: a pair has a
term of each.
Loops take arrays apart first: handing a tuple of arrays to another function costs more than the function.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.assignment.rule_kernel import VisitRules
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Floats, Ints, Singles

MOST_PARTNERS = 16
"""A link looks at no more than this many links of its subject in other visits; if there are more, they are drawn."""
SAME, NEXT, PREVIOUS, LATER, EARLIER = range(5)
"""Where the right link of a pair is, seen from the left one: its visit, the next one, the one before, beyond these."""
PLACES = 5
"""How many of these there are."""
LAG_EDGES = np.array([0.5, 1.5, 2.5, 4.5, 6.5, 7.5, 10.5, 14.5, 21.5, 31.5, 61.5, 122.0, 366.0])
LAGS = len(LAG_EDGES) + 1
"""Bins of the days between the links of a pair: later right ones have the terms from `PLACES` on, then earlier ones."""
ORDER_BINS = PLACES + 2 * LAGS
TIME_EDGES = np.array(
    [
        0.25,
        *range(1, 16),
        18,
        21,
        22,
        25,
        28,
        29,
        30,
        31,
        32,
        36,
        42,
        50,
        60,
        75,
        90,
        120,
        180,
        270,
        365,
        730,
        1461,
        3653,
    ]
)
SAME_VISIT = len(TIME_EDGES) + 1
UNORDERED, TIME_BINS = 2 * SAME_VISIT + 1, 2 * SAME_VISIT + 2
"""Bins of the days between two links to one object: earlier ones are below `SAME_VISIT`, later ones above. Those of a
return after its purchase and of a monthly payment are days; longer times are known by weeks, months and years.
"""
MEETINGS = 4
"""Numbers of companions in its visit that are told apart of a link: 0, 1, 2, and more."""
NONE = -1
VERB, OBJECT, TERM = range(3)
LINK, BETWEEN, CODE = range(3)
MOST_LOGIT = 50.0


class Pairs(NamedTuple):
    """Partners of the T tokens with terms, ascending, in CSR form: offsets (T + 1,), other (2P,), code (2P,).

    The code is twice the pair's place, plus 1 where the token is the pair's right one.
    """

    offsets: Ints
    other: Ints
    code: Ints


class Partners(NamedTuple):
    """Links of a subject that matter to a link from other visits, in CSR form: offsets (L + 1,), found (N, 3).

    What is found is the other link (`LINK`), where the terms of one object begin (`BETWEEN`), and the code of the pair
    (`CODE`), each `NONE` if there are none.
    """

    offsets: Ints
    found: Ints


class SizeClasses(NamedTuple):
    """What sizes of visits are looked up in.

    Attributes:
        of: (most + 1,) the class of each number of links, `NONE` of 0; without size terms only that.
        row: (V,) 1, 2, … for verbs with terms of their own, 0 for others; verbs, classes: how many there are.
        groups: of subjects, with terms of their own; group: (M,) that of each visit's subject, see `SizeGroups`.
        base: where the terms begin among the flat parameters.
    """

    of: Ints
    row: Ints
    verbs: int
    classes: int
    groups: int
    group: Ints
    base: int


class Company(NamedTuple):
    """Which of T tokens are companions, see `company_terms`, in CSR form: offsets (T + 1,), other (2P,) ascending.

    Attributes:
        place: (K,) of each kind among these tokens, `NONE` without.
    """

    place: Ints
    offsets: Ints
    other: Ints


class World(NamedTuple):
    """What stays as it is while links are moved.

    Attributes:
        kind: (L,) the kind of each link, by subject; first: (S + 1,) where each subject's begin.
        kinds: (K, 3) verb, object, and the place among the tokens with terms, `NONE` without.
        pairs: of tokens with terms; sizes: of visits; rules: that no move may break.
        days: (M,) when visits are, NaN undated; rank: (M,) their place in time in their subject, −1 undated.
        num_verbs: V; verbs: (V, V) terms of two verbs in one visit, see `verb_terms`.
        company: which links go with which.
    """

    kind: Ints
    first: Ints
    kinds: Ints
    pairs: Pairs
    sizes: SizeClasses
    rules: VisitRules
    days: Floats
    rank: Ints
    num_verbs: int
    verbs: Singles
    company: Company


class Energies(NamedTuple):
    """The flat parameters, and the paths' parts.

    The association of kinds is own · otherᵀ, (K, R) each, times the scale of a visit's class of sizes, (C,), or (1,)
    where sizes have no terms; the preference of kinds for visits is like · visitᵀ, and for classes of sizes like ·
    sizeᵀ. Each kind has terms for the dates of visits, (K, classes), whose classes are (M, 2),
    see `date_terms`; (K, 0) and (M, 0) without. Tokens with company have terms of it, (T, `MEETINGS`).
    """

    flat: Singles
    own: Singles
    other: Singles
    scale: Singles
    like: Singles
    visit: Singles
    size: Singles
    dates: Singles
    date_of: Ints
    company: Singles


@compiled
def find_pair(offsets: Ints, other: Ints, left: int, right: int) -> int:
    """Where a pair of tokens with terms is among `other`, by their places; `NONE` if they are none."""
    if left < 0 or right < 0:
        return NONE
    low, end = offsets[left], offsets[left + 1]
    high = end
    while low < high:
        middle = (low + high) // 2
        if other[middle] < right:
            low = middle + 1
        else:
            high = middle
    return low if low < end and other[low] == right else NONE


@compiled
def range_of(edges: Floats, value: float) -> int:
    """How many of the edges, ascending, are at most the value."""
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if edges[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def time_bin(day: float, other: float) -> int:
    """The bin of the time from another visit, at `other` days, to one at `day`."""
    between = day - other
    if np.isnan(between) or between == 0.0:
        return UNORDERED
    far = 1 + range_of(TIME_EDGES, abs(between))
    return SAME_VISIT + far if between > 0 else SAME_VISIT - far


@compiled
def lag_bin(day: float, other: float, code: int) -> int:
    """The bin of the time between the links of a pair, in visits at these days; `NONE` where it is unknown or none.

    Args:
        code: turned for the link in the first one.
    """
    after = other - day if code % 2 == 0 else day - other
    if np.isnan(after) or after == 0.0:
        return NONE
    far = range_of(LAG_EDGES, abs(after))
    return PLACES + far if after > 0 else PLACES + LAGS + far


@compiled
def order_bin(rank: int, other: int, code: int) -> int:
    """The bin of a pair with its links in two visits, of these places in time; `NONE` where their order is unknown.

    Args:
        code: turned for the link in the first one.
    """
    if rank < 0 or other < 0 or rank == other:
        return NONE
    after = other - rank if code % 2 == 0 else rank - other
    if after > 0:
        return NEXT if after == 1 else LATER
    return PREVIOUS if after == -1 else EARLIER


@compiled
def apart(flat: Singles, terms: tuple[int, int, int], days: tuple[float, float], ranks: tuple[int, int]) -> float:
    """What two links in two different visits contribute.

    Args:
        terms: where those of one object begin, the code of the pair, and where the terms of pairs begin.
        days, ranks: of the two visits.
    """
    between, code, base = terms
    energy = 0.0
    if between >= 0:
        energy += flat[between + time_bin(days[0], days[1])]
    if code < 0:
        return energy
    at, lag = order_bin(ranks[0], ranks[1], code), lag_bin(days[0], days[1], code)
    if at >= 0:
        energy += flat[base + code // 2 * ORDER_BINS + at]
    if lag >= 0:
        energy += flat[base + code // 2 * ORDER_BINS + lag]
    return energy


@compiled
def find_partners(world: World, ordered: Pairs, rng: np.random.Generator) -> Partners:
    """The links of each link's subject to the same object, and those with which it has terms of order.

    Args:
        ordered: the pairs that have more than a term of one visit.
    """
    first, kind, offsets = world.first, world.kind, np.zeros(len(world.kind) + 1, np.int64)
    for fills in range(2):
        found = np.empty((offsets[-1] if fills else 0, 3), np.int32)
        for subject in range(len(first) - 1):
            begin, end = first[subject], first[subject + 1]
            by_kind = begin + np.argsort(kind[begin:end], kind="mergesort")
            own = np.unique(kind[begin:end])
            ends = np.searchsorted(kind[by_kind], own, side="right")
            for place in range(len(own)):
                candidates = _candidates(world, ordered, own, place, ends)
                for at in range(ends[place - 1] if place else 0, ends[place]):
                    if fills:
                        _choose(candidates, by_kind, by_kind[at], found[offsets[by_kind[at]] :], rng)
                    else:
                        offsets[by_kind[at] + 1] = min(len(candidates) - 1, MOST_PARTNERS)
        if not fills:
            offsets = np.cumsum(offsets)
    return Partners(offsets, found)


@compiled
def _candidates(world: World, ordered: Pairs, own: Ints, place: int, ends: Ints) -> Ints:
    """The partners of a subject's links of one kind, itself among them: (C, 3), links as places in order of kinds.

    Args:
        own: (D,) the subject's kinds, and where the links of each end.
    """
    kinds, found = world.kinds, np.empty((ends[-1], 3), np.int64)
    starts, others, codes = ordered.offsets, ordered.other, ordered.code
    verb, object, term = kinds[own[place], VERB], kinds[own[place], OBJECT], kinds[own[place], TERM]
    count, number = 0, starts[term + 1] - starts[term] if term >= 0 else 0
    for other in range(len(own)):
        is_same = object == kinds[own[other], OBJECT]
        pair = find_pair(starts, others, term, kinds[own[other], TERM]) if number else NONE
        if not is_same and pair == NONE:
            continue
        for at in range(ends[other - 1] if other else 0, ends[other]):
            found[count, LINK] = at
            found[count, BETWEEN] = (verb * world.num_verbs + kinds[own[other], VERB]) * TIME_BINS if is_same else NONE
            found[count, CODE] = codes[pair] if pair >= 0 else NONE
            count += 1
    return found[:count]


@compiled
def _choose(candidates: Ints, by_kind: Ints, one: int, found: Ints, rng: np.random.Generator) -> None:
    """Write the partners of link `one` to `found`: all candidates but itself, or as many of them at random."""
    seen = 0
    for at in range(len(candidates)):
        link = by_kind[candidates[at, LINK]]
        if link == one:
            continue
        slot = seen if seen < MOST_PARTNERS else int(rng.random() * (seen + 1))
        seen += 1
        if slot < MOST_PARTNERS:
            found[slot, LINK] = link
            found[slot, BETWEEN], found[slot, CODE] = candidates[at, BETWEEN], candidates[at, CODE]


@compiled
def size_term(sizes: SizeClasses, row: int, number: int, visit: int) -> int:
    """Which flat parameter a visit's number of links has: of all of them (row 0), or of a verb."""
    at, classes = int(sizes.of[min(number, len(sizes.of) - 1)]), sizes.classes
    if row == 0:
        return sizes.base + classes * int(sizes.group[visit]) + at
    return sizes.base + classes * sizes.groups + (row - 1) * (classes + 1) + at + 1
