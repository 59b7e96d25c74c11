"""What a verb, or a verb and its object, imply of a column: no amount, an amount of one sign, some values never.

Found in the training rows, told, and kept by construction: classes of the coded columns that break it are never drawn,
and within a class that spans 0 a number is reflected to the sign that it must have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import beta

from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.price_lists import PriceList
from assoc_synth.attributes.quantile_maps import Numbers, QuantileMap
from assoc_synth.attributes.sharing import least_size
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.transactions.arrays import Bools, Codes, Floats, Ints
from assoc_synth.transactions.stored import Stored

FEWEST = 10
"""Subjects that must have a verb before what never occurs under it is taken for impossible."""
FEWEST_TOLERANT, TOLERATED, LEVEL = 30, 0.01, 0.05
"""Where rows contradict it: the subjects that there must be, and the share of them that may; the upper bound of the
share of all subjects (95 %, Clopper & Pearson 1934) must be as small."""
SYSTEMATIC, SYSTEMATIC_SHARE = 3, 0.05
"""Subjects, and their share of those with a verb and an object, that make the pair an exception to the verb's rule."""
EXPECTED, EXPECTED_OF_PAIR = 7.0, 12.0
"""Subjects that chance must have given a value under a verb, or under a verb and its object, where none has it."""
UNSEEN = 0.01
"""Where so few rows of a verb have a value that no other subject has there, all its values have been seen."""
MOST_TOKENS, MOST_CELLS = 2_000, 4_000_000
NEGATIVE, ZERO, POSITIVE = range(3)
MISSING, KNOWN = range(2)


@dataclass(frozen=True, eq=False)
class Links:
    """What rows or drawn links belong to: (n,) each."""

    subject: Ints | Codes
    verb: Ints | Codes
    object: Ints | Codes


@dataclass(frozen=True, eq=False)
class CodedValues:
    """A column to look at.

    Attributes:
        name: as the user calls it.
        column: its codes, whose spec says whether there is a class of missing values.
        values: its numbers where their sign means something, NaN missing; None otherwise.
        by_row: whether the values are each row's own; of others, which are one for each visit or object, only the
            missing ones and the signs are looked at.
        missing: whether missing values are each row's own.
        is_date: whether the numbers are those of dates.
        is_single: whether each object, or each verb and object, has one value.
    """

    name: str
    column: CodedColumn
    values: Floats | None = None
    by_row: bool = True
    missing: bool = True
    is_date: bool = False
    is_single: bool = False


