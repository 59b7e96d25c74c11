"""The ways in which the terms of numbers that depend on each other can be found, and which of them are tried."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

STRENGTHS, FIRST_STRENGTH = (5.0, 20.0, 80.0, 320.0, 1280.0), 2
"""Prior precisions of weights, in edges that say as much against them; and which of them is tried first."""


@dataclass(frozen=True)
class Way:
    """How terms are found.

    Attributes:
        visits: whether directions in which numbers vary together follow from visits; else from factor analysis.
        strength: of the prior of weights.
        own_pairs: whether the numbers of each pair by themselves add to what visits say of it.
    """

    visits: bool
    strength: float
    own_pairs: bool = False


def gains_of_ways(gain: Callable[[Way], float], *, visits: bool, deadline: float = math.inf) -> dict[Way, float]:
    """The gains of the ways that were tried: of each family from one strength to the next while gains rise.

    Args:
        gain: of a way, in subjects that were left out; each way is asked for once.
        visits: whether directions by visits are tried, which come first.
        deadline: `time.monotonic()` after which nothing but the first way is tried.

    Example:
        >>> found = gains_of_ways(lambda way: -abs(way.strength - 20) - way.own_pairs, visits=True)
        >>> max(found, key=lambda way: found[way])
        Way(visits=True, strength=20.0, own_pairs=False)
    """
    gains = dict[Way, float]()

    def tried(way: Way) -> float:
        if way not in gains and (not gains or time.monotonic() <= deadline):
            gains[way] = gain(way)
        return gains.get(way, -math.inf)

    def best_of(family: Way, place: int) -> int:
        own = [replace(family, strength=strength) for strength in STRENGTHS]
        for step in (-1, 1):
            begin, best = place, tried(own[place])
            while 0 <= place + step < len(own) and tried(own[place + step]) > best:
                place, best = place + step, tried(own[place + step])
            if place != begin:
                break
        return place

    start = FIRST_STRENGTH
    if visits:
        start = best_of(Way(True, STRENGTHS[start]), start)
        tried(Way(True, STRENGTHS[start], own_pairs=True))
    best_of(Way(False, STRENGTHS[start]), start)
    return gains
