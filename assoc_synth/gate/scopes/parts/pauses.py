"""How much time lies between rows and between visits, how long visits last, and when a subject's last visit is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.gate.scopes.parts.bins import BinnedPart, ClassBins, VerbGroups
from assoc_synth.gate.scopes.parts.part import Compared, Counted, lacking
from assoc_synth.link_graph.rows import UNDATED, Rows
from assoc_synth.transactions.arrays import Floats, Ints

MAX_BINS = 8
BETWEEN, LASTING, SPAN, INSIDE = range(4)
"""Classes of pauses: from visit to visit, from a visit's first row to its last, from a subject's first visit to its
last, and from there on those inside visits, by the verb of the later row.
"""


@dataclass(frozen=True, eq=False)
class Pauses(BinnedPart):
    """Times in quantile bins of the training subjects; 0 is a bin of its own.

    Attributes:
        of_verb, count_groups: see `VerbGroups`.
        edges, first: bins of each class of pauses, in nanoseconds.
    """

    def __post_init__(self) -> None:
        self._check(INSIDE + self.count_groups)

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups) -> Pauses | None:
        """Bins of the training subjects' pauses."""
        classes = INSIDE + verbs.count
        plain = cls(verbs.of_verb, verbs.count, np.zeros(0), np.zeros(classes + 1, np.int64))
        subject, code, pause = plain._pauses(training)
        if not len(code):
            return None
        # Half a nanosecond: two rows at one time are in the first bin, all others are not.
        bins = ClassBins.of(
            np.where(pause > 0, pause, np.nan), code, classes, MAX_BINS, between=(0.5,), subject=subject
        )
        return cls(verbs.of_verb, verbs.count, bins.edges, bins.first)

    @property
    def compared(self) -> tuple[Compared, ...]:
        group = self.group
        return (
            Compared("visit_pauses", np.flatnonzero((group == BETWEEN) | (group == SPAN))),
            Compared("durations", np.flatnonzero(group == LASTING)),
            Compared("pauses", np.flatnonzero(group >= INSIDE)),
        )

    def count(self, rows: Rows) -> Counted:
        if rows.time is None or rows.visit_kind is None:
            raise lacking("visits at times")
        subject, code, pause = self._pauses(rows)
        return Counted(subject, self._bins.bins(pause, code))

    def _pauses(self, rows: Rows) -> tuple[Ints, Ints, Floats]:
        """Subject, class and nanoseconds of every pause."""
        assert rows.time is not None
        visits = rows.visits
        dated = np.flatnonzero(visits.start != UNDATED)
        starts, owner = visits.start[dated], visits.subject[dated]
        next_one = np.flatnonzero(np.diff(owner) == 0) + 1
        found = [(owner[next_one], np.full(len(next_one), BETWEEN), starts[next_one] - starts[next_one - 1])]
        _, begins, visited = np.unique(owner, return_index=True, return_counts=True)
        begins, ends = begins[visited > 1], (begins + visited - 1)[visited > 1]
        found.append((owner[begins], np.full(len(begins), SPAN), starts[ends] - starts[begins]))
        if rows.visit_kind != "timestamp":
            placed = np.flatnonzero((visits.of_row >= 0) & rows.dated)
            # Of rows at one time the verbs' codes decide which is the later one, not the order of the file.
            order = placed[np.lexsort((rows.verb[placed], rows.time[placed], visits.of_row[placed]))]
            visit, time = visits.of_row[order], rows.time[order]
            later = np.flatnonzero(np.diff(visit) == 0) + 1
            own = INSIDE + self.of_verb[rows.verb[order[later]]]
            found.append((rows.subject[order[later]], own, time[later] - time[later - 1]))
            _, begins, size = np.unique(visit, return_index=True, return_counts=True)
            begins, ends = begins[size > 1], (begins + size - 1)[size > 1]
            found.append((rows.subject[order[begins]], np.full(len(begins), LASTING), time[ends] - time[begins]))
        subject, code, pause = (np.concatenate(part) for part in zip(*found, strict=True))
        return subject, code, pause.astype(np.float64)
