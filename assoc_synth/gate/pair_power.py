"""Which pairs of a table can be confirmed one by one, with how many subjects."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.sample_size import decided_by, round_up, subjects_to_confirm
from assoc_synth.transactions.arrays import Floats

SIZES = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""Subjects in each of two tables."""
SUPPORTS = (0.1, 0.03, 0.01, 0.003, 0.0)
LIFTS = (2.0, 4.0, 8.0)
"""Where bands of support and of lift begin; the last one of lift has no end."""
HALF = 0.5


@dataclass(frozen=True)
class PairBand:
    """Claimed pairs of one band of support and lift.

    Attributes:
        support_from, support_to: share of the subjects that have both, from and below.
        lift_from, lift_to: from and below; None for no end.
        pairs: how many pairs there are.
        confirmed: how many of them two tables of `PairPower.sizes` subjects each confirm, if they are kept.
    """

    support_from: float
    support_to: float
    lift_from: float
    lift_to: float | None
    pairs: int
    confirmed: tuple[int, ...]


@dataclass(frozen=True)
class PairPower:
    """Pairs that a comparison of two tables can confirm (`link_graph.sample_size`: lifts within a quarter, power 80 %).

    Attributes:
        sizes: subjects in each table.
        pairs: pairs that the table claims: 20 subjects, lift 2, significant.
        confirmed: of them, by size.
        half: about how many subjects in each table confirm half of the pairs; None without a pair.
        bands: by support and lift, those with a pair in them.
    """

    sizes: tuple[int, ...]
    pairs: int
    confirmed: tuple[int, ...]
    half: int | None
    bands: tuple[PairBand, ...]

    @classmethod
    def of(cls, edges: Edges, sizes: tuple[int, ...] = SIZES) -> PairPower:
        """Of the pairs that a graph claims, within and across verbs.

        Example:
            >>> from assoc_synth import LinkGraph, datasets
            >>> found = PairPower.of(LinkGraph.from_table(datasets.toy_shop(subjects=400)).edges, (1_000, 100_000))
            >>> found.confirmed[0] < found.confirmed[1] == found.pairs
            True
        """
        claimed = rules(edges)
        total = max(edges.num_subjects, 1)
        shares = (claimed.count / total, claimed.left_count / total, claimed.right_count / total)
        needed = subjects_to_confirm(*shares)
        half = int(round_up(float(np.quantile(needed, HALF, method="higher")))) if len(needed) else None
        counts = tuple(decided_by(needed, sizes).tolist())
        return cls(sizes, len(claimed), counts, half, _bands(shares[0], claimed.lift, needed, sizes))

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def _bands(support: Floats, lift: Floats, needed: Floats, sizes: tuple[int, ...]) -> tuple[PairBand, ...]:
    found = []
    for support_to, support_from in zip((1.0, *SUPPORTS), SUPPORTS, strict=False):
        for lift_from, lift_to in zip(LIFTS, (*LIFTS[1:], None), strict=True):
            inside = (support >= support_from) & ((support < support_to) | (support_to == 1.0))
            inside &= (lift >= lift_from) & ((lift < lift_to) if lift_to is not None else True)
            if inside.any():
                confirmed = tuple(decided_by(needed[inside], sizes).tolist())
                found.append(PairBand(support_from, support_to, lift_from, lift_to, int(inside.sum()), confirmed))
    return tuple(found)
