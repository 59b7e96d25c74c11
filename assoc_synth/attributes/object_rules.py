"""Columns that decide what is looked up by the object, as a physician has one department: no link contradicts itself.

Which department an object has is known, also of one that is too rare to know its own physicians by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.dependencies import OBJECT
from assoc_synth.attributes.extra_codes import json_cells
from assoc_synth.attributes.extras import ExtraColumns
from assoc_synth.attributes.functions import ColumnFunction, find_sources
from assoc_synth.attributes.kinds import as_floats, is_number
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.transactions.arrays import Bools
from assoc_synth.transactions.table import TransactionTable


def with_object_rules(
    allowed: Mapping[str, AllowedClasses], extras: ExtraColumns, table: TransactionTable
) -> tuple[dict[str, AllowedClasses], tuple[str, ...]]:
    """The allowed classes of columns, each class only where the object has what the class decides.

    Args:
        allowed: by column, what is known so far.

    Returns:
        The same with what was found, and sentences for the user.
    """
    result, notes = dict(allowed), list[str]()
    tokens = np.unique(table.verb.astype(np.int64) * len(table.objects) + table.object)
    for lookup, code in _found(extras, table):
        may = _may(lookup, code, table)
        before = result.get(code.name)
        if before is None:
            everything = np.ones((len(table.verbs), code.classes), bool)
            before = AllowedClasses.of(everything, tokens[:0], everything[:0], num_objects=len(table.objects))
        result[code.name] = before.and_of_objects(may, tokens)
        notes.append(f"column {lookup.name!r} is a function of column {code.name!r}: kept exactly")
    return result, tuple(notes)


def _found(extras: ExtraColumns, table: TransactionTable) -> Iterator[tuple[Lookup, CategoryCode]]:
    """Columns that are looked up by the object and are functions of drawn categories too."""
    free = [code for code in extras.categories if not code.class_of and code.name not in extras.plan.independent]
    lookups = {one.name: one for one in extras.lookups if one.on == OBJECT and one.name not in extras.missingness}
    lookups = {name: one for name, one in lookups.items() if len(set(one.values)) > 1}
    if not free or not lookups:
        return
    columns = {name: table.extras[name] for name in (*lookups, *(code.name for code in free))}
    names = {code.name: code for code in free}
    for name, source in find_sources(columns, list(lookups), list(names), table.subject).items():
        yield lookups[name], names[source]


def _may(lookup: Lookup, code: CategoryCode, table: TransactionTable) -> Bools:
    """(objects, classes) which classes decide what the object has."""
    column = table.extras[lookup.name]
    cells = json_cells(column, as_floats(column) if is_number(column) else None)
    decides = ColumnFunction.learn(lookup.name, cells, code, table.extras[code.name]).values[: code.classes]
    both, _ = pd.factorize(np.array([*decides, *lookup.values, None], dtype=object)[:-1], use_na_sentinel=False)
    found: Bools = both[len(decides) :, None] == both[None, : len(decides)]
    return found
