"""Membership inference on emitted rows: can someone who has a subject's record tell that it was trained on?

The attacker has the synthetic table and scores records, the higher the more a record looks trained on. How well that
separates training subjects from held-out ones is the area under the curve (AUC), one half for guessing, and the share
of training subjects that are recognised where one in a hundred or in a thousand others is taken for one: an attack that
is sure of a few people is what harms them, and the mean over all does not show it (Carlini et al. 2022).

    nearest neighbour   the largest cosine between the record and a synthetic subject, over (verb, object) tokens
    pairs               how much more often than by chance the synthetic table has the record's pairs of tokens
    cells               the largest cosine over links, days, amounts and attributes together, rare ones weighing more
    model               for who has the model as well: how likely it finds the record's links

Sources: Shokri et al. 2017 (membership inference); Hayes et al. 2019 and Stadler, Oprisanu & Troncoso 2022 (on
synthetic data). A weak attack proves nothing about a stronger one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import binom, norm

from assoc_synth.evaluation.cells import has_cells, parts_of_cells
from assoc_synth.evaluation.figures import clopper_pearson, mean_interval
from assoc_synth.evaluation.labels import Score
from assoc_synth.evaluation.nearest import nearest_cosine
from assoc_synth.link_graph.edges import Incidence
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Codes, Floats, Ints

MIN_CANDIDATES = 20
"""Subjects of each side that an attack takes."""
MAX_PAIRS = 300
FALSE_ALARMS = {"tpr@1%": 0.01, "tpr@0.1%": 0.001}
"""Shares of held-out subjects that are taken for training subjects, by the figure's name."""


@dataclass(frozen=True)
class Rate:
    """A share with its exact 95 % interval; NaN and (0, 1) where it cannot be known."""

    value: float
    low: float
    high: float


def area(score: Score) -> Rate:
    """The chance that a training subject scores higher than a held-out one, ties half, and its 95 % interval.

    The variance is that of the placements of members among others and of others among members (DeLong, DeLong &
    Clarke-Pearson 1988), those of one cluster added up first (Obuchowski 1997). Where all placements are alike it is
    not below that of a guess among as many subjects: 20 of 20 recognised is no certainty.

    Example:
        >>> codes = np.arange(4)
        >>> area(Score("x", np.array([1.0, 2, 3, 4]), np.array([0.0, 1, 2, 3]), codes, codes + 4)).value
        0.71875
    """
    members, others = (_placements(*pair) for pair in ((score.members, score.others), (score.others, score.members)))
    value = float(members.mean())
    variance = 0.0
    for values, codes in ((members, score.of_members), (others, score.of_others)):
        mean, low, high = mean_interval(values, codes)
        half = max(high - mean, mean - low)
        variance += (half / norm.ppf(0.975)) ** 2 if np.isfinite(half) else 0.25
    spread = norm.ppf(0.975) * np.sqrt(variance)
    if not variance:
        spread = 3.0 / min(len(members), len(others))  # the rule of three
    return Rate(value, max(0.0, value - spread), min(1.0, value + spread))


def recognised(score: Score, false_alarms: float) -> Rate:
    """The share of training subjects above the score that this share of held-out ones exceed, at most.

    The interval knows that this limit was found among as many held-out subjects as there are: its ends are those of
    the limits that a binomial number of them exceeds. NaN where there are fewer than 1 / `false_alarms` of them.
    """
    total = len(score.others)
    allowed = int(false_alarms * total + 1e-9)
    if not allowed:
        return Rate(float("nan"), 0.0, 1.0)
    ordered = np.sort(score.others)

    def above(number: int) -> int:
        limit = ordered[-number - 1] if number < total else -np.inf
        return int((score.members > limit).sum())

    few, many = (above(int(binom.ppf(level, total, false_alarms))) for level in (0.025, 0.975))
    size = len(score.members)
    return Rate(above(allowed) / size, clopper_pearson(few, size)[0], clopper_pearson(many, size)[1])


def scores_of_links(
    members: Incidence, others: Incidence, emitted: Incidence, codes: tuple[Ints, Ints]
) -> tuple[Score, ...]:
    """The attacks that know links alone.

    Args:
        members, others, emitted: 0/1 over common tokens.
        codes: of members and others, see `Score`.
    """
    return tuple(
        Score(name, attack(members, emitted), attack(others, emitted), *codes)
        for name, attack in (("nearest neighbour", nearest_neighbour), ("pairs", pair_excess))
    )


def scores_of_cells(members: Rows, others: Rows, emitted: Rows, codes: tuple[Ints, Ints]) -> tuple[Score, ...]:
    """The attack that knows times, amounts and attributes as well; none where the tables have neither in common."""
    if not has_cells(members, others, emitted):
        return ()
    first, second, target = parts_of_cells(members, others, emitted)
    return (Score("cells", nearest_neighbour(first, target), nearest_neighbour(second, target), *codes),)


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


def _placements(values: Floats, among: Floats) -> Floats:
    """The share of the others below each value, ties half."""
    ordered = np.sort(among)
    both = np.searchsorted(ordered, values, side="left") + np.searchsorted(ordered, values, side="right")
    return np.asarray(both / (2 * len(among)), np.float64)
