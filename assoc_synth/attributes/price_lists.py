"""PriceList: a column of numbers of which each object, or each verb and object, has one value or a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.sharing import decimals_of, shared_numbers
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Codes, Floats, Ints
from assoc_synth.transactions.distinct import positions
from assoc_synth.transactions.stored import Stored

FEWEST_ROWS, FEWEST_SUBJECTS = 5, 2
"""Rows that an object must have before its values are taken for all of them, and subjects that a value must have."""
COVERED = 0.9
"""The share of the rows, and of those of one object, whose values others have for the same object."""
MOSTLY = 0.5
"""Below this share of rare values, an object's rare values are left out."""
MUCH_FEWER = 0.6
"""Objects must have fewer different values than this share of those that chance would give them."""
FEW = 10.0
"""The most values, as exp of their entropy, that objects may have on average: beyond, the frequent ones alone would be
known, and what is between and beyond them would be lost."""
TIGHTER = 0.7
"""The share of an object's entropy from which on that of a verb and an object is worth keys of their own."""


@dataclass(frozen=True, eq=False)
class PriceList(Stored):
    """Which sizes (numbers without their sign) occur for each object, or each verb and object, and how often.

    Attributes:
        by_verb: whether keys are verb · num_objects + object; else they are objects.
        keys: (K,) ascending; ends: (K,) where the sizes of each key end.
        sizes, weights: (P,) key after key, sizes ascending.
    """

    by_verb: bool
    num_objects: int
    keys: Ints
    ends: Ints
    sizes: Floats
    weights: Ints

    def __post_init__(self) -> None:
        parts = self.keys, self.ends, self.sizes, self.weights
        fits = all(part.ndim == 1 for part in parts) and len(self.keys) == len(self.ends)
        fits = fits and len(self.sizes) == len(self.weights) == (int(self.ends[-1]) if len(self.ends) else 0)
        if not fits or (np.diff(self.ends, prepend=0) < 1).any() or (np.diff(self.keys, prepend=-1) < 1).any():
            raise InputError("a price list does not fit together")

    @classmethod
    def learn(
        cls,
        values: Floats,
        subject: Ints | Codes,
        verb: Ints | Codes,
        object: Ints | Codes,
        num_objects: int,
        fewest: int = 1,
    ) -> PriceList | None:
        """The list of a column, (n,) with NaN missing; None where its values are no such list.

        What a single subject has for an object is no price but an exception, and is not kept.

        Args:
            fewest: subjects of each size, whatever the object; rarer ones become means of such, see `shared_numbers`.

        Example:
            >>> paid, object = np.array([2.5, -2.5, 2.5, 9.0, 9.0, 8.0] * 5), np.array([0, 0, 0, 1, 1, 1] * 5)
            >>> found = PriceList.learn(paid, np.arange(30), np.zeros(30, int), object, 2)
            >>> found.keys.tolist(), found.ends.tolist(), found.sizes.tolist()
            ([0, 1], [1, 3], [2.5, 8.0, 9.0])
        """
        if fewest > 1:
            values = _protected(np.abs(values), subject, object, fewest)
        known = np.flatnonzero(~np.isnan(values))
        size, own = np.abs(values[known]), subject[known].astype(np.int64)
        thing, both = object[known].astype(np.int64), verb[known].astype(np.int64) * num_objects
        lists = [cls._of(by_verb, num_objects, _list(size, own, thing + by_verb * both)) for by_verb in (False, True)]
        plain, paired = (one if one is not None and np.exp(one.entropy) <= FEW else None for one in lists)
        if plain is None or paired is None:
            return plain or paired
        return paired if paired.entropy < TIGHTER * plain.entropy else plain

    @classmethod
    def _of(cls, by_verb: bool, num_objects: int, found: tuple[Ints, Ints, Floats, Ints] | None) -> PriceList | None:
        return None if found is None else cls(by_verb, num_objects, *found)

    @property
    def entropy(self) -> float:
        """Of the sizes given their key, in nats."""
        own = np.repeat(np.arange(len(self.keys)), np.diff(self.ends, prepend=0))
        share = self.weights / np.bincount(own, weights=self.weights)[own]
        return float(-(self.weights * np.log(share)).sum() / max(self.weights.sum(), 1))

    def note(self, name: str) -> str:
        """One sentence for the user."""
        of = "pairs of a verb and an object" if self.by_verb else "objects"
        return (
            f"column {name!r}: {len(self.keys):,} {of} have one value or a few each, and no others are drawn for them"
        )

    def only_commonest(self) -> PriceList:
        """The list in which each key has its most frequent size alone."""
        own = np.repeat(np.arange(len(self.keys)), np.diff(self.ends, prepend=0))
        last = np.lexsort((self.weights, own))[self.ends - 1]
        ends = np.arange(1, len(self.keys) + 1)
        return PriceList(self.by_verb, self.num_objects, self.keys, ends, self.sizes[last], self.weights[last])

    def listed(
        self, values: Floats, verb: Ints, object: Ints, rng: np.random.Generator, single: Floats | None = None
    ) -> Floats:
        """(n,) numbers of which each is one that its key has, of the same sign.

        A number out of a continuous distribution becomes the size of its rank: the numbers of a key are mapped to the
        quantiles of the key's own sizes that are not `single`. A single value that the key does not have is replaced by
        one that it has, at random.

        Args:
            values: (n,) drawn numbers, NaN missing; verb, object: (n,) of their links.
            single: numbers that are drawn as such, and not out of a continuous distribution; None for those that the
                number's key has.

        Example:
            >>> sizes, weights = np.array([1.0, 5.2, 8.4]), np.array([6, 2, 2])
            >>> prices = PriceList(False, 1, np.array([0]), np.array([3]), sizes, weights)
            >>> drawn, zero = np.array([5.0, 1.0, -6.1, 3.0, 4.5]), np.zeros(5, int)
            >>> prices.listed(drawn, zero, zero, np.random.default_rng(0), np.array([1.0])).tolist()
            [8.4, 1.0, -8.4, 5.2, 5.2]
        """
        if not len(self.keys):
            return values
        key = object + (verb * self.num_objects if self.by_verb else 0)
        at = positions(key, self.keys)
        use = np.flatnonzero((at >= 0) & ~np.isnan(values))
        sizes = np.abs(single) if single is not None else np.zeros(0)
        has = self._has(at[use], np.abs(values[use]))
        is_single = np.isin(np.abs(values[use]), sizes) if single is not None else has
        wrong = use[is_single & ~has]
        result = values.copy()
        result[wrong] = self._at(at[wrong], rng.random(len(wrong)), self.weights)
        free = use[~is_single]
        free = free[np.lexsort((np.abs(values[free]), at[free]))]
        own = at[free]
        first = np.searchsorted(own, own)
        level = (np.arange(len(own)) - first + rng.random(len(own))) / np.bincount(own, minlength=len(self.keys))[own]
        result[free] = self._at(own, level, np.where(np.isin(self.sizes, sizes), 0, self.weights))
        return np.where(values < 0, -np.abs(result), result)

    def _at(self, at: Ints, level: Floats, weights: Ints) -> Floats:
        """(n,) the sizes at levels, 0 to 1, of the keys at positions, by (P,) weights; by all where these are 0."""
        owner = np.repeat(np.arange(len(self.keys)), np.diff(self.ends, prepend=0))
        total = np.bincount(owner, weights=weights, minlength=len(self.keys))
        upto = np.cumsum(np.where(total[owner] > 0, weights, self.weights))
        end = upto[self.ends - 1]
        begin = np.append(0, end[:-1])
        reached = begin[at] + level * (end - begin)[at]
        found: Floats = self.sizes[np.searchsorted(upto, reached, side="right").clip(max=len(upto) - 1)]
        return found

    def _has(self, at: Ints, size: Floats) -> Bools:
        """(n,) whether the key at a position has a size."""
        every = np.unique(self.sizes)
        place = np.searchsorted(every, size).clip(max=len(every) - 1)
        own = np.repeat(np.arange(len(self.keys)), np.diff(self.ends, prepend=0))
        pairs = own * len(every) + np.searchsorted(every, self.sizes)
        found: Bools = (every[place] == size) & np.isin(at * len(every) + place, pairs)
        return found

    def to_dict(self) -> dict[str, Any]:
        arrays = {name: getattr(self, name).tolist() for name in ("keys", "ends", "sizes", "weights")}
        return arrays | {"by_verb": self.by_verb, "num_objects": self.num_objects}


