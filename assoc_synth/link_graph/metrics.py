"""Measures of an association rule A → C from its counts, under mlxtend's names.

With n subjects, a of them linked to A, b to C and c to both, s_A = a/n, s_C = b/n and s = c/n::

    support      s                              confidence     s / s_A
    lift         s / (s_A·s_C)                  leverage       s − s_A·s_C
    conviction   (1 − s_C) / (1 − confidence), ∞ where the confidence is 1
    zhangs_metric   leverage / max(s·(1 − s_A), s_A·(s_C − s)), 0 where that is 0
    jaccard      s / (s_A + s_C − s)            certainty      (confidence − s_C) / (1 − s_C), 0 where s_C is 1
    kulczynski   (s / s_A + s / s_C) / 2

Sources: the user guide of mlxtend's `association_rules`; leverage Piatetsky-Shapiro 1991; conviction Brin et al. 1997;
Zhang 2000; certainty factor Berzal et al. 2002; Kulczyński 1927; interval of a share Wilson 1927.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assoc_synth.link_graph.lift import Z95, lift, lift_interval
from assoc_synth.transactions.arrays import Floats, Values

MEASURES = (
    "antecedent support",
    "consequent support",
    "support",
    "confidence",
    "lift",
    "leverage",
    "conviction",
    "zhangs_metric",
    "jaccard",
    "certainty",
    "kulczynski",
)
"""mlxtend's columns, in its order."""
OWN = ("count", "support_low", "support_high", "lift_low", "lift_high")
"""Ours: subjects linked to both, and 95 % intervals."""


def rule_measures(
    count: npt.ArrayLike, antecedent: npt.ArrayLike, consequent: npt.ArrayLike, num_subjects: int
) -> dict[str, Values]:
    """Every measure of rules by column name, `MEASURES` then `OWN`; arrays of shape (rules,).

    Args:
        count: subjects linked to both sides, shape (rules,).
        antecedent, consequent: subjects linked to either side, at least `count` and at least 1, shape (rules,).
        num_subjects: n.

    Example:
        >>> found = rule_measures([30], [60], [100], 1_000)
        >>> float(found["confidence"][0]), float(found["lift"][0]), round(float(found["leverage"][0]), 3)
        (0.5, 5.0, 0.024)
    """
    c, a, b = (np.asarray(value, np.int64) for value in (count, antecedent, consequent))
    n = max(num_subjects, 1)
    both, first, second = c / n, a / n, b / n
    confidence, backward = c / np.maximum(a, 1), c / np.maximum(b, 1)
    leverage = both - first * second
    support_low, support_high = share_interval(c, np.full(c.shape, n))
    lift_low, lift_high = lift_interval(c, a, b, num_subjects)
    return {
        "antecedent support": first,
        "consequent support": second,
        "support": both,
        "confidence": confidence,
        "lift": lift(c, a, b, num_subjects),
        "leverage": leverage,
        # Counts decide where a denominator is 0: shares would miss it by a rounding error.
        "conviction": _divided(1 - second, 1 - confidence, c < a, np.inf),
        "zhangs_metric": _divided(leverage, np.maximum(both * (1 - first), first * (second - both)), ~_flat(a, b, n)),
        "jaccard": c / np.maximum(a + b - c, 1),
        "certainty": _divided(confidence - second, 1 - second, b < n),
        "kulczynski": (confidence + backward) / 2,
        "count": c,
        "support_low": support_low,
        "support_high": support_high,
        "lift_low": lift_low,
        "lift_high": lift_high,
    }


def share_interval(count: npt.ArrayLike, total: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of a share (support: of n subjects; confidence: of the a subjects of the antecedent)."""
    k, n = np.asarray(count, float), np.maximum(np.asarray(total, float), 1)
    centre = (k + Z95**2 / 2) / (n + Z95**2)
    half = Z95 / (n + Z95**2) * np.sqrt(k * (n - k) / n + Z95**2 / 4)
    return np.where(k <= 0, 0.0, centre - half), np.where(k >= n, 1.0, centre + half)


def _flat(antecedent: Values, consequent: Values, num_subjects: int) -> Values:
    """Where one side is linked to everybody, so that nothing can be associated with it."""
    flat: Values = (antecedent >= num_subjects) | (consequent >= num_subjects)
    return flat


def _divided(above: Floats, below: Floats, defined: Values, otherwise: float = 0.0) -> Floats:
    found: Floats = np.where(defined, above / np.where(defined, below, 1.0), otherwise)
    return found
