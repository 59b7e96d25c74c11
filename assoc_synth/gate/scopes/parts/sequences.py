"""What follows what: units of rows, such as visits or the times inside them, and the pairs of units in a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.distinct import positions


@dataclass(frozen=True, eq=False)
class Units:
    """Rows that happen together, in the order of their subject.

    Attributes:
        of_row: the unit of each row, −1 for none, (rows,).
        subject: whose each unit is, (units,).
        before, after: units of which the second comes next, (steps,) each.
        opens, closes: which units begin and which end something: (units,).
    """

    of_row: Ints
    subject: Ints
    before: Ints
    after: Ints
    opens: Bools
    closes: Bools

    @classmethod
    def visits(cls, rows: Rows) -> Units:
        """Visits, each followed by the next one of its subject at a later time."""
        visits = rows.visits
        after = visits.following
        none = np.zeros(len(visits), bool)
        return cls(visits.of_row, visits.subject, after - 1, after, none, none)

    @classmethod
    def moments(cls, rows: Rows) -> Units:
        """What a visit has at one time, each followed by the next time of the visit. Undated rows are in none.

        The order in which a file has rows of one time plays no part.
        """
        visits = rows.visits
        placed = np.flatnonzero((visits.of_row >= 0) & rows.dated)
        found = np.full(len(rows), -1, np.int64)
        if rows.time is None or not len(placed):
            none = np.zeros(0, np.int64)
            return cls(found, none, none, none, none.astype(bool), none.astype(bool))
        order = placed[np.lexsort((rows.time[placed], visits.of_row[placed]))]
        visit, time = visits.of_row[order], rows.time[order]
        begins = np.append(True, (np.diff(visit) != 0) | (np.diff(time) != 0))
        found[order] = np.cumsum(begins) - 1
        visit = visit[begins]
        same = np.diff(visit) == 0
        after = np.flatnonzero(same) + 1
        # A visit at one time has neither a first nor a last thing.
        many = np.append(same, False) | np.append(False, same)
        opens, closes = np.append(True, ~same) & many, np.append(~same, True) & many
        return cls(found, visits.subject[visit], after - 1, after, opens, closes)

    def events(self, code: Ints, known: Ints) -> sp.csr_matrix:
        """What each unit holds, each unit weighing 1: (units, known codes, and all others last).

        Args:
            code: of each row. known: sorted codes.
        """
        inside = np.flatnonzero(self.of_row >= 0)
        at = positions(code[inside], known)
        column = np.where(at < 0, len(known), at)
        shape = (len(self.subject), len(known) + 1)
        counts = sp.csr_matrix((np.ones(len(inside)), (self.of_row[inside], column)), shape=shape)
        counts.sum_duplicates()
        total = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1.0)
        counts.data /= np.repeat(total, np.diff(counts.indptr))
        return counts
