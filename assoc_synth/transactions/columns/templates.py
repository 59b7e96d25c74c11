"""Template: one form of identifiers, place by place, and what keeps new ones apart from all real ones."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.columns.date_fields import DateField
from assoc_synth.transactions.stored import Stored

MOST_MARKS = 2_000
FEWEST_MARKS, ENOUGH_ROOM = 100, 1_000_000
"""Different marks of a template at most, at least, and the room from which it needs no more."""
MARKS_OF_DATES, ROOM_BESIDE = 20_000, 4
"""Marks that hold a date and all else, at most, and for each real identifier."""


@dataclass(frozen=True)
class Template(Stored):
    """One form of identifiers.

    Args:
        places: the characters that each place may have, one where it is fixed.
        weight: how often real ones have this form.
        limits: of runs of digits, from, to (exclusive), and the smallest and the largest number.
        marked: places that together hold one of `marks`, which no real identifier of this form does.
        marks: () where no real one has this form.
        dates: which of the places hold valid dates.

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
    dates: tuple[DateField, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.places)
        sound = size > 0 and all(self.places) and self.weight >= 0 and all(0 <= at < size for at in self.marked)
        sound = sound and all(len(mark) == len(self.marked) for mark in self.marks)
        sound = sound and all(at < size for at in self.dated)
        sound = sound and all(0 <= begin < end <= size for begin, end, _, _ in self.limits)
        if not sound or bool(self.marked) != bool(self.marks):
            raise InputError("a form of identifiers is damaged")

    @property
    def dated(self) -> tuple[int, ...]:
        """The places of dates."""
        return tuple(place for date in self.dates for place in date.places)

    @property
    def room(self) -> int:
        """About how many different texts it can make."""
        rest = prod(date.room for date in self.dates if not set(date.places) <= set(self.marked))
        return rest * prod(len(self.places[at]) for at in self._free) * max(len(self.marks), 1)

    @property
    def _free(self) -> list[int]:
        """The places that vary, those of dates and of marks left out."""
        kept = {*self.dated, *self.marked}
        return [at for at, place in enumerate(self.places) if len(place) > 1 and at not in kept]

    def beside(self, real: Ints | None) -> Template | None:
        """The template with marks that keep it apart from real identifiers; None where there is no room.

        Args:
            real: (n, places) code points of all real ones of this length; None for none.
        """
        own = self._fitting(real) if real is not None else np.zeros((0, len(self.places)), np.int64)
        if not len(own):
            return self
        free, dates = self._free, prod(date.room for date in self.dates)
        for size in range(1, len(free) + 1):
            marked = tuple(free[-size:])
            total = prod(len(self.places[at]) for at in marked)
            seen = self._numbers(own, marked)
            if 2 * len(seen) > total and (size < len(free) or len(seen) == total):
                continue
            rest = dates * prod(len(self.places[at]) for at in free[:-size])
            marks = self._unseen(marked, seen, total, min(MOST_MARKS, max(FEWEST_MARKS, ENOUGH_ROOM // rest)))
            made = replace(self, marked=marked, marks=marks)
            few = self.dates and made.room < ROOM_BESIDE * len(own)
            return max(made, self._beside_with_dates(own) or made, key=lambda one: one.room) if few else made
        return self._beside_with_dates(own) if self.dates else None

    def _beside_with_dates(self, real: Ints) -> Template | None:
        """Marks of dates with all else that varies, where all else alone is taken."""
        marked = tuple(sorted({*self._free, *self.dated}))
        wanted = min(MARKS_OF_DATES, ROOM_BESIDE * len(real) + FEWEST_MARKS)
        made = [text for text in self.make(4 * wanted, np.random.default_rng(len(real))) if text is not None]
        taken = {"".join(map(chr, one)) for one in real[:, list(marked)].tolist()}
        every = dict.fromkeys("".join(text[at] for at in marked) for text in made)
        marks = [mark for mark in every if mark not in taken][:wanted]
        return replace(self, marked=marked, marks=tuple(sorted(marks))) if marks else None

    def make(self, count: int, rng: np.random.Generator) -> list[str | None]:
        """`count` texts that may repeat; None for one outside of the limits."""
        points = np.empty((count, len(self.places)), np.uint32)
        for at, place in enumerate(self.places):
            points[:, at] = code_points(place)[rng.integers(len(place), size=count)]
        for date in self.dates:
            points[:, list(date.places)] = date.draw(count, rng)
        if self.marks:
            marks = np.array([[ord(character) for character in mark] for mark in self.marks], np.uint32)
            points[:, list(self.marked)] = marks[rng.integers(len(marks), size=count)]
        texts = np.ascontiguousarray(points).view(f"<U{len(self.places)}").ravel().tolist()
        made: list[str | None] = list(texts)
        for begin, end, low, high in self.limits:
            made = [text if text is not None and low <= int(text[begin:end]) <= high else None for text in made]
        return made

    def shown(self, literal: Set[int] | None = None) -> str:
        """What it looks like, and in brackets what its signs are.

        Args:
            literal: the places whose letter or digit is shown; None for all that are fixed. Other signs are shown.
        """
        kept = {at for at, place in enumerate(self.places) if is_fixed(place) and (literal is None or at in literal)}
        kept |= {at for at, place in enumerate(self.places) if len(place) == 1 and not place.isalnum()}
        signs = _signs({self.places[at] for at in kept})
        classes = {at: _class_of(place) for at, place in enumerate(self.places) if at not in kept}
        found = [signs[classes[at]] if at in classes else place for at, place in enumerate(self.places)]
        for date in self.dates:
            for place, letter in zip(date.places, date.shown, strict=True):
                found[place] = letter
        dated = set(self.dated)
        used = {kind for at, kind in classes.items() if at not in dated}
        said = [f"{signs[kind]} {word}" for kind, word in WORDS.items() if kind in used]
        parts = ("".join(found[min(date.places) : max(date.places) + 1]) for date in self.dates)
        return "".join(found) + legend([*said, *(f"{part} a date" for part in dict.fromkeys(parts))])

    def fits(self, points: Ints) -> Bools:
        """(n,) which texts, (n, places) of code points, have the characters of this form at every place."""
        fits: Bools = np.ones(len(points), bool)
        for at, place in enumerate(self.places):
            fits &= np.isin(points[:, at], code_points(place))
        return fits

    def _fitting(self, real: Ints) -> Ints:
        """The real identifiers of this form."""
        found: Ints = real[self.fits(real)]
        return found

    def _numbers(self, points: Ints, marked: tuple[int, ...]) -> Ints:
        """The distinct combinations at marked places, as numbers."""
        number = np.zeros(len(points), np.int64)
        for at in marked:
            number = number * len(self.places[at]) + np.searchsorted(code_points(self.places[at]), points[:, at])
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
            "dates": [date.to_dict() for date in self.dates],
        }


def code_points(characters: str) -> Ints:
    """The characters' numbers, in their order."""
    return np.array([ord(character) for character in characters], np.int64)


WORDS = {"9": "a digit", "A": "a capital", "a": "a small letter", "x": "a letter or digit"}
"""What the classes of characters are."""
SIGNS = {"9": "#9?", "A": "AXQ", "a": "axq", "x": "*%~"}
"""Signs for the classes, of which the first is taken that is no fixed character."""


def legend(said: list[str]) -> str:
    """What signs mean, in brackets.

    Example:
        >>> legend(["# a digit", "A a capital"])
        ' (# a digit, A a capital)'
    """
    return f" ({', '.join(said)})" if said else ""


def is_fixed(place: str) -> bool:
    """Whether a place has one letter or digit."""
    return len(place) == 1 and place.isalnum()


def common_places(templates: Sequence[Template], most_often: float) -> set[int]:
    """The places of the first form whose letter or digit nearly all forms have: what it shows is nobody's own.

    Letters and digits between two other signs are compared from their begin and from their end, and such parts are
    counted from the begin and from the end of a text. Of a word, all letters are common or none is.

    Args:
        templates: the forms, weighted by how often real ones have them.
        most_often: the share of the real ones that must have the letter or digit.

    Example:
        >>> forms = [Template((*name, "@", *"x.org"), 50) for name in ("ann", "bob")]
        >>> sorted(common_places(forms, 0.95))  # the @ is no letter
        [4, 6, 7, 8]
    """
    total = sum(template.weight for template in templates)
    had: dict[tuple[int, ...], dict[str, int]] = {}
    for template in templates:
        for address, place in ((address, place) for one in _addresses(template) for address, place in one):
            counts = had.setdefault(address, {})
            counts[place] = counts.get(place, 0) + template.weight
    first = _addresses(templates[0])
    places = [at for at, place in enumerate(templates[0].places) if _is_alphanumeric(place)]
    common = {
        at
        for at, one in zip(places, first, strict=True)
        if any(is_fixed(place) and had[address][place] >= most_often * total for address, place in one)
    }
    for is_word, word in groupby(range(len(templates[0].places)), lambda at: templates[0].places[at].isalpha()):
        letters = set(word)
        if is_word and not letters <= common:
            common -= letters
    return common


def _addresses(template: Template) -> list[list[tuple[tuple[int, ...], str]]]:
    """For each place of letters or digits where it is, from either end of its part and of the text, and its place."""
    runs: list[list[str]] = []
    for of, places in groupby(template.places, _is_alphanumeric):
        if of:
            runs.append(list(places))
    found: list[list[tuple[tuple[int, ...], str]]] = []
    for at, run in enumerate(runs):
        for inside, place in enumerate(run):
            ends = ((0, at), (1, len(runs) - at)), ((0, inside), (1, len(run) - inside))
            found.append([((*part, *within), place) for part in ends[0] for within in ends[1]])
    return found


def _is_alphanumeric(place: str) -> bool:
    return len(place) > 1 or place.isalnum()


def _signs(fixed: Set[str]) -> dict[str, str]:
    """A sign for each class of characters that is no fixed one."""
    return {kind: next((sign for sign in signs if sign not in fixed), signs[-1]) for kind, signs in SIGNS.items()}


def _class_of(place: str) -> str:
    if place.isdecimal():
        return "9"
    if place.isalpha():
        return "A" if place.isupper() else "a"
    return "x"