@dataclass(frozen=True, eq=False)
class Implications(Stored):
    """What is never drawn under a verb or a token (a verb and its object).

    Attributes:
        allowed: by coded column, which classes may be drawn.
        signs: by column of numbers, which of negative, zero and positive they may be.
        least: by column of numbers, the smallest magnitude above 0.
        lists: by column of numbers, which sizes each object has, where it has one or a few.
        notes: sentences for the user.
        quantiles: by column of numbers, how drawn ones are brought to the shape of their verb or object.
    """

    allowed: Mapping[str, AllowedClasses] = field(default_factory=dict)
    signs: Mapping[str, AllowedClasses] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lists: Mapping[str, PriceList] = field(default_factory=dict)
    quantiles: Mapping[str, QuantileMap] = field(default_factory=dict)

    @classmethod
    def learn(
        cls, columns: Sequence[CodedValues], links: Links, verbs: Sequence[Any], num_objects: int, fewest: int = 1
    ) -> Implications:
        """Look for them in the rows of a table.

        Args:
            columns: to look at, (n,) each; links: (n,) the rows'.
            verbs: the verbs' names.
            fewest: subjects of each stored number, see `PriceList.learn` and `least_size`.
        """
        allowed, signs, least, lists, notes = {}, {}, {}, {}, list[str]()
        names = [str(verb)[:40] for verb in verbs]
        for coded in columns:
            found = _Finder(coded, _Groups.of(links, len(verbs), num_objects, coded.column.spec.classes))
            made, values = found.allowed(), coded.values
            if not made.is_free:
                allowed[coded.column.spec.name] = made
            if values is not None and not found.signs.is_free:
                signs[coded.name] = found.signs
                least[coded.name] = least_size(values, links.subject, fewest)
            notes += found.notes(names)
            prices = None
            if values is not None and not coded.is_date:
                prices = PriceList.learn(values, links.subject, links.verb, links.object, num_objects, fewest)
            if prices is not None:
                lists[coded.name] = prices.only_commonest() if coded.is_single else prices
                notes.append(lists[coded.name].note(coded.name))
        return cls(allowed, signs, least, tuple(notes), lists)

    def numbers(
        self, code: NumberCode, name: str, values: Floats, verb: Ints, object: Ints, rng: np.random.Generator
    ) -> Floats:
        """(n,) drawn numbers, each with the sign that it must have, and one that its object has where those are few."""
        if name in self.quantiles:
            values = self.quantiles[name].applied(code, Numbers(values, verb, object))
        if name in self.lists:
            values = self.lists[name].listed(values, verb, object, rng, code.atoms)
        return self.signed(code, name, values, verb, object)

    def spread(self, code: NumberCode, name: str, drawn: Floats, spread: Floats, verb: Ints, object: Ints) -> Floats:
        """(n,) numbers spread over groups; where that left one missing that must be there, the one that was drawn."""
        rule = self.allowed.get(code.name)
        if code.missing and rule is not None:
            there = ~rule.patterns[:, -1]
            spread = np.where(there[rule.pattern_of(verb, object)] & np.isnan(spread), drawn, spread)
        return self.signed(code, name, spread, verb, object)

    def signed(self, code: NumberCode, name: str, values: Floats, verb: Ints, object: Ints) -> Floats:
        """(n,) numbers of a column, missing where there is never one, with the sign that each link's must have.

        Those of another sign are reflected.

        Args:
            code: the column's, whose range no number leaves; name: as the user calls it.
            verb, object: (n,) of the links.
        """
        if code.missing and code.name in self.allowed:
            rule = self.allowed[code.name]
            is_empty: Bools = np.logical_not(rule.patterns[:, : code.spec.classes - 1].any(1))
            values = np.where(is_empty[rule.pattern_of(verb, object)], np.nan, values)
        if name not in self.signs:
            return values
        may = self.signs[name].holds(verb, object)
        sign = np.where(np.isnan(values), ZERO, np.sign(np.nan_to_num(values)) + 1).astype(np.int64)
        wrong = np.flatnonzero(~np.isnan(values) & ~may[np.arange(len(values)), sign])
        size = np.maximum(np.abs(values[wrong]), self.least[name])
        to = np.where(may[wrong, POSITIVE], 1.0, np.where(may[wrong, NEGATIVE], -1.0, 0.0))
        result = values.copy()
        result[wrong] = code.written(to * size)
        return result

    def to_dict(self) -> dict[str, Any]:
        return {
            "allowed": {name: rule.to_dict() for name, rule in self.allowed.items()},
            "signs": {name: rule.to_dict() for name, rule in self.signs.items()},
            "least": dict(self.least),
            "notes": list(self.notes),
            "lists": {name: prices.to_dict() for name, prices in self.lists.items()},
            "quantiles": {name: own.to_dict() for name, own in self.quantiles.items()},
        }


