"""Template: one form of identifiers, place by place, and what keeps new ones apart from all real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Ints

MOST_MARKS = 2_000
FEWEST_MARKS, ENOUGH_ROOM = 100, 1_000_000
"""Different marks of a template at most, at least, and the room from which it needs no more."""


@dataclass(frozen=True)
class Template:
    """One form of identifiers.

    Args:
        places: the characters that each place may have, one where it is fixed.
        weight: how often real ones have this form.
        limits: of runs of digits, from, to (exclusive), and the smallest and the largest number.
        marked: places that together hold one of `marks`, which no real identifier of this form does.
        marks: () where no real one has this form.

    Raises:
        InputError: the values do not belong together, as in a damaged model.

    Example:
        >>> Template(("A", "-", "01"), 1).make(3, np.random.default_rng(0))
        ['A-1', 'A-1', 'A-1']
    """

    places: tuple[str, ...]
    weight: int
    limits: tuple[tuple[int, int, int, int], ...] = ()
    marked: tuple[int, ...] = ()
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.places)
        sound = size > 0 and all(self.places) and self.weight >= 0 and all(0 <= at < size for at in self.marked)
        sound = sound and all(len(mark) == len(self.marked) for mark in self.marks)
        sound = sound and all(0 <= begin < end <= size for begin, end, _, _ in self.limits)
        if not sound or bool(self.marked) != bool(self.marks):
            raise InputError("a form of identifiers is damaged")

    @property
    def room(self) -> int:
        """About how many different texts it can make."""
        free = prod(len(place) for at, place in enumerate(self.places) if at not in self.marked)
        return free * max(len(self.marks), 1)

    def beside(self, real: Ints | None) -> Template | None:
        """The template with marks that keep it apart from real identifiers; None where there is no room.

        Args:
            real: (n, places) code points of all real ones of this length; None for none.
        """
        own = self._fitting(real) if real is not None else np.zeros((0, len(self.places)), np.int64)
        if not len(own):
            return self
        free = [at for at, place in enumerate(self.places) if len(place) > 1]
        for size in range(1, len(free) + 1):
            marked = tuple(free[-size:])
            total = prod(len(self.places[at]) for at in marked)
            seen = self._numbers(own, marked)
            if 2 * len(seen) > total and (size < len(free) or len(seen) == total):
                continue
            rest = prod(len(self.places[at]) for at in free[:-size])
            marks = self._unseen(marked, seen, total, min(MOST_MARKS, max(FEWEST_MARKS, ENOUGH_ROOM // rest)))
            return replace(self, marked=marked, marks=marks)
        return None

    def make(self, count: int, rng: np.random.Generator) -> list[str | None]:
        """`count` texts that may repeat; None for one outside of the limits."""
        points = np.empty((count, len(self.places)), np.uint32)
        for at, place in enumerate(self.places):
            points[:, at] = _code_points(place)[rng.integers(len(place), size=count)]
        if self.marks:
            marks = np.array([[ord(character) for character in mark] for mark in self.marks], np.uint32)
            points[:, list(self.marked)] = marks[rng.integers(len(marks), size=count)]
        texts = np.ascontiguousarray(points).view(f"<U{len(self.places)}").ravel().tolist()
        made: list[str | None] = list(texts)
        for begin, end, low, high in self.limits:
            made = [text if text is not None and low <= int(text[begin:end]) <= high else None for text in made]
        return made

    def shown(self) -> str:
        """What it looks like: 9 is a digit, A and a are letters."""
        return "".join(place if len(place) == 1 else _class_of(place) for place in self.places)

    def _fitting(self, real: Ints) -> Ints:
        """The real identifiers of this form."""
        fits: Bools = np.ones(len(real), bool)
        for at, place in enumerate(self.places):
            fits &= np.isin(real[:, at], _code_points(place))
        found: Ints = real[fits]
        return found

    def _numbers(self, points: Ints, marked: tuple[int, ...]) -> Ints:
        """The distinct combinations at marked places, as numbers."""
        number = np.zeros(len(points), np.int64)
        for at in marked:
            number = number * len(self.places[at]) + np.searchsorted(_code_points(self.places[at]), points[:, at])
        return np.unique(number)

    def _unseen(self, marked: tuple[int, ...], seen: Ints, total: int, wanted: int) -> tuple[str, ...]:
        rng = np.random.default_rng(total)
        few = total <= 64 * MOST_MARKS
        every = np.arange(total) if few else np.unique(rng.integers(total, size=4 * MOST_MARKS))
        chosen = rng.permutation(np.setdiff1d(every, seen))[:wanted]
        marks = []
        for number in np.sort(chosen).tolist():
            mark = ""
            for at in reversed(marked):
                number, place = divmod(number, len(self.places[at]))
                mark = self.places[at][place] + mark
            marks.append(mark)
        return tuple(marks)

    def to_dict(self) -> dict[str, Any]:
        """The template as JSON values."""
        return {
            "places": list(self.places),
            "weight": self.weight,
            "limits": [list(limit) for limit in self.limits],
            "marked": list(self.marked),
            "marks": list(self.marks),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Template:
        """The template that `to_dict` wrote."""
        limits = tuple(tuple(int(number) for number in limit) for limit in values["limits"])
        return cls(
            tuple(map(str, values["places"])),
            int(values["weight"]),
            tuple((begin, end, low, high) for begin, end, low, high in limits),
            tuple(int(at) for at in values["marked"]),
            tuple(map(str, values["marks"])),
        )


def _code_points(characters: str) -> Ints:
    """The characters' numbers, ascending as they are sorted."""
    return np.array([ord(character) for character in characters], np.int64)


def _class_of(place: str) -> str:
    if place.isdecimal():
        return "9"
    if place.isalpha():
        return "A" if place.isupper() else "a"
    return "x"
