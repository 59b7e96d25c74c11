"""The transaction table: rows of subject, verb and object as integer codes, and back as the user wrote them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Codes, Floats, Ints, Times, Values
from assoc_synth.transactions.clusters import clusters_of, note_on
from assoc_synth.transactions.columns.characters import refuse_characters
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.extra_columns import ExtraFormat, read_extra
from assoc_synth.transactions.columns.names import Names, read_names
from assoc_synth.transactions.columns.new_names import NewNames
from assoc_synth.transactions.files import kind_to_read
from assoc_synth.transactions.files.lines import with_line
from assoc_synth.transactions.frames import AnyFrame, to_pandas
from assoc_synth.transactions.incomplete import complete_rows
from assoc_synth.transactions.measures import Measures, read_measures
from assoc_synth.transactions.opening import Baskets, from_lists, laid_out, opened
from assoc_synth.transactions.preview import MOST_ROWS, preview, short
from assoc_synth.transactions.schema import FILE_KEYWORDS, FileRoles, Roles, Schema, check_roles
from assoc_synth.transactions.sdv_metadata import AnyMetadata, metadata_of, with_metadata
from assoc_synth.transactions.suspicions import refuse_joined
from assoc_synth.transactions.table_format import TableFormat
from assoc_synth.transactions.twins import treat_twins

if TYPE_CHECKING:
    from sdv.metadata import Metadata


@dataclass(frozen=True, eq=False)
class TransactionTable:
    """Who did what to which object, row by row in the order of the data.

    Names are sorted by their text and a code is a position in them: the order of rows does not change the codes.

    Args:
        schema: which column plays which role.
        format: how rows are given back as the user's own columns and dtypes.
        subjects, verbs, objects: the names.
        subject, verb, object: int32 (n,) codes.
        time: datetime64[ns] (n,), UTC, NaT where missing; None if there is no such column.
        amount: float64 (n,), NaN where missing; None if there is no such column.
        basket: int64 (n,) codes, -1 where missing; None if there is no such column.
        baskets: their names; None if there is no such column.
        extras: the extra columns, dtypes untouched, RangeIndex.
        notes: remarks for the user on how the data were read.

    Raises:
        InputError: arrays of different lengths, or codes without a name.
    """

    schema: Schema
    format: TableFormat
    subjects: pd.Index
    verbs: pd.Index
    objects: pd.Index
    subject: Codes
    verb: Codes
    object: Codes
    time: Times | None
    amount: Floats | None
    basket: Ints | None
    baskets: pd.Index | None
    extras: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for role in self.schema.roles():
            values = getattr(self, role)
            if values is None or values.shape != self.subject.shape:
                raise InputError(f"the {role} needs one value in each of {len(self.subject)} rows")
        if len(self.extras) != len(self.subject):
            raise InputError(f"the extra columns have {len(self.extras)} rows, the subject has {len(self.subject)}")
        coded = {"subject": self.subjects, "verb": self.verbs, "object": self.objects, "basket": self.baskets}
        for role, names in coded.items():
            codes, least = getattr(self, role), -1 if role == "basket" else 0
            if codes is None or names is None or not len(codes):
                continue
            if codes.min() < least or codes.max() >= len(names):
                raise InputError(f"a code of the {role} has no name")

    @classmethod
    def read(cls, path: str | os.PathLike[str], **roles: Unpack[FileRoles]) -> TransactionTable:
        """Read a file: CSV, TSV, JSON Lines (each also .gz) or Parquet, by its suffix, or a folder of Parquet files.

        Args:
            path: the file; a folder with or without partitions, such as `day=1/`; or a pattern, `part-*.parquet`.
            roles: the column of each role, such as `subject="customer", time=""`, and how to read; see `FileRoles`.

        Raises:
            InputError: the file or a cell cannot be read, or a keyword is not a role; the message says where.
            SchemaError: a mandatory role has no column.
        """
        check_roles(roles, FILE_KEYWORDS)
        try:
            file = opened(path, roles)
            table = _table(file.frame, file.notes, file.roles, textual=kind_to_read(path) != "parquet")
        except InputError as error:
            rearranged = roles.get("layout") not in (None, "rows") or roles.get("explode")
            if type(error) is not InputError or rearranged:
                raise
            raise InputError(with_line(str(error), path, header=roles.get("header") is not False)) from None
        return replace(table, format=replace(table.format, dialect=file.dialect))

    @classmethod
    def from_frame(cls, frame: AnyFrame, metadata: AnyMetadata = None, **roles: Unpack[Roles]) -> TransactionTable:
        """Read a frame, which is not modified. The index of a pandas frame plays no part.

        Args:
            frame: (n, columns), n at least 1: of pandas, polars, Arrow, or a DuckDB relation; see `frames`.
            metadata: SDV's: its sequence key is the subject and its sequence index the time, unless named.
            roles: the column of each role, and how to read; see `Roles`.

        Raises:
            InputError: `frame` is no frame or has no rows, a cell cannot be read, or a keyword is not a role.
            SchemaError: a mandatory role has no column.

        Example:
            >>> frame = pd.DataFrame({"who": ["bob", "alice"], "verb": ["bought", "bought"], "item": ["tea", "tea"]})
            >>> table = TransactionTable.from_frame(frame, subject="who")
            >>> table.subjects.tolist(), table.subject.tolist()
            (['alice', 'bob'], [1, 0])
        """
        check_roles(roles)
        cells, kind = to_pandas(frame)
        if metadata is not None:
            roles = with_metadata(roles, metadata, cells)
        return _table(cells.reset_index(drop=True), (), roles, kind=kind)

    @classmethod
    def from_baskets(cls, baskets: Baskets, *, verb_name: str | None = None) -> TransactionTable:
        """Read baskets: a collection of objects each.

        Args:
            baskets: baskets in order, which become subjects 1, 2, 3 …; or a basket by subject. An empty one is left out
                and told.
            verb_name: the verb of every row; default `did`.

        Raises:
            InputError: a basket is no collection, or there is no object.

        Example:
            >>> TransactionTable.from_baskets([["tea", "pot"], ["tea"]]).to_frame().values.tolist()
            [[1, 'tea'], [1, 'pot'], [2, 'tea']]
        """
        frame, notes = from_lists(baskets)
        return _table(frame, notes, {"subject": "basket", "object": "item", "verb_name": verb_name, "layout": "rows"})

    @property
    def num_subjects(self) -> int:
        """How many subjects there are."""
        return len(self.subjects)

    @cached_property
    def clusters(self) -> Ints | None:
        """The cluster of each subject, (num_subjects,) codes by name; None where no column names clusters.

        Raises:
            InputError: a subject is in two clusters, or all are in one.
        """
        column = self.schema.cluster
        return None if column is None else clusters_of(self.subject, self.subjects, self.extras[column])

    @property
    def num_verbs(self) -> int:
        """How many verbs there are."""
        return len(self.verbs)

    @property
    def num_objects(self) -> int:
        """How many objects there are."""
        return len(self.objects)

    def __len__(self) -> int:
        return len(self.subject)

    def __repr__(self) -> str:
        roles = ", ".join(f"{role} {short(repr(column), 32)}" for role, column in self.schema.described().items())
        extras = f"; extra columns: {len(self.schema.extras):,}" if self.schema.extras else ""
        return f"<TransactionTable: {len(self):,} rows, {self._sizes()}; {roles}{extras}>"

    def _repr_html_(self) -> str:
        roles = {role: short(column) for role, column in self.schema.described().items()}
        first = self.take_rows(np.arange(min(len(self), MOST_ROWS))).to_frame()
        return preview(f"Transactions: {len(self):,} rows, {self._sizes()}", roles, first)

    def _sizes(self) -> str:
        return f"{self.num_subjects:,} subjects, {self.num_verbs:,} verbs, {self.num_objects:,} objects"

    def to_frame(self, *, typed: bool = False) -> pd.DataFrame:
        """The rows as the user's own columns.

        Args:
            typed: times and amounts that were text (as from CSV) as datetimes and numbers instead.
        """
        baskets = None if self.basket is None or self.baskets is None else _named(self.baskets, self.basket)
        names = {
            "subject": self.subjects.take(self.subject),
            "verb": self.verbs.take(self.verb),
            "object": self.objects.take(self.object),
            "basket": baskets,
        }
        return self.format.frame(names, time=self.time, amount=self.amount, extras=self.extras, typed=typed)

    def to_metadata(self) -> Metadata:
        """SDV's metadata of `to_frame(typed=True)`: the subject is the sequence key, the time the sequence index."""
        return metadata_of(self.to_frame(typed=True), self.schema.columns())

    def take_subjects(self, codes_or_mask: npt.ArrayLike) -> TransactionTable:
        """The rows of some subjects, in their order; notes stay with the whole table.

        Subjects and baskets are renumbered, still sorted by name; the vocabularies of verbs and objects stay whole.

        Args:
            codes_or_mask: distinct codes of subjects in any order, or bool (num_subjects,).

        Raises:
            InputError: a mask of another length, or codes that do not exist.
        """
        chosen = np.asarray(codes_or_mask)
        kept = np.zeros(self.num_subjects, dtype=bool)
        if chosen.dtype == bool:
            if chosen.shape != kept.shape:
                raise InputError(f"a mask of shape {chosen.shape} for {self.num_subjects} subjects")
            kept = chosen
        elif chosen.size:
            if chosen.dtype.kind not in "iu" or chosen.min() < 0 or chosen.max() >= self.num_subjects:
                raise InputError(f"codes of subjects are whole numbers from 0 to {self.num_subjects - 1}")
            kept[chosen] = True
        return replace(self.take_rows(np.flatnonzero(kept[self.subject])), notes=())

    def take_rows(self, rows: Ints) -> TransactionTable:
        """Some rows, in the order given; subjects and baskets that no longer occur leave, verbs and objects stay.

        Args:
            rows: (m,) positions of rows.
        """
        subject, subjects = _renumbered(self.subject[rows].astype(np.int64), self.subjects)
        basket, baskets = self.basket, self.baskets
        if basket is not None and baskets is not None:
            basket, baskets = _renumbered(basket[rows], baskets)
        return replace(
            self,
            subjects=subjects,
            subject=subject.astype(np.int32),
            verb=self.verb[rows],
            object=self.object[rows],
            time=None if self.time is None else self.time[rows],
            amount=None if self.amount is None else self.amount[rows],
            basket=basket,
            baskets=baskets,
            extras=self.extras.iloc[rows].reset_index(drop=True),
        )

    def with_own_names(self) -> TransactionTable:
        """The table without the verbs and objects that none of its rows has, and its format without them.

        Example:
            >>> frame = pd.DataFrame({"who": ["ann", "bob"], "verb": "bought", "item": ["tea", "mug"]})
            >>> table = TransactionTable.from_frame(frame, subject="who").take_subjects([0])
            >>> table.objects.tolist(), table.with_own_names().objects.tolist()
            (['mug', 'tea'], ['tea'])
        """
        verb, verbs = _renumbered(self.verb.astype(np.int64), self.verbs)
        object, objects = _renumbered(self.object.astype(np.int64), self.objects)
        return replace(
            self,
            verbs=verbs,
            objects=objects,
            verb=verb.astype(np.int32),
            object=object.astype(np.int32),
            format=self.format.with_names({"verb": verbs, "object": objects}),
        )


