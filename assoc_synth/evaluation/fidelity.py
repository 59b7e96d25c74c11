"""How alike the associations of two tables are.

With X (n_x, |O|) and Y (n_y, |O|) the 0/1 incidence of subjects and objects, C = XᵀX / n_x and p = diag(C); pairs are
i < j:

    item_l1         Σ |p_x − p_y| / Σ p_x
    pair_l1         Σ |C_x − C_y| / Σ C_x
    lift_mae        mean |log2 lift_x − log2 lift_y|, weight C_x, over pairs with n_x·C_x ≥ min_count;
                    lift = C_ij / (p_i p_j); in y, C is at least ½/n_y, or p_i p_j where that is less, and the
                    lift is 1 where i or j is absent: that a table lacks an object is no sign of an attraction
    lift_r          Pearson r of the two log2 lifts over the same pairs, unweighted
    rule_f1         F1 of the sets {i < j: count ≥ min_count (scaled by n_y/n_x in y) and lift ≥ 2}
    also_buy_at_10  overlap of the top ten partners by lift (pairs with count ≥ min_count, scaled in y), relative to how
                    many partners the reference has, averaged over the objects with ≥ 5·min_count subjects in x
    degree_ks       Kolmogorov–Smirnov distance of distinct objects per subject

A figure that has nothing to be computed from is NaN and no 0 or 1: two tables without any rule do not agree on rules.
Only pairs that occur in X or Y are ever held, a block of objects at a time: exact for any number of objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.evaluation.distances import kolmogorov_smirnov
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.link_graph.lift import log2_share_lift
from assoc_synth.transactions.arrays import Floats, Ints

TOP = 10
RULE_LIFT = 2.0
_BLOCK_CELLS = 4_000_000
# Thresholds scaled by n_y / n_x are fractions: a whole count may miss its own threshold by a rounding error.
_EPS = 1e-9


@dataclass(frozen=True)
class Fidelity:
    """The distances of one table from a reference. A figure that has nothing to be computed from is NaN."""

    item_l1: float
    pair_l1: float
    lift_mae: float
    lift_r: float
    rule_f1: float
    also_buy_at_10: float
    degree_ks: float


def why_unknown(name: str, min_count: float = 20) -> str:
    """What is missing where a figure of `Fidelity` is NaN.

    Example:
        >>> why_unknown("rule_f1")
        'neither table has a pair of 20 subjects or more whose lift is 2 or more'
    """
    often = f"{min_count:g} subjects or more"
    return {
        "item_l1": "the real table has no link",
        "pair_l1": "no real subject has two objects",
        "lift_mae": f"no pair of objects has {often} in the real table",
        "lift_r": f"fewer than two pairs of objects have {often}, or all have one lift",
        "rule_f1": f"neither table has a pair of {often} whose lift is {RULE_LIFT:g} or more",
        "also_buy_at_10": f"no object of {5 * min_count:g} subjects has a partner in {often}",
        "degree_ks": "a table has no subject",
    }[name]


def fidelity(reference: Edges, other: Edges, *, verb: int | None = None, min_count: float = 20) -> Fidelity:
    """Compare who is linked to what, over one verb or over all verbs together.

    Args:
        reference, other: two graphs over the same objects; the numbers of subjects may differ.
        verb: a verb code, or None for "by any verb".
        min_count: the lift of a pair is compared if at least this many subjects of the reference have the pair.

    Raises:
        InputError: the vocabularies differ in size or a graph has no subject.
    """
    _check(reference, other)
    return _compare(reference.incidence(verb), other.incidence(verb), min_count)


def fidelity_across_verbs(reference: Edges, other: Edges, *, min_count: float = 20) -> Fidelity:
    """Compare who is linked to what and how: every (verb, object) is an object of its own.

    Args and errors are those of `fidelity`.
    """
    _check(reference, other)
    return _compare(reference.tokens(), other.tokens(), min_count)


def _check(reference: Edges, other: Edges) -> None:
    for what in ("num_objects", "num_verbs"):
        mine, theirs = getattr(reference, what), getattr(other, what)
        if mine != theirs:
            raise InputError(f"two graphs can only be compared over the same vocabulary: {what} is {mine} and {theirs}")
    if not reference.num_subjects or not other.num_subjects:
        raise InputError("a graph without subjects cannot be compared")


@dataclass(frozen=True, eq=False)
class _Table:
    """One side of the comparison: incidence, and what follows from it without looking at pairs."""

    matrix: Incidence
    transposed: Incidence
    share: Floats
    min_count: float

    @classmethod
    def of(cls, matrix: Incidence, min_count: float) -> _Table:
        # Whole numbers: float32 would stop counting at 2²⁴ subjects.
        counts = matrix.astype(np.int32)
        share = np.asarray(counts.sum(axis=0), np.float64).ravel() / counts.shape[0]
        return cls(counts, counts.T.tocsr(), share, min_count)

    @property
    def size(self) -> int:
        return int(self.matrix.shape[0])

    def rows(self, start: int, stop: int) -> Incidence:
        """Subjects shared by objects start..stop and every object: sparse, shape (stop − start, |O|)."""
        # Computed transposed: transposing a product puts its rows in order in one pass, sorting them takes longer.
        return (self.transposed @ self.transposed[start:stop].T.tocsr()).T.tocsr()


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs i < j of one block that occur: `key` = i·|O| + j ascending, `together` = C_ij, `expected` = p_i·p_j."""

    key: Ints
    together: Floats
    expected: Floats

    @classmethod
    def of(cls, block: Incidence, start: int, table: _Table) -> _Pairs:
        i = np.repeat(np.arange(start, start + block.shape[0], dtype=np.int64), np.diff(block.indptr))
        j = block.indices.astype(np.int64)
        upper = j > i
        i, j = i[upper], j[upper]
        return cls(i * block.shape[1] + j, block.data[upper] / table.size, table.share[i] * table.share[j])

    def rules(self, table: _Table) -> Ints:
        often = self.together * table.size >= table.min_count - _EPS
        return self.key[often & (self.together >= RULE_LIFT * self.expected)]

    def at(self, key: Ints) -> Floats:
        """C_ij of the given keys, 0 where the pair does not occur."""
        if not len(self.key):
            return np.zeros(len(key))
        place = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where(self.key[place] == key, self.together[place], 0.0)


