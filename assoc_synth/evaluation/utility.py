"""How useful a table is: train a recommender on it, test it on real subjects that nobody has seen (TSTR).

The recommender is EASE (Steck, "Embarrassingly shallow autoencoders for sparse data", 2019): with X the 0/1 incidence
of subjects and objects and λ the ridge penalty,

    P = (XᵀX + λI)⁻¹        B = I − P / diag(P), zero diagonal        scores = seen · B

A test subject is one with at least five objects. One fifth of its objects, rounded down and at least one, drawn at
random from the seed, is hidden; the rest is what the recommender sees, and is left out of the ranking. NDCG@10 is

    Σ_{rank r < 10} [object at r is hidden] / log2(r + 2)   over   Σ_{r < min(10, hidden objects)} 1 / log2(r + 2)

averaged over test subjects. Verbs do not matter here: an object is one that the subject is linked to by any verb.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.transactions.arrays import Singles, Values

PENALTY = 200.0
TOP = 10
MIN_OBJECTS = 5
HIDDEN_SHARE = 0.2
_CHUNK_CELLS = 8_000_000


@dataclass(frozen=True)
class Utility:
    """NDCG@10 on held-out real subjects of a recommender trained on three tables.

    Attributes:
        ndcg: trained on the table under test.
        ndcg_real: trained on the real training table: the aim.
        ndcg_popularity: ranking by the real training table's popularity: what no association at all reaches.
        ratio: ndcg / ndcg_real.
    """

    ndcg: float
    ndcg_real: float
    ndcg_popularity: float

    @property
    def ratio(self) -> float:
        return self.ndcg / self.ndcg_real if self.ndcg_real else float("nan")


@dataclass(frozen=True, eq=False)
class RecommenderTask:
    """The same test for every table: real training and test graphs, and a seed for what is hidden.

    Args:
        train_real, test_real: graphs over the same objects.
        seed: decides which objects are hidden.
        penalty: λ.

    Raises:
        InputError: the vocabularies differ, or no test subject has five objects.
    """

    train_real: Edges
    test_real: Edges
    seed: int = 0
    penalty: float = PENALTY

    @cached_property
    def hidden(self) -> tuple[Incidence, Incidence]:
        """What the recommender sees and what it has to find: two 0/1 matrices, shape (test subjects, |O|)."""
        return hide(self.test_real.incidence(), np.random.default_rng(self.seed))

    @cached_property
    def real(self) -> float:
        return self._ndcg(self.train_real)

    @cached_property
    def popularity(self) -> float:
        counts = np.asarray(self.train_real.incidence().sum(axis=0), np.float32).ravel()
        return ndcg(lambda seen: np.tile(counts, (seen.shape[0], 1)), *self.hidden)

    def judge(self, table: Edges) -> Utility:
        """Train on `table`, test on the real test subjects."""
        return Utility(self._ndcg(table), self.real, self.popularity)

    def _ndcg(self, table: Edges) -> float:
        if table.num_objects != self.test_real.num_objects:
            raise InputError(f"num_objects is {table.num_objects}, and {self.test_real.num_objects} in the test table")
        weights = ease(table.incidence(), self.penalty)
        return ndcg(lambda seen: np.asarray(seen @ weights), *self.hidden)


def tstr(train_real: Edges, synthetic: Edges, test_real: Edges, *, seed: int = 0) -> Utility:
    """Train on synthetic, test on real; beside it train on real, test on real, and the popularity baseline."""
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
    """Mean NDCG@10.

    Args:
        score: from seen objects, shape (rows, |O|), to scores of the same shape; high is good.
        seen, hidden: as `hide` returns them.
    """
    step = max(1, _CHUNK_CELLS // seen.shape[1])
    found = [
        _gains(score(seen[at : at + step]), seen[at : at + step], hidden[at : at + step])
        for at in range(0, seen.shape[0], step)
    ]
    return float(np.concatenate(found).mean())


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
