"""Very long subjects in parts: what the chain holds of a subject grows with the square of its links.

A subject of 20,000 different links has 400 million pairs that may meet in a visit. Its visits are taken in the order of
their numbers, some after the other, as if each such part was a subject: links move from visit to visit within a part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.transactions.arrays import Ints

MOST_LINKS = 4_096
"""Links of a subject that is one part; parts have about as many, unless a visit alone has more."""


def in_parts(assignment: Assignment, most: int | None = None) -> tuple[Assignment, Ints]:
    """The assignment whose long subjects are several, and where each of its links was, (L,).

    The assignment itself where no subject has more than `most` links, `MOST_LINKS` by default.
    """
    most, links = MOST_LINKS if most is None else most, np.bincount(assignment.subject)
    where = np.arange(len(assignment.subject))
    long = links > most
    if not long.any():
        return assignment, where
    of_visit = np.where(long[assignment.subject], assignment.visit, 0)
    order: Ints = np.lexsort((where, of_visit, assignment.subject))
    subject, visit = assignment.subject[order], of_visit[order]
    is_last = np.append((np.diff(visit) != 0) | (np.diff(subject) != 0), True)
    # A visit is in the part in which its last link is.
    last = np.flatnonzero(is_last)[np.cumsum(is_last) - is_last]
    part = np.where(long[subject], (last - (np.cumsum(links) - links)[subject]) // most, 0)
    number = np.cumsum(np.append(0, (np.diff(subject) != 0) | (np.diff(part) != 0)))
    names = ("verb", "object", "kind", "visit")
    return replace(assignment, subject=number, **{name: getattr(assignment, name)[order] for name in names}), order
