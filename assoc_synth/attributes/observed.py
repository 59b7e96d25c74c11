"""The columns in which implications are looked for, as the networks draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.extras import ExtraColumns
from assoc_synth.attributes.implications import CodedValues
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.transactions.table import TransactionTable


def observed_columns(
    extras: ExtraColumns, amount: NumberCode | None, table: TransactionTable, columns: Mapping[str, CodedColumn]
) -> list[CodedValues]:
    """Every column that is drawn for each link, with its numbers where their sign means something.

    Of values that are one for each visit each row has its visit's; others that are one for a group are not looked at by
    row, but whether they are there may be. Columns of which the user says that they depend on nothing are left alone.

    Args:
        amount: how amounts are coded; None without such a column.
        columns: (rows,) the coded columns of the table by name.
    """
    rules = {rule.column: rule for rule in extras.dependencies}
    found = []
    codes: list[tuple[str, NumberCode | CategoryCode]] = [(code.name, code) for code in extras.numbers]
    codes += [(code.name, code) for code in extras.categories]
    if amount is not None:
        codes.insert(0, (extras.amount or amount.name, amount))
    for name, code in codes:
        if name in extras.plan.independent:
            continue
        on = rules[name].on if name in rules else ()
        shared = name in extras.of_visits
        by_row, values = not on or "verb" in on or shared or on[0] == "basket", None
        absolute = name in extras.dates and not extras.dates[name].base
        if isinstance(code, NumberCode) and (by_row or "object" in on) and not absolute and not shared:
            values = table.amount if code is amount else extras.numbers_of(name, table)
        column = columns[code.name]
        column = replace(column, spec=replace(column.spec, missing=int(code.missing)))
        missing = (by_row or "object" in on or rules[name].missingness) and name not in extras.missingness
        single = on in (("object",), ("verb", "object"))
        found.append(CodedValues(name, column, values, by_row, missing, name in extras.dates, single))
    for name in extras.missingness:
        if name not in extras.plan.independent:
            column = columns[extras.no_value(name)]
            found.append(CodedValues(name, replace(column, spec=replace(column.spec, missing=1))))
    return found
