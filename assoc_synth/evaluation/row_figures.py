"""All measures of rows in one call: order, times, visits, amounts, attributes, implications, and a classifier.

Each is explained in the module of its name: `transitions`, `order`, `implications`, `durations`, `visit_pairs`,
`attribute_pairs`, `amount_signs`, `occurrences`, `c2st`. Figures whose name has a ":" are parts or variants of the one
before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from assoc_synth.evaluation.amount_signs import amount_distances
from assoc_synth.evaluation.attribute_pairs import attribute_distances
from assoc_synth.evaluation.c2st import c2st_figures
from assoc_synth.evaluation.comparison import halved
from assoc_synth.evaluation.destroyed import DESTROYERS, Lost, without_visits
from assoc_synth.evaluation.directions import direction
from assoc_synth.evaluation.durations import duration_distances
from assoc_synth.evaluation.figures import Figure, Subjects, interval, jackknife, known
from assoc_synth.evaluation.implications import implication_distances
from assoc_synth.evaluation.occurrences import occurrence_distances
from assoc_synth.evaluation.order import order_distances
from assoc_synth.evaluation.transitions import transition_distances
from assoc_synth.evaluation.visit_pairs import visit_pair_distances
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.transactions.table import TransactionTable

MAX_SUBJECTS = 10_000


Measure = Callable[[Rows, Rows], dict[str, float]]

MEASURES: Sequence[tuple[Measure, Lost]] = (
    (transition_distances, "order"),
    (order_distances, "order"),
    (implication_distances, "visits"),
    (duration_distances, "columns"),
    (visit_pair_distances, "visits"),
    (attribute_distances, "columns"),
    (amount_distances, "columns"),
    (occurrence_distances, "columns"),
)
"""The measures but the classifier's, and what a table has lost that each of them must be able to see."""


def row_distances(x: Rows, y: Rows) -> dict[str, float]:
    """Every measure of rows by name but the classifier's, the first table being the reference.

    A measure that has nothing to be computed from is left out.
    """
    return _known(value for measure, _ in MEASURES for value in measure(x, y).items())


def destroyed_distances(x: Rows, real: Rows, rng: np.random.Generator) -> dict[str, float]:
    """What each measure says of real rows that have lost what it looks at, see `destroyed`.

    Args:
        x: the reference.
        real: other real rows of the same vocabulary.
        rng: of what is dealt anew.
    """
    destroyed = {name: destroy(real, rng) for name, destroy in DESTROYERS.items()}
    return _known(value for measure, lost in MEASURES for value in measure(x, destroyed[lost]).items())


def _known(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    return {name: value for name, value in values if known(value) is not None}


def row_figures(
    real: TransactionTable,
    synthetic: TransactionTable,
    heldout: TransactionTable | None,
    rng: np.random.Generator,
    *,
    max_subjects: int = MAX_SUBJECTS,
) -> tuple[Figure, ...]:
    """Every measure of rows with interval, floor, and the destroyed table's figure in the independent one's place.

    A measure that has nothing to be computed from where a group of subjects is left out has no interval.

    Args:
        real: the reference.
        synthetic: the table under test.
        heldout: other real subjects, which are the floor; None halves the real table.
        rng: of halves, cuts, groups of the jackknife and folds.
        max_subjects: of each table.

    Example:
        >>> from assoc_synth import datasets
        >>> train, heldout = datasets.halves(datasets.toy_shop(subjects=300))
        >>> figures = {figure.name: figure for figure in row_figures(train, heldout, heldout, np.random.default_rng(0))}
        >>> bool(figures["presence_error"].value < 0.1 < figures["presence_error"].independent)
        True
    """
    tables = (real, synthetic) if heldout is None else (real, synthetic, heldout)
    x, y, *rest = coded_rows(*tables)
    floor, own = rest[0] if rest else None, np.arange(x.num_subjects)
    if floor is None and x.num_subjects > 1:
        own, other = halved(x.num_subjects, real.clusters, rng)
        floor = x.take(other)
    size = min([y.num_subjects, max_subjects] + ([] if floor is None else [floor.num_subjects]))
    own = own if len(own) <= max_subjects else np.sort(rng.permutation(own)[:max_subjects])
    x, y, floor = x.take(own), _cut(y, size, rng), None if floor is None else _cut(floor, size, rng)
    beside = {} if floor is None else row_distances(x, floor)
    destroyed = {} if floor is None else destroyed_distances(x, floor, rng)

    def measured(first: Subjects, second: Subjects) -> dict[str, float]:
        return dict.fromkeys(values, float("nan")) | row_distances(x.take(first), y.take(second))

    values = row_distances(x, y)
    clusters = None if real.clusters is None else real.clusters[own]
    errors = jackknife(measured, x.num_subjects, y.num_subjects, rng, clusters=(clusters, None))
    figures = []
    for name, value in values.items():
        most = np.inf if direction(name) == "low" and name.startswith("visit_pair") else 1.0
        low, high = interval(value, errors[name][1] if name in errors else None, most)
        figures.append(Figure(name, value, low, high, beside.get(name), destroyed.get(name)))
    return (*figures, *_recognised(x if floor is None else floor, x, y, rng))


def _recognised(real: Rows, x: Rows, y: Rows, rng: np.random.Generator) -> tuple[Figure, ...]:
    """The classifier's figures: real subjects against the table under test, the reference, and a destroyed table."""
    figures = c2st_figures(real, y, rng)
    if not figures or real is x:
        return figures
    floor, destroyed = (
        {figure.name: figure.value for figure in c2st_figures(real, side, rng)} for side in (x, without_visits(x, rng))
    )
    return tuple(
        Figure(figure.name, figure.value, figure.low, figure.high, floor.get(figure.name), destroyed.get(figure.name))
        for figure in figures
    )


def _cut(rows: Rows, size: int, rng: np.random.Generator) -> Rows:
    if rows.num_subjects <= size:
        return rows
    return rows.take(np.sort(rng.permutation(rows.num_subjects)[:size]))
