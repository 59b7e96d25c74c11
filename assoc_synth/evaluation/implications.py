"""What never fails in the reference, and whether it fails in the table under test.

    after    y only after x: no y of a subject is before its first x (at the same time is allowed)
    with     y only with x in the visit
    never    never x and y of one subject; x or y may be a class of an attribute, such as "sex = M"
    amount   no amount under a verb, or amounts of one sign alone

x and y are (verb, object) tokens, the `TOP_TOKENS` that most subjects have. The unit is the subject: one that has y
(rows of the verb) keeps the implication, or breaks it with one row. An implication is found in the reference where

- at least `FEWEST` subjects have y and at most `TOLERATED` of them break it,
- the exact 95 % upper bound (Clopper & Pearson 1934) of the share of all subjects that break it is at most `TOLERATED`,
- chance does not explain it: with y and x unrelated, as few breaks have probability ≤ .05 / (pairs compared).

The table under test breaks it where its own share of breaking subjects, among those that have y, is above `TOLERATED`
by its exact 95 % lower bound, and above the reference's by Fisher's exact test (1935) at level .05; else it is kept.
What none of its subjects has is not evaluated.

    implications_kept    share of the evaluated implications that are kept; with ": after" and the like those of a kind
    implication_error    share of the subjects with y that break it, mean over the evaluated implications
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import betainc
from scipy.stats import binom, hypergeom

from assoc_synth.evaluation.order import FirstTimes
from assoc_synth.link_graph.rows import Rows, frequent_tokens, share_visits
from assoc_synth.transactions.arrays import Bools, Floats, Ints

FEWEST = 30
TOLERATED = 0.01
TOP_TOKENS = 200
_LEVEL = 0.05
_NEVER_BY_CHANCE = -1.0


@dataclass(frozen=True, eq=False)
class Candidates:
    """Implications of one kind, or of some verbs, each with its counts in one table: arrays of one shape.

    Attributes:
        subjects: that have y.
        broken: of those, how many break it.
        chance: the probability that one of them keeps it if x and y are unrelated; −1 where chance plays no part.
        num_subjects: of the table.
    """

    subjects: Floats
    broken: Floats
    chance: Floats
    num_subjects: int

    @property
    def found(self) -> Bools:
        """Which of them the table shows."""
        tested = (self.subjects >= FEWEST) & (self.chance < 1)
        few = self.broken <= TOLERATED * self.subjects
        # The upper limit of Clopper & Pearson is at most the tolerated share where the part of the beta distribution
        # below that share is large enough: this takes a fifth of the time that the distribution's quantile takes.
        below = betainc(self.broken + 1, np.maximum(self.num_subjects - self.broken, 1e-9), TOLERATED)
        kept = np.maximum(self.subjects - self.broken, 0)
        by_chance = binom.sf(kept - 1, self.subjects, np.clip(self.chance, 0, 1))
        unlikely = (self.chance < 0) | (by_chance <= _LEVEL / max(int(tested.sum()), 1))
        return np.asarray(tested & few & (below >= 1 - _LEVEL) & unlikely)

    def refutes(self, reference: Candidates) -> Bools:
        """Which of the reference's this table breaks: more than tolerated, and more than the reference does."""
        subjects = np.maximum(self.subjects, 1)
        below = betainc(np.maximum(self.broken, 1), np.maximum(subjects - self.broken + 1, 1), TOLERATED)
        total, broken = subjects + reference.subjects, self.broken + reference.broken
        alike = hypergeom.cdf(reference.broken, total, broken, reference.subjects)
        return np.asarray((self.broken > 0) & (below < _LEVEL) & (alike <= _LEVEL))


def implication_distances(x: Rows, y: Rows) -> dict[str, float]:
    """The figures of this module by name, see above; none where the reference shows no implication."""
    tokens = frequent_tokens(x, TOP_TOKENS)
    kept: dict[str, list[Bools]] = {}
    errors: list[Floats] = []
    for (kind, first), (_, second) in zip(_candidates(x, y, tokens), _candidates(y, x, tokens), strict=True):
        evaluated = first.found & (second.subjects > 0)
        kept.setdefault(kind, []).append(~second.refutes(first)[evaluated])
        errors.append(second.broken[evaluated] / second.subjects[evaluated])
    by_kind = {kind: np.concatenate(parts) for kind, parts in kept.items()}
    every = np.concatenate([np.zeros(0, bool), *by_kind.values()])
    if not len(every):
        return {}
    found = {"implications_kept": float(every.mean())}
    found |= {f"implications_kept: {kind}": float(part.mean()) for kind, part in by_kind.items() if len(part)}
    return found | {"implication_error": float(np.concatenate(errors).mean())}


