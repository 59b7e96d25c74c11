"""The shape of identifiers, and new ones that have it: fixed parts, characters by place, lengths and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.columns.date_fields import BEYOND, DateField, find_dates
from assoc_synth.transactions.columns.templates import Template, common_places
from assoc_synth.transactions.stored import Stored

DIGITS, UPPER, LOWER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = (DIGITS, DIGITS + "abcdef", DIGITS + "ABCDEF", LOWER, UPPER, DIGITS + LOWER, DIGITS + UPPER,
             DIGITS + UPPER + LOWER)  # fmt: skip
MOST_TEMPLATES, LEARNED_FROM = 200, 20_000
"""Of a shape; and how many texts it is learned from, at most."""
SHARED_BY, MOST_WORDS = 20, 50
"""Texts that must have a part before it counts as a fixed one, and the most different fixed parts of a place."""
ENOUGH, MANY = 20, 30
"""Texts from which a place is fixed where they agree, and from which it has the characters that were seen only."""
PER_CHARACTER = 20
"""Texts per character of its class from which a place has the characters that were seen only, however many."""
ROOM = 4
"""New identifiers per real one that a shape must have room for before it takes every character of a class."""
MIXED = 5
"""Times as many forms with digits and letters told apart from which they are one class, as in a hash."""
COMPLETE, WORD = 0.9, 3
COMMON = 0.95
"""The share of texts that must have a letter or digit before it is shown."""
ROUNDS = 30
ADDRESS, LARGEST = tuple("9.9.9.9"), 2**63 - 1
"""The form of an internet address, and the largest whole number of a column."""


@dataclass(frozen=True)
class Shape(Stored):
    """How identifiers look. It holds no real one, and nothing that it makes is one.

    Args:
        templates: the forms that they have.
        spare: one that is longer than any real one, for more than there is room for; it grows.

    Example:
        >>> shape = Shape.of([f"{number:03d}-{number % 97:02d}" for number in range(100, 900)])
        >>> shape.shown(), len(set(shape.make(1_000, np.random.default_rng(0))))
        ('###-## (# a digit)', 1000)
    """

    templates: tuple[Template, ...]
    spare: Template

    def __post_init__(self) -> None:
        if not self.templates:
            raise InputError("a shape of identifiers has no form")

    @classmethod
    def of(cls, texts: Sequence[str]) -> Shape | None:
        """The shape of distinct texts; None where they have none in common."""
        if not texts or not all(texts):
            return None
        sample = texts[:: -(-len(texts) // LEARNED_FROM)]
        plain, mixed = (len({text.translate(_KINDS[merged]) for text in sample}) for merged in (False, True))
        parts = [_parts(text, plain > MIXED * mixed) for text in sample]
        forms = {tuple(kind for kind, _ in one) for one in parts}
        return _learned(parts, texts) if len(forms) <= max(len(parts) // 10, 5) else None

    def shown(self) -> str:
        """The most frequent form, and in brackets what its signs are.

        A letter or digit stands for itself only where nearly all forms have it: a name, or an area, is shown by signs.
        """
        return self.templates[0].shown(common_places(self.templates, COMMON))

    @property
    def lengths(self) -> tuple[int, int]:
        """The fewest and the most characters."""
        sizes = [len(template.places) for template in self.templates]
        return min(sizes), max(sizes)

    def is_complete(self, texts: int) -> bool:
        """Whether nearly all of this number of texts have one of the forms, and no word is scrambled."""
        known = sum(template.weight for template in self.templates)
        runs = (run for template in self.templates for run in groupby(template.places, _is_free_letter))
        longest = max((len(list(run)) for is_free, run in runs if is_free), default=0)
        return known >= COMPLETE * min(texts, LEARNED_FROM) and longest < WORD

    def make(self, count: int, rng: np.random.Generator, taken: set[str] | None = None) -> list[str]:
        """`count` different identifiers, none of them among `taken`."""
        made: dict[str, None] = {}
        taken = taken if taken is not None else set()
        weights = np.array([template.weight for template in self.templates], float)
        for attempt in range(ROUNDS):
            if len(made) == count:
                break
            missing = count - len(made)
            # An even share of each, as what there is no room for is drawn in vain.
            share = weights / weights.sum() if attempt < ROUNDS // 2 else None
            chosen = rng.choice(len(weights), missing, p=share)
            drawn = np.empty(missing, dtype=object)
            for at in np.unique(chosen):
                here = np.flatnonzero(chosen == at)
                drawn[here] = self.templates[at].make(len(here), rng)
            made |= dict.fromkeys(text for text in drawn.tolist() if text is not None and text not in taken)
        spare = self.spare
        while len(made) < count:
            more = spare.make(count - len(made), rng)
            before = len(made)
            made |= dict.fromkeys(text for text in more if text is not None and text not in taken)
            if len(made) - before < len(more) / 2:
                spare = longer(spare)
        return list(made)

    def to_dict(self) -> dict[str, Any]:
        """The shape as JSON values."""
        return {"templates": [one.to_dict() for one in self.templates], "spare": self.spare.to_dict()}


Part = tuple[str, str]
"""A kind ("9", "A", "a", "x" for letters and digits, or the character itself) and the text of it."""


class _Kinds(dict[int, str]):
    """The kind of each character, for `str.translate`."""

    def __init__(self, merged: bool) -> None:
        self.merged = merged

    def __missing__(self, point: int) -> str:
        character = chr(point)
        kind = character
        if character.isdecimal() and character.isascii():
            kind = "x" if self.merged else "9"
        elif character.isalpha():
            kind = "x" if self.merged else "A" if character.isupper() else "a"
        self[point] = kind
        return kind


_KINDS = {merged: _Kinds(merged) for merged in (False, True)}


def _parts(text: str, merged: bool) -> tuple[Part, ...]:
    """A text as runs of digits, of upper and of lower case, and single other characters."""
    found, begin = [], 0
    for kind, run in groupby(text.translate(_KINDS[merged])):
        size = len(list(run))
        if kind in "9Aax":
            found.append((kind, text[begin : begin + size]))
        else:
            found += [(kind, kind)] * size
        begin += size
    return tuple(found)


Slot = tuple[tuple[str, ...], int, int]
"""A form, the place of a part in it, and the part's length."""


