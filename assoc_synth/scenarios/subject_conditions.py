"""Subjects with given values of their own columns: attributes are drawn first, so that only these are drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.subject_columns import BinnedNumbers
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Ints, Values

if TYPE_CHECKING:
    from assoc_synth.model.fitted import FittedModel

Classes: TypeAlias = dict[str, tuple[int, ...]]
"""By subject column, the classes that fit."""
MOST_LOOKED_AT = 100_000
"""Steps of dates in a class whose computed values are all looked at."""
FIRST_BLOCK, BLOCK, MOST_DRAWN = 1_000, 20_000, 1_000_000
"""Subjects whose attributes are drawn at once, at first and at most, and the most before a condition is given up."""


def classes_of_value(model: FittedModel, column: str, value: object) -> tuple[int, ...]:
    """The classes of a subject column that a value, or a window of numbers or dates (nanoseconds), allows.

    Raises:
        InputError: none does.
    """
    subject = model.encoder.extras.subject
    code = subject.codes[subject.names.index(column)]
    if isinstance(code, BinnedNumbers):
        ends = np.array(value if isinstance(value, tuple) else (value, value))
        if column in model.encoder.extras.dates:
            ends = model.encoder.extras.dates[column].numbers(ends.astype("datetime64[ns]"), None)
        classes = tuple(code.classes_in(float(ends[0]), float(ends[1])).tolist())
    else:
        places = [at for at, known in enumerate(code.values) if str(known) == str(value)]
        classes = tuple(sorted({code.class_of[at] if code.class_of else at for at in places}))
    if not classes:
        raise InputError(
            f"no subject has such a value of column {column[:40]!r}: ask for another one, or a wider range"
        )
    return classes


def sources_of(model: FittedModel) -> dict[str, str]:
    """The columns that have one value for each subject, and the drawn one that each is computed from, or is."""
    extras = model.encoder.extras
    made = {one.name: one.source for one in extras.functions}
    made |= {one.name: one.source for one in extras.of_dates if one.of is None}
    own = {name: name for name in extras.subject.names}
    return own | {name: source for name, source in made.items() if source in own}


def classes_asked(model: FittedModel, asked: Mapping[str, object]) -> Classes:
    """By column of subjects, the classes that allow all that is asked of it and of what is computed from it.

    Args:
        asked: values, and windows of numbers or dates (nanoseconds), by column; other columns are left out.

    Raises:
        InputError: none does.
    """
    found: Classes = {}
    for column, source in sources_of(model).items():
        if column not in asked:
            continue
        one = column == source
        classes = classes_of_value(model, column, asked[column]) if one else _computed(model, column, asked[column])
        found[source] = tuple(sorted(set(classes) & set(found.get(source, classes))))
        if not found[source]:
            raise InputError(f"no subject has such values of {column[:40]!r} and {source[:40]!r}: ask for other ones")
    return found


def _computed(model: FittedModel, column: str, value: object) -> tuple[int, ...]:
    """The classes of the source of a computed column of which some value becomes what is asked for."""
    extras = model.encoder.extras
    function = next((one for one in extras.functions if one.name == column), None)
    if function is not None:
        code = next(one for one in extras.subject.codes if one.name == function.source)
        assert isinstance(code, CategoryCode), "a function is of categories"
        of_place = [*(code.class_of or range(len(code.values))), code.classes - 1]
        places = np.flatnonzero(_is_asked(np.array(function.values, dtype=object), value))
        return tuple(sorted({of_place[place] for place in places}))
    made = next(one for one in extras.of_dates if one.name == column)
    numbers = next(one for one in extras.subject.codes if one.name == made.source)
    assert isinstance(numbers, BinnedNumbers), "dates are numbers"
    date, classes = extras.dates[made.source], set(range(len(numbers.atoms) + len(numbers.low)))
    ends = zip([*numbers.atoms, *numbers.low], [*numbers.atoms, *numbers.high], strict=True)
    for place, (low, high) in enumerate(ends):
        if high - low < MOST_LOOKED_AT:  # else a value may lie between those that are looked at
            drawn = date.format.local(date.dates(np.arange(low, high + 1)))
            classes -= set() if _is_asked(made.decode({made.source: drawn}), value).any() else {place}
    return tuple(sorted(classes))


def _is_asked(values: Values, asked: object) -> Bools:
    """(n,) which values are the one that is asked for, or in the window."""
    numbers = np.asarray(pd.to_numeric(pd.Series(values), errors="coerce").astype("float64"))
    if isinstance(asked, tuple):
        exact = values.astype("datetime64[ns]").astype(np.int64) if values.dtype.kind == "M" else numbers
        return np.asarray((exact >= asked[0]) & (exact <= asked[1]))
    is_number = isinstance(asked, int | float | np.number)
    return numbers == asked if is_number else np.array([str(value) == str(asked) for value in values], bool)


def subjects_of(model: FittedModel, allowed: Classes, subjects: int, *, seeds: Seeds) -> Edges:
    """New subjects with their attributes among the classes that are allowed, and with all their links.

    Plans and attributes are drawn until enough fit; links are drawn for these alone. So the subjects are those that a
    plain draw would have left after throwing the others away.

    Raises:
        InputError: hardly any subject is like that.
    """
    from assoc_synth.ctgan.edges.sampling import sample_edges

    own, generator = model.encoder.extras.subject, model.edge_generator
    plans, known, found, drawn = list[Ints](), list[Edges](), 0, 0
    size = min(max(2 * subjects, FIRST_BLOCK), BLOCK)
    while found < subjects:
        if drawn >= MOST_DRAWN:
            raise InputError(
                f"too few subjects have such {', '.join(allowed)}: {drawn:,} were drawn, {found:,} of {subjects:,} "
                f"fit; ask for fewer, or for a wider range"
            )
        block = seeds.child(f"block {drawn}")
        plan = model.plans.draw(size, block.child("plan").generator())
        attributes = sample_edges(generator, np.zeros_like(plan), plan=plan, seeds=block)
        classes = model.classes_of(attributes)
        fits = np.ones(len(plan), bool)
        for column, those in allowed.items():
            fits &= np.isin(classes[:, own.names.index(column)], those)
        chosen = np.flatnonzero(fits)[: subjects - found]
        plans.append(plan[chosen])
        known.append(attributes.take(chosen))
        found, drawn, size = found + len(chosen), drawn + size, min(4 * size, BLOCK)
    return sample_edges(generator, np.concatenate(plans), seeds=seeds.child("links"), given=Edges.joined(known))
