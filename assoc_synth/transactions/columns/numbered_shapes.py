"""The identifier of each number in a shape: names that run on over any number of tables, each made by itself.

`Shape.make` draws until nothing repeats, so that it has to know all that it has made. Here each number has an
identifier of its own: a form's places are the digits of a number, counted through in steps that scatter them. No memory
grows with how many there are, and the thousandth table needs none of those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import gcd

import numpy as np

from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.columns.shapes import Shape, longer, longer_than
from assoc_synth.transactions.columns.templates import Template

BLOCK = 1_024
"""Numbers whose identifiers are made together, with the forms' own shares among them."""
SLACK = 4
"""Candidates per identifier of a form some of whose texts are no identifiers."""
MOST_COUNTED, ENOUGH = 2**62, 2**40
"""Texts of a form that are counted through, at most; and how many are enough, where other places are drawn."""
MOST_VALUES = 10_000
"""Numbers of a range that are listed."""

Digit = tuple[tuple[int, ...], int, Callable[[Ints], Ints]]
"""Places that vary together, how many texts they have, and those of some numbers: (n,) → (n, places)."""


def numbered(shape: Shape, first: int, count: int) -> list[str]:
    """The identifiers of the numbers from `first` on; two numbers never have the same one, and none is a real one.

    Example:
        >>> shape = Shape.of([f"{number:03d}-{number % 97:02d}" for number in range(100, 900)])
        >>> whole = numbered(shape, 0, 5_000)
        >>> len(set(whole)), whole[2_000:2_003] == numbered(shape, 2_000, 3)
        (5000, True)
    """
    if count <= 0:
        return []
    forms = _forms(shape)
    begin, end = first // BLOCK, -(-(first + count) // BLOCK)
    made = list(chain.from_iterable(forms.block(block) for block in range(begin, end)))
    return made[first - begin * BLOCK :][:count]


