"""The search of a model's files for what too few subjects have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assoc_synth.benchmark.disclosure.derived import ENDS, Derived
from assoc_synth.benchmark.disclosure.model_files import Held
from assoc_synth.benchmark.disclosure.real_values import WORD, RareValues
from assoc_synth.transactions.arrays import Bools, Floats
from assoc_synth.transactions.days import DAY

LONG_TEXT, LONG_NUMBER = 5, 7
"""Characters of a text that is looked for inside of others too, and digits of a number that is looked for everywhere:
shorter ones are somewhere by chance."""
CONFIG = "config.json"
LEAST_MOMENT, LATEST_MOMENT = 1e15, 9.2e18
"""Nanoseconds since 1970: an end of a range of this size may be a moment, of which the day is looked for."""
EXACT, OF_LOGARITHMS = 1e-12, 1e-9
"""How close a number is to one that is there, relative to it."""


@dataclass(frozen=True)
class Found:
    """Something of too few subjects: the column or what is counted, where it is, and what is there."""

    column: str
    where: str
    value: str


def search(held: Held, rare: Sequence[RareValues], derived: Sequence[Derived], fewest: int) -> list[Found]:
    """What too few subjects have, where it is.

    Texts are looked for in all texts, and long numbers in all numbers, as they are and as logarithms, and days of dates
    in all ends of ranges. The numbers of a column and what is derived from rows, such as numbers of visits, are looked
    for where the model keeps them, see `Derived`.

    Args:
        fewest: the threshold, which `rare` was made with.
    """
    found = [one for own in rare for one in (*_texts(held, own), *_anywhere(held, own))]
    for kept in derived:
        found += [Found(kept.name, where, f"{value:g}") for where, value in kept.of_too_few(held.numbers, fewest)]
    return found


def _texts(held: Held, rare: RareValues) -> Iterator[Found]:
    for where, texts in held.texts.items():
        whole = "\n".join(texts)
        words, found = frozenset(re.findall(WORD, whole)), rare.texts.intersection(texts)
        found |= {
            part
            for part in rare.parts
            if (part in words if part.isalpha() else len(part) >= LONG_TEXT and part in whole)
        }
        yield from (Found(rare.column, where, text) for text in sorted(found))


def _anywhere(held: Held, rare: RareValues) -> Iterator[Found]:
    numbers = rare.numbers[_is_long(rare.numbers)]
    for where, own in held.numbers.items() if len(numbers) else ():
        found = _among(numbers, own, EXACT)
        if where.startswith(CONFIG):
            found |= _among(numbers, np.sign(own) * np.expm1(np.minimum(np.abs(own), 50.0)), OF_LOGARITHMS)
        for value in numbers[found]:
            yield Found(rare.column, where, f"{value:.17g}")
    for where, own in held.numbers.items() if len(rare.days) else ():
        is_end = where.startswith(CONFIG) and where.rpartition("/")[2] in ENDS
        moments = own[is_end & (np.abs(own) >= LEAST_MOMENT) & (np.abs(own) < LATEST_MOMENT)]
        for day in np.intersect1d(moments // DAY, rare.days).astype(np.int64).tolist():
            yield Found(rare.column, where, f"{np.datetime64(day, 'D')}")


def _is_long(numbers: Floats) -> Bools:
    """Whether a number has at least `LONG_NUMBER` digits, zeros at both ends not counted: (n,)."""
    digits = [f"{abs(value):.9f}".replace(".", "").strip("0") for value in numbers.tolist()]
    return np.array([len(own) >= LONG_NUMBER for own in digits], bool)


def _among(numbers: Floats, there: Floats, close: float) -> Bools:
    """Which numbers, (n,), are there, or one that is as close as that, relative to it."""
    if not len(there):
        return np.zeros(len(numbers), bool)
    ordered = np.sort(there)
    at = np.searchsorted(ordered, numbers).clip(1, max(len(ordered) - 1, 1))
    near = [np.abs(ordered[np.minimum(place, len(ordered) - 1)] - numbers) for place in (at - 1, at)]
    return np.asarray(np.minimum(*near) <= close * np.maximum(np.abs(numbers), 1e-9))