def _learned(parts: list[tuple[Part, ...]], texts: Sequence[str]) -> Shape | None:
    strings: dict[Slot, Counter[str]] = defaultdict(Counter)
    for one in parts:
        form = tuple(kind for kind, _ in one)
        for at, (_, text) in enumerate(one):
            strings[form, at, len(text)][text] += 1
    fixed = _fixed_words(strings)
    led = _led_by_zero(strings)
    letters = _letters(strings, fixed)
    places = {slot: _places(slot[0][slot[1]], found, slot[:2] in led, letters) for slot, found in strings.items()}
    dates = _dates(parts)
    limits = {slot: limit for slot, found in strings.items() if (limit := _limits(slot, found)) is not None}
    forms: Counter[tuple[tuple[Slot, str], ...]] = Counter()
    for one in parts:
        form = tuple(kind for kind, _ in one)
        slots = tuple((form, at, len(text)) for at, (_, text) in enumerate(one))
        free = _dated_parts(slots, dates.get(slots, ()))
        texts_of = zip(slots, one, free, strict=True)
        words = ("" if is_free or text not in fixed.get(slot, ()) else text for slot, (_, text), is_free in texts_of)
        forms[tuple(zip(slots, words, strict=True))] += 1
    by_length: dict[int, list[str]] = defaultdict(list)
    for text in texts:
        by_length[len(text)].append(text)
    points = {size: _points(same, size) for size, same in by_length.items()}
    often = [(form, count) for form, count in forms.most_common(MOST_TEMPLATES)]
    whole = all(text.isdecimal() for text in texts) and not any(text[0] == "0" for text in texts)
    for widened in (False, True):
        plain = [_template(form, count, places, limits, widened, whole) for form, count in often]
        made = [_with_dates(one, dates[_slots_of(form)]) for one, (form, _) in zip(plain, often, strict=True)]
        apart = [template.beside(points.get(len(template.places))) for template in made]
        templates = [template for template in apart if template is not None]
        if sum(template.room for template in templates) >= ROOM * len(texts):
            break
    spare = _spare(made[0], points)
    return Shape(tuple(templates) or (spare,), spare)


