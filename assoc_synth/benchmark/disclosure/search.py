"""The search of a model's files for what too few subjects have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assoc_synth.benchmark.disclosure.derived import Derived
from assoc_synth.benchmark.disclosure.model_files import Held
from assoc_synth.benchmark.disclosure.real_values import WORD, RareValues
from assoc_synth.transactions.arrays import Bools, Floats

LONG_TEXT, LONG_NUMBER = 5, 7
"""Characters of a text that is looked for inside of others too, and digits of a number that is looked for everywhere:
shorter ones are somewhere by chance."""
CONFIG = "config.json"
ENDS = frozenset(("low", "high", "start", "end"))
"""Numbers that enough subjects have or are beyond may be there."""


@dataclass(frozen=True)
class Found:
    """Something of too few subjects: the column or what is counted, where it is, and what is there."""

    column: str
    where: str
    value: str


def search(held: Held, rare: Sequence[RareValues], derived: Sequence[Derived], fewest: int) -> list[Found]:
    """What too few subjects have, where it is.

    Texts are looked for in all texts, and long numbers in all numbers, as they are and as logarithms. The numbers of a
    column and what is derived from rows, such as numbers of visits, are looked for where the model keeps them, see
    `Derived`.

    Args:
        fewest: the threshold, which `rare` was made with.
    """
    found = [one for own in rare for one in (*_texts(held, own), *_anywhere(held, own, fewest))]
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


def _anywhere(held: Held, rare: RareValues, fewest: int) -> Iterator[Found]:
    long = _is_long(rare.numbers)
    for where, own in held.numbers.items() if long.any() else ():
        looked = long & (rare.beyond < fewest) if where.rpartition("/")[2] in ENDS else long
        numbers, sides = rare.numbers[looked], [own]
        if where.startswith(CONFIG):
            sides.append(np.sign(own) * np.expm1(np.minimum(np.abs(own), 50.0)))
        for side in sides:
            for value in numbers[_among(numbers, side)]:
                yield Found(rare.column, where, f"{value:.17g}")


def _is_long(numbers: Floats) -> Bools:
    """Whether a number has at least `LONG_NUMBER` digits, zeros at both ends not counted: (n,)."""
    digits = [f"{abs(value):.9f}".replace(".", "").strip("0") for value in numbers.tolist()]
    return np.array([len(own) >= LONG_NUMBER for own in digits], bool)


def _among(numbers: Floats, there: Floats) -> Bools:
    """Which numbers, (n,), are there, to nine digits."""
    if not len(there):
        return np.zeros(len(numbers), bool)
    ordered = np.sort(there)
    at = np.searchsorted(ordered, numbers).clip(1, max(len(ordered) - 1, 1))
    near = [np.abs(ordered[np.minimum(place, len(ordered) - 1)] - numbers) for place in (at - 1, at)]
    return np.asarray(np.minimum(*near) <= 1e-9 * np.maximum(np.abs(numbers), 1e-9))