def _protected(size: Floats, subject: Ints | Codes, object: Ints | Codes, fewest: int) -> Floats:
    """(n,) sizes that enough subjects have, whatever the object.

    Where most rows of an object have such a size, its others are left out: means of neighbours would look like prices
    of its own. What a single subject has for an object stays as it is: it is an exception, and is not listed.
    """
    known = np.flatnonzero(~np.isnan(size))
    own, thing = size[known], object[known].astype(np.int64)
    if not len(known):
        return size
    shared = shared_numbers(size, subject, fewest, decimals_of(own))[known]
    code = np.unique(own, return_inverse=True)[1]
    pair = np.unique(thing * (int(code.max()) + 1) + code, return_inverse=True)[1]
    width = int(subject.max()) + 1
    having = np.bincount(np.unique(pair * width + subject[known]) // width, minlength=int(pair.max()) + 1)
    is_changed = own != shared
    changed, rows = np.bincount(thing, weights=is_changed), np.bincount(thing)
    left_out = is_changed & (changed[thing] < MOSTLY * rows[thing])
    result = size.copy()
    result[known] = np.where(having[pair] < FEWEST_SUBJECTS, own, np.where(left_out, np.nan, shared))
    return result


def _list(size: Floats, subject: Ints, key: Ints) -> tuple[Ints, Ints, Floats, Ints] | None:
    """Keys, ends, sizes and weights; None where the sizes are no list by these keys."""
    if not len(size):
        return None
    sizes, code = np.unique(size, return_inverse=True)
    keys, own = np.unique(key, return_inverse=True)
    pair, of_row, rows = np.unique(own * len(sizes) + code, return_inverse=True, return_counts=True)
    width = int(subject.max()) + 1
    having = np.bincount(np.unique(of_row * width + subject) // width, minlength=len(pair))
    kept = having >= FEWEST_SUBJECTS
    total = np.bincount(own)
    covered = np.bincount(pair // len(sizes), weights=rows * kept, minlength=len(keys))
    whole = total >= FEWEST_ROWS
    if not whole.any() or covered[whole].sum() < COVERED * total[whole].sum():
        return None
    different = np.bincount(pair // len(sizes), weights=kept, minlength=len(keys))
    if different[whole].sum() > MUCH_FEWER * _by_chance(total[whole], np.bincount(code) / len(code)):
        return None
    chosen = whole & (covered >= COVERED * total)
    use = kept & chosen[pair // len(sizes)]
    ends = np.cumsum(np.bincount(pair[use] // len(sizes), minlength=len(keys))[chosen])
    return keys[chosen], ends, sizes[pair[use] % len(sizes)], rows[use]


def _by_chance(rows: Ints, share: Floats) -> float:
    """How many different values groups of so many rows would have in all if each drew its own from the whole column."""
    found, groups = np.unique(rows, return_counts=True)
    return float(sum(many * (1 - (1 - share) ** count).sum() for count, many in zip(found, groups, strict=True)))