def _slots_of(form: tuple[tuple[Slot, str], ...]) -> tuple[Slot, ...]:
    """The parts of a form, without what is fixed."""
    return tuple(slot for slot, _ in form)


def _dates(parts: list[tuple[Part, ...]]) -> dict[tuple[Slot, ...], tuple[DateField, ...]]:
    """By form and its parts' lengths, the dates in such texts."""
    texts: dict[tuple[Slot, ...], list[str]] = defaultdict(list)
    for one in parts:
        form = tuple(kind for kind, _ in one)
        slots = tuple((form, at, len(text)) for at, (_, text) in enumerate(one))
        texts[slots].append("".join(text for _, text in one))
    return {
        slots: find_dates(same, "".join(form[at] * size for form, at, size in slots)) for slots, same in texts.items()
    }


def _dated_parts(slots: tuple[Slot, ...], dates: Sequence[DateField]) -> list[bool]:
    """Which parts hold digits of dates."""
    taken = {place for date in dates for place in date.places}
    ends = np.cumsum([size for _, _, size in slots]).tolist()
    return [not taken.isdisjoint(range(end - slot[2], end)) for slot, end in zip(slots, ends, strict=True)]


def _with_dates(template: Template, dates: tuple[DateField, ...]) -> Template:
    """The template whose places of dates are such."""
    if not dates:
        return template
    taken = {place for date in dates for place in date.places}
    places = tuple(DIGITS if at in taken else place for at, place in enumerate(template.places))
    limits = tuple(limit for limit in template.limits if taken.isdisjoint(range(*limit[:2])))
    return replace(template, places=places, limits=limits, dates=dates)


def _points(texts: list[str], size: int) -> Ints:
    """(n, size) the characters' numbers."""
    return np.array(texts, dtype=f"<U{size}").view(np.uint32).reshape(len(texts), size).astype(np.int64)


def _fixed_words(strings: Mapping[Slot, Counter[str]]) -> dict[Slot, set[str]]:
    """Parts that many texts share, where nearly all have such a one: a country, a domain."""
    alike: dict[tuple[tuple[str, ...], int], Counter[str]] = defaultdict(Counter)
    for (form, at, _), found in strings.items():
        alike[form, at].update(found)
    result: dict[Slot, set[str]] = {}
    for (form, at, size), found in strings.items():
        every = alike[form, at]
        shared = {text for text, count in every.items() if count >= SHARED_BY}
        kind = form[at]
        if kind not in "9Aa" or not shared or len(shared) > MOST_WORDS:
            continue
        few = len(shared) <= (10 if kind == "9" else 26) ** min(size, 6) / (10 if kind == "9" else 4)
        if few and sum(every[text] for text in shared) >= 0.9 * every.total():
            result[form, at, size] = shared & set(found)
    return result


def _led_by_zero(strings: Mapping[Slot, Counter[str]]) -> set[tuple[tuple[str, ...], int]]:
    """The parts whose longer numbers may begin with 0."""
    first: dict[tuple[tuple[str, ...], int], Counter[str]] = defaultdict(Counter)
    for (form, at, size), found in strings.items():
        if size > 1:
            for text, count in found.items():
                first[form, at][text[0]] += count
    return {part for part, found in first.items() if "0" in found or found.total() < MANY}


def _letters(strings: Mapping[Slot, Counter[str]], fixed: Mapping[Slot, set[str]]) -> dict[str, str]:
    """The letters of a case that vary, where they are few of all, as in hexadecimal numbers."""
    seen: dict[str, Counter[str]] = {"A": Counter(), "a": Counter()}
    for slot, found in strings.items():
        kind = slot[0][slot[1]]
        if kind in seen:
            for text, count in found.items():
                if text not in fixed.get(slot, ()):
                    seen[kind].update({letter: count for letter in text})
    return {
        kind: "".join(sorted(found))
        for kind, found in seen.items()
        if found.total() >= MANY and 2 * len(found) <= len(UPPER)
    }


