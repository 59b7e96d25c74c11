"""From a file, a frame or lists to rows of one link each, and the column of each role."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias, cast

import pandas as pd

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.contents import Contents
from assoc_synth.transactions.detection import MissingRoles, resolve_schema
from assoc_synth.transactions.files import kind_to_read, read_baskets, read_file
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.layouts import ITEM, arranged
from assoc_synth.transactions.nested import with_items
from assoc_synth.transactions.role_names import obvious
from assoc_synth.transactions.schema import ROLES, FileRoles, Roles, Schema, check_column_names, listed
from assoc_synth.transactions.suspicions import hint_on_layout, hint_on_lines, likely_verbs, refuse_marks

Baskets: TypeAlias = Mapping[Hashable, Iterable[object]] | Iterable[Iterable[object]]
"""Collections of objects, in order or by subject."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that was read.

    Args:
        frame: (n, columns) its cells.
        notes: remarks for the user.
        roles: those that hold for it.
        dialect: how rows are written as a CSV.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    roles: Roles
    dialect: Dialect = field(default_factory=Dialect)


def opened(path: str | os.PathLike[str], asked: FileRoles) -> Opened:
    """The frame of a file, notes, and the roles that hold for it.

    Args:
        path: the file.
        asked: see `FileRoles`.

    Raises:
        InputError, SchemaError: the file cannot be read; the message says where, and which option may help.
    """
    header, layout = asked.get("header"), asked.get("layout")
    roles = cast(Roles, {name: value for name, value in asked.items() if name != "header"})
    if layout == "baskets" and kind_to_read(path) in ("csv", "tsv"):
        frame, notes = read_baskets(Path(path), header=header)
        return Opened(frame, notes, roles)
    try:
        frame, notes, dialect = read_file(path, header=header is not False)
    except InputError as error:
        hint = hint_on_lines(str(error)) if layout is None else ""
        raise (type(error)(f"{error}{hint}") if hint else error) from None
    if header is False and layout is None:
        roles = numbered_roles(list(frame.columns), roles)
        first = [cell for cell in frame.iloc[0] if isinstance(cell, str)]
        if obvious("subject", first) is not None and obvious("object", first) is not None:
            notes = (*notes, "the first line looks like names of columns and is read as a row: leave --no-header out")
    rearranged = layout not in (None, "rows") or asked.get("explode")
    return Opened(frame, notes, roles, replace(dialect, header=True) if rearranged else dialect)


def numbered_roles(columns: list[str], asked: Roles) -> Roles:
    """Roles of columns without names: three are subject, verb and object, and two are subject and object.

    Example:
        >>> numbered_roles(["c1", "c2", "c3"], {})
        {'subject': 'c1', 'verb': 'c2', 'object': 'c3'}
    """
    if any(asked.get(role) for role in ROLES):
        return asked
    places = {2: ("subject", "object"), 3: ("subject", "verb", "object")}.get(len(columns), ())
    if "verb" in places and (asked.get("verb_name") or asked.get("verb") == ""):
        return asked
    return cast(Roles, {**asked, **dict(zip(places, columns, strict=False))})


def laid_out(frame: pd.DataFrame, asked: Roles) -> tuple[pd.DataFrame, Schema, tuple[str, ...]]:
    """A frame with a row for each link, the column of each role, and notes.

    Args:
        frame: (n, columns) with a RangeIndex.
        asked: see `Roles`.

    Raises:
        InputError: a cell is nested, or the table is of another layout than the one asked for.
        SchemaError: a role has no column.
    """
    columns = list(frame.columns)
    check_column_names(columns)
    for name in asked.get("columns") or ():
        if name not in columns:
            raise SchemaError(f"there is no column {str(name)[:60]!r} for --column; the columns are {listed(columns)}")
    made, roles, notes = arranged(frame, asked)
    try:
        schema, told = resolve_schema(list(made.columns), verbs=likely_verbs(made), contents=Contents.of(made), **roles)
    except MissingRoles as missing:
        hint = hint_on_layout(made, missing.left) if asked.get("layout") is None else ""
        raise (MissingRoles(missing.roles, missing.left, hint) if hint else missing) from None
    if asked.get("layout") is None and not asked.get("object"):
        refuse_marks(made, schema.object, schema.extras)
    return made, schema, (*notes, *told)


def from_lists(baskets: Baskets) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Baskets as a frame of the columns basket and item, and notes.

    Raises:
        InputError: a basket is no collection of objects, or there is no object.
    """
    named = baskets.items() if isinstance(baskets, Mapping) else enumerate(baskets, 1)
    names, lists = [], []
    for name, basket in named:
        if isinstance(basket, str | bytes) or not isinstance(basket, Iterable):
            raise InputError(f"basket {name!r} is not a collection of objects such as ['tea', 'pot']")
        names.append(name)
        lists.append(list(basket))
    if not names:
        raise InputError("there is no basket")
    rest = pd.DataFrame({"basket": names})
    made, notes = with_items(rest, lists, ITEM, {}, at=1)
    return made, tuple(note for note in notes if "left out" in note)
