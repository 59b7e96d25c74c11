"""Which of two links a subject has first, and links that come only after another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from assoc_synth.gate.scopes.parts.bins import frequent, least_z
from assoc_synth.gate.scopes.parts.part import Compared, Counted, check_positions, lacking
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.distinct import positions

MAX_TOKENS = 100
MAX_PAIRS = 300
MAX_RULES = 100
TOLERATED, UNKNOWN, BROKEN_AT_RANDOM = 0.01, 0.1, 0.1
"""Of the subjects with x and y: how many may have a y before their first x; how many at most in truth, by the exact
95 % bound (Clopper & Pearson 1934); how many do at least in random order.
"""
REFUTED = 0.05
"""Breaks that refute no rule."""
_NEVER = np.iinfo(np.int64).max
_STATES = 3


@dataclass(frozen=True, eq=False)
class Precedence:
    """x before y, y before x, or both at the same time, each at its first time, among the subjects that have both.

    Attributes:
        tokens: links, sorted.
        pairs: x and y as positions in `tokens`, (pairs, 2).
        rules: "y only after x" as (y, x), (rules, 2): a subject with both keeps it where no y is before the first x.
    """

    tokens: Ints
    pairs: Ints
    rules: Ints

    def __post_init__(self) -> None:
        if self.pairs.shape[1:] != (2,) or self.rules.shape[1:] != (2,):
            raise ValueError("the pairs in an order do not fit together")
        for pairs in (self.pairs, self.rules):
            check_positions(pairs, len(self.tokens), "links in an order")

    @classmethod
    def choose(cls, training: Rows, copies: Sequence[Rows], least: int) -> Precedence | None:
        """Pairs whose order differs from that of the same subjects in random order, and rules that these would break.

        Args:
            training: some training subjects.
            copies: the same ones in random order.
            least: training subjects that a pair needs.
        """
        size = training.num_verbs * training.num_objects
        tokens = frequent(training.subject, training.token, size, MAX_TOKENS, least)
        if len(tokens) < 2:
            return None
        both, before = _orders(first_times(training, tokens))
        other = np.zeros(before.shape)
        for copy in copies:
            other += _orders(first_times(copy, tokens))[1] / len(copies)
        share = np.clip(other / np.maximum(both, 1), 0.01, 0.99)
        z = (before - other) / np.sqrt(np.maximum(both * share * (1 - share) * (1 + 1 / len(copies)), 1e-9))
        left, right = np.triu_indices(len(tokens), 1)
        clear = np.maximum(np.abs(z[left, right]), np.abs(z[right, left])) * (both[left, right] >= least)
        clear_z = least_z(int((both[left, right] >= least).sum()))
        order = np.argsort(-clear, kind="stable")[:MAX_PAIRS]
        order = np.sort(order[clear[order] >= clear_z])
        pairs = np.stack([left[order], right[order]], axis=1).astype(np.int64)
        # [y, x]: y before x breaks "y only after x".
        highest = beta.ppf(0.95, before + 1, np.maximum(both - before, 1e-9))
        rule = (before <= TOLERATED * both) & (highest <= UNKNOWN) & (other >= BROKEN_AT_RANDOM * both)
        rule &= (both >= least) & (z <= -clear_z)
        y, x = np.nonzero(rule)
        best = np.argsort(z[y, x], kind="stable")[:MAX_RULES]
        rules = np.stack([y[best], x[best]], axis=1).astype(np.int64)
        return cls(tokens, pairs, rules) if len(pairs) + len(rules) else None

    @property
    def group(self) -> Ints:
        sizes = [_STATES] * len(self.pairs) + [2] * len(self.rules)
        return np.repeat(np.arange(len(sizes)), sizes).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        columns, pairs = np.arange(len(self.group)), _STATES * len(self.pairs)
        return Compared("before", columns[:pairs]), Compared("only_after", columns[pairs:], tolerated=REFUTED)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ("pairs in an order", len(self.pairs)), ("things that come only after another", len(self.rules))

    def count(self, rows: Rows) -> Counted:
        if rows.time is None:
            raise lacking("times")
        first = first_times(rows, self.tokens)
        found = []
        x, y = (first[:, side] for side in self.pairs.T)
        subject, pair = np.nonzero((x < _NEVER) & (y < _NEVER))
        state = np.sign(x[subject, pair] - y[subject, pair]).astype(np.int64) + 1
        found.append(Counted(subject.astype(np.int64), _STATES * pair + state))
        y, x = (first[:, side] for side in self.rules.T)
        subject, rule = np.nonzero((x < _NEVER) & (y < _NEVER))
        broken = (y[subject, rule] < x[subject, rule]).astype(np.int64)
        found.append(Counted(subject.astype(np.int64), _STATES * len(self.pairs) + 2 * rule + broken))
        return Counted.joined(found)


def first_times(rows: Rows, tokens: Ints) -> Ints:
    """When each subject first has each link, in nanoseconds; the largest number where never: (subjects, tokens)."""
    found = np.full((rows.num_subjects, len(tokens)), _NEVER)
    if rows.time is not None:
        at = positions(rows.token, tokens)
        known = rows.dated & (at >= 0)
        np.minimum.at(found, (rows.subject[known], at[known]), rows.time[known])
    return found


def _orders(first: Ints) -> tuple[Floats, Floats]:
    """Subjects with both, and with i before j, as [i, j]: (tokens, tokens) each."""
    has = (first < _NEVER).astype(np.float64)
    before = [((own[:, None] < first) & (first < _NEVER)).sum(axis=0) for own in first.T]
    return has.T @ has, np.stack(before).astype(np.float64)
