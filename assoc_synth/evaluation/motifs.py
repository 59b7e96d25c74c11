"""Larger patterns than pairs: triples, and the butterflies of the graph of subjects and tokens.

A token is a (verb, object). With X (n, |tokens|) the 0/1 incidence, C = XᵀX and d the degrees of its two sides:

    triple_l1         Σ |T_x − T_y| / Σ T_x over watched triples, T the share of subjects that have all three
    triple_lift_mae   mean |log2 lift_x − log2 lift_y|, weight T_x; lift = T / (p_i p_j p_k); in y, T is at
                      least ½/n_y, or p_i p_j p_k where that is less; 1 where a token is absent
    butterflies       |log2| of the ratio of B / (n (n − 1) / 2), B = Σ_{i<j} c_ij (c_ij − 1) / 2: two subjects that
                      share two tokens
    metamorphosis     |difference| of 4·B / Σ_edges (d_subject − 1)(d_token − 1): how many of the paths of three edges
                      close to a butterfly (Aksoy, Kolda & Pinar 2017; Robins & Alexander 2004)

Watched triples are chosen in the reference alone: those that most exceed n·p_i·p_j·p_k, by four standard errors or more
(`triples.outstanding_triples`). Triples chosen because they stand out do so less elsewhere, so read the figures beside
the floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.evaluation.comparison import Sides
from assoc_synth.evaluation.figures import Figure, Subjects, interval, jackknife, known
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.link_graph.lift import log2_share_lift
from assoc_synth.link_graph.triples import outstanding_triples, token_shares, triple_counts
from assoc_synth.transactions.arrays import Floats, Ints

_CHUNK = 512
NAMES = ("triple_l1", "triple_lift_mae", "butterflies", "metamorphosis")


@dataclass(frozen=True)
class Butterflies:
    """Butterflies of a graph: `count` B, `per_pair` of subjects, `metamorphosis` 4·B over the paths of three edges."""

    count: float
    per_pair: float
    metamorphosis: float


def butterflies(tokens: Incidence) -> Butterflies:
    """Count butterflies exactly.

    Args:
        tokens: 0/1, shape (n, tokens), as `Edges.tokens()`.
    """
    exact = tokens.astype(np.float64)
    transposed = exact.T.tocsr()
    degree, support = (np.diff(side.indptr).astype(float) for side in (exact, transposed))
    # A butterfly is two tokens and two subjects: the pairs of either count it, those of the cheaper side do here.
    by_token = float((degree**2).sum()) <= float((support**2).sum())
    left, right, own = (transposed, exact, support) if by_token else (exact, transposed, degree)
    twice = 0.0
    for at in range(0, left.shape[0], _CHUNK):
        shared = (left[at : at + _CHUNK] @ right).data
        twice += float((shared * (shared - 1) / 2).sum())
    # Every unordered pair came twice, and the diagonal once: a token shares its own subjects with itself.
    count = (twice - float((own * (own - 1) / 2).sum())) / 2
    paths = float((np.repeat(degree - 1, np.diff(exact.indptr)) * (support[exact.indices] - 1)).sum())
    size = exact.shape[0]
    pairs = size * (size - 1) / 2
    return Butterflies(count, _ratio(count, pairs), _ratio(4 * count, paths))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def triple_shares(tokens: Incidence, triples: Ints) -> tuple[Floats, Floats]:
    """Share of the subjects that have all three tokens, and the product of the three shares: shape (triples,) each."""
    together = triple_counts(tokens, triples) / max(tokens.shape[0], 1)
    return together, token_shares(tokens)[triples].prod(axis=1)


def motif_distances(reference: Incidence, other: Incidence, triples: Ints) -> dict[str, float]:
    """The four figures of this module between two tables of one vocabulary; NaN where there is nothing to compare."""
    found = dict.fromkeys(NAMES, float("nan"))
    if len(triples):
        (together, apart), (seen, product) = (triple_shares(tokens, triples) for tokens in (reference, other))
        if together.sum():
            found["triple_l1"] = float(np.abs(together - seen).sum() / together.sum())
            kept = together > 0
            lift = log2_share_lift(together[kept], apart[kept], reference.shape[0])
            beside = log2_share_lift(seen[kept], product[kept], max(other.shape[0], 1))
            found["triple_lift_mae"] = float(np.average(np.abs(lift - beside), weights=together[kept]))
    first, second = butterflies(reference), butterflies(other)
    if first.per_pair > 0 and second.per_pair > 0:
        found["butterflies"] = abs(float(np.log2(second.per_pair / first.per_pair)))
    found["metamorphosis"] = abs(second.metamorphosis - first.metamorphosis)
    return found


def motif_figures(sides: Sides, rng: np.random.Generator, *, min_count: float = 20) -> tuple[Figure, ...]:
    """`motif_distances` with jackknife interval, floor and independent generator; unknown figures are left out."""
    reference, synthetic = sides.reference.tokens(), sides.synthetic.tokens()
    triples = outstanding_triples(reference, min_count=min_count)

    def measured(first: Subjects, second: Subjects) -> dict[str, float]:
        return motif_distances(reference[first], synthetic[second], triples)

    def beside(edges: Edges | None) -> dict[str, float]:
        return {} if edges is None else motif_distances(reference, edges.tokens(), triples)

    values = motif_distances(reference, synthetic, triples)
    floor, independent = beside(sides.floor), beside(sides.independent)
    size, clusters = (reference.shape[0], synthetic.shape[0]), (sides.clusters, None)
    errors = jackknife(measured, *size, rng, groups=sides.groups, clusters=clusters)
    figures = []
    for name, value in values.items():
        if known(value) is not None:
            low, high = interval(value, errors[name][1] if name in errors else None)
            figures.append(Figure(name, value, low, high, known(floor.get(name)), known(independent.get(name))))
    return tuple(figures)
