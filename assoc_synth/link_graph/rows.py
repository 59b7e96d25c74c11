"""The rows of several tables in common codes: what order, times, amounts and visits are measured by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.subject_attributes import Attributes, coded_attributes
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.sessions import come_in_sessions, visits_by_time
from assoc_synth.transactions.table import TransactionTable

VisitKind = Literal["basket", "session", "timestamp"]
UNDATED = int(np.iinfo(np.int64).min)
"""NaT as a number."""


@dataclass(frozen=True, eq=False)
class Extras:
    """The extra columns that are not attributes, row by row, in classes that a reference sets.

    Attributes:
        names: the columns.
        sizes: (columns,) how many classes each has; the last one is "missing".
        codes: (rows, columns) the class of each cell.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    codes: Ints

    def take(self, rows: Ints) -> Extras:
        """Of some rows, by position."""
        return Extras(self.names, self.sizes, self.codes[rows])


@dataclass(frozen=True, eq=False)
class Rows:
    """One table, row by row, in the order of its file: arrays of shape (rows,).

    Attributes:
        subject, verb, object: codes; those of verbs and objects are common to all tables of a comparison.
        time: nanoseconds since 1970, `UNDATED` where missing; None without such a column.
        amount: NaN where missing; None without such a column.
        group: the visit, as `LinkGraph.baskets` defines it, −1 for none; None where the table has neither baskets nor
            times.
        visit_kind: what makes a visit: a basket where a column names them, else a session or one timestamp as the
            reference has them; None where `group` is.
        attributes: columns that hold one value per subject.
        num_subjects, num_verbs, num_objects: sizes of the vocabularies.
        extras: the other columns in classes; None where nothing asked for them, see `row_codes`.
        clusters: (num_subjects,) codes of groups of subjects that are alike, such as the trips of one household; None
            where each subject is on its own.
    """

    subject: Ints
    verb: Ints
    object: Ints
    time: Ints | None
    amount: Floats | None
    group: Ints | None
    visit_kind: VisitKind | None
    attributes: Attributes
    num_subjects: int
    num_verbs: int
    num_objects: int
    extras: Extras | None = None
    clusters: Ints | None = None

    def __len__(self) -> int:
        return len(self.subject)

    @cached_property
    def token(self) -> Ints:
        """(verb, object) as one number, as in `Edges.token`."""
        return self.verb * self.num_objects + self.object

    @property
    def dated(self) -> Bools:
        """Which rows have a time."""
        return np.zeros(len(self), bool) if self.time is None else self.time != UNDATED

    @cached_property
    def visits(self) -> Visits:
        """The subjects' visits."""
        return Visits.of(self)

    @cached_property
    def edges(self) -> Edges:
        """The distinct links."""
        sizes = {"num_subjects": self.num_subjects, "num_verbs": self.num_verbs, "num_objects": self.num_objects}
        return Edges.from_links(self.subject, self.verb, self.object, **sizes)

    def take(self, subjects: Ints) -> Rows:
        """The rows of some subjects, renumbered from 0 in ascending order of their codes.

        Args:
            subjects: distinct codes, shape (subjects,).
        """
        kept = np.zeros(self.num_subjects, bool)
        kept[subjects] = True
        number, at = np.cumsum(kept) - 1, np.flatnonzero(kept[self.subject])
        return replace(
            self,
            subject=number[self.subject[at]],
            verb=self.verb[at],
            object=self.object[at],
            time=None if self.time is None else self.time[at],
            amount=None if self.amount is None else self.amount[at],
            group=None if self.group is None else self.group[at],
            attributes=self.attributes.take(kept),
            num_subjects=int(kept.sum()),
            extras=None if self.extras is None else self.extras.take(at),
            clusters=None if self.clusters is None else self.clusters[kept],
        )


