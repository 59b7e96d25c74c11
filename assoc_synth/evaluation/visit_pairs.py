"""Which objects go together in one visit: the measures of `fidelity`, with the visit in the subject's place.

    visit_pair_l1, visit_lift_r, visit_also_buy   `pair_l1`, `lift_r` and `also_buy_at_10` of visits, by any verb

A visit is a basket, or where no column names baskets a session or one timestamp (`transactions.sessions`).
"""

from __future__ import annotations

from dataclasses import asdict

from assoc_synth.evaluation.fidelity import fidelity
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.rows import Rows, share_visits

NAMES = {"pair_l1": "visit_pair_l1", "lift_r": "visit_lift_r", "also_buy_at_10": "visit_also_buy"}


def visit_pair_distances(x: Rows, y: Rows, *, min_count: float = 20) -> dict[str, float]:
    """The figures of this module by name; none where no visit of the reference holds two objects.

    Args:
        min_count: visits with both objects from which on the lift of a pair is compared.
    """
    if not share_visits(x, y):
        return {}
    first, second = visit_edges(x), visit_edges(y)
    if not first.num_subjects or not second.num_subjects or first.degrees().max(initial=0) < 2:
        return {}
    found = asdict(fidelity(first, second, min_count=min_count))
    return {name: found[own] for own, name in NAMES.items()}


def visit_edges(rows: Rows) -> Edges:
    """The links with the visit in the subject's place; rows without a visit are left out."""
    known = rows.visits.of_row >= 0
    return Edges.from_links(
        rows.visits.of_row[known],
        rows.verb[known],
        rows.object[known],
        num_subjects=len(rows.visits),
        num_verbs=rows.num_verbs,
        num_objects=rows.num_objects,
    )
