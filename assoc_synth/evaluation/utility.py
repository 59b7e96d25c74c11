"""How useful a table is: train a recommender on it, test it on real subjects that nobody has seen (TSTR).

The recommender is EASE (Steck, "Embarrassingly shallow autoencoders for sparse data", 2019): with X the 0/1 incidence
of subjects and objects and λ the ridge penalty,

    P = (XᵀX + λI)⁻¹        B = I − P / diag(P), zero diagonal        scores = seen · B

A test subject is one with at least five objects. One fifth of its objects, rounded down and at least one, drawn at
random from the seed, is hidden; the rest is what the recommender sees, and is left out of the ranking. NDCG@10 is

    Σ_{rank r < 10} [object at r is hidden] / log2(r + 2)   over   Σ_{r < min(10, hidden objects)} 1 / log2(r + 2)

averaged over test subjects. Verbs do not matter here: an object is one that the subject is linked to by any verb.

The floor is another real sample of the same size. Only the test part holds real subjects that are not the training
ones, so it is cross-fitted: each fifth of the test subjects is ranked by a recommender that was trained on the other
four, filled up with training subjects to the size of the training table. Intervals are over test subjects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.evaluation.figures import Figure, known, mean_interval
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.transactions.arrays import Floats, Ints, Singles, Values

PENALTY = 200.0
TOP = 10
MIN_OBJECTS = 5
HIDDEN_SHARE = 0.2
FOLDS = 5
_CHUNK_CELLS = 8_000_000


@dataclass(frozen=True)
class Utility:
    """NDCG@10 on held-out real subjects of a recommender trained on several tables.

    Attributes:
        ndcg: trained on the table under test.
        ndcg_real: trained on the real training table: the aim.
        ndcg_popularity: ranking by the real training table's popularity: what no association at all reaches.
        floor: trained on another real sample of the same size; NaN where there are too few test subjects for folds.
        low, high, floor_low, floor_high: 95 % intervals of `ndcg` and `floor` over test subjects.
    """

    ndcg: float
    ndcg_real: float
    ndcg_popularity: float
    floor: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    floor_low: float = float("nan")
    floor_high: float = float("nan")

    @property
    def ratio(self) -> float:
        return self.ndcg / self.ndcg_real if self.ndcg_real else float("nan")

    @property
    def figure(self) -> Figure:
        """`ndcg@10` beside the floor and the ranking by popularity."""
        low, high, floor = known(self.low), known(self.high), known(self.floor)
        return Figure("ndcg@10", known(self.ndcg), low, high, floor, known(self.ndcg_popularity))


@dataclass(frozen=True, eq=False)
class RecommenderTask:
    """The same test for every table: real training and test graphs, and a seed for what is hidden.

    Args:
        train_real, test_real: graphs over the same objects.
        seed: decides which objects are hidden, and the folds of the floor.
        penalty: λ.
        clusters: of the test subjects, (test subjects,): one is in one fold, and intervals are over clusters.

    Raises:
        InputError: the vocabularies differ, or no test subject has five objects.
    """

    train_real: Edges
    test_real: Edges
    seed: int = 0
    penalty: float = PENALTY
    clusters: Ints | None = None

    @cached_property
    def hidden(self) -> tuple[Incidence, Incidence]:
        """What the recommender sees and what it has to find: two 0/1 matrices, shape (test subjects, |O|)."""
        return hide(self.test_real.incidence(), np.random.default_rng(self.seed))

    @cached_property
    def real(self) -> float:
        return float(self._gains(self.train_real).mean())

    @cached_property
    def popularity(self) -> float:
        counts = np.asarray(self.train_real.incidence().sum(axis=0), np.float32).ravel()
        return ndcg(lambda seen: np.tile(counts, (seen.shape[0], 1)), *self.hidden)

    @cached_property
    def of_floor(self) -> Floats:
        """NDCG@10 of each test subject by another real sample of the training table's size; empty without folds."""
        seen, hidden = self.hidden
        evaluated = np.flatnonzero(np.diff(self.test_real.incidence().indptr) >= MIN_OBJECTS)
        own = np.arange(self.test_real.num_subjects) if self.clusters is None else self.clusters
        names, place = np.unique(own, return_inverse=True)
        if len(np.unique(own[evaluated])) < FOLDS:
            return np.zeros(0)
        rng = np.random.default_rng(self.seed)
        fold = (rng.permutation(len(names)) % FOLDS)[place]
        found = np.full(len(evaluated), np.nan)
        for number in range(FOLDS):
            tested = fold[evaluated] == number
            if tested.any():
                weights = ease(self._beside(np.flatnonzero(fold != number), rng), self.penalty)
                found[tested] = gains(lambda part, w=weights: np.asarray(part @ w), seen[tested], hidden[tested])  # type: ignore[misc]
        return found

    def judge(self, table: Edges) -> Utility:
        """Train on `table`, test on the real test subjects."""
        return self._utility(self._gains(table))

    def judge_floor(self) -> Utility:
        """The floor in the place of the table under test."""
        return self._utility(self.of_floor)

    def _utility(self, found: Floats) -> Utility:
        evaluated = np.flatnonzero(np.diff(self.test_real.incidence().indptr) >= MIN_OBJECTS)
        own = None if self.clusters is None else self.clusters[evaluated]
        value, low, high = mean_interval(found, own)
        floor, floor_low, floor_high = mean_interval(self.of_floor, own)
        return Utility(value, self.real, self.popularity, floor, low, high, floor_low, floor_high)

    def _beside(self, others: Ints, rng: np.random.Generator) -> Incidence:
        """Test subjects, cut or filled up with training subjects to the size of the training table."""
        size = self.train_real.num_subjects
        kept = others if len(others) <= size else np.sort(rng.permutation(others)[:size])
        more = np.sort(rng.permutation(size)[: size - len(kept)])
        parts = [self.test_real.incidence()[kept], self.train_real.incidence()[more]]
        return sp.vstack(parts, format="csr")

    def _gains(self, table: Edges) -> Floats:
        if table.num_objects != self.test_real.num_objects:
            raise InputError(f"num_objects is {table.num_objects}, and {self.test_real.num_objects} in the test table")
        weights = ease(table.incidence(), self.penalty)
        return gains(lambda seen: np.asarray(seen @ weights), *self.hidden)


