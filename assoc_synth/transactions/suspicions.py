"""What a table seems to be where it is not a row per link: said before anything is made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.number_text import read_numbers
from assoc_synth.transactions.files.baskets import numbered
from assoc_synth.transactions.marks import marks_of

LOOKED_AT = 2_000
LEAST_COLUMNS = 4
"""Of a matrix."""
SEPARATORS = (", ", "; ", " | ", ",", ";", "|")
PLACES = {2: "c1 is then the subject and c2 the object", 3: "c1, c2 and c3 are then subject, verb and object"}
BY_PLACE = "and name the roles by place, such as --subject c1 --object c2"
MOST_VERBS, LONGEST_VERB = 30, 40
LEAST_JOINED = 12
"""Distinct cells that join several items."""


def hint_on_layout(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """What to type where a mandatory role has no column because rows are something else; empty if they are not.

    Args:
        frame: (n, columns) as it was read.
        columns: those without a role.

    Example:
        >>> frame = pd.DataFrame({"tea": ["pot", "tea"], "7": ["8", "9"]})
        >>> print(hint_on_layout(frame, list(frame.columns)).partition(";")[0])
        the first line looks like a row: if it is one, add --no-header (in Python header=False)
    """
    if is_matrix(frame, columns):
        return (
            f"columns hold {_held(frame, columns)} alone: if each is an object, add --layout matrix (in Python "
            "layout='matrix'), which makes a row of each mark and n rows of a count n; else add --layout rows and name "
            "the object's column with --object"
        )
    wide = [] if "c1" in frame.columns else numbered(columns)
    if len(wide) >= 2:
        these = f"{wide[0]!r}, {wide[1]!r} …"
        return f"{these}: if these hold a row's items, add --layout baskets (in Python layout='baskets')"
    if looks_headerless(frame):
        ragged = any(name.startswith("Unnamed: ") for name in columns)
        or_baskets = "; if each line is a basket of items, add --layout baskets" if ragged else ""
        first = "the first line looks like a row: if it is one, add --no-header (in Python header=False)"
        return f"{first}; {PLACES.get(len(frame.columns), BY_PLACE)}{or_baskets}"
    return ""


def likely_verbs(frame: pd.DataFrame) -> list[str]:
    """The columns of few words that repeat: what may be a verb where no name says so.

    Example:
        >>> likely_verbs(pd.DataFrame({"deed": ["bought", "sold"] * 9, "price": ["1.50", "2.00"] * 9}))
        ['deed']
    """
    first = frame.head(LOOKED_AT)
    return [str(name) for name in frame.columns if _may_be_verb(first[name])]


def _may_be_verb(cells: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(cells.dtype) or pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return False
    there = cells.dropna().astype(object)
    distinct = pd.unique(there)
    if not 0 < len(distinct) <= min(MOST_VERBS, len(there) / 2) or not all(isinstance(one, str) for one in distinct):
        return False
    words = [word for word in distinct if any(map(str.isalpha, word)) and len(word) <= LONGEST_VERB]
    return len(words) == len(distinct) and not read_numbers(pd.Series(distinct, dtype=object)) and not marks_of(cells)


def is_matrix(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether most of some columns, at least four, hold marks or counts alone, see `marks_of`."""
    found = sum(marks_of(frame[name]) != "" for name in columns)
    return found >= LEAST_COLUMNS and found >= 0.8 * len(columns)


def _held(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """What most of the columns hold, in words."""
    found = Counter(held for name in columns if (held := marks_of(frame[name])))
    return "counts" if "counts" in found else found.most_common(1)[0][0]


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
    held = marks_of(frame[column])
    if held and is_matrix(frame, [column, *others]):
        raise InputError(f"column {column!r}, read as object, holds {held}: {hint_on_layout(frame, [column, *others])}")


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
        varies = len({len(one) for one in joined}) > 1 or _stand_anywhere(joined)
        words = not all(part.replace(".", "").isdigit() for part in parts)
        if varies and words and len(parts) >= 3 * len(set(parts)):
            raise InputError(
                f"column {column!r}: most cells join several items with {mark!r}: read each item with --explode "
                f"{column!r} --separator {mark!r} (in Python explode=, separator=), or the cells as they are with "
                "--layout rows"
            )


def _stand_anywhere(joined: Sequence[Sequence[str]]) -> bool:
    """Whether most parts of cells stand in several places, as items do and parts of a name do not."""
    places: dict[str, set[int]] = {}
    for parts in joined:
        for at, part in enumerate(parts):
            places.setdefault(part.strip(), set()).add(at)
    return sum(len(found) > 1 for found in places.values()) > len(places) / 2


def hint_on_lines(message: str) -> str:
    """What to type where a CSV cannot be read as one row per line, by the message that says why."""
    if message.endswith("and the header does not"):
        return ": let the header end in one too"
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
