"""Singling out, linkability and inference, in the words of the Article 29 Working Party (opinion 05/2014, WP 216).

As Giomi et al. 2023 (Anonymeter) measure them: an attacker guesses from the synthetic table alone, about training
subjects and, as a control, about as many held-out ones. What is guessed right of both is what the population teaches;
the risk is the excess, (r_train − r_heldout) / (1 − r_heldout).

    singling_out    a few links that one emitted subject has alone: is there exactly one real subject with them?
    linkability     who has one half of a person's links, and who has the other half, each take the emitted subject that
                    is nearest to theirs: is it the same one?
    inference       who has all links of a person but one takes a link at random that the nearest emitted subject has
                    beyond those: is it the one?
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from assoc_synth.evaluation.figures import mean_interval
from assoc_synth.evaluation.labels import Score
from assoc_synth.evaluation.nearest import nearest
from assoc_synth.link_graph.edges import Incidence
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MIN_LINKS = 4
GUESSES = 2_000
PREDICATE_SIZES = (2, 3, 4)


@dataclass(frozen=True)
class Risk:
    """What is guessed right of training subjects beyond what is of others.

    Attributes:
        value: (r_train − r_heldout) / (1 − r_heldout); 0 is no risk. NaN without a guess.
        low, high: its 95 % interval.
        train, heldout: the two shares of right guesses.
    """

    value: float
    low: float
    high: float
    train: float
    heldout: float


def risk(score: Score) -> Risk:
    """The risk of an attack whose score is the chance of a right guess about each subject, clusters together."""
    if not len(score.members) or not len(score.others):
        return Risk(*[float("nan")] * 5)
    mine = mean_interval(score.members, score.of_members)
    theirs = mean_interval(score.others, score.of_others)
    return _risk(mine[0], theirs[0], np.hypot(mine[2] - mine[0], theirs[2] - theirs[0]))


def singling_out(
    members: Incidence, others: Incidence, predicates: Incidence, codes: tuple[Ints, Ints]
) -> tuple[Score, Risk]:
    """What predicates that hold of one emitted subject alone say of real ones.

    Args:
        members, others: as many training as held-out subjects, 0/1 over common tokens.
        predicates: see `unique_predicates`.
        codes: of members and others, see `Score`.

    Returns:
        How many predicates hold of each real subject and of no other of both sides, and the risk of those that hold
        of exactly one subject of a side.
    """
    total = predicates.shape[0]
    found = [_matching(predicates, side) for side in (members, others)]
    holding = [np.bincount(match, minlength=total) for match, _ in found]
    alone = holding[0] + holding[1] == 1
    counts = [
        np.bincount(record[alone[match]], minlength=side.shape[0]).astype(np.float64)
        for (match, record), side in zip(found, (members, others), strict=True)
    ]
    score = Score("singling_out", counts[0], counts[1], *codes)
    if not total:
        return score, Risk(*[float("nan")] * 5)
    mine, theirs = ((one == 1).astype(np.float64) for one in holding)
    # Both sides answer the same guesses: the interval is that of their difference, guesses at one subject together.
    about, start = np.arange(total), total
    for (match, record), hits, side in zip(found, holding, (members, others), strict=True):
        about[match[hits[match] == 1]] = start + record[hits[match] == 1]
        start += side.shape[0]
    _, low, high = mean_interval((mine - theirs + 1) / 2, about)
    half = high - low if np.isfinite(high - low) else 1.0
    return score, _risk(float(mine.mean()), float(theirs.mean()), half)


def unique_predicates(emitted: Incidence, rng: np.random.Generator) -> Incidence:
    """Sets of two to four links that exactly one emitted subject has: 0/1, (predicates, tokens)."""
    able = np.flatnonzero(np.diff(emitted.indptr) >= max(PREDICATE_SIZES))
    chosen = emitted[np.sort(rng.permutation(able)[:GUESSES])]
    found = [sp.csr_matrix((0, emitted.shape[1]), dtype=np.float32)]
    for size in PREDICATE_SIZES:
        drawn = _some(chosen, size, rng)
        match, _ = _matching(drawn, emitted)
        unique = np.bincount(match, minlength=drawn.shape[0]) == 1
        found.append(drawn[unique])
        chosen = chosen[~unique]
    return sp.vstack(found).tocsr()


def linkability(records: Incidence, emitted: Incidence, rng: np.random.Generator) -> Floats:
    """1 where both halves of a record have one nearest emitted subject: (records,), of at least four links each."""
    first = _halved(records, rng)
    one, other = (_kept(records, part) for part in (first, ~first))
    (_, mine), (near, theirs) = nearest(one, emitted), nearest(other, emitted)
    return np.asarray((mine == theirs) & (near > 0), np.float64)


def inference(records: Incidence, emitted: Incidence, rng: np.random.Generator) -> Floats:
    """The chance to guess a link that is hidden: (records,), of at least two links each."""
    size = np.diff(records.indptr)
    hidden = records.indptr[:-1] + (rng.random(len(size)) * size).astype(np.int64)
    seen = np.ones(records.nnz, bool)
    seen[hidden] = False
    known = _kept(records, seen)
    beyond = emitted[nearest(known, emitted)[1]].astype(bool)
    beyond = beyond.astype(np.int8) - beyond.multiply(known.astype(bool)).astype(np.int8)
    beyond.eliminate_zeros()
    held = np.asarray(beyond[np.arange(len(size)), records.indices[hidden]]).ravel() > 0
    return np.asarray(held / np.maximum(np.diff(beyond.tocsr().indptr), 1), np.float64)


def _risk(train: float, heldout: float, half: float) -> Risk:
    room = max(1 - heldout, 1e-9)
    value = (train - heldout) / room
    return Risk(value, max(-1.0, value - half / room), min(1.0, value + half / room), train, heldout)


def _matching(predicates: Incidence, records: Incidence) -> tuple[Ints, Ints]:
    """Predicates and records that have all its tokens, in pairs."""
    needed = np.diff(predicates.indptr)
    shared = (predicates @ records.T.tocsr()).tocoo()
    full = shared.data >= needed[shared.row]
    return shared.row[full].astype(np.int64), shared.col[full].astype(np.int64)


def _some(records: Incidence, size: int, rng: np.random.Generator) -> Incidence:
    """This many tokens of each record, drawn at random."""
    return _kept(records, _place_in_record(records, rng) < size)


def _halved(records: Incidence, rng: np.random.Generator) -> Bools:
    """A random half of each record's tokens, by entry."""
    size = np.diff(records.indptr)
    return np.asarray(_place_in_record(records, rng) < np.repeat(size // 2, size), bool)


def _place_in_record(records: Incidence, rng: np.random.Generator) -> Ints:
    """Each record's entries in a random order: the place of each entry."""
    owner = np.repeat(np.arange(records.shape[0]), np.diff(records.indptr))
    order = np.lexsort((rng.random(records.nnz), owner))
    place = np.empty(records.nnz, np.int64)
    place[order] = np.arange(records.nnz) - records.indptr[owner]
    return place


def _kept(records: Incidence, entries: Bools) -> Incidence:
    owner = np.repeat(np.arange(records.shape[0]), np.diff(records.indptr))
    at = owner[entries], records.indices[entries]
    return sp.csr_matrix((np.ones(int(entries.sum()), np.float32), at), shape=records.shape)
