"""`compare`: synthetic tables from anywhere against a real one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TypeAlias, Unpack

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.evaluation.tables import table_figures
from assoc_synth.gate.validate import validate
from assoc_synth.report.comparison.comparison import Compared, Comparison
from assoc_synth.report.comparison.groups import in_order
from assoc_synth.transactions.frames import AnyFrame, to_pandas
from assoc_synth.transactions.opening import opened
from assoc_synth.transactions.schema import FILE_KEYWORDS, MANDATORY, FileRoles, check_roles
from assoc_synth.transactions.table import TransactionTable

Source: TypeAlias = AnyFrame | TransactionTable | str | os.PathLike[str]
"""A table: a frame of any library that `TransactionTable.from_frame` reads, a table, or a file's path."""


def compare(
    real: Source,
    tables: Mapping[str, Source],
    holdout: Source | None = None,
    *,
    seed: int = 0,
    gate: bool = True,
    **roles: Unpack[FileRoles],
) -> Comparison:
    """Every measure of one or several synthetic tables, each with its interval, floor, independent baseline, verdict.

    Args:
        real: the real table, or the part of it that the generators were given.
        tables: the synthetic tables by name; verbs and objects are matched to the real ones by the text of their names.
        holdout: real subjects that no generator has seen: they are the floor, and the test of use and privacy, which
            are left out without them. Without them the real table is halved for the floor, by whole clusters.
        seed: of everything drawn.
        gate: whether the gate judges each table as well, as `validate` does; without it there are figures alone.
        roles: the column of each role in frames and files, see `Roles`. Where none is named, a table that has the real
            table's columns has its roles.

    Returns:
        The comparison. A table that cannot be compared, as it shares no verb or no object with the real one, is in its
        `left_out` with the reason.

    Raises:
        InputError: a table cannot be read, or there is none that can be compared.
        SchemaError: a mandatory role has no column in one of them; the message has the table's name.

    Example:
        >>> from assoc_synth import datasets
        >>> train, heldout = datasets.halves(datasets.toy_shop(subjects=60))
        >>> found = compare(train, {"copy": train}, heldout, gate=False).frame.set_index("measure")
        >>> found.loc[["pair_l1", "exact_copies"], "value"].tolist(), bool(found.loc["pair_l1", "floor"] > 0.5)
        ([0.0, 1.0], True)
    """
    check_roles(roles, FILE_KEYWORDS)
    if not isinstance(tables, Mapping) or not tables:
        raise InputError("compare takes the synthetic tables by name, such as {'ours': rows}, and at least one")
    _check_names([str(name) for name in tables])
    first = _named("real", real, roles)
    held = None if holdout is None else _named("holdout", holdout, roles, first)
    others = {str(name): _named(str(name), data, roles, first) for name, data in tables.items()}
    compared, left_out = _compared(first, others, held, seed, gate=gate)
    sizes = (first.num_subjects, None if held is None else held.num_subjects)
    named: dict[str, TransactionTable] = {"real": first} | {name: others[name] for name in compared}
    return Comparison(compared, *sizes, seed=seed, tables=named, left_out=left_out)


def _compared(
    real: TransactionTable,
    others: Mapping[str, TransactionTable],
    held: TransactionTable | None,
    seed: int,
    *,
    gate: bool,
) -> tuple[dict[str, Compared], dict[str, str]]:
    """The tables that can be compared, and why the others cannot.

    Raises:
        InputError: there is none that can.
    """
    compared, left_out = dict[str, Compared](), dict[str, str]()
    for name, table in others.items():
        try:
            figures = in_order(table_figures(real, table, held, seed=seed))
            verdict = validate(real, table, held, seed=seed) if gate else None
        except InputError as error:
            left_out[name] = str(error)
        else:
            compared[name] = Compared(len(table), table.num_subjects, figures, verdict)
    if not compared:
        raise InputError("; ".join(f"table {name[:40]!r}: {reason}" for name, reason in list(left_out.items())[:3]))
    return compared, left_out


def _check_names(names: Sequence[str]) -> None:
    if len(set(names)) < len(names) or not all(name.strip() for name in names):
        raise InputError("every table needs a name of its own, and not a blank one: rename the keys")


def _named(name: str, data: Source, roles: FileRoles, like: TransactionTable | None = None) -> TransactionTable:
    """A table; an error has its name.

    Args:
        like: whose roles it has, if it has its columns and none is named.
    """
    if isinstance(data, TransactionTable):
        return data
    try:
        if not isinstance(data, str | os.PathLike):
            data = to_pandas(data)[0]
        return _read(data, roles if like is None else _as_in(like, data, roles))
    except InputError as error:
        raise type(error)(f"table {name[:40]!r}: {error}") from None


def _as_in(like: TransactionTable, data: pd.DataFrame | str | os.PathLike[str], roles: FileRoles) -> FileRoles:
    """The roles of the real table's columns, where nothing is named and the mandatory ones are there."""
    if any(roles.get(name) for name in (*MANDATORY, "verb_name", "layout", "explode")):
        return roles
    found = data.columns if isinstance(data, pd.DataFrame) else opened(data, {**roles, "layout": "rows"}).frame.columns
    columns = like.schema.columns()
    if not all(columns[role] in found for role in MANDATORY if role in columns):
        return roles
    named: dict[str, object] = {role: columns[role] if columns[role] in found else "" for role in columns}
    named |= {} if like.schema.verb_name is None else {"verb_name": like.schema.verb_name}
    own = {name: value for name, value in roles.items() if value is not None}
    return {**named, **own}  # type: ignore[typeddict-item]


def _read(data: pd.DataFrame | str | os.PathLike[str], roles: FileRoles) -> TransactionTable:
    if not isinstance(data, pd.DataFrame):
        return TransactionTable.read(data, **roles)
    own = {role: value for role, value in roles.items() if role != "header"}
    return TransactionTable.from_frame(data, **own)  # type: ignore[arg-type]
