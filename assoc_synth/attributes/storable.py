"""Storable: whether any value of a column may be stored, as enough subjects have it, and what else is done with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from assoc_synth.attributes.column_plan import FREQUENT, ColumnPlan
from assoc_synth.attributes.dependencies import BASKET, OBJECT, SUBJECT, VERB
from assoc_synth.attributes.free_text import SHARED_BY
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.kinds import FEWEST, is_text, is_whole, uncategorised
from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.gate.split import HELD_OUT, MAX_HELD_OUT
from assoc_synth.transactions.arrays import Codes

DECIDE = (OBJECT, VERB, (*VERB, *OBJECT))
"""What a value stands for: where it is withheld, another one would be wrong."""
TOO_FEW = "has no value of {} training subjects"
MOST_SHARED = 200
"""Values that are kept of a column that cannot be modelled."""


def expected_of(fewest: int, num_subjects: int) -> int:
    """Subjects of the whole table that a value needs so that about `fewest` of them train, however the table is split.

    Args:
        num_subjects: of the table.

    Example:
        >>> [expected_of(fewest, 1_000) for fewest in (1, 2, 5, 10)], expected_of(5, 1_000_000)
        ([1, 2, 6, 12], 5)
    """
    training = 1 - min(HELD_OUT, MAX_HELD_OUT / max(num_subjects, 1))
    return max(int(np.ceil((fewest - 0.5) / training)), 1)


def is_decided(line: ColumnPlan, source: ColumnPlan | None) -> bool:
    """Whether something else decides a column's values, as the object its price.

    Args:
        source: the line of the column that it is a function of; a function of dates is a rule, which stores no values.
    """
    return line.on in DECIDE or (source is not None and source.kind != "date")


def as_storable(
    line: ColumnPlan,
    column: pd.Series,
    subject: Codes,
    fewest: int,
    source: ColumnPlan | None = None,
    told: int | None = None,
) -> ColumnPlan:
    """The line of a column, or, where no value of it has enough subjects, that of one made anew or left empty.

    Codes in a shape are made anew; others stay empty.

    Args:
        column: (n,) of rows of (n,) subjects; fewest: subjects that a value must have.
        source: as for `is_decided`.
        told: the threshold in training subjects that the user has named, where the rows are those of the whole table.

    Example:
        >>> home = pd.Series([f"{one // 2:04d}" for one in range(100)], name="home")
        >>> line = ColumnPlan("home", "extra", "category", on=SUBJECT, of="subject")
        >>> [as_storable(line, home, np.arange(100), fewest).kind for fewest in (2, 3)]
        ['category', 'identifier']
    """
    if line.kind in ("empty", "identifier", "text") or _has_any(line, column, subject, fewest, source):
        return line
    cells = uncategorised(column).dropna().drop_duplicates()
    if line.role == "extra" and line.kind == "category" and len(cells) > FEWEST and (is_text(cells) or is_whole(cells)):
        made = NewIdentifiers.beside(cells)
        of = line.on[0] if line.on in (SUBJECT, OBJECT, BASKET) else "row"
        if made.shape is not None:
            return replace(emptied(line, made.shown), kind="identifier", of=of)
    return emptied(line, TOO_FEW.format(fewest if told is None else told))


def emptied(line: ColumnPlan, why: str) -> ColumnPlan:
    """The line of a column that stays empty, though nobody has asked for it."""
    return replace(line, kind="empty", format=why, on=(), missingness=False, asked=False, source="")


def without_lost_sources(lines: dict[str, ColumnPlan]) -> tuple[ColumnPlan, ...]:
    """The lines, those without a source whose source stays empty or is made anew."""
    lost = {name for name, line in lines.items() if line.kind in ("empty", "identifier")}
    return tuple(replace(line, source="") if line.source in lost else line for line in lines.values())


def shared_values(column: pd.Series, subject: Codes, fewest: int = SHARED_BY) -> pd.Index:
    """The most frequent values that enough subjects have, as text."""
    known = column.notna().to_numpy()
    pairs = pd.DataFrame({"value": uncategorised(column)[known].astype(str).to_numpy(), "subject": subject[known]})
    uses = pairs.groupby("value")["subject"].agg(["nunique", "size"])
    uses = uses[uses["nunique"] >= fewest].sort_values("size", ascending=False, kind="stable")
    return uses.index[:MOST_SHARED]


def _has_any(line: ColumnPlan, column: pd.Series, subject: Codes, fewest: int, source: ColumnPlan | None) -> bool:
    """Whether anything of the column may be stored: a value, or means of several subjects' numbers."""
    known = column.notna().to_numpy()
    if len(np.unique(subject[known])) < fewest:
        return False
    if line.format == FREQUENT:  # found by counting
        return True
    if line.kind in ("number", "date") and not is_decided(line, source):  # drawn from means of enough subjects
        return True
    code, values = pd.factorize(column, use_na_sentinel=True)
    return bool((subjects_per(code.astype(np.int64), subject, len(values)) >= fewest).any())
