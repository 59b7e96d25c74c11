"""Rules of visits of all objects: "whatever is paid, only with its own addition to the cart", for each object.

Each object's own links are too few to tell, all together are not. What is found of two verbs is a rule of every object
that has a link of the first one, rare ones too, in the form of `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, WITH
from assoc_synth.transactions.arrays import Floats, Ints

LEAST_SUBJECTS = 10
"""Subjects that have y, or of "never" both, at least."""
MOST_VERBS, MOST_OBJECTS = 30, 5_000
"""The most frequent verbs, and objects of y, that are looked at."""


def rules_of_objects(assignment: Assignment, shape: tuple[int, int], least: float) -> Ints:
    """The rules that the links of two verbs to one object keep: (R, 3) kind of rule, token y, token x.

    Args:
        assignment: true, of all training subjects; shape: how many verbs and objects there are.
        least: subjects, at least, that would break a rule if their links were dealt at random.
    """
    verbs, objects = shape
    often = np.argsort(-np.bincount(assignment.verb, minlength=verbs), kind="stable")[:MOST_VERBS]
    together = met_by_chance(assignment)
    held = {verb: _Held.of(assignment, verb, objects, together) for verb in np.sort(often).tolist()}
    found = [np.zeros((0, 3), np.int64)]
    for y, of_y in held.items():
        of = np.bincount(of_y.own % objects, minlength=objects)
        chosen = np.sort(np.argsort(-of, kind="stable")[:MOST_OBJECTS])
        chosen = chosen[of[chosen] > 0]
        for x, of_x in held.items():
            if y != x and len(chosen):
                for kind in _kept(of_y, of_x, least, is_first=y < x):
                    tokens = y * objects + chosen, x * objects + chosen
                    found.append(np.stack([np.full(len(chosen), kind), *tokens], axis=1))
    return np.concatenate(found)


@dataclass(frozen=True, eq=False)
class _Held:
    """The links of a verb, by subject and object, and by visit and object.

    Attributes:
        own: (C,) subject and object as one number, ascending.
        links, first: (C,) how many there are, and the first place in time, −1 where one is undated.
        objects: how many there are.
        visits: visit and object as one number, ascending.
        together: (S,) see `met_by_chance`.
    """

    own: Ints
    links: Ints
    first: Ints
    objects: int
    visits: Ints
    together: Floats

    @classmethod
    def of(cls, assignment: Assignment, verb: int, objects: int, together: Floats) -> _Held:
        at = np.flatnonzero(assignment.verb == verb)
        subject, object, visit = (getattr(assignment, name)[at] for name in ("subject", "object", "visit"))
        own, place, links = np.unique(subject * objects + object, return_inverse=True, return_counts=True)
        first = np.full(len(own), np.iinfo(np.int64).max)
        np.minimum.at(first, place, assignment.rank[visit])
        return cls(own, links, first, objects, np.unique(visit * objects + object), together)


def met_by_chance(assignment: Assignment) -> Floats:
    """The chance that two links of a subject that are dealt at random are in one visit: (S,)."""
    size = np.bincount(assignment.visit, minlength=len(assignment.rank)).astype(np.float64)
    owner = np.zeros(len(size), np.int64)
    owner[assignment.visit] = assignment.subject
    links, pairs = (np.bincount(owner, weight) for weight in (size, size * (size - 1.0)))
    together: Floats = pairs / np.maximum(links * (links - 1.0), 1.0)
    return together


def _kept(y: _Held, x: _Held, least: float, *, is_first: bool) -> list[int]:
    """Which kinds of rules hold of all objects; of "never", which is the same both ways, once."""
    at = np.searchsorted(x.own, y.own).clip(max=max(len(x.own) - 1, 0))
    both = x.own[at] == y.own if len(x.own) else np.zeros(len(y.own), bool)
    subject = y.own // y.objects
    apart = 1.0 - y.together[subject]
    links = np.where(both, x.links[at] if len(x.own) else 0, 0)

    def expected(chance: Floats, use: np.ndarray) -> float:
        """Subjects of whom one of the objects breaks a rule by chance; 0 where too few have any."""
        whose, place = np.unique(subject[use], return_inverse=True)
        kept = np.bincount(place, np.log1p(-np.minimum(chance[use], 1 - 1e-9)))
        return float(-np.expm1(kept).sum()) if len(whose) >= LEAST_SUBJECTS else 0.0

    found, everyone = [], np.ones(len(both), bool)
    meet = np.isin(y.visits, x.visits, assume_unique=True)
    if both.all():
        lacking = 1.0 - (1.0 - apart**links) ** y.links
        is_after = bool((np.minimum(y.first, x.first[at]) >= 0).all() and (y.first >= x.first[at]).all())
        if meet.all() and expected(lacking, everyone) >= least:
            found.append(WITH)
        elif is_after and expected(y.links / (y.links + links) * apart, everyone) >= least:
            found.append(AFTER)
    if is_first and not meet.any() and expected(1.0 - apart ** (links * y.links), both) >= least:
        found.append(NEVER)
    return found
