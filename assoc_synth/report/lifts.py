"""Facts of the associations: which pairs are claimed, what became of them, and lift against lift."""

from __future__ import annotations

import numpy as np

from assoc_synth.evaluation.comparison import Sides
from assoc_synth.evaluation.pair_labels import PairCounts, PairLabels, label_pairs
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.pairs import Pairs
from assoc_synth.link_graph.sample_size import round_up
from assoc_synth.report.book import ClaimedPairs
from assoc_synth.report.facts import Drawing, DrawnLink, LiftScatter, Standing, TokenPair
from assoc_synth.report.reach import needed_sizes, reach
from assoc_synth.transactions.arrays import Floats, Ints

MAX_POINTS = 700
MAX_LABELLED = 2_000
MAX_LISTED = 12
MAX_LINKS, MAX_NEW_LINKS = 36, 8
_BAND_BINS = 12


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
        tuple(_pairs(real, labels, which[:MAX_LISTED])) for which in (lost, added, unsure)
    )
    confirmed, changed, undecided = (int(flags.sum()) for flags in (labels.confirmed, labels.changed, labels.undecided))
    sizes = reach(labels)
    found = Standing(confirmed, changed, undecided, lost_pairs, added_pairs, open_pairs, len(lost), len(added), sizes)
    return found, labels


def _pairs(claims: ClaimedPairs, labels: PairLabels, which: Ints) -> list[TokenPair]:
    needed = needed_sizes(labels)[which].tolist()
    return [_pair(claims, labels, at, needs) for at, needs in zip(which.tolist(), needed, strict=True)]


def _pair(claims: ClaimedPairs, labels: PairLabels, at: int, needs: float) -> TokenPair:
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
        int(round_up(needs)) if np.isfinite(needs) else None,
    )


def scatter(real: ClaimedPairs, synthetic: ClaimedPairs, sides: Sides) -> LiftScatter:
    """Lift against lift of pairs that are frequent in the real table, and the band of real data."""
    chosen = _spread(real.pairs)
    labels = label_pairs(real.edges, synthetic.edges, real.tokens(real.pairs.where(chosen)))
    points = tuple(_pairs(real, labels, np.arange(len(chosen))))
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