@dataclass(frozen=True, eq=False)
class _Block:
    """What one block of objects adds to the sums."""

    difference: float
    total: float
    weight: Floats
    lift_x: Floats
    lift_y: Floats
    rules: tuple[int, int, int]
    overlaps: list[float]


def _compare(x_matrix: Incidence, y_matrix: Incidence, min_count: float) -> Fidelity:
    n_x, n_y = x_matrix.shape[0], y_matrix.shape[0]
    x, y = _Table.of(x_matrix, min_count), _Table.of(y_matrix, min_count * n_y / n_x)
    blocks = list(_blocks(x, y))
    weight = np.concatenate([b.weight for b in blocks])
    lift_x, lift_y = np.concatenate([b.lift_x for b in blocks]), np.concatenate([b.lift_y for b in blocks])
    in_x, in_y, both = np.sum([b.rules for b in blocks], axis=0)
    overlaps = [overlap for b in blocks for overlap in b.overlaps]
    return Fidelity(
        item_l1=_ratio(float(np.abs(x.share - y.share).sum()), float(x.share.sum())),
        pair_l1=_ratio(sum(b.difference for b in blocks), sum(b.total for b in blocks)),
        lift_mae=float(np.average(np.abs(lift_x - lift_y), weights=weight)) if len(weight) else float("nan"),
        lift_r=_pearson(lift_x, lift_y),
        rule_f1=2.0 * float(both) / float(in_x + in_y) if in_x + in_y else float("nan"),
        also_buy_at_10=float(np.mean(overlaps)) if overlaps else float("nan"),
        degree_ks=kolmogorov_smirnov(np.diff(x_matrix.indptr), np.diff(y_matrix.indptr)),
    )


def _blocks(x: _Table, y: _Table) -> Iterator[_Block]:
    num_objects = len(x.share)
    step = max(1, _BLOCK_CELLS // max(num_objects, 1))
    for start in range(0, max(num_objects, 1), step):
        stop = min(start + step, num_objects)
        rows_x, rows_y = x.rows(start, stop), y.rows(start, stop)
        pairs_x, pairs_y = _Pairs.of(rows_x, start, x), _Pairs.of(rows_y, start, y)
        yield _block(x, y, pairs_x, pairs_y, _overlaps(x, y, rows_x, rows_y, start))


def _block(x: _Table, y: _Table, pairs_x: _Pairs, pairs_y: _Pairs, overlaps: list[float]) -> _Block:
    in_y = pairs_y.at(pairs_x.key)
    only_y = float(pairs_y.together.sum() - in_y.sum())
    evaluated = pairs_x.together * x.size >= x.min_count - _EPS
    weight, key = pairs_x.together[evaluated], pairs_x.key[evaluated]
    i, j = np.divmod(key, max(len(x.share), 1))
    rules_x, rules_y = pairs_x.rules(x), pairs_y.rules(y)
    return _Block(
        difference=float(np.abs(pairs_x.together - in_y).sum()) + only_y,
        total=float(pairs_x.together.sum()),
        weight=weight,
        lift_x=log2_share_lift(weight, pairs_x.expected[evaluated], x.size),
        lift_y=log2_share_lift(in_y[evaluated], y.share[i] * y.share[j], y.size),
        rules=(len(rules_x), len(rules_y), len(np.intersect1d(rules_x, rules_y, assume_unique=True))),
        overlaps=overlaps,
    )


def _overlaps(x: _Table, y: _Table, rows_x: Incidence, rows_y: Incidence, start: int) -> list[float]:
    found = []
    often = x.share * x.size >= 5 * x.min_count - _EPS
    for row in np.flatnonzero(often[start : start + rows_x.shape[0]]):
        partners = _partners(rows_x, int(row), start, x)
        if len(partners):
            found.append(len(np.intersect1d(partners, _partners(rows_y, int(row), start, y))) / len(partners))
    return found


def _partners(rows: Incidence, row: int, start: int, table: _Table) -> Ints:
    """The top ten partners of one object by lift, ties cut as `argpartition` cuts a dense row."""
    part = slice(rows.indptr[row], rows.indptr[row + 1])
    partner, count = rows.indices[part], rows.data[part]
    enough = (count >= table.min_count - _EPS) & (partner != start + row)
    partner = partner[enough]
    lift = np.full(len(table.share), -np.inf)
    lift[partner] = count[enough] / table.size / (table.share[start + row] * table.share[partner])
    top = np.argpartition(-lift, TOP)[:TOP] if len(lift) > TOP else np.arange(len(lift))
    return np.asarray(top[np.isfinite(lift[top])], np.int64)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _pearson(a: Floats, b: Floats) -> float:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))
