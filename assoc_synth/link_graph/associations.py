"""Who buys this also buys that: the associations that may be claimed, and the partners of one object.

Everything here works on codes; `LinkGraph.rules`, `LinkGraph.also_buy` and `LinkGraph.partners` answer by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.lift import lift, lift_interval
from assoc_synth.link_graph.pairs import FALSE_DISCOVERY_RATE, Pairs, Scope, all_pairs
from assoc_synth.transactions.arrays import Floats, Ints

MIN_COUNT = 20
MIN_LIFT = 2.0


@dataclass(frozen=True, eq=False)
class AlsoBuy:
    """Partners of one object, best lift first; arrays of shape (partners,). `low` and `high` bound the lift at 95 %."""

    partner: Ints
    count: Ints
    confidence: Floats
    lift: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.partner)

    def to_frame(self) -> pd.DataFrame:
        """One row per partner, the columns named like the attributes."""
        names = ("partner", "count", "confidence", "lift", "low", "high")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def rules(
    edges: Edges,
    *,
    min_count: int = MIN_COUNT,
    min_lift: float = MIN_LIFT,
    q: float = FALSE_DISCOVERY_RATE,
    scope: Scope = "both",
) -> Pairs:
    """The associations that may be claimed: count ≥ min_count, lift ≥ min_lift, significant at false discovery rate q.

    All verbs and pairs of verbs form one family, so that on a table without associations any rule at all is claimed
    with probability at most q. Strongest lift first.
    """
    found = all_pairs(edges, min_count, scope=scope)
    found = found.where(found.significant(q) & (found.lift >= min_lift))
    return found.where(np.lexsort((found.right, found.left, -found.count, -found.lift)))


def also_buy(
    edges: Edges,
    object: int,
    *,
    verb: int | None = None,
    across: tuple[int, int] | None = None,
    top: int = 10,
    min_count: int = MIN_COUNT,
) -> AlsoBuy:
    """What the subjects of an object are also linked to, highest lift first (then count, then code).

    Args:
        object: object code.
        verb: the verb of both objects; None merges all verbs.
        across: (v, w): subjects with a v-link to `object`, partners by w-links; overrides `verb`.
        top: return at most this many partners.
        min_count: least common subjects of a partner.
    """
    first, second = across if across is not None else (verb, verb)
    left, right = edges.incidence(first), edges.incidence(second)
    who = left[:, [object]].toarray().ravel() > 0
    count = np.bincount(right[who].indices, minlength=edges.num_objects)
    partner_count = np.bincount(right.indices, minlength=edges.num_objects)
    eligible = count >= max(min_count, 1)
    if first == second:
        eligible[object] = False
    partner = np.flatnonzero(eligible)
    c, a, b = count[partner], int(who.sum()), partner_count[partner]
    strength = lift(c, a, b, edges.num_subjects)
    best = np.lexsort((partner, -c, -strength))[: max(top, 0)]
    low, high = lift_interval(c[best], np.full(len(best), a), b[best], edges.num_subjects)
    return AlsoBuy(
        partner[best].astype(np.int64), c[best].astype(np.int64), c[best] / max(a, 1), strength[best], low, high
    )
