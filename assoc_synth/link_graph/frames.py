"""Associations by name: pandas frames with mlxtend's columns, the verbs of both sides, counts and intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assoc_synth.link_graph.associations import also_buy, rules
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.metrics import MEASURES, OWN, rule_measures
from assoc_synth.link_graph.pairs import Pairs, Scope, all_pairs
from assoc_synth.transactions.arrays import Ints

VERBS = ("antecedent verb", "consequent verb")
COLUMNS = ("antecedents", "consequents", *MEASURES, *OWN, *VERBS)
ANY_VERB = "any verb"
"""Stands in the verbs' columns where all verbs are merged."""


class Named:
    """A graph with the names of its codes; what it answers has the columns `COLUMNS`, a row per rule."""

    def __init__(self, edges: Edges, verbs: Sequence[object], objects: Sequence[object]) -> None:
        self.edges = edges
        self.verbs = np.array([*verbs, ANY_VERB], dtype=object)
        self.objects = np.array([*objects, None], dtype=object)[:-1]

    def also_buy(self, object: int, verb: int | None, *, top: int, min_count: int) -> pd.DataFrame:
        """Partners of one object under the same verb (None merges all), plain names, best lift first."""
        found = also_buy(self.edges, object, verb=verb, top=top, min_count=min_count)
        support = np.bincount(self.edges.incidence(verb).indices, minlength=self.edges.num_objects)
        code = np.full(len(found), -1 if verb is None else verb, np.int64)
        left = np.full(len(found), object, np.int64)
        counts = (found.count, support[left], support[found.partner])
        return self._frame((code, left), (code, found.partner), counts)

    def rules(self, verb: int | None, *, min_count: int, min_lift: float, q: float) -> pd.DataFrame:
        """Claimed pairs in both directions, names in frozensets, strongest lift first."""
        found = rules(self.edges, min_count=min_count, min_lift=min_lift, q=q, scope=_scope(verb))
        frame = self._both_ways(found if verb is None else found.where(found.verb == verb))
        for side in COLUMNS[:2]:
            frame[side] = pd.Series([frozenset([name]) for name in frame[side]], dtype=object)
        return frame

    def partners(self, object: int | None, verb: int | None, *, top: int, min_count: int) -> pd.DataFrame:
        """The strongest partners of every link, or of one object's links, within and across verbs, plain names."""
        found = all_pairs(self.edges, min_count)
        frame = self._both_ways(found, object, verb)
        place = frame.groupby(["antecedents", VERBS[0]], sort=False).cumcount()
        return frame[place < top].reset_index(drop=True)

    def _both_ways(self, pairs: Pairs, object: int | None = None, verb: int | None = None) -> pd.DataFrame:
        """Each pair as two rules, strongest lift first, then count; only those from `object` and `verb` if given."""
        first, second = (pairs.verb, pairs.left), (pairs.other, pairs.right)
        verbs, lefts = (np.concatenate(both) for both in zip(first, second, strict=True))
        other_verbs, rights = (np.concatenate(both) for both in zip(second, first, strict=True))
        counts = (
            np.tile(pairs.count, 2),
            np.concatenate([pairs.left_count, pairs.right_count]),
            np.concatenate([pairs.right_count, pairs.left_count]),
        )
        keep = np.ones(len(lefts), bool) if object is None else lefts == object
        keep &= True if verb is None else verbs == verb
        order = np.lexsort((rights, other_verbs, lefts, verbs, -counts[0], -np.tile(pairs.lift, 2)))
        at = order[keep[order]]
        chosen = (counts[0][at], counts[1][at], counts[2][at])
        return self._frame((verbs[at], lefts[at]), (other_verbs[at], rights[at]), chosen)

    def _frame(
        self, left: tuple[Ints, Ints], right: tuple[Ints, Ints], counts: tuple[Ints, Ints, Ints]
    ) -> pd.DataFrame:
        """Rules by (verb, object) codes of both sides and (both, left, right) counts as a frame of names."""
        (verb, antecedent), (other, consequent) = left, right
        names = {"antecedents": self.objects[antecedent], "consequents": self.objects[consequent]}
        verbs = dict(zip(VERBS, (self.verbs[verb], self.verbs[other]), strict=True))
        return pd.DataFrame(names | rule_measures(*counts, self.edges.num_subjects) | verbs, columns=list(COLUMNS))


def _scope(verb: int | None) -> Scope:
    return "both" if verb is None else "within"
