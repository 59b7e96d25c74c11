"""`compare`: synthetic tables from anywhere against a real one, every measure of each in one frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.evaluation.comparison import Sides, fidelity_figures
from assoc_synth.evaluation.disclosure import disclosure_of
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.evaluation.motifs import motif_figures
from assoc_synth.evaluation.row_figures import row_figures
from assoc_synth.evaluation.utility import MIN_OBJECTS, RecommenderTask
from assoc_synth.link_graph.alignment import Aligned
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.schema import Roles, check_roles
from assoc_synth.transactions.table import TransactionTable

MOST_OBJECTS = 5_000
"""Objects up to which a recommender is trained: its weights are dense."""
Compared = AnyFrame | TransactionTable


def compare(
    real: Compared,
    tables: Mapping[str, Compared],
    holdout: Compared | None = None,
    *,
    seed: int = 0,
    **roles: Unpack[Roles],
) -> pd.DataFrame:
    """Every measure of one or several synthetic tables, each with its interval, floor and independent baseline.

    Args:
        real: the real table, or the part of it that the generators were given.
        tables: the synthetic tables by name; verbs and objects are matched to the real ones by the text of their names.
        holdout: real subjects that no generator has seen: they are the floor, and the test of use and closeness, which
            are left out without them. Without them the real table is halved for the floor, by whole clusters.
        seed: of everything drawn.
        roles: the column of each role in the frames, see `Roles`; a `TransactionTable` has its own.

    Returns:
        A row for each table and measure: table, measure, value, low and high (95 %), floor (other real subjects),
        independent (a table without associations; for order and cells, one that has lost what the measure looks at),
        aim ("low", "high" or "half"), why (what is missing where there is no value).

    Raises:
        InputError: a table cannot be read, shares no verb or no object with the real one, or there is none.

    Example:
        >>> from assoc_synth import datasets
        >>> train, heldout = datasets.halves(datasets.toy_shop(subjects=60))
        >>> found = compare(train, {"copy": train}, heldout).set_index("measure")
        >>> found.loc[["pair_l1", "exact_copies"], "value"].tolist(), bool(found.loc["pair_l1", "floor"] > 0.5)
        ([0.0, 1.0], True)
    """
    check_roles(roles)
    if not isinstance(tables, Mapping) or not tables:
        raise InputError("compare takes the synthetic tables by name, such as {'ours': rows}, and at least one")
    first, held = _table(real, roles), None if holdout is None else _table(holdout, roles)
    parts = []
    for name, data in tables.items():
        figures = table_figures(first, _table(data, roles), held, seed=seed)
        found = pd.DataFrame([figure.to_dict() for figure in figures]).rename(columns={"name": "measure"})
        found.insert(0, "table", str(name))
        parts.append(found)
    whole = pd.concat(parts, ignore_index=True)
    numbers = ["value", "low", "high", "floor", "independent"]
    return whole.astype(dict.fromkeys(numbers, "float64"))[["table", "measure", *numbers, "aim", "why"]]


def table_figures(
    real: TransactionTable, synthetic: TransactionTable, heldout: TransactionTable | None, *, seed: int = 0
) -> tuple[Figure, ...]:
    """Every measure of one table: associations, motifs, single columns, rows, use and privacy.

    Args:
        real, synthetic, heldout: as `compare` takes them.
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


def _table(data: Compared, roles: Roles) -> TransactionTable:
    return data if isinstance(data, TransactionTable) else TransactionTable.from_frame(data, **roles)
