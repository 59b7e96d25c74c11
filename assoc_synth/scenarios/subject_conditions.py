"""Subjects with given values of their own columns: attributes are drawn first, so that only these are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from assoc_synth.attributes.subject_columns import BinnedNumbers
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints

if TYPE_CHECKING:
    from assoc_synth.model.fitted import FittedModel

Classes: TypeAlias = dict[str, tuple[int, ...]]
"""By subject column, the classes that fit."""
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
        plan = model.degrees.draw(size, block.child("plan").generator())
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
