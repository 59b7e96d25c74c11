"""Membership inference on emitted rows: can someone who has a subject's record tell that it was trained on?

The attacker has the synthetic table, and labelled examples of members (training subjects) and of non-members (held-out
ones): more than a real attacker would. One half of the examples sets the threshold, the other half is guessed: their
accuracy is a binomial share, whose exact upper bound (Clopper & Pearson 1934) is the figure to read. One half is
guessing, whatever the table.

    nearest_neighbour   the largest cosine between the record and a synthetic subject, over (verb, object) tokens
    pair_excess         how much more often than by chance the synthetic table has the record's pairs of tokens

Sources: Shokri et al. 2017 (membership inference); Hayes et al. 2019 and Stadler, Oprisanu & Troncoso 2022 (on
synthetic data). A weak attack proves nothing about a stronger one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.evaluation.figures import upper_bound
from assoc_synth.evaluation.nearest import nearest_cosine
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.transactions.arrays import Bools, Codes, Floats, Ints

MAX_CANDIDATES = 2_000
MIN_CANDIDATES = 20
MAX_PAIRS = 300


@dataclass(frozen=True)
class Attack:
    """What an attack achieved.

    Attributes:
        name: "nearest_neighbour" or "pair_excess".
        accuracy: share of the guesses that were right; 0.5 is guessing.
        upper: its exact 95 % upper bound.
        auc: probability that a member scores higher than a non-member, ties half; 0.5 is guessing.
        num_guesses: guesses made.
    """

    name: str
    accuracy: float
    upper: float
    auc: float
    num_guesses: int


def membership_attacks(
    train: Edges, heldout: Edges, synthetic: Edges, rng: np.random.Generator, *, most: int = MAX_CANDIDATES
) -> tuple[Attack, ...]:
    """Attack as many members as non-members, at most `most` of each; nothing where there are fewer than 20.

    Raises:
        InputError: the graphs are not over one vocabulary.
    """
    if len({(edges.num_verbs, edges.num_objects) for edges in (train, heldout, synthetic)}) > 1:
        raise InputError("the tables must share their verbs and objects: map them to one vocabulary first")
    size = min(train.num_subjects, heldout.num_subjects, most)
    if size < MIN_CANDIDATES or not synthetic.num_subjects:
        return ()
    members, others = (
        edges.take(np.sort(rng.permutation(edges.num_subjects)[:size])).tokens() for edges in (train, heldout)
    )
    emitted = synthetic.tokens()
    halves = rng.permutation(size) < size // 2
    return tuple(
        _guessed(name, score(members, emitted), score(others, emitted), halves) for name, score in ATTACKS.items()
    )


def nearest_neighbour(records: Incidence, emitted: Incidence) -> Floats:
    """Largest cosine to a synthetic subject: shape (records,), 0 for an empty record."""
    # Rounding errors make equal cosines differ, which would be a false signal.
    return np.asarray(np.round(nearest_cosine(records, emitted), 9), np.float64)


def pair_excess(records: Incidence, emitted: Incidence) -> Floats:
    """Mean of log((c + ½) / (e + ½)) over the record's pairs of tokens: shape (records,), 0 without a pair.

    c synthetic subjects have the pair, e = n·p_i·p_j would by chance. Of a record with many pairs some are drawn.
    """
    rng = np.random.default_rng(0)
    exact = emitted.astype(np.float64)
    shared = (exact.T @ exact).tocsr()
    support = np.diff(exact.tocsc().indptr).astype(float)
    chosen = [_pairs_of(records.indices[a:b], rng) for a, b in pairwise(records.indptr.tolist())]
    pairs = np.concatenate([np.zeros((0, 2), np.int64), *chosen])
    left, right = pairs.T
    count = np.asarray(shared[left, right], float).ravel() if len(pairs) else np.zeros(0)
    excess = np.log((count + 0.5) / (support[left] * support[right] / max(emitted.shape[0], 1) + 0.5))
    size = np.array([len(part) for part in chosen])
    total = np.bincount(np.repeat(np.arange(len(size)), size), weights=excess, minlength=len(size))
    return np.asarray(np.round(total / np.maximum(size, 1), 9), np.float64)


def _pairs_of(tokens: Codes, rng: np.random.Generator) -> Ints:
    left, right = np.triu_indices(len(tokens), 1)
    if len(left) > MAX_PAIRS:
        at = rng.choice(len(left), MAX_PAIRS, replace=False)
        left, right = left[at], right[at]
    return np.stack([tokens[left], tokens[right]], axis=1).astype(np.int64)


ATTACKS: dict[str, Callable[[Incidence, Incidence], Floats]] = {
    "nearest_neighbour": nearest_neighbour,
    "pair_excess": pair_excess,
}


def _guessed(name: str, members: Floats, others: Floats, known: Bools) -> Attack:
    threshold = _threshold(members[known], others[known])
    right = int((members[~known] >= threshold).sum() + (others[~known] < threshold).sum())
    total = 2 * int((~known).sum())
    rank = np.searchsorted(np.sort(others), members, side="left") + np.searchsorted(
        np.sort(others), members, side="right"
    )
    return Attack(name, right / total, upper_bound(right, total), float(rank.mean() / (2 * len(others))), total)


def _threshold(members: Floats, others: Floats) -> float:
    """The score from which on "member" is guessed: the most accurate one on known examples."""
    scores = np.unique(np.concatenate([members, others, [np.inf]]))
    caught = len(members) - np.searchsorted(np.sort(members), scores, side="left")
    spared = np.searchsorted(np.sort(others), scores, side="left")
    return float(scores[np.argmax(caught + spared)])
