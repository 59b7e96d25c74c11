"""The independent generator: what a table synthesizer that treats rows as independent can reach at best.

Every subject keeps its number of distinct links per verb, and loses everything else: its objects are drawn by
popularity within the verb. It is the baseline beside every association figure and the "randomised" part of the gate's
tolerance τ.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.distinct import distinct

_ROUNDS = 12
"""Rounds of drawing before the exact fallback; only subjects with nearly every object of a verb need more."""

_CELLS = 4_000_000
"""Entries of the largest matrix of Gumbel keys."""


def independent_draw(edges: Edges, rng: np.random.Generator, *, num_subjects: int | None = None) -> Edges:
    """Draw a graph with the degrees of `edges` and no association within or across verbs.

    Successive sampling: a subject with d links of verb v draws objects with probability proportional to the number of
    v-edges of each object until d distinct ones are found (the law of the top d of log-popularity + Gumbel noise).

    Args:
        edges: where degrees, popularity and edge counts come from.
        rng: the only source of randomness.
        num_subjects: draw this many subjects' degrees with replacement; by default every subject once, in order.

    Returns:
        Edges with the same vocabularies. Within a verb the edge counts are a permutation of the given ones (of the
        bootstrapped subjects' ones), so that occurrences lose their tie to objects as well.
    """
    if num_subjects is not None:
        source = rng.integers(0, edges.num_subjects, num_subjects) if edges.num_subjects else np.zeros(0, np.int64)
        basis = edges.take(source)
    else:
        basis = edges
    keys, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for verb in range(edges.num_verbs):
        of_verb = basis.verb == verb
        if not of_verb.any():
            continue
        degree = np.bincount(basis.subject[of_verb], minlength=basis.num_subjects)
        popularity = np.bincount(edges.object[edges.verb == verb], minlength=edges.num_objects)
        subject, objects = _draw_sets(degree, popularity, rng)
        keys.append((subject * edges.num_verbs + verb) * edges.num_objects + objects)
        counts.append(rng.permutation(basis.count[of_verb]))
    key, count = np.concatenate(keys), np.concatenate(counts)
    order = np.argsort(key)
    rest, objects = np.divmod(key[order], max(edges.num_objects, 1))
    subject, verbs = np.divmod(rest, max(edges.num_verbs, 1))
    return Edges(
        subject.astype(np.int32),
        verbs.astype(np.int32),
        objects.astype(np.int32),
        count[order],
        basis.num_subjects,
        edges.num_verbs,
        edges.num_objects,
    )


def _draw_sets(degree: Ints, popularity: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw `degree[s]` distinct objects for every subject s.

    Args:
        degree: distinct objects wanted per subject, shape (subjects,); at most the objects with popularity > 0.
        popularity: weight per object, shape (objects,).

    Returns:
        Subject and object codes, each of shape (Σ degree,), sorted by subject, then object.
    """
    num_objects = len(popularity)
    cumulative = np.cumsum(popularity)
    have = np.zeros(0, np.int64)
    missing = degree.astype(np.int64)
    for _ in range(_ROUNDS):
        # Never more draws than are missing: every distinct object found is kept, which is what makes the law exact.
        who = np.repeat(np.arange(len(missing)), missing)
        what = np.searchsorted(cumulative, rng.integers(0, cumulative[-1], len(who)), side="right")
        have = distinct(np.concatenate([have, who * num_objects + what]))
        missing = degree - np.bincount(have // num_objects, minlength=len(degree))
        if not missing.any():
            break
    stubborn = np.flatnonzero(missing)
    step = max(_CELLS // num_objects, 1)
    for start in range(0, len(stubborn), step):
        have = np.concatenate([have, _top_up(have, stubborn[start : start + step], missing, popularity, rng)])
    have = np.sort(have) if len(stubborn) else have
    subject, objects = np.divmod(have, num_objects)
    return subject, objects


def _top_up(
    have: Ints,
    subjects: Ints,
    missing: Ints,
    popularity: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Finish the given (sorted) subjects by Gumbel top-k over the objects they lack; returns the new keys."""
    num_objects = len(popularity)
    with np.errstate(divide="ignore"):
        score = np.log(popularity.astype(float)) + rng.gumbel(size=(len(subjects), num_objects))
    owner, owned = np.divmod(have, num_objects)
    row = np.minimum(np.searchsorted(subjects, owner), len(subjects) - 1)
    taken = subjects[row] == owner
    score[row[taken], owned[taken]] = -np.inf
    best = np.argsort(-score, axis=1)
    rank_is_new = np.arange(num_objects)[None, :] < missing[subjects][:, None]
    at, _ = np.nonzero(rank_is_new)
    keys: Ints = subjects[at] * num_objects + best[rank_is_new]
    return keys
