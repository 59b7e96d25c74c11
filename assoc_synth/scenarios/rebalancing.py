"""Rebalance: the verbs' shares of the rows, exactly as asked, with what goes together within each verb untouched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, some_rows
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.drawing import edges_of, rank_within
from assoc_synth.scenarios.naming import role_of, verb_code
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.transactions.arrays import Bools, Floats, Ints

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
        while True:
            edges = whole.draw(model, seeds)
            own = whole.of_links(model, edges)
            drawn = emit_rows(model, edges, seeds=seeds)
            drawn = some_rows(model, drawn, own[drawn.subject, drawn.verb])
            short = self.quota - np.bincount(drawn.verb, minlength=len(self.quota))
            if (short <= 0).all():
                break
            # Rules may leave subjects fewer links than were planned.
            whole = Rebalance(whole.quota + np.maximum(2 * short, 0))
        table = drawn.take_rows(np.flatnonzero(rank_within(drawn.verb) < self.quota[drawn.verb]))
        got = np.bincount(table.verb, minlength=len(self.quota))
        outcomes = tuple(
            Outcome(f"rows of {name}", int(q), int(n)) for name, q, n in zip(model.verbs, self.quota, got, strict=True)
        )
        links = model.links_of(edges)
        some = own[links.subject, links.verb]
        codes = links.subject[some], links.verb[some], links.object[some]
        return ScenarioRows(table, outcomes, (_NOTE,), Evidence(edges_of(model, *codes, len(own)), drawn, having))

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
        """New subjects with all their links, of which `of_links` are wanted: in one order for all verbs, the first ones
        that have links of a verb, until these are as many as rows are asked for.

        A link has at least one row. Links that are drawn without the subject's other ones would be less associated, and
        not know which visits they share.
        """
        from assoc_synth.ctgan.edges.sampling import sample_edges

        rng, left, parts = seeds.child("subjects").generator(), self.quota.copy(), []
        while left.any():
            sizes = model.plans.draw(BLOCK, rng)
            sizes = np.minimum(np.pad(sizes, ((0, 0), (0, len(left) - sizes.shape[1]))), len(model.objects))
            kept = np.clip(left - (np.cumsum(sizes, 0) - sizes), 0, sizes)
            parts.append(sizes[kept.sum(1) > 0])
            left = left - kept.sum(0)
        return sample_edges(model.edge_generator, np.concatenate(parts), seeds=seeds)

    def of_links(self, model: FittedModel, edges: Edges) -> Bools:
        """Whose links of which verbs are wanted, (subjects, V): those of the first subjects.

        Of a frequent verb, later subjects are left out: they are there for having a rare one.
        """
        sizes = model.links_of(edges).degrees_by_verb()
        wanted: Bools = np.cumsum(sizes, 0) - sizes < self.quota
        return wanted


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
