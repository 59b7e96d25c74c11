"""One verb of a graph, and names that survive in files whose readers take some words for missing values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

MISSING_WORDS = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
     "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
"""What pandas reads as missing in a file of text (the defaults of `pandas.read_csv`)."""


def rows_of_verb(table: TransactionTable, verb: str | None, format: str) -> Ints:
    """The rows of one verb, in order.

    Args:
        table: the table.
        verb: its name; None if the table has only one.
        format: the format's name, for the message.

    Raises:
        InputError: there is no such verb, or there are several and none is named.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> len(rows_of_verb(toy_shop(subjects=9), "bought", "lenskit")) > 0
        True
    """
    if verb is None and table.num_verbs == 1:
        return np.arange(len(table))
    if verb is None:
        known = ", ".join(repr(str(name)[:40]) for name in table.verbs[:10])
        raise InputError(f"{format} holds one verb at a time: name it with --only-verb; there are {known}")
    code = Vocabulary(table.verbs).find(verb, "verb")
    return np.flatnonzero(table.verb == code).astype(np.int64)


def refuse_missing_words(table: TransactionTable, format: str) -> None:
    """Refuse names that the readers of a format take for missing values.

    Raises:
        InputError: there is one; the message has the first row of it.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> refuse_missing_words(toy_shop(subjects=9), "recbole")
    """
    for role in ("subject", "verb", "object"):
        names: pd.Index = getattr(table, f"{role}s")
        odd = [code for code, name in enumerate(names) if str(name) in MISSING_WORDS]
        rows = np.flatnonzero(np.isin(getattr(table, role), odd))
        if len(rows):
            raise InputError(
                f"row {rows[0] + 1}, {role}: its readers take the name for a missing value (as nan, NA or null), so "
                f"that {format} cannot hold it: rename it first"
            )


def merged(graph: LinkGraph, rows: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Rows without repeats of a subject and object: subject, object, how many there were, and the last of them.

    Sorted by subject, then object; the last is the row with the latest time, or the last one where there are no times.
    """
    table = graph.table
    key = table.subject[rows].astype(np.int64) * table.num_objects + table.object[rows]
    order = np.lexsort((rows, key) if table.time is None else (_ticks(table, rows), key))
    ordered = key[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(rows) else np.zeros(0, np.int64)
    ends = np.append(first[1:], len(rows))
    pairs = ordered[first]
    last = rows[order[ends - 1]] if len(rows) else rows
    return pairs // table.num_objects, pairs % table.num_objects, ends - first, last


def _ticks(table: TransactionTable, rows: Ints) -> Ints:
    """Times as numbers of which the missing ones are the earliest."""
    assert table.time is not None
    return table.time[rows].astype("datetime64[ns]").astype(np.int64)
