"""How many visits, how large, and what comes again: the classes of subjects by the shape of their visits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.gate.scopes.parts.bins import BinnedPart, ClassBins, VerbGroups
from assoc_synth.gate.scopes.parts.part import Compared, Counted, lacking
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.distinct import distinct

MAX_BINS = 8
_REPEATS = 3
"""Visits with one link that are told apart: one, two, three or more."""


@dataclass(frozen=True, eq=False)
class VisitCounts(BinnedPart):
    """Links in a visit, and visits of a subject: in bins, over all verbs and over each verb's visits.

    Attributes:
        of_verb, count_groups: see `VerbGroups`; all verbs together are one more group, the first.
        edges, first: bins of the links in a visit, then of the visits of a subject, each of all verbs and of each.
    """

    def __post_init__(self) -> None:
        self._check(2 * (self.count_groups + 1))

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups) -> VisitCounts:
        """Quantile bins of the training subjects."""
        plain = cls(verbs.of_verb, verbs.count, np.zeros(0), np.zeros(2 * (verbs.count + 1) + 1, np.int64))
        subject, code, number = plain._numbers(training)
        bins = ClassBins.of(number, code, 2 * (verbs.count + 1), MAX_BINS, subject=subject)
        return cls(verbs.of_verb, verbs.count, bins.edges, bins.first)

    @property
    def compared(self) -> tuple[Compared, ...]:
        per_visit = np.flatnonzero(self.group <= self.count_groups)
        return Compared("sizes", per_visit), Compared("numbers", np.arange(len(per_visit), len(self.group)))

    def count(self, rows: Rows) -> Counted:
        if rows.visit_kind is None:
            raise lacking("visits")
        subject, code, number = self._numbers(rows)
        return Counted(subject, self._bins.bins(number, code))

    def _numbers(self, rows: Rows) -> tuple[Ints, Ints, Floats]:
        """Subject, class and number: of each visit its links, then of each subject its visits."""
        visits, size = rows.visits, self.count_groups + 1
        inside = np.flatnonzero(rows.visits.of_row >= 0)
        tokens = rows.num_verbs * rows.num_objects
        links = distinct(visits.of_row[inside] * np.int64(max(tokens, 1)) + rows.token[inside])
        visit, token = np.divmod(links, max(tokens, 1))
        own = self.of_verb[token // max(rows.num_objects, 1)] + 1
        key = np.concatenate([visit * size, visit * size + own])
        held, in_visit = np.unique(key, return_counts=True)
        visit, code = np.divmod(held, size)
        subject = visits.subject[visit]
        of_subject, visited = np.unique(subject * size + code, return_counts=True)
        return (
            np.concatenate([subject, of_subject // size]),
            np.concatenate([code, of_subject % size + size]),
            np.concatenate([in_visit, visited]).astype(np.float64),
        )


@dataclass(frozen=True, eq=False)
class Repeats:
    """What comes again: a link in one visit, a link in another visit, by verb; and rows outside of all visits.

    Attributes:
        of_verb, count_groups: see `VerbGroups`.
    """

    of_verb: Ints
    count_groups: int

    @property
    def group(self) -> Ints:
        sizes = [2] * self.count_groups + [_REPEATS] * self.count_groups + [2]
        return np.repeat(np.arange(len(sizes)), sizes).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        outside = self.group == 2 * self.count_groups
        return Compared("repeats", np.flatnonzero(~outside)), Compared("numbers", np.flatnonzero(outside))

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ()

    def count(self, rows: Rows) -> Counted:
        if rows.visit_kind is None:
            raise lacking("visits")
        visits = rows.visits
        inside: Bools = visits.of_row >= 0
        at = np.flatnonzero(inside)
        tokens = np.int64(max(rows.num_verbs * rows.num_objects, 1))
        links, times = np.unique(visits.of_row[at] * tokens + rows.token[at], return_counts=True)
        visit, token = np.divmod(links, tokens)
        again = _any_of(visit, self._of(rows, token), times > 1, self.count_groups)
        edges, visited = np.unique(visits.subject[visit] * tokens + token, return_counts=True)
        subject, own = edges // tokens, self._of(rows, edges % tokens)
        repeated = 2 * self.count_groups + _REPEATS * own + np.minimum(visited, _REPEATS) - 1
        last = 2 * self.count_groups + _REPEATS * self.count_groups
        return Counted.joined(
            [
                Counted(visits.subject[again[0]], 2 * again[1] + again[2]),
                Counted(subject, repeated),
                Counted(rows.subject, last + inside.astype(np.int64)),
            ]
        )

    def _of(self, rows: Rows, token: Ints) -> Ints:
        found: Ints = self.of_verb[token // max(rows.num_objects, 1)]
        return found


def _any_of(visit: Ints, own: Ints, found: Bools, groups: int) -> tuple[Ints, Ints, Ints]:
    """Visit, verb group, and whether any link of it was found: one entry for each visit and group that it holds."""
    key, at = np.unique(visit * groups + own, return_inverse=True)
    any_found = np.zeros(len(key), np.int64)
    np.maximum.at(any_found, at, found.astype(np.int64))
    return key // groups, key % groups, any_found
