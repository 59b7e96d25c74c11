"""Where the command line takes tables and models from: a path, or the name of one that comes with the package.

A path wins over a name, and where something is there by chance, this is told. `NAME:model` is a model's name where a
table has the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import numpy as np

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.reading import is_graph, read_graph
from assoc_synth.link_graph.imports.triples import is_triples
from assoc_synth.link_graph.independent_table import independent_table
from assoc_synth.model.directory import is_model
from assoc_synth.model.named import MARK, located, named_models
from assoc_synth.transactions.schema import FileRoles
from assoc_synth.transactions.table import TransactionTable

PARTS = ("train", "heldout", "independent")


def model_of(source: str) -> str | None:
    """The model that is meant where a table or a model may be given; None if it is a table.

    Args:
        source: a model's directory, `NAME:model`, or the name of a stored model that no built-in table has.

    Raises:
        ModelFileError: there is no stored model of that name.
        InputError: it is neither a path nor a name.

    Example:
        >>> model_of("toy-shop"), model_of("toy-shop:model")
        (None, 'toy-shop:model')
    """
    if Path(source).exists():
        return source if is_model(source) else None
    models = named_models()
    if source.endswith(MARK) or (source in models and source not in datasets.NAMES):
        located(source)
        return source
    if source.partition(":")[0] not in datasets.NAMES and not Path(source).suffix:
        tables, marked = ", ".join(datasets.NAMES), ", ".join(f"{name}{MARK}" for name in models) or "none"
        raise InputError(
            f"there is no file {source[:200]!r}; the built-in tables are {tables}, and the models are {marked}"
        )
    return None


def shadow_notes(source: str, *, model: bool = False) -> tuple[str, ...]:
    """That a file or a folder was taken, where something of its name comes with the package; nothing otherwise.

    Args:
        source: as it is typed.
        model: whether a model is asked for.

    Example:
        >>> shadow_notes("toy-shop"), shadow_notes("./toy-shop")
        ((), ())
    """
    known = set(named_models()) if model else set(datasets.NAMES)
    if source.partition(":")[0] not in known or not Path(source).exists():
        return ()
    what = "model" if model else "table"
    return (f"{source!r} is what is here, not the {what} of that name that comes with the package; ./{source} says so",)


def read_source(data: str, **roles: Unpack[FileRoles]) -> TransactionTable:
    """A file or a graph's folder, or a built-in table where none has that name.

    Args:
        data: a path, `NAME`, `NAME:train`, `NAME:heldout`, or `NAME:independent` (the independent generator's table of
            the training half, seed 0).
        roles: column by role and how to read, for a file only.

    Raises:
        InputError: the table cannot be read, or it is built in and a role is given.

    Example:
        >>> read_source("random-svo:heldout").num_verbs
        4
    """
    name, _, part = data.partition(":")
    if name not in datasets.NAMES or Path(data).exists():
        if not Path(data).exists() and not Path(data).suffix:
            known = ", ".join(datasets.NAMES)
            raise InputError(f"there is no file {data[:200]!r}, and the built-in tables are {known}")
        return _from_file(data, roles)
    if part == "model":
        raise InputError(f"{data} is a model, not a table: draw rows first, with sample {name} -o rows.csv")
    if part not in ("", *PARTS):
        raise InputError(f"{name} has the parts {', '.join(':' + known for known in PARTS)}, not {part[:20]!r}")
    option = _option(roles)
    if option:
        raise InputError(f"{name} is built in and its columns have their roles: leave --{option} out")
    table = datasets.load(name)
    if not part:
        return table
    training, held_out = datasets.halves(table)
    if part == "independent":
        return independent_table(training, np.random.default_rng(0))
    return training if part == "train" else held_out


def _from_file(data: str, roles: FileRoles) -> TransactionTable:
    """A table's file, or a graph's, whose parts have their roles.

    Raises:
        InputError: it cannot be read, or it is a graph and a role is given.
    """
    option = _option(roles)
    if not is_graph(data) or (option and Path(data).is_file() and is_triples(Path(data))):
        return TransactionTable.read(data, **roles)
    if option:
        raise InputError(f"{Path(data).name!r} is a graph and its parts have their roles: leave --{option} out")
    return read_graph(data)


def _option(roles: FileRoles) -> str:
    """The first option that says how a table is read; "" if there is none."""
    given = [role.replace("_", "-") for role, column in roles.items() if column is not None and role != "columns"]
    return "" if not given else "no-header" if given[0] == "header" else given[0]
