"""SDV's metadata in and out: which column is what, in the words of `sdv.metadata.Metadata`.

SDV itself is not imported to read any; it is to make one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.schema import Roles

if TYPE_CHECKING:
    from sdv.metadata import Metadata

AnyMetadata: TypeAlias = object
"""SDV's `Metadata`, the dict of one, or anything with `sequence_key` and `sequence_index`."""
SDTYPES = {
    "subject": "id", "verb": "categorical", "object": "categorical", "time": "datetime", "amount": "numerical",
    "basket": "id",
}  # fmt: skip
"""What the column of a role is to SDV."""


def roles_of(metadata: AnyMetadata, columns: Mapping[str, str | None]) -> dict[str, str]:
    """The roles that SDV's metadata name: the sequence key is the subject, the sequence index the time.

    Args:
        metadata: an `sdv.metadata.Metadata`, the dict of one, or anything with `sequence_key` and `sequence_index`.
        columns: what the user names, which is not overruled.

    Returns:
        Role to column, and `time_format` where the metadata have a format of the sequence index.

    Raises:
        InputError: they describe several tables.

    Example:
        >>> columns = {"who": {"sdtype": "id"}, "when": {"sdtype": "datetime", "datetime_format": "%d/%m/%Y"}}
        >>> visits = {"columns": columns, "sequence_key": "who", "sequence_index": "when"}
        >>> roles_of({"tables": {"visits": visits}}, {})
        {'subject': 'who', 'time': 'when', 'time_format': '%d/%m/%Y'}
    """
    described = _single(metadata)
    key, index = _get(described, "sequence_key"), _get(described, "sequence_index")
    named = {role: str(name) for role, name in (("subject", key), ("time", index)) if name}
    named = {role: name for role, name in named.items() if columns.get(role) is None}
    if "time" in named:
        of_columns = _get(described, "columns")
        about = of_columns.get(index) if isinstance(of_columns, Mapping) else None
        pattern = about.get("datetime_format") if isinstance(about, Mapping) else None
        if pattern and columns.get("time_format") is None:
            named["time_format"] = str(pattern)
    return named


def with_metadata(roles: Roles, metadata: AnyMetadata, frame: pd.DataFrame) -> Roles:
    """The roles that a user names, and those that SDV's metadata name besides.

    Args:
        roles: None and what is absent is not named.
        metadata: as `roles_of` takes it.
        frame: the rows; a format of times counts where they are text.

    Raises:
        InputError: as `roles_of`.
    """
    named = {role: value for role, value in roles.items() if value is not None}
    found = roles_of(metadata, named)  # type: ignore[arg-type]
    time = found.get("time")
    if time in frame and not pd.api.types.is_string_dtype(frame[time]):
        found.pop("time_format", None)
    return cast(Roles, {**found, **named})


def metadata_of(frame: pd.DataFrame, roles: Mapping[str, str], name: str = "transactions") -> Metadata:
    """SDV's metadata of a table's rows.

    Args:
        frame: the rows.
        roles: role to column.
        name: of the table.

    Returns:
        Metadata whose sequence key is the subject and whose sequence index is the time, so that `fit` and
        `TransactionTable.from_frame` read the same roles from them.
    """
    from sdv.metadata import Metadata

    kinds = {column: SDTYPES[role] for role, column in roles.items() if role in SDTYPES}
    columns = {str(column): {"sdtype": kinds.get(column) or sdtype_of(frame[column])} for column in frame.columns}
    table: dict[str, Any] = {"columns": columns, "sequence_key": roles["subject"]}
    if "time" in roles:
        table["sequence_index"] = roles["time"]
    return Metadata.load_from_dict({"tables": {name: table}, "relationships": [], "METADATA_SPEC_VERSION": "V2"})


def _single(metadata: object) -> object:
    tables = _get(metadata, "tables")
    if not isinstance(tables, Mapping):
        return metadata
    if len(tables) != 1:
        raise InputError(f"one table of transactions is needed, the metadata describe {len(tables)}: take one of them")
    return next(iter(tables.values()))


def _get(described: object, name: str) -> Any:
    return described.get(name) if isinstance(described, Mapping) else getattr(described, name, None)


def sdtype_of(cells: pd.Series) -> str:
    """The `sdtype` that SDV gives to such cells: boolean, numerical, datetime or categorical."""
    if pd.api.types.is_bool_dtype(cells):
        return "boolean"
    if pd.api.types.is_numeric_dtype(cells):
        return "numerical"
    return "datetime" if pd.api.types.is_datetime64_any_dtype(cells) else "categorical"
