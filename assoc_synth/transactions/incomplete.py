"""Rows that lack a subject, a verb or an object: left out and told, or too many to be an accident."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools
from assoc_synth.transactions.columns.names import Names
from assoc_synth.transactions.schema import MANDATORY, Schema

MOST_REJECTED = 0.05
"""A larger share is left out only on request."""


def complete_rows(read: Mapping[str, Names], schema: Schema, *, drop: bool = False) -> tuple[Bools, list[str]]:
    """The rows that have a subject, a verb and an object, and notes on the others.

    Args:
        read: the names by role.
        schema: for the columns' names.
        drop: leave the others out, however many there are.

    Raises:
        InputError: no row is complete, or over `MOST_REJECTED` are not and they are not to be dropped.
    """
    bad = {role: read[role].codes < 0 for role in MANDATORY}
    rejected = bad["subject"] | bad["verb"] | bad["object"]
    if not rejected.any():
        return ~rejected, []
    columns = schema.roles()
    where = ", ".join(f"{int(rows.sum()):,} in column {columns[role]!r}" for role, rows in bad.items() if rows.any())
    summary = f"{int(rejected.sum()):,} of {len(rejected):,} rows have no subject, verb or object ({where})"
    if rejected.all():
        raise InputError(f"{summary}: no row is left")
    if rejected.mean() > MOST_REJECTED and not drop:
        raise InputError(
            f"{summary}, the first is row {int(np.argmax(rejected)) + 1}: at most {MOST_REJECTED:.0%} may; fill them, "
            "or leave these rows out with --drop-incomplete (in Python drop_incomplete=True)"
        )
    return ~rejected, [f"{summary}: left out"]
