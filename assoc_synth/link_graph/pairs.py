"""Pairs of objects: how many subjects are linked to both, how many the null model expects, and which stand out.

Subjects are the unit. With n subjects, a = subjects linked to the left object, b = to the right one, c = to both::

    support = c / n        confidence = c / a        lift = n·c / (a·b)

A lift above 1 is not yet an association (see `null_model`): a pair is significant where its count exceeds what a null
that keeps every degree and every support expects.

Sources: translated Poisson approximation (Röllin 2005); Benjamini & Hochberg 1995.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.stats import poisson

from assoc_synth.link_graph.edges import PAIRS_AT_ONCE, Edges, Incidence
from assoc_synth.link_graph.lift import lift, lift_interval
from assoc_synth.link_graph.null_model import expected_pairs
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Values

Scope = Literal["within", "across", "both"]

FALSE_DISCOVERY_RATE = 0.05


@dataclass(frozen=True, eq=False)
class Pairs:
    """A table of pairs of tokens; every array has shape (pairs,).

    Attributes:
        verb, other: verb codes of the left and the right object, −1 for "any verb".
        left, right: object codes; within a verb left < right.
        count, left_count, right_count: subjects linked to both, to the left, to the right.
        expected, variance: of the count if objects were drawn by popularity, degrees and supports kept.
        num_subjects: n.
        num_tested: pairs that could have been found, given the supports alone: the family of the multiple testing.
    """

    verb: Ints
    other: Ints
    left: Ints
    right: Ints
    count: Ints
    left_count: Ints
    right_count: Ints
    expected: Floats
    variance: Floats
    num_subjects: int
    num_tested: int

    def __len__(self) -> int:
        return len(self.count)

    @property
    def support(self) -> Floats:
        """Share of the subjects that are linked to both."""
        return self.count / max(self.num_subjects, 1)

    @property
    def confidence(self) -> Floats:
        """Share of the subjects linked to the left object that are linked to the right one too."""
        return self.count / np.maximum(self.left_count, 1)

    @property
    def lift(self) -> Floats:
        """n·c / (a·b)."""
        return lift(self.count, self.left_count, self.right_count, self.num_subjects)

    @property
    def lift_interval(self) -> tuple[Floats, Floats]:
        """95 % interval of the lift; see `lift_interval`."""
        return lift_interval(self.count, self.left_count, self.right_count, self.num_subjects)

    @property
    def z(self) -> Floats:
        """(count − expected) / √variance."""
        return (self.count - self.expected) / np.sqrt(np.maximum(self.variance, 1e-12))

    @property
    def log_excess(self) -> Floats:
        """Natural log of count / expected: how much more often the pair occurs than under the null."""
        excess: Floats = np.log(self.count / np.maximum(self.expected, 1e-12))
        return excess

    @property
    def p_value(self) -> Floats:
        """P(X ≥ count) for the translated Poisson X = s + Poisson(expected − s), s = ⌊expected − variance⌋.

        For rare objects s = 0: the plain Poisson tail, which is far too wide where both objects are common.
        """
        shift = np.floor(np.maximum(self.expected - self.variance, 0))
        return np.asarray(poisson.sf(self.count - shift - 1, np.maximum(self.expected - shift, 1e-12)), float)

    def significant(self, q: float = FALSE_DISCOVERY_RATE) -> Bools:
        """Which pairs meet more often than under the null, at false discovery rate q among `num_tested` pairs."""
        return benjamini_hochberg(self.p_value, q, self.num_tested)

    def where(self, keep: Bools | Ints) -> Pairs:
        """The chosen pairs, in the given order; the family of tests stays as it was."""
        arrays = {name: getattr(self, name)[keep] for name in _ARRAYS}
        return Pairs(**arrays, num_subjects=self.num_subjects, num_tested=self.num_tested)

    def to_frame(self) -> pd.DataFrame:
        """One row per pair: verb, left, other, right, count, expected, support, confidence, lift, low, high, p."""
        low, high = self.lift_interval
        return pd.DataFrame(
            {
                "verb": self.verb,
                "left": self.left,
                "other": self.other,
                "right": self.right,
                "count": self.count,
                "expected": self.expected,
                "support": self.support,
                "confidence": self.confidence,
                "lift": self.lift,
                "low": low,
                "high": high,
                "p": self.p_value,
            }
        )


_ARRAYS = tuple(field.name for field in fields(Pairs) if field.name not in ("num_subjects", "num_tested"))


def benjamini_hochberg(p_value: Floats, q: float, num_tests: int | None = None) -> Bools:
    """Benjamini–Hochberg: which hypotheses fall at false discovery rate q.

    Args:
        num_tests: size of the family; tests left out of `p_value` count as not significant.
    """
    total = max(num_tests or 0, len(p_value), 1)
    order = np.argsort(p_value, kind="stable")
    passed = np.flatnonzero(p_value[order] <= q * np.arange(1, len(p_value) + 1) / total)
    chosen = np.zeros(len(p_value), bool)
    chosen[order[: passed[-1] + 1 if len(passed) else 0]] = True
    return chosen


def supports(edges: Edges, verb: int | None = None) -> Ints:
    """Subjects linked to each object: shape (num_objects,)."""
    return np.bincount(edges.incidence(verb).indices, minlength=edges.num_objects).astype(np.int64)


def together(tokens: Incidence, left: Ints, right: Ints) -> Floats:
    """Subjects that have both tokens of each pair, exact: (pairs,). Memory is that of the pairs that are asked for.

    Args:
        tokens: 0/1, shape (subjects, tokens).
        left, right: columns, (pairs,) each.

    Example:
        >>> together(sp.csr_matrix([[1, 1, 0], [1, 1, 1]]), np.array([0, 1]), np.array([1, 2])).tolist()
        [2.0, 1.0]
    """
    columns = tokens.tocsc()
    support = np.diff(columns.indptr)
    ends = np.cumsum(support[left] + support[right], dtype=np.int64)
    found, begin = np.zeros(len(left)), 0
    while begin < len(left):
        before = int(ends[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(ends, before + PAIRS_AT_ONCE, side="right")), begin + 1)
        at = slice(begin, end)
        both = columns[:, left[at]].multiply(columns[:, right[at]])
        found[at] = np.asarray(both.sum(axis=0), np.float64).ravel()
        begin = end
    return found


def pairs(edges: Edges, verb: int | None = None, other: int | None = None, min_count: int = 1) -> Pairs:
    """All pairs with at least `min_count` common subjects, exact, in order of left, then right code.

    Args:
        verb: the left object's verb; None merges all verbs (its null then ignores which verb a degree came from).
        other: the right object's verb; None means the same. Across verbs an object may meet itself (bought, returned).
        min_count: at least 1.
    """
    within = other is None or other == verb
    left = edges.incidence(verb)
    right = left if within else edges.incidence(other)
    left_support, right_support = (np.bincount(m.indices, minlength=edges.num_objects) for m in (left, right))
    least = max(min_count, 1)
    rows, columns = np.flatnonzero(left_support >= least), np.flatnonzero(right_support >= least)
    shared = sp.coo_matrix(left[:, rows].T @ right[:, columns])
    keep = (shared.data >= least) & ((shared.row < shared.col) if within else True)
    i, j = rows[shared.row[keep]], columns[shared.col[keep]]
    order = np.lexsort((j, i))
    i, j, count = i[order], j[order], np.rint(shared.data[keep][order]).astype(np.int64)
    tested = len(rows) * (len(rows) - 1) // 2 if within else len(rows) * len(columns)
    code, other_code = -1 if verb is None else verb, -1 if verb is None else (verb if other is None else other)
    null = expected_pairs(edges, verb, other)
    return Pairs(
        np.full(len(i), code, np.int64),
        np.full(len(i), other_code, np.int64),
        i.astype(np.int64),
        j.astype(np.int64),
        count,
        left_support[i],
        right_support[j],
        null.at(i, j),
        null.variance_at(i, j),
        edges.num_subjects,
        tested,
    )


def all_pairs(edges: Edges, min_count: int = 1, *, scope: Scope = "both") -> Pairs:
    """`pairs` of every verb (scope "within"), of every two verbs ("across"), or "both", as one family of tests."""
    least = max(min_count, 1)
    # A verb without a frequent object has no pair: skipping it keeps tables with hundreds of verbs quick.
    verbs = [v for v in np.unique(edges.verb).tolist() if (supports(edges, v) >= least).any()]
    combinations = [(v, v) for v in verbs] if scope != "across" else []
    combinations += [(v, w) for v in verbs for w in verbs if v < w] if scope != "within" else []
    parts = [pairs(edges, v, w, min_count) for v, w in combinations]
    if not parts:
        none = np.zeros(0, np.int64)
        arrays: dict[str, Values] = dict.fromkeys(_ARRAYS, none) | {"expected": np.zeros(0), "variance": np.zeros(0)}
        return Pairs(**arrays, num_subjects=edges.num_subjects, num_tested=0)
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
    return Pairs(**arrays, num_subjects=edges.num_subjects, num_tested=sum(part.num_tested for part in parts))
