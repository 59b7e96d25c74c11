"""How rows are given back as the user's own columns: names, order, dtypes and how values are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Floats, Times, Values
from assoc_synth.transactions.columns.amounts import AmountFormat
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.extra_columns import ExtraFormat, typed_text
from assoc_synth.transactions.columns.new_names import NewNames
from assoc_synth.transactions.columns.times import TimeFormat
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.schema import Schema
from assoc_synth.transactions.stored import Stored


@dataclass(frozen=True)
class TableFormat(Stored):
    """All that is needed to write rows as the user wrote them. It holds no name of a subject or basket and no row.

    Args:
        schema: which column plays which role.
        columns: all columns in the user's order.
        names: the format of the subject, verb, object and (if there is one) basket column.
        time, amount: their formats; None if there is no such column.
        extras: the format of the values of each extra column within a table.
        new_subjects, new_baskets: the rules for names that differ from all real ones.
        written: of the extra columns whose cells are not the values within a table, how they are written.
        textual: whether the table was read from a file of text, so that people expect values in place of text.
        kind: the kind of frame in which rows are given back to Python, see `frames`.
        dialect: how rows are written as a CSV.

    Raises:
        InputError: the schema names other columns, or a role has no format.
    """

    schema: Schema
    columns: tuple[str, ...]
    names: Mapping[str, ColumnFormat]
    time: TimeFormat | None
    amount: AmountFormat | None
    extras: Mapping[str, ColumnFormat]
    new_subjects: NewNames
    new_baskets: NewNames | None
    written: Mapping[str, ExtraFormat] = field(default_factory=dict)
    textual: bool = False
    kind: str = "pandas"
    dialect: Dialect = field(default_factory=Dialect)

    def __post_init__(self) -> None:
        if sorted(self.columns) != sorted([*self.schema.columns().values(), *self.schema.extras]):
            raise InputError("a table format and its schema name different columns")
        formats = {**self.names, "time": self.time, "amount": self.amount}
        if any(formats.get(role) is None for role in self.schema.roles()):
            raise InputError("a table format lacks the format of a role")

    def new_subject_names(self, count: int) -> pd.Index:
        """`count` names that no real subject has, the same ones at every call."""
        return self.new_subjects.make(count)

    def new_basket_names(self, count: int) -> pd.Index:
        """`count` names that no real basket has, the same ones at every call.

        Raises:
            InputError: the table has no basket column.
        """
        if self.new_baskets is None:
            raise InputError("the table has no basket column")
        return self.new_baskets.make(count)

    def frame(
        self,
        names: Mapping[str, pd.Index | Values | Sequence[object] | None],
        *,
        time: Times | None = None,
        amount: Floats | None = None,
        extras: pd.DataFrame | None = None,
        typed: bool = False,
    ) -> pd.DataFrame:
        """Rows as the user's own columns; a column without values is missing in every row.

        Args:
            names: a name in each row, (n,), by role: subject, verb and object, and basket, where None is missing.
            time: datetime64[ns] (n,), UTC.
            amount: float64 (n,).
            extras: (n, any of the extra columns), their values within a table.
            typed: times, numbers and truth values that were text (as from CSV) as such instead.

        Returns:
            DataFrame (n, len(columns)) with a RangeIndex.

        Raises:
            InputError: a mandatory role has no names, or a column has a different number of values than the subject.
        """
        given = {**names, "time": time, "amount": amount}
        subjects = given.get("subject")
        rows = 0 if subjects is None else len(subjects)
        made: dict[str, pd.Series] = {}
        for role, column in self.schema.roles().items():
            values = given.get(role)
            if values is None:
                values = _missing(role, rows)
            if len(values) != rows:
                raise InputError(f"{len(values)} values of {role} for {rows} rows")
            made[column] = self._given_back(role, values, typed)
        for column in self.schema.extras:
            if extras is not None and column in extras:
                cells = extras[column].reset_index(drop=True)
            else:
                cells = self.extras[column].nothing(rows)
            made[column] = self._extra(column, cells, typed)
        return pd.DataFrame({column: made[column] for column in self.columns}, index=pd.RangeIndex(rows))

    def with_categories(self, extras: pd.DataFrame, columns: Collection[str]) -> TableFormat:
        """The format that also holds the categories of these extra columns, in their order."""
        kept = {name: ColumnFormat.of(extras[name], keep_categories=True) or self.extras[name] for name in columns}
        return replace(self, extras={**self.extras, **kept})

    def with_names(self, names: Mapping[str, pd.Index]) -> TableFormat:
        """The format whose categorical columns of these roles have the categories that are names, and no others."""
        made = dict(self.names)
        for role, own in names.items():
            kept, texts = made[role].categories, {str(name) for name in own}
            if kept is not None:
                made[role] = replace(made[role], categories=tuple(one for one in kept if str(one) in texts))
        return replace(self, names=made)

    def _given_back(self, role: str, values: Any, typed: bool) -> pd.Series:
        made: Any = self.time if role == "time" else self.amount if role == "amount" else self.names[role]
        if typed and role in ("time", "amount") and made.untyped:
            made = made.typed()
        given: pd.Series = made.give(values)
        return given

    def _extra(self, column: str, cells: pd.Series, typed: bool) -> pd.Series:
        made = self.written.get(column)
        if typed:
            if made is None:
                return typed_text(cells)
            made = made.typed()
        return cells if made is None else made.give(cells)

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """Earlier versions do not say what a text file was."""
        return {"textual": True, **state}

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return {
            "schema": self.schema.to_dict(),
            "columns": list(self.columns),
            "names": {role: made.to_dict() for role, made in self.names.items()},
            "time": None if self.time is None else self.time.to_dict(),
            "amount": None if self.amount is None else self.amount.to_dict(),
            "extras": {column: made.to_dict() for column, made in self.extras.items()},
            "new_subjects": self.new_subjects.to_dict(),
            "new_baskets": None if self.new_baskets is None else self.new_baskets.to_dict(),
            "written": {column: made.to_dict() for column, made in self.written.items()},
            "textual": self.textual,
            "kind": self.kind,
            "dialect": asdict(self.dialect),
        }


def _missing(role: str, rows: int) -> Any:
    if role == "time":
        return np.full(rows, np.datetime64("NaT"), dtype="datetime64[ns]")
    if role == "amount":
        return np.full(rows, np.nan)
    if role == "basket":
        return np.full(rows, None, dtype=object)
    raise InputError(f"rows without a {role} cannot be written")
