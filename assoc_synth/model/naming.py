"""Names of a table that is drawn in parts: each part has numbers in place of new names until it is known where they
begin, so that names run on from part to part and none occurs twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.model.drawing import identifiers
from assoc_synth.model.fitted import FittedModel
from assoc_synth.transactions.arrays import Ints, Values
from assoc_synth.transactions.columns.numbered_shapes import BLOCK
from assoc_synth.transactions.table import TransactionTable


@dataclass(frozen=True)
class Used:
    """How many new names are used.

    Attributes:
        subjects, baskets: how many there are.
        identifiers: how many each column of identifiers has, by its name.

    Example:
        >>> Used(10, 4, {"mail": 3}) + Used(5, 0, {"mail": 1})
        Used(subjects=15, baskets=4, identifiers={'mail': 4})
    """

    subjects: int = 0
    baskets: int = 0
    identifiers: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, model: FittedModel, table: TransactionTable) -> Used:
        """Of a part with numbers in place of names."""
        baskets = 0 if table.baskets is None else len(table.baskets)
        most = {name: _numbers(table.extras[name].to_numpy(object))[1] for name in identifiers(model)}
        return cls(table.num_subjects, baskets, {name: int(own.max(initial=-1)) + 1 for name, own in most.items()})

    def __add__(self, other: Used) -> Used:
        names = {*self.identifiers, *other.identifiers}
        both = {name: self.identifiers.get(name, 0) + other.identifiers.get(name, 0) for name in sorted(names)}
        return Used(self.subjects + other.subjects, self.baskets + other.baskets, both)


def named(model: FittedModel, table: TransactionTable, before: Used) -> TransactionTable:
    """A part with new names in place of its numbers, after those that the parts before it use.

    Two columns of identifiers that look alike have none in common: each has blocks of numbers of its own.
    """
    made, baskets = model.format, table.baskets
    if baskets is not None and made.new_baskets is not None:
        baskets = made.new_baskets.run(before.baskets, len(baskets))
    extras, names = table.extras.copy(deep=False), identifiers(model)
    for column in model.encoder.extras.regenerated:
        if column.name in names and isinstance(column.rule, NewIdentifiers):
            known, own = _numbers(table.extras[column.name].to_numpy(object))
            number = own + before.identifiers.get(column.name, 0)
            block, place = np.divmod(number, BLOCK)
            cells = np.full(len(known), None, dtype=object)
            distinct, of_row = np.unique(
                (block * len(names) + names.index(column.name)) * BLOCK + place, return_inverse=True
            )
            values = np.empty(len(distinct), dtype=object)
            values[:] = column.rule.run(distinct)
            cells[known] = values[of_row]
            extras[column.name] = made.extras[column.name].give(cells)
    return replace(
        table, subjects=made.new_subjects.run(before.subjects, table.num_subjects), baskets=baskets, extras=extras
    )


def _numbers(cells: Values) -> tuple[Values, Ints]:
    """Which cells have a number, (rows,), and those numbers."""
    known = np.array([cell is not None for cell in cells], bool)
    return known, cells[known].astype(np.int64)
