"""One table in several Parquet files: a folder, with or without partitions, or the files that a pattern names.

A partition is a folder NAME=VALUE, whose rows all have the value in the column of that name (Hive's layout). Files
whose names begin with a dot or an underscore are notes of the program that wrote the others.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.kinds import check_columns, check_unpacked
from assoc_synth.transactions.files.parquet import as_frame, parquet_table

SUFFIX = ".parquet"
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The value of a partition whose rows have none."""
WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Part:
    """One file of a table.

    Attributes:
        path: where it is.
        name: its path inside the folder, for messages.
        keys: the columns of its partitions and their values, outermost first; None for no value.
    """

    path: Path
    name: str
    keys: tuple[tuple[str, str | None], ...] = ()


def read_folder(path: Path) -> pd.DataFrame:
    """The rows of all files, in the order of their names, a number in a name by its size; partitions come last.

    A column may be whole numbers in one file and numbers in another, or empty in one: it has the narrowest dtype that
    holds both.

    Raises:
        InputError: there is no Parquet file, or something else among them; a file is damaged; files have different
            columns; or there are no rows. The message names the file.
        SchemaError: two columns have the same name.
        OSError: the system cannot read a file.
    """
    parts = parts_of(path)
    tables, size, packed = [], 0, 0
    for part in parts:
        tables.append(parquet_table(part.path, part.name))
        size, packed = size + tables[-1].nbytes, packed + part.path.stat().st_size
        check_unpacked(size, packed, path.name)
    columns = _keys(parts)
    for part, table in zip(parts, tables, strict=True):
        twice = next((name for name in columns if name in table.schema.names), None)
        if twice is not None:
            raise InputError(
                f"{part.name!r} has a column {twice[:60]!r}, which its folder names too: rename one of both"
            )
    whole = _together(parts, tables)
    check_columns([*whole.schema.names, *columns], path.name)
    sizes = [len(table) for table in tables]
    del tables
    frame = as_frame(whole, path.name)
    for name, values in columns.items():
        frame[name] = values.repeat(sizes).reset_index(drop=True)
    return frame


def parts_of(path: Path) -> list[Part]:
    """The files of a table.

    Raises:
        InputError: there is none, or something else among them.
    """
    if path.is_dir():
        if (path / "manifest.json").is_file():
            raise InputError(f"{str(path)!r} is a model and not a table: draw rows with assoc-synth sample {path}")
        found = list(_inside(path, path, ()))
    else:
        found = [Part(Path(one), one) for one in glob.glob(os.fspath(path))]
        for part in found:
            if part.path.is_dir() or part.path.suffix.lower() != SUFFIX:
                raise InputError(f"{path.name!r} means {part.name!r} too: only {SUFFIX} files are read together")
    if not found:
        where = "there is no Parquet file in the folder" if path.is_dir() else "there is no file"
        raise InputError(f"{where} {str(path)!r}")
    return sorted(found, key=lambda part: [(int(one), "") if one.isdecimal() else (-1, one) for one in _digits(part)])


def _digits(part: Part) -> list[str]:
    return DIGITS.split(part.name)


def _inside(folder: Path, root: Path, keys: tuple[tuple[str, str | None], ...]) -> Iterator[Part]:
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        name = os.path.relpath(entry.path, root)
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir():
            column, equals, value = entry.name.partition("=")
            if not equals or not column:
                raise InputError(
                    f"{root.name!r} holds the folder {name!r}: folders in a table are partitions, NAME=VALUE"
                )
            own = unquote(column), None if value == NO_VALUE else unquote(value)
            yield from _inside(Path(entry.path), root, (*keys, own))
        elif entry.name.lower().endswith(SUFFIX):
            yield Part(Path(entry.path), name, keys)
        else:
            raise InputError(
                f"{root.name!r} holds {name!r}: a folder that is a table has {SUFFIX} files alone, or give one file"
            )


def _keys(parts: Sequence[Part]) -> dict[str, pd.Series]:
    """The column of each partition, a value for each file: whole numbers where all are, else text.

    Raises:
        InputError: files lie in different partitions.
    """
    names = [name for name, _ in parts[0].keys]
    for part in parts:
        if [name for name, _ in part.keys] != names or len(set(names)) < len(names):
            first = ", ".join(names) or "none"
            own = ", ".join(name for name, _ in part.keys) or "none"
            raise InputError(
                f"{part.name!r} lies in the partitions {own}, {parts[0].name!r} in {first}: give one of the two alone"
            )
    columns = {}
    for place, name in enumerate(names):
        values = [part.keys[place][1] for part in parts]
        if all(value is None or WHOLE.fullmatch(value) for value in values):
            numbers = pd.array([None if value is None else int(value) for value in values], dtype="Int64")
            columns[name] = pd.Series(numbers if None in values else numbers.astype("int64"))
        else:
            columns[name] = pd.Series(values, dtype=object)
    return columns


def _together(parts: Sequence[Part], tables: Sequence[pa.Table]) -> pa.Table:
    """All rows, with the columns in the order of the first file.

    Raises:
        InputError: a file has other columns, or one of another kind.
    """
    first = tables[0].schema
    for part, table in zip(parts[1:], tables[1:], strict=True):
        for one, other, name in ((first, table.schema, part.name), (table.schema, first, parts[0].name)):
            absent = next((column for column in one.names if column not in other.names), None)
            if absent is not None:
                there = parts[0].name if one is first else part.name
                advice = "write all files with the same columns"
                raise InputError(f"{name!r} has no column {absent[:60]!r}, which {there!r} has: {advice}")
    fields = [_common(name, parts, tables) for name in first.names]
    schema = pa.schema(fields, metadata=first.metadata)
    same = []
    for part, table in zip(parts, tables, strict=True):
        try:
            same.append(table.select(schema.names).cast(schema))
        except pa.ArrowException as error:
            raise InputError(f"{part.name!r} does not fit the other files: {str(error)[:200]}") from None
    return pa.concat_tables(same).unify_dictionaries()


def _common(name: str, parts: Sequence[Part], tables: Sequence[pa.Table]) -> pa.Field:
    """The field that holds a column of all files."""
    found = pa.field(name, tables[0].schema.field(name).type)
    seen = parts[0]
    for part, table in zip(parts, tables, strict=True):
        own = pa.field(name, table.schema.field(name).type)
        if own.type == found.type:
            continue
        one, other = _plain(found), _plain(own)
        try:
            made = pa.unify_schemas([pa.schema([one]), pa.schema([other])], promote_options="permissive").field(name)
        except pa.ArrowException:
            made = None
        if made is None or not _is_kept(one.type, made.type) or not _is_kept(other.type, made.type):
            raise InputError(
                f"column {name[:60]!r} is {one.type} in {seen.name!r} and {other.type} in {part.name!r}: "
                "write all files with the same types"
            )
        if pa.types.is_null(found.type):
            seen = part
        found = made
    return found


def _plain(field: pa.Field) -> pa.Field:
    """A field of the categories' own type."""
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


def _is_kept(own: pa.DataType, made: pa.DataType) -> bool:
    """Whether a type that holds two others says the same of one of them: text stays text, a date a date."""
    if pa.types.is_null(own):
        return True
    same = (pa.types.is_string, pa.types.is_large_string), (pa.types.is_binary, pa.types.is_large_binary)
    for kinds in same:
        if any(kind(own) for kind in kinds):
            return any(kind(made) for kind in kinds)
    for kind in (pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp, pa.types.is_duration, pa.types.is_time):
        if kind(own) != kind(made):
            return False
    return True