@dataclass(frozen=True, eq=False)
class _Groups:
    """The rows by verb, and by token for the most frequent ones; each row is in one group of verbs and one of tokens or
    none.

    Attributes:
        verb: (n,); token: (n,) position in `tokens`, −1 for none.
        subject: (n,); num_subjects: of the table.
        tokens: (T,) ascending.
    """

    verb: Ints
    token: Ints
    subject: Ints
    num_subjects: int
    num_verbs: int
    num_objects: int
    tokens: Ints

    @classmethod
    def of(cls, links: Links, num_verbs: int, num_objects: int, classes: int) -> _Groups:
        verb, subject = links.verb.astype(np.int64), links.subject.astype(np.int64)
        every, place, count = np.unique(verb * num_objects + links.object, return_inverse=True, return_counts=True)
        most = min(MOST_TOKENS, MOST_CELLS // max(classes, 1))
        kept = np.sort(np.argsort(-count, kind="stable")[:most])
        kept = kept[count[kept] >= FEWEST]
        position = np.full(len(every), -1, np.int64)
        position[kept] = np.arange(len(kept))
        subjects = len(np.unique(subject))
        return cls(verb, position[place], subject, subjects, num_verbs, num_objects, every[kept])

    def count(self, code: Ints, classes: int, use: Bools) -> tuple[_Counts, _Counts]:
        """How often each class occurs by verb and by token, among the rows where `use`."""
        by_verb = _Counts.of(self.verb, code, self.subject, use, (self.num_verbs, classes))
        return by_verb, _Counts.of(self.token, code, self.subject, use & (self.token >= 0), (len(self.tokens), classes))

    @property
    def verb_of(self) -> Ints:
        """(T,) each token's verb."""
        return self.tokens // max(self.num_objects, 1)


@dataclass(frozen=True, eq=False)
class _Counts:
    """Classes by group.

    Attributes:
        rows, subjects: (G, classes) rows of each class, and subjects that have any.
        whole: (G,) subjects of the group.
    """

    rows: Ints
    subjects: Ints
    whole: Ints

    @classmethod
    def of(cls, group: Ints, code: Ints, subject: Ints, use: Bools, shape: tuple[int, int]) -> _Counts:
        cell = group[use] * shape[1] + code[use]
        rows = np.bincount(cell, minlength=shape[0] * shape[1])
        width = int(subject.max(initial=0)) + 1
        own = np.unique(cell * width + subject[use]) // width
        whole = np.unique(group[use] * width + subject[use]) // width
        return cls(
            rows.reshape(shape),
            np.bincount(own, minlength=shape[0] * shape[1]).reshape(shape),
            np.bincount(whole, minlength=shape[0]),
        )

    @property
    def shares(self) -> Floats:
        """(G, classes) of the rows."""
        shares: Floats = self.rows / np.maximum(self.rows.sum(1, keepdims=True), 1)
        return shares

    def never(self, num_subjects: int, tolerant: Bools) -> Bools:
        """(G, classes) which ones a group does not have, perhaps but for a few rows where the class is `tolerant`."""
        none: Bools = (self.rows == 0) & (self.whole >= FEWEST)[:, None]
        if not tolerant.any():
            return none
        bound = beta.ppf(1 - LEVEL, self.subjects + 1, np.maximum(num_subjects - self.subjects, 1e-9))
        few = (self.subjects <= TOLERATED * self.whole[:, None]) & (bound <= TOLERATED)
        found: Bools = none | (few & tolerant & (self.whole >= FEWEST_TOLERANT)[:, None])
        return found


class _Finder:
    """Looks for what the groups of rows imply of one column."""

    def __init__(self, coded: CodedValues, groups: _Groups) -> None:
        self.coded, self.groups, self.spec = coded, groups, coded.column.spec
        self.gone = coded.column.code >= self.spec.classes - self.spec.missing
        everyone = np.ones(len(self.gone), bool)
        self.presence = self._rule(np.where(self.gone, MISSING, KNOWN), everyone, np.array([True, True]), coded.missing)
        self.signs = self.presence
        if coded.values is not None:
            known = ~np.isnan(coded.values)
            sign = np.sign(np.where(known, coded.values, 0.0)).astype(np.int64) + 1
            self.signs = self._rule(sign, known, np.array([True, False, True]), applies=True)

    def _rule(self, kind: Ints, use: Bools, tolerant: Bools, applies: bool) -> AllowedClasses:
        """Which kinds each group may have; those that the column never has need no rule."""
        groups, kinds = self.groups, len(tolerant)
        by_verb, by_token = groups.count(kind, kinds, use)
        if not applies or (by_verb.rows.sum(0) > 0).sum() < 2:
            everything = np.ones((groups.num_verbs, kinds), bool)
            return AllowedClasses.of(everything, groups.tokens[:0], everything[:0], num_objects=groups.num_objects)
        never, verb = by_verb.never(groups.num_subjects, tolerant), groups.verb_of
        by_chance = by_token.whole[:, None] * by_verb.shares[verb] >= EXPECTED
        # What contradicts a verb's rule may be a rule of its own: gift cards are without a price.
        part = by_token.subjects / np.maximum(by_token.whole, 1)[:, None]
        of_verb = never[verb] & ~((by_token.subjects >= SYSTEMATIC) & (part >= SYSTEMATIC_SHARE))
        own = (by_token.never(groups.num_subjects, tolerant) & by_chance) | of_verb
        return AllowedClasses.of(~never, groups.tokens, ~own, num_objects=groups.num_objects)

    def allowed(self) -> AllowedClasses:
        """The classes that may be drawn, by verb and by token."""
        groups, spec = self.groups, self.spec
        last = spec.classes - spec.missing
        may = [self._unseen() if self.coded.by_row else self._everything()]
        may.append(self._with_sign() if self.coded.values is not None else self._everything())
        by_token = self.presence.holds(*np.divmod(groups.tokens, max(groups.num_objects, 1)))
        result = []
        for index, present in enumerate((self._of_verbs(self.presence), by_token)):
            classes = may[0][index] & may[1][index]
            classes[:, :last] &= present[:, [KNOWN]]
            classes[:, last:] = present[:, [MISSING]]
            result.append(classes)
        return AllowedClasses.of(result[0], groups.tokens, result[1], num_objects=groups.num_objects)

    def _everything(self) -> tuple[Bools, Bools]:
        groups, classes = self.groups, self.spec.classes
        return np.ones((groups.num_verbs, classes), bool), np.ones((len(groups.tokens), classes), bool)

    def _unseen(self) -> tuple[Bools, Bools]:
        """Classes other than those that a group never has although others have them often."""
        groups = self.groups
        by_verb, by_token = groups.count(self.coded.column.code, self.spec.classes, ~self.gone)
        rare = ((by_verb.subjects == 1).sum(1) + 1) / (by_verb.subjects.sum(1) + 1)  # Good (1953)
        share = by_verb.rows.sum(0) / max(by_verb.rows.sum(), 1)
        often = (by_verb.whole[:, None] * share >= EXPECTED) | (rare <= UNSEEN)[:, None]
        never = by_verb.never(groups.num_subjects, np.zeros(self.spec.classes, bool)) & often
        verb = groups.verb_of
        often = by_token.whole[:, None] * by_verb.shares[verb] >= EXPECTED_OF_PAIR
        own = by_token.never(groups.num_subjects, np.zeros(self.spec.classes, bool)) & often
        free = np.arange(self.spec.classes) >= self.spec.exact  # modes overlap: that one is unseen says nothing
        if not self.spec.continuous:
            free[:] = False
        return ~never | free, ~(own | never[verb]) | free

    def _with_sign(self) -> tuple[Bools, Bools]:
        """Classes with a number of an allowed sign: single values by themselves, modes by the group's own numbers."""
        groups, spec, values = self.groups, self.spec, self.coded.values
        assert values is not None
        known = ~np.isnan(values)
        sign = np.sign(np.where(known, values, 0.0)).astype(np.int64) + 1
        code = self.coded.column.code
        of_class = np.zeros((spec.classes, 3), bool)
        of_class[code[known], sign[known]] = True
        exact = np.arange(spec.classes) < spec.exact

        def classes_of(group: Ints, may: Bools) -> Bools:
            use = np.flatnonzero(known & (group >= 0))
            use = use[may[group[use], sign[use]]]
            seen = np.bincount(group[use] * spec.classes + code[use], minlength=len(may) * spec.classes)
            single = exact & (may.astype(np.int64) @ of_class.T.astype(np.int64) > 0)
            return may.all(1, keepdims=True) | single | (~exact & (seen.reshape(len(may), spec.classes) > 0))

        by_verb, verb = self._of_verbs(self.signs), groups.verb_of
        by_token = self.signs.holds(*np.divmod(groups.tokens, max(groups.num_objects, 1)))
        of_verb = classes_of(groups.verb, by_verb)
        alike = (by_token == by_verb[verb]).all(1, keepdims=True)
        return of_verb, np.where(alike, of_verb[verb], classes_of(groups.token, by_token))

    def notes(self, verbs: list[str]) -> list[str]:
        """Sentences for the user."""
        name, found = f"column {self.coded.name!r}", list[str]()
        number = self.coded.values is not None and not self.coded.is_date
        said = {
            "is empty": ~self._of_verbs(self.presence)[:, KNOWN],
            "is never empty": ~self._of_verbs(self.presence)[:, MISSING],
        }
        if number:
            may = self._of_verbs(self.signs)
            said |= {
                "is negative": (may == [True, False, False]).all(1),
                "is positive": (may == [False, False, True]).all(1),
                "is never negative": (may == [False, True, True]).all(1),
                "is never positive": (may == [True, True, False]).all(1),
                "is 0": (may == [False, True, False]).all(1),
            }
        for what, where in said.items():
            if where.any():
                found.append(
                    f"{name} {what} under {_listed([verbs[at] for at in np.flatnonzero(where)])}: kept exactly"
                )
        rules = [self.presence, *([self.signs] if number else [])]
        if self.coded.by_row and not all(part.all() for part in self._unseen()):
            found.append(f"{name}: values that a verb, or a verb and an object, never have are not drawn there")
        pairs = len(np.unique(np.concatenate([rule.tokens for rule in rules])))
        if pairs:
            found.append(f"{name}: {pairs:,} pairs of a verb and an object have a rule of their own: kept exactly")
        return found

    def _of_verbs(self, rule: AllowedClasses) -> Bools:
        may: Bools = rule.patterns[rule.of_verb]
        return may


def _listed(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more