def _table(
    frame: pd.DataFrame, notes: tuple[str, ...], asked: Roles, *, textual: bool = False, kind: str = "pandas"
) -> TransactionTable:
    """Code a frame that has a RangeIndex."""
    if not len(frame):
        raise InputError("the table has no rows")
    frame, schema, told = laid_out(frame, asked)
    refuse_characters(frame)
    measures = read_measures(frame, schema, asked, told)
    schema = measures.schema
    read = _names(frame, schema, asked)
    kept, rejected = complete_rows(read, schema, drop=bool(asked.get("drop_incomplete")))
    all_notes = [*notes, *measures.notes, *rejected]
    for names in read.values():
        all_notes += names.notes
    codes = {role: names.codes[kept] for role, names in read.items()}
    names_of = {role: names.names for role, names in read.items()}
    if not kept.all():
        # Names that only occur in rejected rows leave the table.
        for role in read:
            codes[role], names_of[role] = _renumbered(codes[role], names_of[role])
    extras, written, remarks = _extras(frame, schema)
    all_notes += remarks
    made = _format(frame, schema, read, measures)
    table = TransactionTable(
        schema=schema,
        format=replace(
            made,
            extras={column: ColumnFormat.of(extras[column]) or ColumnFormat() for column in schema.extras},
            written=written,
            textual=textual,
            kind=kind,
        ),
        subjects=names_of["subject"],
        verbs=names_of["verb"],
        objects=names_of["object"],
        subject=codes["subject"].astype(np.int32),
        verb=codes["verb"].astype(np.int32),
        object=codes["object"].astype(np.int32),
        time=None if measures.time is None else measures.time[0][kept],
        amount=None if measures.amount is None else measures.amount[0][kept],
        basket=codes.get("basket"),
        baskets=names_of.get("basket"),
        extras=extras if kept.all() else extras.loc[kept].reset_index(drop=True),
        notes=tuple(all_notes),
    )
    if schema.cluster is None:
        return table
    note = note_on(table.subject, table.subjects, table.extras[schema.cluster])
    return replace(table, notes=(*all_notes, note))


