"""From how many subjects have both of two tokens to how likely one is at each step after the other.

Links are drawn one after the other in random order. A strong pair cannot be had by raising the second token's
probability by the pair's lift: a subject has it once only, and what comes last has nothing after it. What has to be
raised is the rate at which it comes at each of the steps that are left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.transactions.arrays import Floats, Ints

MOST = 0.97
"""The largest share that is aimed at: no finite rate reaches all subjects."""
GRID = np.geomspace(1e-9, 1e3, 600)
RARE = 1e-6


@dataclass(frozen=True, eq=False)
class Following:
    """How many of the subjects that have one token get another one afterwards, by its mean number of draws.

    Attributes:
        share: at the rates of `GRID`, ascending, (600,).

    Example:
        >>> after = Following.of(np.array([10, 10, 20]))
        >>> [round(float(rate), 3) for rate in after.rate(np.array([0.001, 0.5]))]
        [0.001, 0.872]
    """

    share: Floats

    @classmethod
    def of(cls, links: Ints, *, whole: bool = False) -> Following:
        """By the links of each subject, (S,): after a link at a random place, or, `whole`, before all of them."""
        sizes, counts = np.unique(links[links > 0], return_counts=True)
        if whole:
            left, weight = sizes.astype(np.float64), counts / max(counts.sum(), 1)
            mean = max(float((weight * left).sum()), RARE)
            reached = -np.expm1(-np.outer(GRID / mean, left))
        else:
            # Of n links at random places, 0 to n − 1 are left: the mean of 1 − (1 − q)^left.
            weight = counts * sizes / max((counts * sizes).sum(), 1)
            mean = max(float((weight * (sizes - 1)).sum()) / 2, RARE)
            each = GRID / mean
            reached = 1 + np.expm1(-np.outer(each, sizes)) / np.outer(-np.expm1(-each), sizes)
        share: Floats = np.maximum.accumulate(reached @ weight)
        return cls(share)

    def rate(self, share: Floats) -> Floats:
        """The mean number of draws that these shares of subjects take: (P,) → (P,)."""
        aimed = np.clip(share, RARE * RARE, max(min(MOST, float(self.share[-1])), RARE * RARE))
        found: Floats = np.exp(np.interp(np.log(aimed), np.log(np.maximum(self.share, 1e-300)), np.log(GRID)))
        return found


def after(both: Floats, first: Floats) -> Floats:
    """Share of the subjects that begin with one token and get the other one later: half of those with both come so.

    Example:
        >>> after(np.array([10.0, 20.0]), np.array([100.0, 20.0])).round(3).tolist()
        [0.053, 1.0]
    """
    share: Floats = (both / 2) / np.maximum(first - both / 2, 1e-12)
    return share


def raised(share: Floats, times: Floats) -> Floats:
    """A probability at each step whose rate is `times` that of `share`: (P,), (P,) → (P,).

    Example:
        >>> raised(np.array([0.001, 0.5]), np.array([2.0, 2.0])).round(6).tolist()
        [0.001999, 0.75]
    """
    made: Floats = -np.expm1(times * np.log1p(-np.minimum(share, 1 - 1e-9)))
    return np.clip(made, 1e-12, MOST)


def term_for(aim: Floats, own: Floats, inside: Floats, share: Floats) -> Floats:
    """The term that makes an object as likely as it should be: (P,) each → (P,).

    A term t is added to the object's logit inside its cluster, and log(1 + share·(eᵗ − 1)) to its cluster's. With a
    class of its own `inside` and `share` are 1, and t is the difference of the two log odds.

    Args:
        aim, own: the object's probability as it should be, and as it is.
        inside: its probability inside its cluster, and `share`, what the cluster takes for that.

    Example:
        >>> one = np.ones(1)
        >>> round(float(term_for(0.5 * one, 0.1 * one, one, one)[0]), 4) == round(float(np.log(9)), 4)
        True
    """
    of_class = np.clip(own / inside, 1e-12, 1 - 1e-9)
    low, high = np.full(len(aim), -15.0), np.full(len(aim), 15.0)
    for _ in range(50):
        middle = (low + high) / 2
        grown = of_class * (1 + share * np.expm1(middle))
        within = inside * np.exp(middle) / (1 + inside * np.expm1(middle))
        made = grown / (1 - of_class + grown) * within
        low, high = np.where(made < aim, middle, low), np.where(made < aim, high, middle)
    term: Floats = (low + high) / 2
    return term
