"""Where a figure is between its floor and its baseline: in words, and as a number."""

from __future__ import annotations

import math

from assoc_synth.evaluation.disclosure import FLAG
from assoc_synth.evaluation.figures import Figure
from assoc_synth.report.comparison.groups import COLUMNS, PRIVACY, group_of

LIKE_REAL, WORSE, INDEPENDENT = "like real", "worse than real", "no better than independent"
UNDECIDED = "undecided"
GIVES_AWAY, NOT_FOUND, UNKNOWN = "gives somebody away", "gives nobody away", "unknown"
STANDINGS = {
    LIKE_REAL: "as good as other real subjects, as far as the interval tells",
    WORSE: "worse than other real subjects, better than a table without associations",
    INDEPENDENT: "worse than real, and not better than a table without associations, as far as the interval tells",
    UNDECIDED: "the interval is too wide: neither other real subjects nor a table without associations are excluded",
    GIVES_AWAY: "a test finds that training subjects are given away",
    NOT_FOUND: "no test finds that a training subject is given away",
    UNKNOWN: "no value, no floor or no interval",
}
"""What each verdict on a figure means."""


def standing(figure: Figure) -> str:
    """The verdict on one figure, a key of `STANDINGS`.

    A figure is worse than real if it is worse than the floor by more than √2 times the half-width of its interval: the
    floor is one draw as well, of about the same error. Each is a test of its own at 95 %: of a real table's figures
    about one in forty is worse than real by chance. A figure between the floor and the independent table that is that
    near to both is undecided.

    Example:
        >>> standing(Figure("pair_l1", 0.31, 0.29, 0.33, floor=0.30, independent=0.64))
        'like real'
        >>> standing(Figure("pair_l1", 0.41, 0.39, 0.43, floor=0.30, independent=0.64))
        'worse than real'
    """
    if figure.p_value is not None:
        return GIVES_AWAY if figure.p_value <= FLAG else NOT_FOUND
    half = _half(figure)
    if figure.value is None or figure.floor is None or half is None:
        return UNKNOWN
    own, floor = _distance(figure, figure.value), _distance(figure, figure.floor)
    beside = None if group_of(figure.name) == PRIVACY else figure.independent
    independent = math.inf if beside is None else _distance(figure, beside)
    margin = math.sqrt(2) * half
    near_floor, near_independent = own - floor <= margin, independent - own <= margin
    if own <= floor or (near_floor and not (near_independent and floor < independent)):
        return LIKE_REAL
    if near_floor:
        return UNDECIDED
    return INDEPENDENT if near_independent else WORSE


def lost(figure: Figure, value: float | None) -> float | None:
    """How much of the way from the floor (0) to the independent table (1) a value is; None where there is no way.

    There is none for privacy, where a table without associations is no worse. Below 0 a value is better than that of
    other real subjects, above 1 worse than that of a table without associations.

    Example:
        >>> lost(Figure("lift_r", 0.5, floor=0.9, independent=0.1), 0.5)
        0.5
    """
    if value is None or figure.floor is None or figure.independent is None or group_of(figure.name) == PRIVACY:
        return None
    floor = _distance(figure, figure.floor)
    way = _distance(figure, figure.independent) - floor
    return (_distance(figure, value) - floor) / way if way > 1e-9 else None


def score(figure: Figure) -> float | None:
    """From 0 to 1, 1 is the aim; None where nothing can be said.

    Of single columns ``1 − distance``, SDMetrics' `TVComplement` and `KSComplement`; of everything else the share of
    the way from the independent table to other real subjects, cut to [0, 1].

    Example:
        >>> score(Figure("verb_tv", 0.05)), score(Figure("lift_r", 0.5, floor=0.9, independent=0.1))
        (0.95, 0.5)
    """
    if figure.value is None:
        return None
    if group_of(figure.name) == COLUMNS:
        return min(max(1 - figure.value, 0.0), 1.0)
    found = lost(figure, figure.value)
    return None if found is None else min(max(1 - found, 0.0), 1.0)


def _distance(figure: Figure, value: float) -> float:
    """How far from the aim: the less, the better."""
    return {"low": value, "high": -value, "half": abs(value - 0.5), "none": 0.0}[figure.aim]


def _half(figure: Figure) -> float | None:
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return max(figure.high - figure.value, figure.value - figure.low)
