"""How often links have to occur, and how many visits there have to be, so that rules of visits can be kept at all.

Who subscribes and cancels opens the account in either visit, so at least twice: where it were drawn once, no assignment
would keep both rules. And where every visit has a diagnosis, who is tested in four visits has four diagnoses.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.rule_kernel import NEVER, WITH
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.distinct import positions

ROUNDS = 4
"""How far what is needed is followed: y needs x, which needs another one."""
NONE = -1


def enough_copies(rules: Ints, edges: Edges, counts: Ints, *, alone: bool) -> tuple[Ints, Ints]:
    """Counts that are at least what the rules need, and the least number of visits of each subject.

    Of links that are only with x in a visit, and that no visit has two of, each needs an x of its own.

    Args:
        rules: (R, 3) kind of rule, end y, end x, see `find_rules`: tokens, or verbs, which any link of theirs is of.
        edges: of S subjects, without attributes; counts: (E,) how often they occur.
        alone: whether no visit may hold a link twice.

    Returns:
        (E,) and (S,).

    Example: 0 and 1 are only with 2, and never with each other.
        >>> rules = np.array([[WITH, 0, 2], [WITH, 1, 2], [NEVER, 0, 1]])
        >>> subject, object = [0, 0, 0, 1, 1], [0, 1, 2, 1, 2]
        >>> edges = Edges.from_links(subject, [0] * 5, object, num_subjects=2, num_verbs=1, num_objects=3)
        >>> [found.tolist() for found in enough_copies(rules, edges, np.ones(5, int), alone=False)]
        [[1, 1, 2, 1, 1], [2, 1]]
    """
    counts, visits = counts.astype(np.int64), np.ones(edges.num_subjects, np.int64)
    rules = rules[np.isin(rules[:, 0], [WITH, NEVER])]
    if not len(rules) or not len(edges):
        return counts, visits
    known, ends = np.unique(rules[:, 1:], return_inverse=True)
    ends = ends.reshape(-1, 2)
    apart, is_with = np.zeros((2, len(known), len(known)), bool)
    for relation, kind in ((apart, NEVER), (is_with, WITH)):
        y, x = ends[rules[:, 0] == kind].T
        relation[x, y] = True
    of_verb = edges.num_verbs * edges.num_objects + edges.verb.astype(np.int64)
    place = np.stack([positions(edges.token, known), positions(of_verb, known)], axis=1)
    _raise(edges.offsets.astype(np.int64), place, counts, visits, is_with, apart | apart.T, alone)
    return counts, visits


def without_room(edges: Edges, counts: Ints, visits: Ints, needed: Ints, *, alone: bool) -> Ints:
    """The subjects that need more visits than they have links of a verb of which every visit has one.

    Args:
        counts, visits: (E,) and (S,) at least, as `enough_copies` gives them.
        needed: such verbs; alone: whether no visit may hold a link twice.

    Example: three visits for tests, and two diagnoses.
        >>> edges = Edges.from_links([0, 0], [0, 1], [0, 1], num_subjects=1, num_verbs=2, num_objects=2)
        >>> without_room(edges, np.array([2, 3]), np.array([1]), np.array([0]), alone=True).tolist()
        [0]
    """
    if not len(needed):
        return np.zeros(0, np.int64)
    least = visits.copy()
    if alone:
        np.maximum.at(least, edges.subject, counts)
    return np.flatnonzero(least > _most_visits(edges, counts, needed))


def with_room(edges: Edges, counts: Ints, needed: Ints) -> Ints:
    """(E,) counts, of links of other verbs no more than there can be visits.

    Example:
        >>> edges = Edges.from_links([0, 0], [0, 1], [0, 1], num_subjects=1, num_verbs=2, num_objects=2)
        >>> with_room(edges, np.array([2, 3]), np.array([0])).tolist()
        [2, 2]
    """
    most = np.maximum(_most_visits(edges, counts, needed), 1)[edges.subject]
    return np.where(np.isin(edges.verb, needed), counts, np.minimum(counts, most))


def _most_visits(edges: Edges, counts: Ints, needed: Ints) -> Ints:
    """(S,) visits that have a link of each of the verbs, at most."""
    by_verb = np.zeros((edges.num_subjects, edges.num_verbs), np.int64)
    np.add.at(by_verb, (edges.subject, edges.verb), counts)
    most: Ints = by_verb[:, needed].min(1)
    return most


@compiled
def _raise(offsets: Ints, place: Ints, counts: Ints, visits: Ints, is_with: Bools, apart: Bools, alone: bool) -> None:
    """Raise the counts, (E,), and the subjects' visits, (S,).

    Args:
        place: (E, 2) of the edges' tokens and of their verbs among the ends of rules; is_with, apart: (K, K), [x, y].
    """
    leads = np.array([is_with[x].any() for x in range(len(is_with))])
    for subject in range(len(offsets) - 1):
        begin, end = offsets[subject], offsets[subject + 1]
        own = np.array([edge for edge in range(begin, end) if place[edge].max() != NONE])
        if len(own) < 2:
            continue
        ends = np.unique(place[own])
        for _ in range(ROUNDS):
            raised = False
            for x in ends[ends != NONE]:
                if leads[x]:
                    raised |= _raise_end(own, place, counts, x, is_with[x], apart, alone)
            if not raised:
                break
        visits[subject] = max(1, _apart(own, place, counts, np.ones(len(leads), np.bool_), apart, alone))


@compiled
def _raise_end(own: Ints, place: Ints, counts: Ints, x: int, needing: Bools, apart: Bools, alone: bool) -> bool:
    """Raise the most frequent edge of an end, until all of its edges are as many as need one; whether it was."""
    links, most = 0, NONE
    for edge in own:
        if place[edge, 0] == x or place[edge, 1] == x:
            links += counts[edge]
            if most == NONE or counts[edge] > counts[most]:
                most = edge
    missing = _apart(own, place, counts, needing, apart, alone) - links
    if missing > 0:
        counts[most] += missing
    return missing > 0


@compiled
def _apart(own: Ints, place: Ints, counts: Ints, chosen: Bools, apart: Bools, alone: bool) -> int:
    """How many visits some of a subject's links need, at least: those that no visit has two of, frequent ones first.

    The most that are found from any one of them on; a largest set would take too long to find.

    Args:
        own: the subject's edges with rules; chosen: (K,) which ends are looked at.
    """
    fitting = np.array([edge for edge in own if _is_of(place[edge], chosen)], np.int64)
    order = fitting[np.argsort(-counts[fitting])] if alone else fitting
    taken, most = np.empty(len(order), np.int64), 0
    for first in range(len(order)):
        taken[0], size = order[first], 1
        total = counts[order[first]] if alone else 1
        for edge in order:
            fits = edge != order[first]
            for at in range(size):
                fits = fits and _are_apart(place[edge], place[taken[at]], apart)
            if fits:
                taken[size] = edge
                size += 1
                total += counts[edge] if alone else 1
        most = max(most, total)
    return most


@compiled
def _is_of(place: Ints, ends: Bools) -> bool:
    """Whether one of an edge's places, (2,), is among some ends, (K,)."""
    return bool((place[0] != NONE and ends[place[0]]) or (place[1] != NONE and ends[place[1]]))


@compiled
def _are_apart(one: Ints, other: Ints, apart: Bools) -> bool:
    """Whether no visit has two edges, by their places, (2,) each."""
    first = one[0] != NONE and _is_of(other, apart[one[0]])
    return bool(first or (one[1] != NONE and _is_of(other, apart[one[1]])))
