"""What the user says that a column is: checked, and the table in those terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from assoc_synth.attributes.kinds import are_infinite, is_number, is_text, is_whole, read_dates, uncategorised
from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.extra_columns import ExtraFormat
from assoc_synth.transactions.columns.number_text import first_odd, read_asked
from assoc_synth.transactions.table import TransactionTable

Overrides = Mapping[str, str]
DROP = "drop"
ASKED = ("category", "number", "date", "identifier", "text", DROP)


def overruled(table: TransactionTable, columns: Overrides | None) -> TransactionTable:
    """The table in which every column is what the user says; text becomes numbers where it must be numbers.

    Raises:
        InputError: there is no such column or kind, or a column cannot be what it is said to be.
    """
    if columns is not None and not isinstance(columns, Mapping):
        raise InputError(f"columns must be a dict such as {{'zip': 'category'}}, not a {type(columns).__name__}")
    for name, kind in (columns or {}).items():
        _check(table, name, kind)
        if kind == "number" and not is_number(table.extras[name]):
            table = _with_numbers(table, name)
    return table


def _check(table: TransactionTable, name: str, kind: str) -> None:
    roles = {column: role for role, column in table.schema.roles().items()}
    if name in roles:
        raise InputError(f"columns: {str(name)[:40]!r} is the {roles[name]}; only extra columns can be overruled")
    if name not in table.extras:
        known = ", ".join(map(str, table.extras.columns)) or "none"
        raise InputError(f"columns: {str(name)[:40]!r} is no extra column; there are: {known[:200]}")
    if kind not in ASKED:
        raise InputError(f"columns: {name!r} can be {', '.join(ASKED[:-1])} or {ASKED[-1]}, not {str(kind)[:40]!r}")
    if name == table.schema.cluster and kind not in ("identifier", DROP):
        raise InputError(f"columns: {name!r} names the clusters: it can be identifier or {DROP}, not {kind!r}")
    column = table.extras[name]
    if kind != DROP and not column.notna().any():
        raise InputError(f"columns: {name!r} has no value: it can only be {DROP!r}")
    if kind != DROP and (odd := are_infinite(column)).any():
        where = f"the number in row {int(np.argmax(odd)) + 1} is infinite"
        raise InputError(f"columns: {name!r} cannot be a {kind}: {where}; correct it, or leave the cell empty")
    cells = uncategorised(column)
    if kind == "date" and _no_dates(cells):
        raise InputError(
            f"columns: {name!r} cannot be a date: {_example(cells)} is none that can be read; leave it out"
        )
    if kind == "identifier" and not (is_text(cells) or is_whole(cells)):
        raise InputError(
            f"columns: {name!r} cannot be an identifier: {_example(cells)} is neither text nor a whole number"
        )
    if kind == "text" and not is_text(cells):
        raise InputError(f"columns: {name!r} cannot be a text: {_example(cells)} is none; try category or number")


def _no_dates(cells: pd.Series) -> bool:
    return read_dates(cells) is None


def _with_numbers(table: TransactionTable, name: str) -> TransactionTable:
    """The table in which a column of text or truth values is one of numbers, with how they are written."""
    cells = uncategorised(table.extras[name])
    texts = cells.astype(object).where(cells.notna(), None)
    found = read_asked(texts) if is_text(cells) else None
    if found is None:
        odd = first_odd(texts) if is_text(cells) else None
        row = f" in row {odd + 1}" if odd is not None else ""
        shown = repr(str(texts.iloc[odd])[:40]) if odd is not None else _example(cells)
        raise InputError(f"columns: {name!r} cannot be a number: {shown}{row} is none; try category")
    if (bad := np.isinf(found.values)).any():
        at = int(np.argmax(bad))
        shown = repr(str(texts.iloc[at])[:40])
        raise InputError(f"columns: {name!r} cannot be a number: {shown} in row {at + 1} is infinite; try category")
    values: pd.Series = pd.Series(found.values, name=name).astype("Int64" if found.format.whole else "float64")
    made = table.format
    return replace(
        table,
        extras=table.extras.assign(**{name: values}),
        format=replace(
            made,
            extras={**made.extras, name: ColumnFormat.of(values) or ColumnFormat()},
            written={**made.written, name: ExtraFormat("text", ColumnFormat.of(cells) or ColumnFormat(), found.format)},
        ),
        notes=(*table.notes, *found.notes),
    )


def _example(cells: pd.Series) -> str:
    known = cells.dropna()
    return f"{str(known.iloc[0])[:40]!r} in row {int(known.index[0]) + 1}"