@dataclass(frozen=True, eq=False)
class Visits:
    """The visits of a table, numbered by subject, then by time, undated ones last.

    Attributes:
        of_row: (rows,) the visit of each row, −1 for none.
        subject: (visits,) whose, ascending.
        start: (visits,) the time of its earliest row, `UNDATED` where no row has one.
    """

    of_row: Ints
    subject: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.subject)

    @classmethod
    def of(cls, rows: Rows) -> Visits:
        """Group rows by subject and visit: a basket that two subjects share is a visit of each."""
        if rows.group is None or not (rows.group >= 0).any():
            none = np.zeros(0, np.int64)
            return cls(np.full(len(rows), -1, np.int64), none, none)
        inside = np.flatnonzero(rows.group >= 0)
        size = int(rows.group.max()) + 1
        key, of_row = np.unique(rows.subject[inside] * size + rows.group[inside], return_inverse=True)
        never = np.iinfo(np.int64).max
        first = np.full(len(key), never, np.int64)
        if rows.time is not None:
            dated = rows.dated[inside]
            np.minimum.at(first, of_row[dated], rows.time[inside][dated])
        subject = key // size
        order = np.lexsort((first, subject))
        number = np.empty(len(key), np.int64)
        number[order] = np.arange(len(key))
        found = np.full(len(rows), -1, np.int64)
        found[inside] = number[of_row]
        return cls(found, subject[order], np.where(first == never, UNDATED, first)[order])

    @property
    def following(self) -> Ints:
        """(m,) visits that come after another one of their subject, at a later time that is known."""
        if not len(self):
            return np.zeros(0, np.int64)
        later = (self.start[1:] > self.start[:-1]) & (self.start[:-1] != UNDATED)
        return np.flatnonzero((self.subject[1:] == self.subject[:-1]) & later) + 1

    @property
    def sizes(self) -> Ints:
        """(visits,) rows of each."""
        return np.bincount(self.of_row[self.of_row >= 0], minlength=len(self)).astype(np.int64)


def coded_rows(reference: TransactionTable, *others: TransactionTable) -> tuple[Rows, ...]:
    """Tables over one vocabulary: verbs and objects are matched by the text of their names, the reference's first.

    Example:
        >>> import pandas as pd
        >>> frames = [pd.DataFrame({"subject": ["a"], "verb": ["buys"], "object": [name]}) for name in ("tea", "cup")]
        >>> first, second = coded_rows(*(TransactionTable.from_frame(frame) for frame in frames))
        >>> first.object.tolist(), second.object.tolist(), second.num_objects
        ([0], [1], 2)
    """
    verbs, objects = Vocabulary(), Vocabulary()
    tables = (reference, *others)
    codes = [(verbs.extend(table.verbs)[table.verb], objects.extend(table.objects)[table.object]) for table in tables]
    attributes = coded_attributes(*tables)
    kinds = visit_kinds(*tables)
    return tuple(
        Rows(
            subject=table.subject.astype(np.int64),
            verb=verb,
            object=object,
            time=None if table.time is None else table.time.astype("datetime64[ns]").astype(np.int64),
            amount=table.amount,
            group=visit_groups(table, kind),
            visit_kind=kind,
            attributes=own,
            num_subjects=table.num_subjects,
            num_verbs=len(verbs),
            num_objects=len(objects),
        )
        for table, (verb, object), own, kind in zip(tables, codes, attributes, kinds, strict=True)
    )


def rows_of_edges(edges: Edges) -> Rows:
    """The rows of a graph by its own codes: neither times nor amounts, visits or attributes.

    Example:
        >>> edges = Edges.from_links([0, 0, 1], [0, 0, 0], [1, 1, 0], num_subjects=2, num_verbs=1, num_objects=2)
        >>> rows_of_edges(edges).object.tolist()
        [1, 1, 0]
    """
    subject, verb, object = (
        np.repeat(codes.astype(np.int64), edges.count) for codes in (edges.subject, edges.verb, edges.object)
    )
    return Rows(
        subject,
        verb,
        object,
        time=None,
        amount=None,
        group=None,
        visit_kind=None,
        attributes=Attributes.none(edges.num_subjects),
        num_subjects=edges.num_subjects,
        num_verbs=edges.num_verbs,
        num_objects=edges.num_objects,
    )


def share_visits(x: Rows, y: Rows) -> bool:
    """Whether both tables have visits of one kind, and both or neither of them have times."""
    return x.visit_kind is not None and x.visit_kind == y.visit_kind and (x.time is None) == (y.time is None)


def frequent_tokens(rows: Rows, most: int) -> Ints:
    """The (verb, object) that most subjects have, most frequent first, at most `most` of them."""
    counts = np.bincount(rows.edges.token, minlength=rows.num_verbs * rows.num_objects)
    top = np.argsort(-counts, kind="stable")[:most]
    return np.asarray(top[counts[top] > 0], np.int64)


def visit_kinds(reference: TransactionTable, *others: TransactionTable) -> list[VisitKind | None]:
    """What makes a visit in each table: of times alone, what makes one in the reference."""
    by_time: VisitKind = "timestamp"
    if reference.time is not None and come_in_sessions(reference.subject, reference.time):
        by_time = "session"
    return [
        "basket" if table.basket is not None else None if table.time is None else by_time
        for table in (reference, *others)
    ]


def visit_groups(table: TransactionTable, kind: VisitKind | None) -> Ints | None:
    """As `LinkGraph.baskets`, but for the kind, which is the reference's."""
    if table.basket is not None:
        return table.basket.astype(np.int64)
    if table.time is None:
        return None
    return visits_by_time(table.subject, table.time, in_sessions=kind == "session")