def _places(kind: str, found: Counter[str], led: bool, letters: Mapping[str, str]) -> list[tuple[str, str]]:
    """For each place of a part the characters to draw from, and those of its whole class."""
    if kind not in "9Aax":
        return [(kind, kind)]
    seen = [set(characters) for characters in zip(*found, strict=True)]
    every = set().union(*seen)
    alphabet = {"9": DIGITS, "A": UPPER, "a": LOWER, **letters}.get(kind) or next(
        (a for a in ALPHABETS if every <= set(a)), ""
    )
    alphabet = "".join(sorted(set(alphabet) | every))
    result, texts = [], found.total()
    if kind == "9" and len(seen) > 1 and not led:
        alphabets = [alphabet.replace("0", ""), *[alphabet] * (len(seen) - 1)]
    else:
        alphabets = [alphabet] * len(seen)
    for own, alphabet in zip(seen, alphabets, strict=True):
        own_class = "".join(sorted(own)) if kind == "A" and len(own) == 1 and texts >= ENOUGH else alphabet
        few = (len(own) == 1 and texts >= ENOUGH) or (texts >= MANY and 2 * len(own) <= len(alphabet))
        few = few or texts >= PER_CHARACTER * len(alphabet)
        result.append(("".join(sorted(own)) if few else alphabet, own_class))
    return result


def _limits(slot: Slot, found: Counter[str]) -> tuple[int, int] | None:
    """The range of a short number that repeats: a month, a part of an address; a few texts at its ends are beyond."""
    form, at, size = slot
    if form[at] != "9" or size > 3:
        return None
    if form == ADDRESS and max(map(int, found)) <= 255:
        return 10 ** (size - 1) if size > 1 else 0, 255
    if found.total() < max(MANY, 3 * len(found)):
        return None
    numbers = sorted(int(text) for text in found.elements())
    return numbers[BEYOND - 1], numbers[-BEYOND]


def _template(
    form: tuple[tuple[Slot, str], ...],
    count: int,
    places: Mapping[Slot, list[tuple[str, str]]],
    limits: Mapping[Slot, tuple[int, int]],
    widened: bool,
    whole: bool,
) -> Template:
    made: list[str] = []
    ranges = []
    for slot, word in form:
        if word:
            made += list(word)
            continue
        if slot in limits:
            ranges.append((len(made), len(made) + slot[2], *limits[slot]))
        made += [own[widened] for own in places[slot]]
    if whole:
        made[0] = made[0].replace("0", "") or made[0]
        if len(made) == len(str(LARGEST)):
            ranges.append((0, len(made), 0, LARGEST))
    return Template(tuple(made), count, limits=tuple(ranges))


def _is_free_letter(place: str) -> bool:
    return len(place) > 1 and place.isalpha()


def _spare(template: Template, points: Mapping[int, Ints]) -> Template:
    """A form that is longer than any real one."""
    spare = Template(template.places, 1, dates=template.dates)
    return longer_than(spare, max(points))


def longer_than(template: Template, length: int) -> Template:
    """The template, with so many more characters that it is longer than `length`."""
    return longer(template, max(length + 1 - len(template.places), 0))


def longer(template: Template, count: int = 1) -> Template:
    """So many more characters at the end of the longest run that is not fixed; digits where all is fixed."""
    places, dated = template.places, set(template.dated)
    free = [at for at, place in enumerate(places) if len(place) > 1 and at not in dated]
    at = max(free, key=lambda at: (len(places[at]), at), default=len(places) - 1)
    more = places[at] if free else DIGITS
    dates = tuple(date.moved(at, count) for date in template.dates)
    return Template((*places[: at + 1], *(more,) * count, *places[at + 1 :]), 1, dates=dates)
