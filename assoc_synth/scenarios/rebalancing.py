"""Rebalance: the verbs' shares of the rows, exactly as asked, with what goes together within each verb untouched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.drawing import edges_of, rank_within
from assoc_synth.scenarios.naming import role_of, verb_code
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.transactions.arrays import Floats, Ints

BLOCK, MOST = 50_000, 50_000_000
"""Subjects whose numbers of links are drawn at once, and the most in all."""
MOST_JUDGED, SPARE = 2_000_000, 1.2
"""Links drawn for the gate alone, where too few are asked for, and this many times as many as it needs on average."""


@dataclass(frozen=True, eq=False)
class Rebalance:
    """How many rows each verb has: (V,)."""

    quota: Ints

    @classmethod
    def of(cls, model: FittedModel, asked: object, rows: int) -> Rebalance:
        """Shares of the verbs as numbers of rows.

        Args:
            asked: `{"verb": {name: share}}` or `{"verb": "uniform"}`; verbs that are not named share what is left.

        Raises:
            InputError: another column, an unknown verb, a share outside of 0 to 1, or too rare a verb.
        """
        if not isinstance(asked, Mapping) or len(asked) != 1 or role_of(model, next(iter(asked))) != "verb":
            raise InputError('rebalance takes {"verb": {name: share, ...}} or {"verb": "uniform"}, and no other column')
        (wanted,) = asked.values()
        natural = model.margins.sum(1)[: len(model.verbs)]
        if isinstance(wanted, str) and wanted == "uniform":
            share = (natural > 0) / (natural > 0).sum()
        elif isinstance(wanted, Mapping) and wanted:
            share = _shares(model, wanted, natural)
        else:
            raise InputError('the shares of the verbs are {name: share, ...} or "uniform"')
        quota = largest_remainder(share, rows)
        needed = quota / np.maximum(natural / model.known_subjects, 1e-12)
        if needed.max() > MOST:
            rare = model.verbs[int(needed.argmax())]
            raise InputError(f"{str(rare)[:40]!r} is too rare for {quota[needed.argmax()]:,} rows: ask for fewer rows")
        return cls(quota)

    @property
    def name(self) -> str:
        return "rebalance"

    @property
    def verbs(self) -> list[int]:
        """Codes of the verbs that have rows; each is judged by itself."""
        return [int(verb) for verb in np.flatnonzero(self.quota)]

    @property
    def is_judged(self) -> bool:
        return True

    def what_is_judged(self, attempts: int) -> str:
        return "this draw, each verb by itself and nothing across verbs"

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        """For each verb the first rows, by subject."""
        whole, having = self._enough(model, seeds)
        edges = whole.draw(model, seeds)
        drawn = emit_rows(model, edges, seeds=seeds)
        order = rank_within(drawn.verb)
        table = drawn.take_rows(np.flatnonzero(order < self.quota[drawn.verb]))
        got = np.bincount(table.verb, minlength=len(self.quota))
        outcomes = tuple(
            Outcome(f"rows of {name}", int(q), int(n)) for name, q, n in zip(model.verbs, self.quota, got, strict=True)
        )
        return ScenarioRows(table, outcomes, (_NOTE,), Evidence(edges, drawn, having))

    def _enough(self, model: FittedModel, seeds: Seeds) -> tuple[Rebalance, dict[tuple[int, ...], int]]:
        """This, or a larger draw with the same shares where a verb has too few subjects to be judged with full power.

        Returns:
            What to draw, and how many of the gate's subjects would have each verb.
        """
        having = Evidence.having(model, [(verb,) for verb in self.verbs], seeds.child("having").generator())
        sizes = model.degrees.draw(BLOCK, seeds.child("sizes").generator())[:, self.verbs]
        links = sizes.sum(0) / np.maximum((sizes > 0).sum(0), 1)
        needed = np.array([having[(verb,)] for verb in self.verbs])
        short = float((SPARE * needed * links / self.quota[self.verbs]).max(initial=0.0))
        factor = min(short, MOST_JUDGED / int(self.quota.sum()))
        return (self if factor <= 1 else Rebalance(np.ceil(self.quota * factor).astype(np.int64))), having

    def draw(self, model: FittedModel, seeds: Seeds) -> Edges:
        """Links: for each verb those of the first subjects, in one order for all verbs; the last subject's are cut.

        The subjects are drawn with all their links, and the surplus is left out: links of a verb that were drawn
        without the subject's other links would be less associated than they are. A link has at least one row,
        so as many links as rows are always enough.
        """
        from assoc_synth.ctgan.edges.sampling import sample_edges

        rng, left, parts = seeds.child("subjects").generator(), self.quota.copy(), []
        while left.any():
            sizes = model.degrees.draw(BLOCK, rng)
            sizes = np.minimum(np.pad(sizes, ((0, 0), (0, len(left) - sizes.shape[1]))), len(model.objects))
            kept = np.clip(left - (np.cumsum(sizes, 0) - sizes), 0, sizes)
            parts.append(sizes[kept.sum(1) > 0])
            left = left - kept.sum(0)
        edges = sample_edges(model.edge_generator, np.concatenate(parts), seeds=seeds)
        quota = np.pad(self.quota, (0, edges.num_verbs - len(self.quota)), constant_values=len(edges))
        some = rank_within(edges.verb) < quota[edges.verb]  # and all attributes
        return edges_of(model, edges.subject[some], edges.verb[some], edges.object[some], edges.num_subjects)


_NOTE = (
    "rebalanced: of each verb the rows of the first subjects, so within a verb nothing else changes; across verbs the "
    "associations hold where a subject has both"
)


def _shares(model: FittedModel, wanted: Mapping[Any, Any], natural: Floats) -> Any:
    share, named = np.zeros(len(natural)), np.zeros(len(natural), bool)
    for name, value in wanted.items():
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not 0 <= float(value) <= 1:
            raise InputError(f"the share of {str(name)[:40]!r} must be from 0 to 1, not {value!r}")
        code = verb_code(model, name)
        share[code], named[code] = float(value), True
    left = 1 - share.sum()
    if left < -1e-9:
        raise InputError(f"the shares sum to {share.sum():g}: more than 1")
    others = np.where(named, 0.0, natural)
    if left > 1e-9:
        if not others.any():
            raise InputError(f"the shares sum to {share.sum():g} and no verb is left for the rest: they must sum to 1")
        share += left * others / others.sum()
    return share


def largest_remainder(share: Floats, total: int) -> Ints:
    """Whole numbers that sum to `total`, each within one of its share of it: (n,) shares that sum to 1 → (n,)."""
    exact = share * total
    floor = np.floor(exact + 1e-9).astype(np.int64)
    floor[np.argsort(floor - exact, kind="stable")[: total - int(floor.sum())]] += 1
    return floor
