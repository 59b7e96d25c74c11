"""Facts of the associations: which pairs are claimed, what became of them, lift against lift, and the heat maps."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from assoc_synth.evaluation.comparison import Sides
from assoc_synth.evaluation.pair_labels import PairCounts, PairLabels, label_pairs
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import Pairs
from assoc_synth.report.book import ClaimedPairs
from assoc_synth.report.facts import Drawing, DrawnLink, HeatMap, LiftScatter, Standing, TokenPair
from assoc_synth.report.names import shown
from assoc_synth.transactions.arrays import Floats, Ints

MAX_POINTS = 700
MAX_LABELLED = 2_000
MAX_LISTED = 12
MAX_LINKS, MAX_NEW_LINKS = 36, 8
MAX_HEATED = 20
_BAND_BINS = 12
_SHRINKAGE = 2.0


def claimed_labels(real: ClaimedPairs, synthetic: ClaimedPairs) -> PairLabels:
    """Labels of the strongest `MAX_LABELLED` pairs that either table claims."""
    first, second = (
        own.tokens(own.claimed.where(np.arange(len(own.claimed))[:MAX_LABELLED])) for own in (real, synthetic)
    )
    return label_pairs(real.edges, synthetic.edges, first.union(second))


def standing(real: ClaimedPairs, synthetic: ClaimedPairs) -> tuple[Standing, PairLabels]:
    """What became of the associations that either table claims, and their labels."""
    labels = claimed_labels(real, synthetic)
    pairs = labels.pairs
    in_real, in_synthetic = (pairs.isin(own.tokens(own.claimed)) for own in (real, synthetic))
    less = labels.synthetic.log_lift < labels.real.log_lift
    lost = np.flatnonzero(labels.changed & in_real & less)
    added = np.flatnonzero(labels.changed & in_synthetic & ~in_real & ~less)
    gap = labels.real.log_lift - labels.synthetic.log_lift
    lost = lost[np.lexsort((lost, -gap[lost]))]
    added = added[np.lexsort((added, gap[added]))]
    unsure = np.flatnonzero(labels.undecided)
    unsure = unsure[np.lexsort((unsure, -np.abs(gap[unsure])))]
    lost_pairs, added_pairs, open_pairs = (
        tuple(_pair(real, labels, int(at)) for at in which[:MAX_LISTED]) for which in (lost, added, unsure)
    )
    confirmed, changed, undecided = (int(flags.sum()) for flags in (labels.confirmed, labels.changed, labels.undecided))
    found = Standing(confirmed, changed, undecided, lost_pairs, added_pairs, open_pairs, len(lost), len(added))
    return found, labels


def _pair(claims: ClaimedPairs, labels: PairLabels, at: int) -> TokenPair:
    label = "confirmed" if labels.confirmed[at] else "changed" if labels.changed[at] else "undecided"
    left, right = (claims.named(int(token)) for token in (labels.pairs.left[at], labels.pairs.right[at]))
    return TokenPair(
        shown(left[0]),
        shown(left[1]),
        shown(right[0]),
        shown(right[1]),
        int(labels.real.count[at]),
        int(labels.synthetic.count[at]),
        float(labels.real.lift[at]),
        float(labels.synthetic.lift[at]),
        label,
    )


def scatter(real: ClaimedPairs, synthetic: ClaimedPairs, sides: Sides) -> LiftScatter:
    """Lift against lift of pairs that are frequent in the real table, and the band of real data."""
    chosen = _spread(real.pairs)
    labels = label_pairs(real.edges, synthetic.edges, real.tokens(real.pairs.where(chosen)))
    points = tuple(_pair(real, labels, at) for at in range(len(chosen)))
    floor = "the held-out part" if sides.heldout else "two halves of the real table"
    centre, half = _band(labels, sides)
    inside = None
    if len(centre):
        x, y = (counts.log_lift / np.log(2) for counts in (labels.real, labels.synthetic))
        inside = float((np.abs(x - y) <= np.interp(x, centre, half)).mean())
    band = tuple(zip(centre.tolist(), half.tolist(), strict=True))
    return LiftScatter(points, band, inside, floor, real.min_count, len(real.pairs))


def _spread(pairs: Pairs) -> Ints:
    """Positions of at most `MAX_POINTS` pairs: half the strongest, half evenly over the rest by count."""
    if len(pairs) <= MAX_POINTS:
        return np.arange(len(pairs))
    strongest = np.lexsort((np.arange(len(pairs)), -np.abs(pairs.z)))
    first, rest = strongest[: MAX_POINTS // 2], strongest[MAX_POINTS // 2 :]
    rest = rest[np.lexsort((rest, pairs.count[rest]))]
    even = rest[np.linspace(0, len(rest) - 1, MAX_POINTS - len(first)).astype(np.int64)]
    return np.sort(np.concatenate([first, even]))


def _band(labels: PairLabels, sides: Sides) -> tuple[Floats, Floats]:
    """Half-width by log2 lift: 95 % of |log2 lift − log2 lift| between two real tables, scaled to the sizes compared.

    A difference of two log-lifts has a variance in proportion to 1/n + 1/m.
    """
    if sides.floor is None or not len(labels.pairs):
        return np.zeros(0), np.zeros(0)
    first, second = (PairCounts.of(edges.tokens(), labels.pairs) for edges in (sides.reference, sides.floor))
    here = 1 / labels.real.num_subjects + 1 / labels.synthetic.num_subjects
    there = 1 / first.num_subjects + 1 / second.num_subjects
    apart = np.abs(first.log_lift - second.log_lift) / np.log(2) * np.sqrt(here / there)
    x = labels.real.log_lift / np.log(2)
    bins = [part for part in np.array_split(np.argsort(x, kind="stable"), min(_BAND_BINS, max(len(x) // 15, 1)))]
    half = np.array([np.quantile(apart[part], 0.95) for part in bins])
    if len(half) > 2:
        # Bins are few and their quantiles noisy: a running mean of three keeps the band from looking like teeth.
        half = np.convolve(np.pad(half, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    return np.array([x[part].mean() for part in bins]), half


def heat_maps(claims: dict[str, ClaimedPairs], verb: int) -> tuple[HeatMap, ...]:
    """log2 lift (shrunk) among the most associated objects of the first table within a verb, in every table."""
    first = next(iter(claims.values()))
    objects = _heated(first, verb)
    if len(objects) < 2:
        return ()
    values = {side: _log2_lift(own.edges, verb, objects) for side, own in claims.items()}
    order = _seriated(next(iter(values.values())))
    names = tuple(shown(first.objects[code]) for code in objects[order])
    return tuple(
        HeatMap(side, shown(first.verbs[verb]), names, _rows(value[np.ix_(order, order)]))
        for side, value in values.items()
    )


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


def drawing(
    claims: ClaimedPairs, verb: int, labels: PairLabels | None = None, synthetic: ClaimedPairs | None = None
) -> Drawing | None:
    """The strongest claimed pairs within a verb, and those that are new in the synthetic table; None without any."""
    size = claims.edges.num_objects
    changed: dict[tuple[int, int], bool] = {}
    if labels is not None:
        keys = zip(labels.pairs.left.tolist(), labels.pairs.right.tolist(), strict=True)
        changed = dict(zip(keys, labels.changed.tolist(), strict=True))

    def links(
        of: ClaimedPairs, most: int, standings: tuple[str, str], known: frozenset[tuple[int, int]]
    ) -> list[DrawnLink]:
        found: list[DrawnLink] = []
        pairs = of.within(verb)
        for left, right, lift in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.lift.tolist(), strict=True):
            key = (verb * size + left, verb * size + right)
            which = standings[int(changed.get(key, False))]
            if which and key not in known and len(found) < most:
                found.append(DrawnLink(shown(of.objects[left]), shown(of.objects[right]), float(lift), which))
        return found

    kept = ("claimed", "claimed") if synthetic is None else ("kept", "changed")
    drawn = links(claims, MAX_LINKS, kept, frozenset())
    if synthetic is not None:
        own = claims.tokens(claims.within(verb))
        known = frozenset(zip(own.left.tolist(), own.right.tolist(), strict=True))
        drawn += links(synthetic, MAX_NEW_LINKS, ("", "new"), known)
    return Drawing(shown(claims.verbs[verb]), tuple(drawn)) if drawn else None
