"""Plans: how many links of each verb new subjects have, of which no rule makes a set of links impossible.

The numbers of links are drawn one after the other, so that some plans come out that no subject keeps: one payment, and
three opened pages where a payment needs four. Such a subject would owe what it has no room for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.plan_links import CLASSES, plan_classes
from assoc_synth.transactions.arrays import Bools, Ints

POOL = 4_000
"""Plans that those take the place of impossible ones are chosen from."""


@dataclass(frozen=True, eq=False)
class Plans:
    """Numbers of links of new subjects that keep the rules.

    Symbols: V verbs; a class of a verb's number of links is a place, verb · `CLASSES` + class; K links that are needed.

    Attributes:
        degrees: what the numbers are drawn by.
        apart: (N, 2) places that no subject has both of.
        needs: (V · `CLASSES`, K) which links those with a number of links have: 0 or 1.
        verb: (K,) of the links that are needed.
    """

    degrees: Degrees
    apart: Ints
    needs: sp.csr_matrix
    verb: Ints

    @classmethod
    def of(cls, degrees: Degrees, generator: EdgeGenerator) -> Plans:
        """The rules of a trained generator about numbers of links; none where plans are no links."""
        links, objects, planned = generator.num_link_verbs, generator.num_objects, generator.planned
        first_verb, first_object = generator.num_verbs - planned, objects - CLASSES * planned

        def place(token: Ints) -> Ints:
            """Of a number of links; −1 of other tokens."""
            verb, object = np.divmod(token, objects)
            return np.where((verb >= first_verb) & (planned > 0), object - first_object, -1)

        rules = generator.exclusions
        left, right = (
            place(rules.tokens.cpu().numpy())[part]
            for part in (
                np.repeat(np.arange(rules.num_tokens), np.diff(rules.offsets.cpu().numpy())),
                rules.other.cpu().numpy(),
            )
        )
        apart = np.stack([left, right], axis=1)[(left >= 0) & (right > left)]
        pairs = generator.needs.tokens.cpu().numpy()
        own = place(pairs[:, 0]) if len(pairs) else np.zeros(0, np.int64)
        wanted = (own >= 0) & (pairs[:, 1] // objects < links)
        tokens, column = np.unique(pairs[wanted, 1], return_inverse=True)
        at = own[wanted], column
        needs = sp.csr_matrix((np.ones(len(column)), at), shape=(CLASSES * links, len(tokens)))
        return cls(degrees, apart.astype(np.int64), needs, (tokens // objects).astype(np.int64))

    def draw(self, subjects: int, rng: np.random.Generator) -> Ints:
        """As `Degrees.draw`: (subjects, V), every row at least one link."""
        return self._kept(self.degrees.draw(subjects, rng), rng)

    def draw_of(self, verbs: list[int], subjects: int, rng: np.random.Generator) -> Ints:
        """Of subjects that have a link of the given verbs, the links of all verbs: (subjects, V).

        Raises:
            InputError: no training subject has such a link.
        """
        drawn = self.degrees.draw_of(verbs, subjects, rng)
        return self._kept(drawn, rng, verbs)

    def impossible(self, plan: Ints) -> Ints:
        """Of plans, (n, V), the rarest place that is part of a broken rule: (n,), −1 where all rules are kept."""
        classes, of_row = np.unique(plan_classes(plan), axis=0, return_inverse=True)
        of_row, (count, verbs), width = of_row.ravel(), classes.shape, self.needs.shape[0]
        places = classes + CLASSES * np.arange(verbs)
        has = np.zeros((count, width), bool)
        has[np.arange(count)[:, None], places] = True
        apart = sp.csr_matrix((np.ones(len(self.apart), np.int64), tuple(self.apart.T)), (width, width))
        in_broken: Bools = has & ((apart + apart.T) @ has.T.astype(np.int64) > 0).T
        often = np.bincount(places[of_row].ravel(), minlength=width)
        rarest = np.where(in_broken, often, np.iinfo(np.int64).max)[of_row]
        if self.needs.nnz:
            needed = np.asarray((self.needs.T @ has.T.astype(np.float64)).T > 0)
            by_verb = np.stack([needed[:, self.verb == verb].sum(1) for verb in range(verbs)], axis=1)
            short = np.asarray((by_verb[of_row] > plan).any(1))
            owing = np.logical_and(has, np.diff(self.needs.indptr) > 0)
            rarest = np.where(owing[of_row] & short[:, None], np.minimum(rarest, often), rarest)
        return np.where(rarest.min(1) < np.iinfo(np.int64).max, rarest.argmin(1), -1)

    def _kept(self, plan: Ints, rng: np.random.Generator, verbs: list[int] | None = None) -> Ints:
        """Plans with others in the place of impossible ones, that have the same number of links of the rarest one of
        the verbs whose numbers do not go together."""
        if not len(plan) or (not len(self.apart) and not self.needs.nnz):
            return plan
        broken = self.impossible(plan)
        if not (broken >= 0).any():
            return plan
        own = rng.spawn(1)[0]
        pool = self.degrees.draw(POOL, own) if verbs is None else self.degrees.draw_of(verbs, POOL, own)
        pool = pool[self.impossible(pool) < 0]
        classes, result = plan_classes(pool), plan.copy()
        for place in np.unique(broken[broken >= 0]).tolist():
            at, like = np.flatnonzero(broken == place), np.flatnonzero(classes[:, place // CLASSES] == place % CLASSES)
            chosen = like if len(like) else np.arange(len(pool))
            if len(chosen):
                result[at] = pool[chosen[own.integers(len(chosen), size=len(at))]]
        return result
