"""Change points: the numbers at which what subjects are linked to changes.

A column of birth years is cut where a diagnosis begins and ends, so that a bin is on one side of it. Top-down: the best
cut of the best token first, by the deviance of "has it" on both sides (Fayyad & Irani 1993, with a binary outcome for
each token and the number of cuts tried in place of their code length). And where a token ends for good, as nobody born
before 1975 has it, is a cut, however few lie beyond it: in a bin on both sides of that end nothing could be ruled out.
"""

from __future__ import annotations

import math

import numpy as np

from assoc_synth.transactions.arrays import Bools, Floats, Ints

ERROR_RATE = 0.01
"""Chance that a cut is found where there is none."""
MOST_CUTS, LEAST_SUBJECTS = 24, 10
"""Cuts at most, and subjects on each side of one at least."""
MOST_ENDS, BETWEEN_ENDS, BEYOND = 32, 5, 3.0
"""Ends of tokens that are cuts at most, subjects between two of them at least, and subjects with the token that would
lie beyond its end if it went on as it is inside, at least."""


def change_points(values: Floats, has: Bools) -> Floats:
    """Cuts of sorted numbers, ascending: each is the first number of the part above it.

    Args:
        values: (n,) ascending.
        has: (n, T) which subjects have which tokens.

    Example:
        >>> born = np.arange(1920.0, 2020.0).repeat(5)
        >>> change_points(born, ((born >= 1975) & (born <= 2000))[:, None]).tolist()
        [1975.0, 2001.0]
    """
    if not has.size:
        return np.zeros(0)
    below = np.concatenate([np.zeros((1, has.shape[1]), np.int64), np.cumsum(has, axis=0, dtype=np.int64)])
    new = np.flatnonzero(np.diff(values)) + 1
    enough = 2 * math.log(max(len(new) * has.shape[1], 1) / ERROR_RATE)
    open_parts, cuts = [(0, len(values))], list[int]()
    while open_parts and len(cuts) < MOST_CUTS:
        begin, end = open_parts.pop(0)
        at = new[(new >= begin + LEAST_SUBJECTS) & (new <= end - LEAST_SUBJECTS)]
        gain, cut = _best(below, begin, end, at)
        if gain >= enough:
            cuts.append(cut)
            open_parts += [(begin, cut), (cut, end)]
    return values[np.sort(np.array(cuts, np.int64))]


def cut_points(values: Floats, has: Bools) -> Floats:
    """Change points, and the numbers at which a token ends for good: arguments and result as of `change_points`.

    An end is no proof of a change, and costs no more than a bin.

    Example:
        >>> born = np.arange(1920.0, 2020.0).repeat(5)
        >>> rare = (born >= 1930) & (born <= 2010) & (np.arange(500) % 10 == 0)
        >>> change_points(born, rare[:, None]).tolist(), cut_points(born, rare[:, None]).tolist()
        ([], [1930.0, 2011.0])
    """
    if not has.size:
        return np.zeros(0)
    changes = np.searchsorted(values, change_points(values, has)).tolist()
    return values[np.array(_apart([*_ends(values, has), *changes]), np.int64)]


def _ends(values: Floats, has: Bools) -> list[int]:
    """The cuts at which tokens begin and end, the clearest first."""
    size, found = len(values), list[tuple[float, int]]()
    for own in np.ascontiguousarray(has.T):
        at = np.flatnonzero(own)
        if len(at) < LEAST_SUBJECTS:
            continue
        first = int(np.searchsorted(values, values[at[0]], side="left"))
        last = int(np.searchsorted(values, values[at[-1]], side="right"))
        share = len(at) / (last - first)
        found += [(share * first, first), (share * (size - last), last)]
    clear = sorted((one for one in found if one[0] >= BEYOND), reverse=True)
    return list(dict.fromkeys(cut for _, cut in clear))[:MOST_ENDS]


def _apart(cuts: list[int]) -> list[int]:
    """The cuts, ascending, without those that are too near to one before them."""
    kept = list[int]()
    for cut in cuts:
        if all(abs(cut - other) >= BETWEEN_ENDS for other in kept):
            kept.append(cut)
    return sorted(kept)


def _best(below: Ints, begin: int, end: int, at: Ints) -> tuple[float, int]:
    """The largest gain in deviance of any token by a cut of the part from `begin` to `end`, and that cut."""
    if not len(at):
        return 0.0, begin
    left, whole = below[at] - below[begin], below[end] - below[begin]
    deviance = _deviance(whole[None, :], np.array([[end - begin]]))
    parts = _deviance(left, (at - begin)[:, None]) + _deviance(whole[None, :] - left, (end - at)[:, None])
    gain = (deviance - parts).max(axis=1)
    place = int(gain.argmax())
    return float(gain[place]), int(at[place])


def _deviance(count: Ints, of: Ints) -> Floats:
    """−2 log-likelihood of `count` successes of `of` at their own share."""
    share = count / of
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(count > 0, count * np.log(share), 0.0)
        other = np.where(count < of, (of - count) * np.log1p(-share), 0.0)
    deviance: Floats = -2 * (one + other)
    return deviance
