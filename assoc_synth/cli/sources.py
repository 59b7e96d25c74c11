"""Where the command line takes a table from: a file, a built-in data set, a half of it, or its independent twin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.schema import FileRoles
from assoc_synth.transactions.table import TransactionTable

PARTS = ("train", "heldout", "independent")


def read_source(data: str, **roles: Unpack[FileRoles]) -> TransactionTable:
    """A file, or a built-in table where no file has that name.

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
        return TransactionTable.read(data, **roles)
    if part not in ("", *PARTS):
        raise InputError(f"{name} has the parts {', '.join(':' + known for known in PARTS)}, not {part[:20]!r}")
    given = [role.replace("_", "-") for role, column in roles.items() if column is not None and role != "columns"]
    if given:
        option = "no-header" if given[0] == "header" else given[0]
        raise InputError(f"{name} is built in and its columns have their roles: leave --{option} out")
    table = datasets.load(name)
    if not part:
        return table
    training, held_out = datasets.halves(table)
    if part == "independent":
        return independent_table(training, np.random.default_rng(0))
    return training if part == "train" else held_out


def independent_table(table: TransactionTable, rng: np.random.Generator) -> TransactionTable:
    """What a generator without any association makes of a table.

    Links are those of `independent_draw`; times, amounts and extra columns are dealt out at random among the rows of a
    verb; baskets are missing; subjects are new ones.
    """
    drawn = independent_draw(LinkGraph.from_table(table).edges, rng)
    subject, verb, object = (np.repeat(codes, drawn.count) for codes in (drawn.subject, drawn.verb, drawn.object))
    source = np.empty(len(verb), np.int64)
    for code in np.unique(verb):
        source[verb == code] = rng.permutation(np.flatnonzero(table.verb == code))
    return replace(
        table,
        subjects=table.format.new_subject_names(drawn.num_subjects),
        subject=subject,
        verb=verb,
        object=object,
        time=None if table.time is None else table.time[source],
        amount=None if table.amount is None else table.amount[source],
        basket=None if table.basket is None else np.full(len(source), -1, np.int64),
        baskets=None if table.baskets is None else table.baskets[:0],
        extras=table.extras.iloc[source].reset_index(drop=True),
        notes=(),
    )
