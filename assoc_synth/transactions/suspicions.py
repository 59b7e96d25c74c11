"""What a table seems to be where it is not a row per link: said before anything is made of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.baskets import numbered

LOOKED_AT = 2_000
LEAST_COLUMNS = 4
"""Of a matrix."""
MARKS = ("0", "1", "0.0", "1.0", "true", "false")
SEPARATORS = (", ", "; ", " | ", ",", ";", "|")
LEAST_JOINED = 12
"""Distinct cells that join several items."""


def hint_on_layout(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """What to type where a mandatory role has no column because rows are something else; empty if they are not.

    Args:
        frame: (n, columns) as it was read.
        columns: those without a role.

    Example:
        >>> frame = pd.DataFrame({"tea": ["pot", "tea"], "7": ["8", "9"]})
        >>> hint_on_layout(frame, list(frame.columns))
        'the first line looks like a row: if it is one, add --no-header (in Python header=False)'
    """
    if is_matrix(frame, columns):
        return (
            "columns hold 0 and 1 alone: if each is an object, add --layout matrix (in Python layout='matrix'); else "
            "add --layout rows and name the object's column with --object"
        )
    wide = [] if "c1" in frame.columns else numbered(columns)
    if len(wide) >= 2:
        these = f"{wide[0]!r}, {wide[1]!r} …"
        return f"{these}: if these hold a row's items, add --layout baskets (in Python layout='baskets')"
    if looks_headerless(frame):
        ragged = any(name.startswith("Unnamed: ") for name in columns)
        or_baskets = "; if each line is a basket of items, add --layout baskets" if ragged else ""
        return f"the first line looks like a row: if it is one, add --no-header (in Python header=False){or_baskets}"
    return ""


def is_matrix(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether most of some columns, at least four, hold 0 and 1 or true and false alone."""
    found = sum(is_mark(frame[name]) for name in columns)
    return found >= LEAST_COLUMNS and found >= 0.8 * len(columns)


def is_mark(cells: pd.Series) -> bool:
    """Whether a column's first cells are 0 and 1, or true and false, alone."""
    there = pd.unique(cells.head(LOOKED_AT).dropna())
    return 0 < len(there) <= 2 and all(str(cell).strip().casefold() in MARKS for cell in there)


def looks_headerless(frame: pd.DataFrame) -> bool:
    """Whether the names of columns of text are cells: numbers, or values of their own columns."""
    if any(cells.dtype != object for _, cells in frame.items()):
        return False
    first = frame.head(LOOKED_AT)
    return any(_is_number(name) or bool((first[name] == name).any()) for name in frame.columns)


def refuse_marks(frame: pd.DataFrame, column: str, others: Sequence[str]) -> None:
    """The object's column is no column of a matrix.

    Raises:
        InputError: it is, as others are.
    """
    if is_mark(frame[column]) and is_matrix(frame, [column, *others]):
        raise InputError(f"column {column!r}, read as object, holds 0 and 1 alone: {hint_on_layout(frame, others)}")


def refuse_joined(names: pd.Index, column: str) -> None:
    """Names of objects are one item each.

    Raises:
        InputError: most of them join several items, which occur in many of them.

    Example:
        >>> refuse_joined(pd.Index(["Tables, folding", "Chairs, folding"]), "product")
    """
    if names.dtype != object:
        return
    texts = [name for name in names[:LOOKED_AT] if isinstance(name, str)]
    for mark in SEPARATORS:
        joined = [text.split(mark) for text in texts]
        several = [parts for parts in joined if len(parts) > 1]
        if len(several) < max(LEAST_JOINED, len(texts) / 2):
            continue
        parts = [part.strip() for one in joined for part in one]
        varies = len({len(one) for one in joined}) > 1
        words = not all(part.replace(".", "").isdigit() for part in parts)
        if varies and words and len(parts) >= 3 * len(set(parts)):
            raise InputError(
                f"column {column!r}: most cells join several items with {mark!r}: read each item with --explode "
                f"{column!r} --separator {mark!r} (in Python explode=, separator=), or the cells as they are with "
                "--layout rows"
            )


def hint_on_lines(message: str) -> str:
    """What to type where a CSV cannot be read as one row per line, by the message that says why."""
    if "cells where the header has" in message or "the header is a single column" in message:
        return "; if each line is a basket of items, add --layout baskets"
    if "duplicate column names" in message:
        return "; if the first line is a row, add --no-header, and if each line is a basket, --layout baskets"
    return ""


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True
