"""Are training subjects given away? A test of many scores at once by dealing the labels anew.

Which real subjects were trained on was decided by chance. A table that has learned the population and not the people
depends on the labels in no way: a statistic of the real labels is then one of those of labels that are dealt anew.
Every score counts as the sum over training subjects of what exceeds its mean, over its standard deviation; the largest
of all is compared with the largest under dealt labels (max-T of Westfall & Young 1993), so that the chance that any of
them is called too large is the level, however many there are and however they depend on each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assoc_synth.transactions.arrays import Bools, Floats, Ints

DRAWS = 999


@dataclass(frozen=True, eq=False)
class Score:
    """What an attacker has against real subjects, larger where a subject looks more like one of the training part.

    Attributes:
        name: of the figure that it belongs to.
        members, others: (m,) of training subjects and (n,) of held-out ones.
        of_members, of_others: (m,) and (n,) which subjects these are; codes of those that stand or fall together.
    """

    name: str
    members: Floats
    others: Floats
    of_members: Ints
    of_others: Ints

    def ranked(self) -> Score:
        """The same with ranks in the place of values, ties at their mean."""
        from scipy.stats import rankdata

        rank = rankdata(np.concatenate([self.members, self.others]))
        return Score(self.name, rank[: len(self.members)], rank[len(self.members) :], self.of_members, self.of_others)

    def top(self, share: float) -> Score:
        """1 for the records in this upper share of both sides together, and those that tie with them; else 0."""
        both = np.concatenate([self.members, self.others])
        least = np.quantile(both, 1 - share, method="higher")
        above = (side >= least for side in (self.members, self.others))
        first, second = (np.asarray(side, np.float64) for side in above)
        return Score(self.name, first, second, self.of_members, self.of_others)


def adjusted_p(scores: Sequence[Score], rng: np.random.Generator, *, draws: int = DRAWS) -> tuple[float, ...]:
    """For each score the chance that the largest of all is as large where no label matters.

    Args:
        scores: the codes of members and of others are one numbering and disjoint.
        rng: of the dealt labels.
        draws: the smallest value that can be returned is 1 / (draws + 1).

    Returns:
        (scores,) adjusted p-values; 1 for a score that is the same of everybody.

    Example:
        >>> low, high = np.zeros(40), np.r_[np.ones(20), np.zeros(20)]
        >>> codes = np.arange(40), 40 + np.arange(40)
        >>> adjusted_p([Score("copied", high, low, *codes)], np.random.default_rng(0))
        (0.001,)
    """
    size = 1 + max((int(codes.max(initial=0)) for s in scores for codes in (s.of_members, s.of_others)), default=0)
    centred, observed, shares = [], [], []
    for score in scores:
        members, total = len(score.members), len(score.members) + len(score.others)
        share, mean = members / max(total, 1), np.concatenate([score.members, score.others]).mean() if total else 0.0
        sums = np.bincount(score.of_members, weights=score.members - mean, minlength=size)
        own = sums.copy()
        sums = sums + np.bincount(score.of_others, weights=score.others - mean, minlength=size)
        spread = float(np.sqrt(share * (1 - share) * (sums**2).sum()))
        scale = 1 / spread if spread > 1e-9 else 0.0
        centred.append(sums * scale)
        observed.append(float((own - share * sums).sum() * scale))
        shares.append(share)
    if not scores:
        return ()
    largest = _largest(np.array(centred), np.array(shares), rng, draws)
    exceeding = [1 + int((largest >= one - 1e-9).sum()) if one else draws + 1 for one in observed]
    return tuple(number / (draws + 1) for number in exceeding)


def _largest(centred: Floats, shares: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """The largest statistic under labels dealt anew: (draws,)."""
    moved = np.flatnonzero(np.abs(centred).max(axis=0) > 0)
    centred, found = centred[:, moved], np.empty(draws)
    kinds, kind = np.unique(shares, return_inverse=True)
    for draw in range(draws):
        dealt = rng.random(len(moved))
        # Where sides are cut, a score may have another share of members: one draw serves them all.
        labels: Bools = dealt[None, :] < kinds[:, None]
        each = (centred * (labels[kind] - shares[:, None])).sum(axis=1)
        found[draw] = each.max()
    return found