def _names(frame: pd.DataFrame, schema: Schema, asked: Roles) -> dict[str, Names]:
    """The names of each role that has some."""
    found, merge = {}, bool(asked.get("normalise_names"))
    for role, column in schema.roles().items():
        if role in ("time", "amount"):
            continue
        is_constant = role == "verb" and schema.verb_name is not None
        cells = pd.Series([schema.verb_name] * len(frame), name=column) if is_constant else frame[column]
        names = read_names(cells, keep_categories=role in ("verb", "object"))
        found[role] = treat_twins(names, column, merge=merge, private=role in ("subject", "basket"))
    if asked.get("layout") is None and not asked.get("explode"):
        refuse_joined(found["object"].names, schema.object)
    return found


def _extras(frame: pd.DataFrame, schema: Schema) -> tuple[pd.DataFrame, dict[str, ExtraFormat], list[str]]:
    """The values of the extra columns, how those are written that are not the cells themselves, and notes."""
    values, written, notes = {}, {}, list[str]()
    for column in schema.extras:
        values[column], made, more = read_extra(frame[column])
        notes += more
        if made is not None:
            written[column] = made
    return pd.DataFrame(values, index=frame.index, columns=list(schema.extras)), written, notes


def _format(
    frame: pd.DataFrame,
    schema: Schema,
    read: dict[str, Names],
    measures: Measures,
) -> TableFormat:
    # New names differ from the names of rejected rows too.
    return TableFormat(
        schema=schema,
        columns=tuple(frame.columns),
        names={role: names.format for role, names in read.items()},
        time=None if measures.time is None else measures.time[1],
        amount=None if measures.amount is None else measures.amount[1],
        extras={column: ColumnFormat() for column in schema.extras},
        new_subjects=NewNames.beside(read["subject"].names),
        new_baskets=NewNames.beside(read["basket"].names) if "basket" in read else None,
    )


def _renumbered(codes: Ints, names: pd.Index) -> tuple[Ints, pd.Index]:
    """Codes and names without the names that no code means; -1 stays."""
    used = np.zeros(len(names), dtype=bool)
    used[codes[codes >= 0]] = True
    numbers = np.append(np.cumsum(used, dtype=np.int64) - 1, -1)
    return numbers[codes], names[used]


def _named(names: pd.Index, codes: Ints) -> pd.Index | Values:
    if (codes >= 0).all():
        return names.take(codes)
    cells = np.array([*names, None], dtype=object)
    return cells[codes]
