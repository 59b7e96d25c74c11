"""Counts of pairs of links, split into what their verbs say, what kinds and verbs add, and what kinds add to that.

Rows of all tables are as in `OrderModel.tables`: the frequent kinds from 1 on, then the infrequent links of each verb.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from assoc_synth.ctgan.order.links import CodedLinks
from assoc_synth.ctgan.order.model import OrderModel
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.transactions.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Terms:
    """Terms of two links, [one, other]: (V, V), (V, V), (slots, V), (V, slots), (slots, slots).

    Attributes:
        same: of links to one object, beside the others; None where there are none.
    """

    verbs: Floats
    same: Floats | None
    kind_verb: Floats
    verb_kind: Floats
    kinds: Floats


class Levels:
    """The rows of a model's tables, and the verb of each.

    Attributes:
        slots, size: how many rows kinds have, row 0 included, and how many there are.
        of_verb: (size, V) whether a row is of a verb.
        alike: (size, size) whether two rows are of kinds of one object.
    """

    def __init__(self, model: OrderModel) -> None:
        kinds, verbs = model.kinds.cpu().numpy(), len(model.verb_transition)
        self.slots, self.size = len(kinds) + 1, len(kinds) + 1 + verbs
        self.verb = np.concatenate([[0], kinds // model.num_objects, np.arange(verbs)])
        self.of_verb = np.eye(verbs)[self.verb]
        self.of_verb[0] = 0.0
        object = np.concatenate([[-1], kinds % model.num_objects, np.arange(-1 - verbs, -1)])
        self.alike = (object[:, None] == object) & (object >= 0)

    def row(self, links: CodedLinks) -> Ints:
        """(L,) the row of each link."""
        return np.where(links.slot > 0, links.slot, self.slots + links.verb)

    def count(self, first: Ints, second: Ints, weight: Floats | None = None) -> Floats:
        """Pairs of rows: (m,), (m,) → (size, size)."""
        return count_pairs(first, second, self.size, weight)

    def ratios(self, real: Floats, other: Floats, same: tuple[Floats, Floats] | None, prior: float) -> Terms:
        """Log ratios of counts (size, size) to those of another origin, shrunk by pseudo-counts.

        Args:
            same: (V, V) each, of both, those of links to one object alone.
        """
        of_verb, verb = self.of_verb, self.verb
        verbs = log_ratio(of_verb.T @ real @ of_verb, of_verb.T @ other @ of_verb, prior)
        other = other * np.exp(verbs[verb[:, None], verb])
        alike = None if same is None else log_ratio(same[0], same[1] * np.exp(verbs), prior)
        if alike is not None:
            other = other * np.where(self.alike, np.exp(alike[verb[:, None], verb]), 1.0)
        kind_verb = self._kinds(log_ratio(real @ of_verb, other @ of_verb, prior))
        other[: self.slots] *= np.exp(kind_verb[:, verb])
        verb_kind = self._kinds(log_ratio(of_verb.T @ real, of_verb.T @ other, prior).T).T
        other[:, : self.slots] *= np.exp(verb_kind[verb])
        kinds = log_ratio(real[: self.slots, : self.slots], other[: self.slots, : self.slots], prior)
        return Terms(verbs, alike, kind_verb, verb_kind, self._kinds(self._kinds(kinds).T).T)

    def odds(self, before: Floats, same: Floats | None, prior: float) -> Terms:
        """Log odds that one comes before another by counts of both orders, (size, size), shrunk towards each other.

        Args:
            same: (V, V), of links to one object alone.
        """
        of_verb, verb = self.of_verb, self.verb
        total = before + before.T
        verbs = _log_odds(of_verb.T @ before @ of_verb, 0.5 * of_verb.T @ total @ of_verb, prior)
        usual = verbs[verb[:, None], verb]
        alike = None
        if same is not None:
            alike = _log_odds(same, (same + same.T) * _share(verbs), prior)
            usual = usual + np.where(self.alike, alike[verb[:, None], verb], 0.0)
        kind_verb = self._kinds(_log_odds(before @ of_verb, (total * _share(usual)) @ of_verb, prior, total @ of_verb))
        usual[: self.slots] += kind_verb[:, verb]
        usual[:, : self.slots] -= kind_verb[:, verb].T
        kinds = _log_odds(before, total * _share(usual), prior, total)[: self.slots, : self.slots]
        return Terms(verbs, alike, kind_verb, -kind_verb.T, self._kinds(self._kinds(kinds).T).T)

    def _kinds(self, table: Floats) -> Floats:
        """Only the rows of kinds; row 0 has no terms: what infrequent ones have in common is not theirs one by one."""
        found = table[: self.slots].copy()
        found[0] = 0.0
        return found


def count_pairs(first: Ints, second: Ints, size: int, weight: Floats | None = None) -> Floats:
    """How often each pair of codes is there, or the sum of its weights: (m,), (m,) → (size, size).

    Example:
        >>> count_pairs(np.array([0, 0]), np.array([1, 1]), 2).tolist()
        [[0.0, 2.0], [0.0, 0.0]]
    """
    found = np.bincount(first * size + second, weight, size * size)
    return found.reshape(size, size).astype(np.float64)


def _log_odds(before: Floats, expected: Floats, prior: float, total: Floats | None = None) -> Floats:
    """Log odds of counts beyond those of expected counts, of which `prior` pairs are added: elementwise."""
    total = before + before.T if total is None else total
    share = (expected + 1e-9) / (total + 2e-9)
    odds = (before + 2 * prior * share) / (total - before + 2 * prior * (1 - share))
    found: Floats = np.log(odds) - np.log(share / (1 - share))
    return found


def _share(logit: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-logit))
    return found


def add_terms(model: OrderModel, terms: Terms, factor: float, *, waits: bool = False) -> None:
    """Add so much of terms to a model's tables of transitions, or of waits; not those of one object to waits."""
    pairs = model.pairs
    tables = [(model.verb_waiting, terms.verbs), (model.waiting, terms.kinds)]
    if not waits:
        tables = [(model.verb_transition, terms.verbs), (model.transition, terms.kinds)]
    if pairs is not None and waits:
        tables += [(pairs.kind_for_verb, terms.kind_verb), (pairs.verb_for_kind, terms.verb_kind)]
    elif pairs is not None:
        tables += [(pairs.kind_to_verb, terms.kind_verb), (pairs.verb_to_kind, terms.verb_kind)]
        if terms.same is not None:
            tables.append((pairs.same_transition, terms.same))
    for table, values in tables:
        table.add_(torch.from_numpy(factor * values).to(table))
