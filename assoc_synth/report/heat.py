"""Heat maps: the lift of every two of a few objects in each table, and what the second has more or less of it."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from assoc_synth.evaluation.pair_labels import TokenPairs, label_pairs
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.edges import Edges
from assoc_synth.report.book import ClaimedPairs
from assoc_synth.report.facts import DifferenceMap, HeatMap
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MAX_HEATED = 20
_SHRINKAGE = 2.0


def heat_maps(claims: dict[str, ClaimedPairs], verb: int) -> tuple[tuple[HeatMap, ...], DifferenceMap | None]:
    """log2 lift (shrunk) among the most associated objects of the first table within a verb, in every table.

    Args:
        claims: the tables' pairs by side, over one vocabulary.

    Returns:
        A map per table, and the second less the first; None where there are not two.
    """
    first = next(iter(claims.values()))
    objects = _heated(first, verb)
    if len(objects) < 2:
        return (), None
    values = {side: _log2_lift(own.edges, verb, objects) for side, own in claims.items()}
    order = _seriated(next(iter(values.values())))
    objects = objects[order]
    names = tuple(shown(first.objects[code]) for code in objects)
    maps = tuple(
        HeatMap(side, shown(first.verbs[verb]), names, _rows(value[np.ix_(order, order)]))
        for side, value in values.items()
    )
    return maps, _difference(maps, list(claims.values()), objects + verb * first.edges.num_objects)


def _difference(maps: tuple[HeatMap, ...], claims: list[ClaimedPairs], tokens: Ints) -> DifferenceMap | None:
    if len(maps) != 2:
        return None
    real, synthetic = maps
    changed = _changed(claims[0].edges, claims[1].edges, tokens)
    values = tuple(
        tuple(None if x is None or y is None else y - x for x, y in zip(xs, ys, strict=True))
        for xs, ys in zip(real.values, synthetic.values, strict=True)
    )
    flags = tuple(tuple(bool(flag) for flag in row) for row in changed)
    count = len(tokens)
    return DifferenceMap(real.verb, real.objects, values, flags, int(changed.sum()) // 2, count * (count - 1) // 2)


def _changed(real: Edges, synthetic: Edges, tokens: Ints) -> Bools:
    """Which pairs have changed for certain, as one family of tests: (tokens, tokens), symmetric."""
    left, right = np.triu_indices(len(tokens), 1)
    pairs = TokenPairs(np.minimum(tokens[left], tokens[right]), np.maximum(tokens[left], tokens[right]))
    found = np.zeros((len(tokens), len(tokens)), bool)
    found[left, right] = label_pairs(real, synthetic, pairs).changed
    return found | found.T


def _heated(claims: ClaimedPairs, verb: int) -> Ints:
    within = claims.within(verb)
    chosen: list[int] = []
    for left, right in zip(within.left.tolist(), within.right.tolist(), strict=True):
        chosen += [code for code in (left, right) if code not in chosen]
        if len(chosen) >= MAX_HEATED:
            break
    if not chosen:
        support = np.bincount(claims.edges.incidence(verb).indices, minlength=claims.edges.num_objects)
        chosen = [int(code) for code in np.argsort(-support, kind="stable")[:MAX_HEATED] if support[code]]
    return np.array(chosen[:MAX_HEATED], np.int64)


def _log2_lift(edges: Edges, verb: int, objects: Ints) -> Floats:
    """log2 of (c + k) / (e + k), e = a·b/n: about 0, not noise, for pairs that no subject is expected to have."""
    own = edges.incidence(verb)[:, objects].astype(np.float64)
    together = np.asarray((own.T @ own).todense())
    support = together.diagonal()
    expected = np.outer(support, support) / max(edges.num_subjects, 1)
    return np.asarray(np.log2((together + _SHRINKAGE) / (expected + _SHRINKAGE)))


def _seriated(log_lift: Floats) -> Ints:
    """An order in which associated objects are neighbours: optimal leaf order of an average-linkage tree."""
    distance = log_lift.max() - (log_lift + log_lift.T) / 2
    np.fill_diagonal(distance, 0.0)
    condensed = squareform(np.maximum(distance, 0.0), checks=False)
    return np.asarray(leaves_list(optimal_leaf_ordering(linkage(condensed, "average"), condensed)), np.int64)


def _rows(values: Floats) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(None if i == j else float(value) for j, value in enumerate(row)) for i, row in enumerate(values))
