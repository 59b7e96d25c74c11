"""Links that meet in a visit, among the subjects that have both: more often than dealt anew, or less often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from assoc_synth.gate.scopes.parts.bins import frequent, least_z
from assoc_synth.gate.scopes.parts.part import Compared, Counted, check_positions, lacking
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.distinct import positions

MAX_TOKENS = 300
MAX_PAIRS = 600
MIN_OF_VERB = 5
"""Pairs within one verb that make a block of their own."""
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Together:
    """Pairs of links, or of verbs, in one visit.

    A subject that has both counts one: the share of its visits with the rarer one of the two that have the other one
    too, and the share that has not.

    Attributes:
        of: what is paired, "token" or "verb".
        codes: tokens or verbs, sorted, (codes,).
        pairs: positions in `codes`, (pairs, 2).
        meets: whether training subjects have a pair in one visit more often than dealt anew, else less often.
        verb: of pairs that meet, the verb of both if it has a block of its own, else −1, (pairs,).
    """

    of: Literal["token", "verb"]
    codes: Ints
    pairs: Ints
    meets: Bools
    verb: Ints

    def __post_init__(self) -> None:
        if self.of not in ("token", "verb"):
            raise ValueError(f"nothing in a visit is called {self.of!r}")
        if self.pairs.shape != (len(self.meets), 2) or len(self.verb) != len(self.meets):
            raise ValueError("the pairs in a visit do not fit together")
        check_positions(self.pairs, len(self.codes), "codes of pairs in a visit")

    @classmethod
    def choose(
        cls,
        of: Literal["token", "verb"],
        training: Rows,
        copies: Sequence[Rows],
        least: int,
    ) -> Together | None:
        """The pairs whose visits differ most from those of links dealt anew.

        Args:
            training: some training subjects.
            copies: the same ones with their links dealt anew among their visits.
            least: training subjects that a code needs.
        """
        code, size = _coded(training, of)
        codes = frequent(training.subject, code, size, MAX_TOKENS, least)
        if len(codes) < 2:
            return None
        found, other = _meeting(training, of, codes), np.zeros((len(codes), len(codes)))
        for copy in copies:
            other += _meeting(copy, of, codes) / len(copies)
        z = (found - other) / np.sqrt(np.maximum(other, 1.0) * (1 + 1 / len(copies)))
        left, right = np.triu_indices(len(codes), 1)
        z = z[left, right]
        enough = np.maximum(found, other)[left, right] >= least
        order = np.argsort(-np.abs(np.where(enough, z, 0.0)), kind="stable")[:MAX_PAIRS]
        order = np.sort(order[enough[order] & (np.abs(z[order]) >= least_z(int(enough.sum())))])
        if not len(order):
            return None
        pairs, meets = np.stack([left[order], right[order]], axis=1).astype(np.int64), z[order] > 0
        of_token = codes[pairs] // max(training.num_objects, 1) if of == "token" else np.full(pairs.shape, -1)
        verb = np.where(meets & (of_token[:, 0] == of_token[:, 1]), of_token[:, 0], -1).astype(np.int64)
        verb[np.bincount(verb + 1)[verb + 1] < MIN_OF_VERB] = -1
        return cls(of, codes, pairs, meets, verb)

    @property
    def group(self) -> Ints:
        return np.repeat(np.arange(len(self.pairs)), 2).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        columns = np.arange(2 * len(self.pairs)).reshape(-1, 2)
        if self.of == "verb":
            return (Compared("verbs", columns.ravel()),)
        own = [
            Compared(f"pairs[{verb}]", columns[self.verb == verb].ravel(), (verb,))
            for verb in np.unique(self.verb[self.verb >= 0]).tolist()
        ]
        pooled = Compared("pairs", columns[self.meets & (self.verb < 0)].ravel())
        return (*own, pooled, Compared("avoided", columns[~self.meets].ravel()))

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        if self.of == "verb":
            return (("pairs of verbs in a visit", len(self.pairs)),)
        return ("pairs in a visit", int(self.meets.sum())), ("pairs kept apart in visits", int((~self.meets).sum()))

    def count(self, rows: Rows) -> Counted:
        if rows.visit_kind is None:
            raise lacking("visits")
        visits = rows.visits
        holds = _holds(rows, self.of, self.codes)
        of_subject = sp.csr_matrix(
            (np.ones(len(visits)), (visits.subject, np.arange(len(visits)))), shape=(rows.num_subjects, len(visits))
        )
        have, holds = (of_subject @ holds).tocsc(), holds.tocsc()
        parts = []
        for first in range(0, len(self.pairs), _CHUNK):
            left, right = self.pairs[first : first + _CHUNK].T
            rarer = have[:, left].minimum(have[:, right]).tocoo()
            if not rarer.nnz:  # nobody has both, as in rows of some verbs
                continue
            met = (of_subject @ holds[:, left].multiply(holds[:, right])).tocsr()
            both = np.asarray(met[rarer.row, rarer.col], np.float64).ravel() / rarer.data
            column = 2 * (rarer.col.astype(np.int64) + first)
            for own, share in ((column, both), (column + 1, 1 - both)):
                parts.append(Counted(rarer.row.astype(np.int64), own, share))
        return Counted.joined(parts)


def _coded(rows: Rows, of: str) -> tuple[Ints, int]:
    if of == "verb":
        return rows.verb, rows.num_verbs
    return rows.token, rows.num_verbs * rows.num_objects


def _holds(rows: Rows, of: str, codes: Ints) -> sp.csr_matrix:
    """0/1, (visits, codes)."""
    at = positions(_coded(rows, of)[0], codes)
    inside = (rows.visits.of_row >= 0) & (at >= 0)
    shape = (len(rows.visits), len(codes))
    found = sp.csr_matrix((np.ones(int(inside.sum())), (rows.visits.of_row[inside], at[inside])), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1.0
    return found


def _meeting(rows: Rows, of: str, codes: Ints) -> Floats:
    """Visits with both: (codes, codes)."""
    holds = _holds(rows, of, codes)
    met: Floats = np.asarray((holds.T @ holds).toarray(), np.float64)
    return met