def _candidates(rows: Rows, beside: Rows, tokens: Ints) -> Iterator[tuple[str, Candidates]]:
    """Every kind that both tables have columns for."""
    if rows.time is not None and beside.time is not None:
        yield "after", _after(rows, tokens)
    if share_visits(rows, beside):
        yield "with", _with(rows, tokens)
    yield "never", _never(rows, tokens)
    if rows.amount is not None and beside.amount is not None:
        yield from (("amount", found) for found in _amounts(rows))


def _after(rows: Rows, tokens: Ints) -> Candidates:
    times = FirstTimes.of(rows, tokens)
    have = np.bincount(times.token, minlength=len(tokens)).astype(np.float64)
    both, before = times.table()
    subjects = np.repeat(have[:, None], len(tokens), axis=1)
    # [y, x]: the subject breaks it with a y before its first x, or without an x.
    holding = both - before
    strict = (before + before.T) / np.maximum(both, 1)
    chance = have[None, :] / max(rows.num_subjects, 1) * (1 - strict / 2)
    np.fill_diagonal(chance, 1.0)
    return Candidates(subjects, subjects - holding, chance, rows.num_subjects)


def _with(rows: Rows, tokens: Ints) -> Candidates:
    visits = rows.visits
    position = np.full(rows.num_verbs * rows.num_objects, -1, np.int64)
    position[tokens] = np.arange(len(tokens))
    at = np.flatnonzero((visits.of_row >= 0) & (position[rows.token] >= 0))
    shape = (len(visits), len(tokens))
    holds = sp.csr_matrix((np.ones(len(at), bool), (visits.of_row[at], position[rows.token[at]])), shape=shape)
    columns = holds.tocsc()
    subjects, broken = np.zeros((2, len(tokens), len(tokens)))
    for code in range(len(tokens)):
        own = np.sort(columns.indices[columns.indptr[code] : columns.indptr[code + 1]])
        if len(own):
            _, first = np.unique(visits.subject[own], return_index=True)
            lacking = np.logical_or.reduceat(~holds[own].toarray(), first, axis=0)
            subjects[code], broken[code] = len(first), lacking.sum(axis=0)
    share = np.diff(columns.indptr) / max(len(visits), 1)
    chance = np.repeat(share[None, :], len(tokens), axis=0)
    np.fill_diagonal(chance, 1.0)
    return Candidates(subjects, broken, chance, rows.num_subjects)


def _never(rows: Rows, tokens: Ints) -> Candidates:
    has = sp.csr_matrix(rows.attributes.has.astype(np.float64))
    every = sp.hstack([rows.edges.tokens()[:, tokens].astype(np.float64), has]).tocsr()
    support = np.asarray(every.sum(axis=0)).ravel()
    both = (every.T @ every).toarray()
    share = support / max(rows.num_subjects, 1)
    # y is the rarer member: of the more frequent one, few have a rare x in any case.
    chance = 1 - np.repeat(share[None, :], len(support), axis=0)
    owner = np.concatenate([-1 - np.arange(len(tokens)), rows.attributes.owner])
    rank = np.argsort(np.argsort(support, kind="stable"))
    chance[(owner[:, None] == owner[None, :]) | (rank[:, None] > rank[None, :])] = 1.0
    return Candidates(np.repeat(support[:, None], len(support), axis=1), both, chance, rows.num_subjects)


def _amounts(rows: Rows) -> Iterator[Candidates]:
    """Verbs without any amount, then with no amount that is negative, positive, or zero."""
    assert rows.amount is not None
    known = ~np.isnan(rows.amount)
    for among, against in (
        (np.ones(len(rows), bool), known),
        (known, known & (rows.amount < 0)),
        (known, known & (rows.amount > 0)),
        (known, known & (rows.amount == 0)),
    ):
        subjects, broken = (_subjects_by_verb(rows, chosen) for chosen in (among, against))
        yield Candidates(subjects, broken, np.full(rows.num_verbs, _NEVER_BY_CHANCE), rows.num_subjects)


def _subjects_by_verb(rows: Rows, chosen: Bools) -> Floats:
    pairs = np.unique(rows.subject[chosen] * rows.num_verbs + rows.verb[chosen])
    return np.bincount(pairs % max(rows.num_verbs, 1), minlength=rows.num_verbs).astype(np.float64)
