"""Figures of the rows for a report: every measure of order, visits, amounts and hours beside its floor."""

from __future__ import annotations

import numpy as np

from assoc_synth.evaluation.figures import Figure, known
from assoc_synth.evaluation.row_figures import destroyed_distances, row_distances
from assoc_synth.link_graph.rows import Rows

MAX_SUBJECTS = 4_000
"""Of each table: more would take the page minutes."""


def row_figures_of(real: Rows, synthetic: Rows, heldout: Rows | None, rng: np.random.Generator) -> tuple[Figure, ...]:
    """The measures of `evaluation.row_figures` without their intervals, whose jackknife takes ten times as long.

    Args:
        real, synthetic, heldout: over one vocabulary; without a held-out part the real table is halved for the floor.
        rng: of halves, cuts and of what is dealt anew in the destroyed rows.
    """
    if heldout is None and real.num_subjects > 1:
        order = rng.permutation(real.num_subjects)
        real, heldout = (real.take(np.sort(part)) for part in np.array_split(order, 2))
    size = min([synthetic.num_subjects, MAX_SUBJECTS] + ([] if heldout is None else [heldout.num_subjects]))
    real, synthetic = _cut(real, MAX_SUBJECTS, rng), _cut(synthetic, size, rng)
    heldout = None if heldout is None else _cut(heldout, size, rng)
    floor = {} if heldout is None else row_distances(real, heldout)
    destroyed = {} if heldout is None else destroyed_distances(real, heldout, rng)
    return tuple(
        Figure(name, known(value), None, None, known(floor.get(name)), known(destroyed.get(name)))
        for name, value in row_distances(real, synthetic).items()
    )


def _cut(rows: Rows, size: int, rng: np.random.Generator) -> Rows:
    if rows.num_subjects <= size:
        return rows
    return rows.take(np.sort(rng.permutation(rows.num_subjects)[:size]))