def tstr(train_real: Edges, synthetic: Edges, test_real: Edges, *, seed: int = 0) -> Utility:
    """Train on synthetic, test on real; beside it trained on real, on another real sample, and ranked by popularity."""
    return RecommenderTask(train_real, test_real, seed).judge(synthetic)


def ease(incidence: Incidence, penalty: float = PENALTY) -> Singles:
    """EASE weights: float32, shape (|O|, |O|), zero diagonal. Dense: 8·|O|² bytes while it works."""
    gram = np.asarray((incidence.T @ incidence).toarray(), np.float64)
    gram[np.diag_indices_from(gram)] += penalty
    inverse = scipy.linalg.inv(gram, overwrite_a=True, check_finite=False)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, np.float32)


def hide(incidence: Incidence, rng: np.random.Generator) -> tuple[Incidence, Incidence]:
    """Split each subject with at least five objects into seen and hidden objects; other subjects are dropped.

    Returns:
        seen, hidden: 0/1, the same rows, shape (subjects with ≥ 5 objects, |O|).

    Raises:
        InputError: there is no such subject.
    """
    kept = incidence[np.diff(incidence.indptr) >= MIN_OBJECTS].tocsr()
    if not kept.shape[0]:
        raise InputError(f"no test subject has {MIN_OBJECTS} objects: there is nothing to recommend")
    degrees = np.diff(kept.indptr)
    row = np.repeat(np.arange(kept.shape[0]), degrees)
    order = np.lexsort((rng.random(kept.nnz), row))
    rank = np.arange(kept.nnz) - np.repeat(kept.indptr[:-1], degrees)
    take = rank < np.maximum(1, np.floor(HIDDEN_SHARE * degrees + 1e-9))[row]
    seen, hidden = (
        sp.csr_matrix((np.ones(mask.sum(), np.float32), (row[mask], kept.indices[order][mask])), shape=kept.shape)
        for mask in (~take, take)
    )
    return seen, hidden


def ndcg(score: Callable[[Incidence], Values], seen: Incidence, hidden: Incidence) -> float:
    """Mean NDCG@10, see `gains`."""
    return float(gains(score, seen, hidden).mean())


def gains(score: Callable[[Incidence], Values], seen: Incidence, hidden: Incidence) -> Floats:
    """NDCG@10 of each row.

    Args:
        score: from seen objects, shape (rows, |O|), to scores of the same shape; high is good.
        seen, hidden: as `hide` returns them.
    """
    step = max(1, _CHUNK_CELLS // seen.shape[1])
    found = [
        _gains(score(seen[at : at + step]), seen[at : at + step], hidden[at : at + step])
        for at in range(0, seen.shape[0], step)
    ]
    return np.asarray(np.concatenate(found), np.float64)


def _gains(scores: Values, seen: Incidence, hidden: Incidence) -> Values:
    scores = np.array(scores, np.float32)
    scores[np.repeat(np.arange(seen.shape[0]), np.diff(seen.indptr)), seen.indices] = -np.inf
    top = min(TOP, scores.shape[1])
    best = np.argpartition(-scores, top - 1, axis=1)[:, :top]
    ranked = np.take_along_axis(best, np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable"), 1)
    hit = np.asarray(hidden[np.arange(hidden.shape[0])[:, None], ranked].todense())
    discount = 1.0 / np.log2(np.arange(top) + 2.0)
    ideal = np.cumsum(discount)[np.minimum(np.diff(hidden.indptr), top) - 1]
    return np.asarray((hit * discount).sum(axis=1) / ideal)
