"""Numbers that rules bound change places among subjects instead of being cut off, so that all together stay alike."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Ints

NEAR = 200
"""Subjects on each side, by their number of links, that one may change its number with."""


def within_bounds(numbers: Ints, least: Ints, most: Ints, links: Ints) -> Ints:
    """Numbers within bounds: who is outside changes places with the subject nearest by links for whom both fit.

    A number that was drawn without regard to its bounds is moved up or down by them, and with it the mean of all: real
    numbers know of their bounds. Where nobody is found to change with, the number is cut off.

    Args:
        numbers: (S,) drawn; least, most: (S,) the bounds; links: (S,) links of each subject.

    Returns:
        (S,) numbers, each within its bounds where `least` is at most `most`, else `most`.

    Example:
        >>> within_bounds(np.array([1, 3, 2]), np.array([2, 1, 1]), np.array([4, 4, 4]), np.array([4, 4, 4])).tolist()
        [2, 3, 1]
    """
    numbers = numbers.copy()
    order = np.argsort(links, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    outside = np.flatnonzero((numbers < least) | (numbers > most))
    # The hardest to place choose first.
    for one in outside[np.argsort((most - least)[outside], kind="stable")]:
        if least[one] <= numbers[one] <= most[one]:
            continue
        at = place[one]
        near = order[max(at - NEAR, 0) : at + NEAR + 1]
        own, other = numbers[one], numbers[near]
        fits = (least[one] <= other) & (other <= most[one]) & (least[near] <= own) & (own <= most[near])
        if fits.any():
            distance = NEAR * np.abs(links[near] - links[one]) + np.abs(other - own)
            with_whom = near[fits][np.argmin(distance[fits])]
            numbers[one], numbers[with_whom] = numbers[with_whom], numbers[one]
    return np.minimum(np.maximum(numbers, least), most)
