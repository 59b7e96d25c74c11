"""The link graph without names: one entry per distinct (subject, verb, object), and the calls that count them.

A real table, a candidate of the generator and an independent draw are all `Edges`: the same calls count each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from assoc_synth.transactions.arrays import Codes, Ints, Values

Incidence: TypeAlias = sp.csr_matrix
"""A 0/1 matrix with a row per subject, float32."""
PAIRS_AT_ONCE = 5_000_000
"""Pairs of subjects' links that are counted at once."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Distinct links by code, sorted by subject, then verb, then object.

    Attributes:
        subject, verb, object: int32 codes, shape (edges,).
        count: how often each edge occurs, int64, shape (edges,), at least 1.
        num_subjects, num_verbs, num_objects: sizes of the three vocabularies; a subject without a link is allowed.
    """

    subject: Codes
    verb: Codes
    object: Codes
    count: Ints
    num_subjects: int
    num_verbs: int
    num_objects: int

    @classmethod
    def from_links(
        cls,
        subject: npt.ArrayLike,
        verb: npt.ArrayLike,
        object: npt.ArrayLike,
        *,
        num_subjects: int,
        num_verbs: int,
        num_objects: int,
    ) -> Edges:
        """Collapse links (one entry per occurrence, any order) into distinct edges with counts.

        Example:
            >>> edges = Edges.from_links([1, 0, 1], [0, 0, 0], [2, 1, 2], num_subjects=2, num_verbs=1, num_objects=3)
            >>> edges.subject.tolist(), edges.object.tolist(), edges.count.tolist()
            ([0, 1], [1, 2], [1, 2])
        """
        key = np.asarray(subject, np.int64) * num_verbs + np.asarray(verb, np.int64)
        key = key * num_objects + np.asarray(object, np.int64)
        distinct, count = np.unique(key, return_counts=True)
        rest, object_code = np.divmod(distinct, max(num_objects, 1))
        subject_code, verb_code = np.divmod(rest, max(num_verbs, 1))
        return cls(
            subject_code.astype(np.int32),
            verb_code.astype(np.int32),
            object_code.astype(np.int32),
            count.astype(np.int64),
            num_subjects,
            num_verbs,
            num_objects,
        )

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def num_links(self) -> int:
        """Occurrences: the number of rows of the table behind the graph."""
        return int(self.count.sum())

    @cached_property
    def offsets(self) -> Ints:
        """Where each subject's edges begin: shape (num_subjects + 1,)."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.subject, minlength=self.num_subjects))]).astype(np.int64)

    @cached_property
    def token(self) -> Ints:
        """(verb, object) as one number, verb · num_objects + object: shape (edges,)."""
        token: Ints = self.verb.astype(np.int64) * self.num_objects + self.object
        return token

    def incidence(self, verb: int | None = None) -> Incidence:
        """Who is linked to what: 0/1, shape (num_subjects, num_objects), over one verb or over all verbs together."""
        keep = slice(None) if verb is None else self.verb == verb
        return _indicator(self.subject[keep], self.object[keep], (self.num_subjects, self.num_objects))

    def tokens(self) -> Incidence:
        """Who is linked to what and how: 0/1, shape (num_subjects, num_verbs · num_objects), column = `token`."""
        return _indicator(self.subject, self.token, (self.num_subjects, self.num_verbs * self.num_objects))

    def degrees(self, verb: int | None = None) -> Ints:
        """Distinct objects per subject, over one verb or over all: shape (num_subjects,)."""
        sizes: Ints = np.diff(self.incidence(verb).indptr).astype(np.int64)
        return sizes

    def degrees_by_verb(self) -> Ints:
        """Distinct objects per subject under each verb: shape (num_subjects, num_verbs)."""
        return np.stack([self.degrees(verb) for verb in range(self.num_verbs)], axis=1)

    def projection(self, verb: int | None = None, other: int | None = None) -> sp.csr_matrix:
        """Subjects shared by each two objects, exact: shape (num_objects, num_objects).

        Entry (i, j) counts the subjects with a `verb` link to i and an `other` link to j; the diagonal of the symmetric
        case is the objects' support. `other=None` means the same verb; `verb=None` any verb.
        """
        left = self.incidence(verb)
        right = left if other is None or other == verb else self.incidence(other)
        return (left.T @ right).tocsr()

    def projection_in_parts(self, pairs: int = PAIRS_AT_ONCE) -> Iterator[tuple[int, sp.coo_matrix]]:
        """`projection` over all verbs in blocks of rows, so that memory stays that of one block: (first row, counts).

        Args:
            pairs: of subjects' links that a block counts, at most, where a single object has fewer.

        Example:
            >>> edges = Edges.from_links([0, 0, 1], [0, 0, 0], [0, 2, 2], num_subjects=2, num_verbs=1, num_objects=3)
            >>> [(begin, counts.toarray().tolist()) for begin, counts in edges.projection_in_parts(pairs=4)]
            [(0, [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), (2, [[1.0, 0.0, 2.0]])]
        """
        incidence = self.incidence()
        of_object = incidence.T.tocsr()
        # A row counts the links of all its object's subjects.
        counted = np.cumsum(of_object @ np.diff(incidence.indptr).astype(np.float64))
        begin = 0
        while begin < self.num_objects:
            before = counted[begin - 1] if begin else 0.0
            end = max(int(np.searchsorted(counted, before + pairs, side="right")), begin + 1)
            yield begin, (of_object[begin:end] @ incidence).tocoo()
            begin = end

    def of_verbs(self, verbs: Sequence[int]) -> Edges:
        """The edges of these verbs and the subjects that have one, renumbered from 0; the vocabularies stay whole."""
        kept = np.flatnonzero(np.isin(self.verb, verbs))
        subjects, own = np.unique(self.subject[kept], return_inverse=True)
        return Edges(
            own.astype(np.int32),
            self.verb[kept],
            self.object[kept],
            self.count[kept],
            len(subjects),
            self.num_verbs,
            self.num_objects,
        )

    def within(self, num_verbs: int, num_objects: int) -> Edges:
        """The edges of the first verbs and objects alone, of all subjects."""
        kept = (self.verb < num_verbs) & (self.object < num_objects)
        codes = self.subject[kept], self.verb[kept], self.object[kept]
        return Edges(*codes, self.count[kept], self.num_subjects, num_verbs, num_objects)

    @classmethod
    def joined(cls, parts: Sequence[Edges]) -> Edges:
        """The subjects of several graphs over one vocabulary, one after the other."""
        starts = np.cumsum([0, *(part.num_subjects for part in parts)])
        subject = [part.subject + np.int32(start) for part, start in zip(parts, starts, strict=False)]
        return cls(
            np.concatenate(subject),
            np.concatenate([part.verb for part in parts]),
            np.concatenate([part.object for part in parts]),
            np.concatenate([part.count for part in parts]),
            int(starts[-1]),
            parts[0].num_verbs,
            parts[0].num_objects,
        )

    def take(self, subjects: npt.ArrayLike) -> Edges:
        """The graph of the given subjects in their order, renumbered from 0; a code may come more than once."""
        chosen = np.asarray(subjects, np.int64)
        sizes = np.diff(self.offsets)[chosen]
        at = ragged(self.offsets, chosen)
        return Edges(
            np.repeat(np.arange(len(chosen), dtype=np.int32), sizes),
            self.verb[at],
            self.object[at],
            self.count[at],
            len(chosen),
            self.num_verbs,
            self.num_objects,
        )


def ragged(offsets: Ints, groups: Ints) -> Ints:
    """Indices of all members of the given groups, in the groups' order: shape (members,).

    Args:
        offsets: group i has the indices offsets[i] to offsets[i + 1] − 1, shape (groups + 1,).
        groups: a group may come more than once.

    Example:
        >>> ragged(np.array([0, 2, 5]), np.array([1, 0])).tolist()
        [2, 3, 4, 0, 1]
    """
    sizes = np.diff(offsets)[groups]
    shift = np.repeat(offsets[groups] - (np.cumsum(sizes) - sizes), sizes)
    return shift + np.arange(int(sizes.sum()))


def _indicator(rows: Values, columns: Values, shape: tuple[int, int]) -> Incidence:
    matrix = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