@dataclass(frozen=True, eq=False)
class _Form:
    """A template whose texts are numbered.

    Attributes:
        digits: the places that are counted through.
        drawn: those that are drawn beside them, where there is room enough without.
        limits: of runs of digits, as in `Template`, that no digit keeps by itself.
        room: how many texts are counted through.
    """

    template: Template
    digits: tuple[Digit, ...]
    drawn: tuple[Digit, ...]
    limits: tuple[tuple[int, int, int, int], ...]
    room: int

    @classmethod
    def of(cls, template: Template) -> _Form:
        digits, limits = _digits(template)
        counted, room = [], 1
        for digit in sorted(digits, key=lambda one: one[1]):
            if room >= ENOUGH or room * digit[1] > MOST_COUNTED:
                break
            counted.append(digit)
            room *= digit[1]
        rest = [digit for digit in digits if all(digit is not one for one in counted)]
        return cls(template, tuple(counted), tuple(rest), limits, room)

    def points(self, numbers: range, rng: np.random.Generator) -> Ints:
        """(n, size) the characters of the texts of these numbers; those beyond the room are left out."""
        step, own = _step(self.room), range(numbers.start, min(numbers.stop, self.room))
        left = np.array([(number * step + self.room // 3) % self.room for number in own], np.int64)
        points = np.empty((len(left), len(self.template.places)), np.int64)
        for at, place in enumerate(self.template.places):
            points[:, at] = ord(place[0])
        for places, size, texts in self.digits:
            left, digit = np.divmod(left, size)
            points[:, list(places)] = texts(digit)
        for places, size, texts in self.drawn:
            points[:, list(places)] = texts(rng.integers(size, size=len(points)))
        return points[self._within(points)]

    def _within(self, points: Ints) -> Bools:
        """Which texts keep the limits."""
        kept: Bools = np.ones(len(points), bool)
        for begin, end, low, high in self.limits:
            texts = _texts(points[:, begin:end])
            kept &= np.array([low <= int(text) <= high for text in texts], bool)
        return kept

    def may_be(self, points: Ints) -> Bools:
        """Which texts of the same length may be of this form; some that are not are among them."""
        fits = self.template.fits(points)
        if self.template.marks and fits.any():
            marks = set(self.template.marks)
            own = _texts(points[:, list(self.template.marked)])
            fits = fits & np.array([text in marks for text in own], bool)
        return fits


@dataclass(frozen=True, eq=False)
class _Forms:
    """The forms of a shape, those with the least room first, and how many identifiers of a block each has.

    A text that two forms could have belongs to the first of them, so that the wider one does not take all of it.

    Attributes:
        before: of each form, the earlier ones that could have some of its texts.
    """

    forms: tuple[_Form, ...]
    before: tuple[tuple[_Form, ...], ...]
    shares: tuple[int, ...]
    spare: Template

    @classmethod
    def of(cls, shape: Shape) -> _Forms:
        forms = sorted(map(_Form.of, shape.templates), key=lambda form: form.room)
        weights = np.array([form.template.weight for form in forms], np.float64)
        exact = np.cumsum(weights) / weights.sum() * BLOCK
        shares = np.diff(np.round(exact).astype(np.int64), prepend=0)
        places = [tuple(map(frozenset, form.template.places)) for form in forms]
        before = tuple(
            tuple(other for other, theirs in zip(forms[:at], places, strict=False) if _meet(own, theirs))
            for at, own in enumerate(places)
        )
        spare = longer_than(shape.spare, max(len(form.template.places) for form in forms))
        return cls(tuple(forms), before, tuple(shares.tolist()), spare)

    def block(self, block: int) -> list[str]:
        """The identifiers of a block of numbers."""
        rng, made = np.random.default_rng(block), list[str]()
        for form, before, share in zip(self.forms, self.before, self.shares, strict=True):
            if not share:
                continue
            each = share * (SLACK if before or form.limits else 1)
            points = form.points(range(block * each, (block + 1) * each), rng)
            for other in before:
                points = points[~other.may_be(points)]
            made += _texts(points[:share])
        made += self._spares(range(block * BLOCK, (block + 1) * BLOCK), BLOCK - len(made), rng)
        return [made[at] for at in rng.permutation(BLOCK)]

    def _spares(self, numbers: range, wanted: int, rng: np.random.Generator) -> list[str]:
        """Longer identifiers than any real one, of some numbers, for those that the forms have no room for."""
        made, begin, level = list[str](), 0, self.spare
        while len(made) < wanted:
            form = _Form.of(level)
            own = range(max(numbers.start + len(made) - begin, 0), numbers.start + wanted - begin)
            made += _texts(form.points(own, rng)) if own.start < form.room else []
            begin, level = begin + form.room, longer(level)
        return made


@lru_cache(maxsize=16)
def _forms(shape: Shape) -> _Forms:
    return _Forms.of(shape)


def _meet(own: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...]) -> bool:
    """Whether two forms, the characters of each of their places, have a text in common."""
    return len(own) == len(other) and not any(map(frozenset.isdisjoint, own, other))


def _digits(template: Template) -> tuple[list[Digit], tuple[tuple[int, int, int, int], ...]]:
    """What varies in a template, and the limits that are left to be looked at."""
    digits: list[Digit] = []
    taken = {*template.marked, *template.dated}
    if template.marks:
        digits.append(_listed(template.marked, template.marks))
    for date in template.dates:
        if not set(date.places) & set(template.marked):
            digits.append((date.places, date.texts, date.text_at))
    left = []
    for limit in template.limits:
        begin, end, low, high = limit
        run = range(begin, end)
        if taken.isdisjoint(run) and high - low < MOST_VALUES:
            texts = [f"{number:0{len(run)}d}" for number in range(low, high + 1)]
            digits.append(_listed(tuple(run), [text for text in texts if _is_of(text, template.places[begin:end])]))
            taken.update(run)
        else:
            left.append(limit)
    for at, place in enumerate(template.places):
        if len(place) > 1 and at not in taken:
            digits.append(_listed((at,), list(place)))
    return digits, tuple(left)


def _listed(places: tuple[int, ...], texts: Sequence[str]) -> Digit:
    points = np.array([[ord(character) for character in text] for text in texts], np.int64)
    points = points.reshape(len(texts), len(places))
    return places, len(texts), points.__getitem__


def _is_of(text: str, places: Sequence[str]) -> bool:
    return len(text) == len(places) and all(one in place for one, place in zip(text, places, strict=True))


def _step(room: int) -> int:
    """About the golden ratio of a room, coprime to it: so numbers one after the other have texts far apart."""
    step = max(int(room * 0.6180339887498949), 1)
    while gcd(step, max(room, 1)) > 1:
        step += 1
    return step


def _texts(points: Ints) -> list[str]:
    size = points.shape[1]
    if not len(points):
        return []
    texts: list[str] = np.ascontiguousarray(points.astype(np.uint32)).view(f"<U{size}").ravel().tolist()
    return texts
