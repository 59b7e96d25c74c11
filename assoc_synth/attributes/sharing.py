"""How many subjects share a value: what is stored of a column is never fewer subjects' than a threshold.

Values of fewer are stored as the mean of neighbours (microaggregation: Domingo-Ferrer and Mateo-Sanz 2002), and ranges
end close to the value of the n-th most extreme subject (top coding), on none that a few have.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from assoc_synth.transactions.arrays import Codes, Floats, Ints

Numbers = TypeVar("Numbers", Floats, Ints)


class Aggregates(NamedTuple):
    """Means of neighbours in place of values, (n,), and how widely each one's group varies, (n,)."""

    means: Floats
    spreads: Floats


def subjects_per(code: Ints, subject: Ints | Codes, size: int) -> Ints:
    """(size,) how many subjects have each code: (n,) codes, −1 for none, of rows of (n,) subjects.

    Example:
        >>> subjects_per(np.array([0, 0, 0, 1, -1]), np.array([7, 7, 8, 8, 9]), 3).tolist()
        [2, 1, 0]
    """
    known = np.flatnonzero(code >= 0)
    width = int(subject.max(initial=0)) + 1
    pairs = np.unique(code[known].astype(np.int64) * width + subject[known])
    return np.bincount(pairs // width, minlength=size).astype(np.int64)


def extremes(values: Numbers, subject: Ints | Codes) -> tuple[Numbers, Numbers]:
    """The least and the largest value of each subject, both ascending: (n,) values of (n,) subjects → (subjects,) each.

    Example:
        >>> [part.tolist() for part in extremes(np.array([3, 9, 1]), np.array([0, 0, 1]))]
        [[1, 3], [1, 9]]
    """
    order = np.lexsort((values, subject))
    first = np.unique(subject[order], return_index=True)[1]
    sorted_, last = values[order], np.append(first[1:], len(values)) - 1
    least, largest = sorted_[first], sorted_[last]
    least.sort()
    largest.sort()
    return least, largest


def ends_of(values: Floats | Ints, subject: Ints | Codes, fewest: int) -> tuple[float, float]:
    """Where the range of values ends without the most extreme subjects: (n,) finite values of (n,) subjects.

    An end is the n-th most extreme subject's value where enough subjects have it. Else it is between this value and the
    next one inwards, with half a step more than the digits of the values: a number that nobody has. Where the two ends
    cross, as there are too few subjects, both are what is between them.

    Args:
        fewest: subjects that each end has at or beyond it; 1 for the least and the largest value.

    Example:
        >>> ends_of(np.array([1.0, 2.0, 3.0, 4.0, 90.0, 95.0]), np.array([0, 1, 2, 3, 4, 4]), 2)
        (2.5, 3.5)
        >>> ends_of(np.array([1.0, 2.0, 2.0, 2.0, 9.0, 9.0]), np.arange(6), 2)
        (2.0, 9.0)
    """
    if not len(values):
        return 0.0, 0.0
    values = np.asarray(values, np.float64)
    least, largest = extremes(values, subject)
    if fewest <= 1:
        return float(least[0]), float(largest[-1])
    at, decimals = min(fewest, len(least)) - 1, decimals_of(values)
    ends = []
    for end, side in ((least[at], 1), (largest[::-1][at], -1)):
        own = values == end
        if len(np.unique(subject[own])) >= fewest:
            ends.append(float(end))
            continue
        inwards = values[(values - end) * side > 0]
        following = end if not len(inwards) else inwards.min() if side > 0 else inwards.max()
        ends.append(between(float(end), float(following), decimals))
    low, high = ends
    return (low, high) if low <= high else (between(low, high, decimals),) * 2


def between(one: float, other: float, decimals: int | None) -> float:
    """A number between two of a column that none of it can be: it has a digit more.

    Args:
        decimals: digits after the point that the column has; None for as many as there are.

    Example:
        >>> between(5.0, 8.0, 0), between(5.0, 6.0, 0), between(1.5, 1.25, None)
        (6.5, 5.5, 1.375)
    """
    middle = (one + other) / 2
    if decimals is None:
        return middle
    step = 10.0**-decimals
    return float(round((np.floor(middle / step + 1e-6) + 0.5) * step, decimals + 1))


def decimals_of(values: Floats | Ints) -> int | None:
    """Digits after the point that suffice for every value, None above 6."""
    sample = values[:100_000]
    for digits in range(7):
        if np.allclose(sample, np.round(sample, digits), rtol=0, atol=1e-9):
            return digits
    return None


def least_size(values: Floats, subject: Ints | Codes, fewest: int) -> float:
    """The smallest size above 0 of (n,) numbers, NaN missing, without those of the subjects that have the smallest.

    Example:
        >>> least_size(np.array([0.0, -0.5, 1.0, 2.0, np.nan]), np.arange(5), 1)
        0.5
    """
    size = np.abs(values)
    some = np.flatnonzero(size > 0)
    return ends_of(size[some], subject[some], fewest)[0] if len(some) else np.inf


def aggregated(values: Floats, subject: Ints | Codes, fewest: int) -> Aggregates:
    """Values as means of neighbours that at least `fewest` subjects have: (n,) finite values of (n,) subjects.

    What a subject has several times counts once for a mean. Empty where fewer subjects have any.

    Example:
        >>> aggregated(np.array([1.0, 2.0, 2.0, 8.0, 9.0]), np.array([0, 1, 1, 2, 3]), 2).means.tolist()
        [1.5, 1.5, 1.5, 8.5, 8.5]
    """
    if not len(values):
        return Aggregates(np.zeros(0), np.zeros(0))
    own, code = np.unique(values, return_inverse=True)
    pairs, of_row = np.unique(code * (int(subject.max()) + 1) + subject, return_inverse=True)
    place, who = np.divmod(pairs, int(subject.max()) + 1)
    label = groups_of_neighbours(who, fewest)
    if label is None:
        return Aggregates(np.zeros(0), np.zeros(0))
    sizes = np.bincount(label)
    means = np.bincount(label, weights=own[place]) / sizes
    spread = np.sqrt(np.bincount(label, weights=(own[place] - means[label]) ** 2) / sizes)
    # The mean of equal values is that value to the last digit.
    first, last = np.searchsorted(label, np.arange(len(sizes))), np.cumsum(sizes) - 1
    equal = own[place[first]] == own[place[last]]
    means[equal], spread[equal] = own[place[first]][equal], 0.0
    return Aggregates(means[label[of_row]], spread[label[of_row]])


def groups_of_neighbours(subject: Ints, fewest: int) -> Ints | None:
    """(n,) groups of successive entries, 0 and up, each of at least `fewest` subjects; None where there are fewer.

    Args:
        subject: (n,) whose each entry is, in the order of the entries.

    Example:
        >>> groups_of_neighbours(np.array([0, 1, 2, 2, 2, 3, 4]), 2).tolist()
        [0, 0, 1, 1, 1, 1, 1]
    """
    label = np.arange(len(subject)) // max(fewest, 1)
    while True:
        count = int(label[-1]) + 1 if len(label) else 0
        short = subjects_per(label, subject, count) < fewest
        if not short.any():
            return label
        if count <= 1:
            return None
        begins = np.append(True, ~short[:-1])  # one of too few subjects is joined with the next
        begins[-1] &= not short[-1]
        label = (np.cumsum(begins) - 1)[label]


def shared_numbers(values: Floats, subject: Ints | Codes, fewest: int, decimals: int | None) -> Floats:
    """(n,) numbers of which each is `fewest` subjects' at least, NaN missing: rarer ones become means of neighbours.

    A run of rare values between two that are shared is cut into groups of enough subjects; where the run has too few,
    each becomes the nearer one of the two. Where not even the whole column has enough, all are missing.

    Args:
        values: (n,) NaN missing, of rows of (n,) subjects.
        decimals: digits after the point to which means are rounded; None for all.

    Example:
        >>> paid, who = np.array([1.0, 1.0, 2.0, 5.0, 6.0, 9.0]), np.arange(6)
        >>> shared_numbers(paid, who, 2, 1).tolist()
        [1.0, 1.0, 3.5, 3.5, 7.5, 7.5]
    """
    result, known = values.copy(), np.flatnonzero(~np.isnan(values))
    own, code = np.unique(values[known], return_inverse=True)
    enough = subjects_per(code, subject[known], len(own)) >= fewest
    if enough.all():
        return result
    made = np.where(enough, own, np.nan)
    run_of = np.append(0, np.cumsum(enough)[:-1])
    pairs = np.unique(code * (int(subject.max()) + 1) + subject[known])
    place, who = np.divmod(pairs, int(subject.max()) + 1)
    rare = np.flatnonzero(~enough[place])
    for entry in np.split(rare, np.flatnonzero(np.diff(run_of[place[rare]])) + 1):
        label = groups_of_neighbours(who[entry], fewest)
        members = np.unique(place[entry])
        if label is None:
            made[members] = _nearest(own[enough], own[members])
            continue
        # All subjects of one value are in one group: that in which its first one is.
        group = label[np.searchsorted(place[entry], members)]
        weight = np.bincount(place[entry], minlength=len(own))[members]
        means = np.bincount(group, weights=own[members] * weight) / np.maximum(np.bincount(group, weights=weight), 1)
        if decimals is not None:
            own_means = np.round(means, decimals)
            ends = [[own[members[group == one]][end] for end in (0, -1)] for one in range(len(means))]
            means = np.array([_free(*args, decimals, own[~enough]) for args in zip(own_means, ends, strict=True)])
        made[members] = means[group]
    result[known] = made[code]
    return result if _is_shared(result, subject, fewest) else shared_numbers(result, subject, fewest, decimals)


def _free(mean: float, ends: list[float], decimals: int, rare: Floats) -> float:
    """The number closest to a group's mean that is none of the ascending ones that a few have; the mean if all are."""
    step = 10.0**-decimals
    for away in range(int((ends[1] - ends[0]) / step) + 1):
        for side in (1, -1):
            found = round(mean + side * away * step, decimals)
            at = np.searchsorted(rare, found - step / 4)
            if ends[0] <= found <= ends[1] and (at == len(rare) or rare[at] > found + step / 4):
                return found
    return mean


def _is_shared(values: Floats, subject: Ints | Codes, fewest: int) -> bool:
    """Whether each value is that of enough subjects."""
    known = np.flatnonzero(~np.isnan(values))
    own, code = np.unique(values[known], return_inverse=True)
    return bool((subjects_per(code, subject[known], len(own)) >= fewest).all())


def _nearest(sorted_values: Floats, wanted: Floats) -> Floats:
    """(n,) the nearest of the values, NaN where there is none."""
    if not len(sorted_values):
        return np.full(len(wanted), np.nan)
    right = np.searchsorted(sorted_values, wanted).clip(max=len(sorted_values) - 1)
    left = (right - 1).clip(0)
    is_left = np.abs(sorted_values[left] - wanted) < np.abs(sorted_values[right] - wanted)
    return np.asarray(np.where(is_left, sorted_values[left], sorted_values[right]))
