"""Every measure of one table: what `compare` shows of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.evaluation.comparison import Sides, fidelity_figures
from assoc_synth.evaluation.disclosure import disclosure_of
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.evaluation.motifs import motif_figures
from assoc_synth.evaluation.own_measures import own_figures
from assoc_synth.evaluation.row_figures import row_figures
from assoc_synth.evaluation.utility import MIN_OBJECTS, RecommenderTask
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.table import TransactionTable

MOST_OBJECTS = 5_000
"""Objects up to which a recommender is trained: its weights are dense."""


def table_figures(
    real: TransactionTable, synthetic: TransactionTable, heldout: TransactionTable | None, *, seed: int = 0
) -> tuple[Figure, ...]:
    """Every measure of one table: associations, motifs, single columns, rows, registered ones, use and privacy.

    Args:
        real: the real table, or the part of it that the generator was given.
        synthetic: the table under test; verbs and objects are matched by the text of their names.
        heldout: other real subjects: the floor, and the test of use and privacy, which are left out without them.
            Without them the real table is halved for the floor, by whole clusters.
        seed: of everything drawn.

    Raises:
        InputError: the tables share no verb or no object.
    """
    given = (real, synthetic) if heldout is None else (real, synthetic, heldout)
    aligned = Aligned.of(*given)
    for position, called in enumerate(("synthetic", "held-out")[: len(given) - 1], 1):
        aligned.check_shared(0, position, ("real", called))
    edges, tested, *rest = aligned.edges
    held = rest[0] if rest else None
    rng = np.random.default_rng(seed)
    sides = Sides.of(edges, tested, held, rng, clusters=real.clusters)
    figures = (*fidelity_figures(sides, rng), *motif_figures(sides, rng))
    figures += marginal_figures(real, synthetic, heldout, rng)
    # Hours and amounts are measured there as well, by verb; the figure of all rows together comes first.
    known = {figure.name for figure in figures}
    figures += tuple(figure for figure in row_figures(real, synthetic, heldout, rng) if figure.name not in known)
    # A generator of its own: what the other measures draw does not depend on what is registered.
    figures += own_figures(real, synthetic, heldout, np.random.default_rng(seed))
    if held is None or heldout is None:
        return figures
    figures += (_use(edges, tested, held, heldout, seed),)
    return (*figures, *disclosure_of(real, synthetic, heldout, seed=seed))


def _use(real: Edges, tested: Edges, heldout: Edges, table: TransactionTable, seed: int) -> Figure:
    nothing = Figure("ndcg@10", None)
    if real.num_objects > MOST_OBJECTS:
        return replace(nothing, why=f"{real.num_objects:,} objects are more than {MOST_OBJECTS:,}")
    if (np.diff(heldout.incidence().indptr) < MIN_OBJECTS).all():
        return replace(nothing, why=f"no held-out subject has {MIN_OBJECTS} objects")
    return RecommenderTask(real, heldout, seed, clusters=table.clusters).judge(tested).figure
