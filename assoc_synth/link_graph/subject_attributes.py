"""What holds for a subject as a whole, such as sex, birth year or country: its columns and their classes.

An attribute is an extra column that has one value per subject in the reference. Its values are classes: the most
frequent categories, or the reference's quantile bins of a number or a date; missing is a class. A subject has a class
if any row has it, so a table that spreads two values over one subject's rows has both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.link_graph.column_classes import ColumnClasses, read_text
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.columns.number_codes import are_codes
from assoc_synth.transactions.table import TransactionTable

FEWEST, NEARLY = 20, 0.9
"""A column names its subjects if there are more than `FEWEST` and it has more than `NEARLY` values for each."""


@dataclass(frozen=True, eq=False)
class Attributes:
    """Which classes each subject has.

    Attributes:
        names: the columns, of the reference and of this table.
        owner: (classes,) the position in `names` of the column that a class belongs to, ascending.
        labels: (classes,) what each class is called, such as "sex = F".
        has: bool (subjects, classes).
    """

    names: tuple[str, ...]
    owner: Ints
    labels: tuple[str, ...]
    has: Bools

    @classmethod
    def none(cls, num_subjects: int) -> Attributes:
        """Of a table without attributes."""
        return cls((), np.zeros(0, np.int64), (), np.zeros((num_subjects, 0), bool))

    def take(self, subjects: Ints | Bools) -> Attributes:
        """Of some subjects, by codes or a mask."""
        return Attributes(self.names, self.owner, self.labels, self.has[subjects])


def coded_attributes(reference: TransactionTable, *others: TransactionTable) -> tuple[Attributes, ...]:
    """The attributes of the reference that every table has, in common classes.

    A column is none if no class of it has two subjects or more, or if nearly every subject has a text, or a number as
    things are numbered, of its own: it names its subject.

    Example:
        >>> frame = pd.DataFrame({"subject": list("aabbccdd"), "verb": "v", "object": "o", "sex": list("FFMMFFMM")})
        >>> found, = coded_attributes(TransactionTable.from_frame(frame))
        >>> found.labels, found.has.sum(axis=0).tolist()
        (('sex = F', 'sex = M'), [2, 2])
    """
    tables = (reference, *others)
    own = [name for name in reference.extras.columns if name != reference.schema.cluster]
    shared = [name for name in own if all(name in table.extras.columns for table in others)]
    names: list[str] = []
    owner: list[Ints] = []
    labels: list[str] = []
    parts: list[list[Bools]] = [[] for _ in tables]
    for name in shared:
        if not is_per_subject(reference, name) or names_subjects(reference, name):
            continue
        classes = ColumnClasses.of(reference.extras[name])
        has = [classes_held(table, name, classes) for table in tables]
        kept = np.logical_or.reduce([part.any(axis=0) for part in has])
        if has[0][:, : classes.num_values].sum(axis=0).max(initial=0) < 2 or kept.sum() < 2:
            continue
        owner.append(np.full(int(kept.sum()), len(names), np.int64))
        names.append(str(name))
        labels += [f"{name} = {label}" for label, keep in zip(classes.labels, kept, strict=True) if keep]
        for part, of_table in zip(parts, has, strict=True):
            part.append(of_table[:, kept])
    if not names:
        return tuple(Attributes.none(table.num_subjects) for table in tables)
    columns = np.concatenate(owner)
    return tuple(Attributes(tuple(names), columns, tuple(labels), np.concatenate(part, axis=1)) for part in parts)


def is_per_subject(table: TransactionTable, name: Any) -> bool:
    """Whether no subject has two values, missing ones aside, and there are two in all."""
    code = pd.factorize(table.extras[name])[0]
    known = code >= 0
    pairs = np.unique(table.subject[known].astype(np.int64) * (int(code.max(initial=0)) + 1) + code[known])
    return len(pairs) == len(np.unique(table.subject[known])) and len(np.unique(code)) > 1


def names_subjects(table: TransactionTable, name: Any) -> bool:
    """Whether nearly every subject has a text or a number of its own, as with the number of a record."""
    column = table.extras[name].dropna()
    distinct = column.drop_duplicates()
    subjects = len(np.unique(table.subject[column.index]))
    if subjects <= FEWEST or len(distinct) <= NEARLY * subjects:
        return False
    if pd.api.types.is_datetime64_any_dtype(column) or read_text(distinct) is not None:
        return False
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return True
    numbers = np.asarray(distinct, np.float64)
    whole = bool((numbers == np.rint(numbers)).all() and numbers.min() >= 0 and numbers.max() < 2**53)
    return whole and are_codes(np.sort(numbers.astype(np.int64)), str(name))


def classes_held(table: TransactionTable, name: Any, classes: ColumnClasses) -> Bools:
    """Which classes of a column each subject has in any of its rows: (subjects, classes).

    The last class is "missing": of a subject that has a value elsewhere, a gap says nothing.
    """
    found = np.zeros((table.num_subjects, len(classes)), bool)
    found[table.subject, classes.codes(table.extras[name])] = True
    found[:, -1] &= ~found[:, :-1].any(axis=1)
    return found
