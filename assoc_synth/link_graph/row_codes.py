"""How a table becomes rows in codes, as a value that can be stored: a drawn table is coded as the reference was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.column_classes import ColumnClasses
from assoc_synth.link_graph.rows import Extras, Rows, VisitKind, visit_groups, visit_kinds
from assoc_synth.link_graph.subject_attributes import Attributes, classes_held, is_per_subject, names_subjects
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.stored import Stored
from assoc_synth.transactions.table import TransactionTable

FEWEST = 10
"""Subjects that a category needs to be told from others, and that a bin has on average: fewer could be recognised."""


@dataclass(frozen=True, eq=False)
class RowCodes(Stored):
    """The codes that tables share.

    Attributes:
        verbs, objects: names as text, by code.
        visit_kind: what makes a visit in the reference; None where it has neither baskets nor times.
        attributes: classes of the columns that hold one value per subject in the reference.
        extras: classes of its other extra columns.
    """

    verbs: tuple[str, ...]
    objects: tuple[str, ...]
    visit_kind: VisitKind | None
    attributes: tuple[ColumnClasses, ...]
    extras: tuple[ColumnClasses, ...]

    @classmethod
    def of(cls, reference: TransactionTable, *others: TransactionTable, fewest: int = FEWEST) -> RowCodes:
        """The codes that a reference sets; names of verbs and objects that only others have get codes after its own.

        A column that names its subjects, as the number of a record does, is left out, and so is one that names clusters
        of them: no real one comes back. So is a column without a value.

        Args:
            fewest: subjects of the reference that a category needs to be told from others.

        Example:
            >>> from assoc_synth import datasets
            >>> table = datasets.clinic(subjects=60)
            >>> codes = RowCodes.of(table)
            >>> codes.visit_kind, [column.name for column in codes.attributes][:2]
            ('basket', ['sex', 'gender'])
            >>> len(codes.rows(table)) == len(table)
            True
        """
        verbs, objects = Vocabulary(), Vocabulary()
        for table in (reference, *others):
            verbs.extend(table.verbs)
            objects.extend(table.objects)
        attributes: list[ColumnClasses] = []
        extras: list[ColumnClasses] = []
        for name in reference.extras.columns:
            own = is_per_subject(reference, name)
            column = reference.extras[name]
            if name == reference.schema.cluster or not column.notna().any():
                continue
            if own and names_subjects(reference, name):
                continue
            classes = ColumnClasses.of(column.rename(str(name)), reference.subject.astype(np.int64), fewest=fewest)
            (attributes if own else extras).append(classes)
        return cls(tuple(verbs), tuple(objects), visit_kinds(reference)[0], tuple(attributes), tuple(extras))

    def rows(self, table: TransactionTable) -> Rows:
        """A table in these codes; a verb or an object that has none gets one after all others.

        Columns that the table does not have are left out, see `in_common`.
        """
        verbs, objects = Vocabulary(self.verbs), Vocabulary(self.objects)
        verb, object = verbs.extend(table.verbs)[table.verb], objects.extend(table.objects)[table.object]
        kind = self._visit_kind(table)
        return Rows(
            subject=table.subject.astype(np.int64),
            verb=verb,
            object=object,
            time=None if table.time is None else table.time.astype("datetime64[ns]").astype(np.int64),
            amount=table.amount,
            group=visit_groups(table, kind),
            visit_kind=kind,
            attributes=self._attributes(table),
            num_subjects=table.num_subjects,
            num_verbs=len(verbs),
            num_objects=len(objects),
            extras=self._extras(table),
            clusters=_clusters(table),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the names of verbs and objects, which are stored elsewhere; `from_dict` wants them."""
        return {
            "visit_kind": self.visit_kind,
            "attributes": [column.to_dict() for column in self.attributes],
            "extras": [column.to_dict() for column in self.extras],
        }

    def _visit_kind(self, table: TransactionTable) -> VisitKind | None:
        if table.basket is not None:
            return "basket"
        if table.time is None:
            return None
        return "session" if self.visit_kind == "session" else "timestamp"

    def _attributes(self, table: TransactionTable) -> Attributes:
        named = {str(name): name for name in table.extras.columns}
        found = [column for column in self.attributes if column.name in named]
        if not found:
            return Attributes.none(table.num_subjects)
        return Attributes(
            tuple(column.name for column in found),
            np.repeat(np.arange(len(found)), [len(column) for column in found]),
            tuple(f"{column.name} = {label}" for column in found for label in column.labels),
            np.concatenate([classes_held(table, named[column.name], column) for column in found], axis=1),
        )

    def _extras(self, table: TransactionTable) -> Extras:
        named = {str(name): name for name in table.extras.columns}
        found = [column for column in self.extras if column.name in named]
        codes = [column.codes(table.extras[named[column.name]]) for column in found]
        return Extras(
            tuple(column.name for column in found),
            tuple(len(column) for column in found),
            np.stack(codes, axis=1) if codes else np.zeros((len(table), 0), np.int64),
        )


def _clusters(table: TransactionTable) -> Ints | None:
    """The cluster of each subject, that of its first row; a subject without one is a cluster of its own.

    Of a part of a table, whose subjects may all be in one cluster, and of tables of any generator, which may put the
    rows of a subject in several.
    """
    if table.schema.cluster is None:
        return None
    code = pd.factorize(table.extras[table.schema.cluster])[0].astype(np.int64)
    found = np.full(table.num_subjects, -1, np.int64)
    found[table.subject[::-1]] = code[::-1]
    alone = np.flatnonzero(found < 0)
    found[alone] = code.max(initial=-1) + 1 + np.arange(len(alone))
    return found


def in_common(*tables: Rows) -> tuple[Rows, ...]:
    """The tables without what not all of them have: times, amounts, visits, attributes and extra columns.

    Their vocabularies become the largest one, so that all have the same verbs and objects.

    Args:
        tables: rows by the same `RowCodes`.
    """
    timed = all(rows.time is not None for rows in tables)
    paid = all(rows.amount is not None for rows in tables)
    visited = len({(rows.visit_kind, rows.time is None) for rows in tables}) == 1
    attributes = _shared([rows.attributes.names for rows in tables])
    extras = _shared([() if rows.extras is None else rows.extras.names for rows in tables])
    return tuple(
        replace(
            rows,
            time=rows.time if timed else None,
            amount=rows.amount if paid else None,
            group=rows.group if visited else None,
            visit_kind=rows.visit_kind if visited else None,
            attributes=_of_columns(rows.attributes, attributes),
            extras=_some_extras(rows, extras),
            num_verbs=max(other.num_verbs for other in tables),
            num_objects=max(other.num_objects for other in tables),
        )
        for rows in tables
    )


def _shared(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for name in names[0] if all(name in others for others in names))


def _of_columns(attributes: Attributes, names: tuple[str, ...]) -> Attributes:
    if names == attributes.names:
        return attributes
    kept: Bools = np.isin(attributes.owner, [attributes.names.index(name) for name in names])
    at = np.flatnonzero(kept)
    owner: Ints = np.unique(attributes.owner[at], return_inverse=True)[1].astype(np.int64)
    return Attributes(names, owner, tuple(attributes.labels[code] for code in at), attributes.has[:, at])


def _some_extras(rows: Rows, names: tuple[str, ...]) -> Extras:
    if rows.extras is None:
        return Extras((), (), np.zeros((len(rows), 0), np.int64))
    at = [rows.extras.names.index(name) for name in names]
    return Extras(names, tuple(rows.extras.sizes[code] for code in at), rows.extras.codes[:, at])
