"""Which classes of a link's column its verb, or its verb and object, allow: what never occurs is never drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Codes, Ints
from assoc_synth.transactions.distinct import positions
from assoc_synth.transactions.stored import Stored


@dataclass(frozen=True, eq=False)
class AllowedClasses(Stored):
    """The classes that links may have. A verb and an object together have rules of their own where `tokens` has them.

    Attributes:
        patterns: (P, classes) True where a class is allowed; each pattern allows one at least.
        of_verb: (V,) the pattern of each verb.
        tokens: (T,) verb · num_objects + object, ascending; of_token: (T,) their patterns.
        num_objects: how many objects there are.

    Example:
        >>> by_verb = np.array([[True, True], [False, True]])
        >>> allowed = AllowedClasses.of(by_verb, np.array([1]), np.array([[True, False]]), num_objects=3)
        >>> allowed.holds(np.array([0, 0, 1]), np.array([0, 1, 0])).tolist()
        [[True, True], [True, False], [False, True]]
    """

    patterns: Bools
    of_verb: Ints
    tokens: Ints
    of_token: Ints
    num_objects: int

    def __post_init__(self) -> None:
        places = np.concatenate([self.of_verb, self.of_token])
        if len(self.tokens) != len(self.of_token) or places.ndim != 1 or not self.patterns.any(1).all():
            raise InputError("patterns of allowed classes do not fit together")
        if len(places) and not 0 <= places.min() <= places.max() < len(self.patterns):
            raise InputError("allowed classes refer to an unknown pattern")

    @classmethod
    def of(cls, by_verb: Bools, tokens: Ints, by_token: Bools, *, num_objects: int) -> AllowedClasses:
        """From what each verb allows, (V, classes), and what each token allows, (T, classes).

        What allows nothing has no rule: it allows everything, or what its verb does.
        """
        by_verb = by_verb | ~by_verb.any(1, keepdims=True)
        verb = tokens // max(num_objects, 1)
        by_token = np.where(by_token.any(1, keepdims=True), by_token, by_verb[verb])
        own = (by_token != by_verb[verb]).any(1)
        tokens, by_token = tokens[own], by_token[own]
        patterns, place = np.unique(np.concatenate([by_verb, by_token]), axis=0, return_inverse=True)
        place = place.reshape(-1).astype(np.int64)
        return cls(patterns, place[: len(by_verb)], tokens, place[len(by_verb) :], num_objects)

    @property
    def is_free(self) -> bool:
        """Whether everything is allowed."""
        return bool(self.patterns.all())

    def pattern_of(self, verb: Ints | Codes, object: Ints | Codes) -> Ints:
        """(n,) the pattern of each link."""
        found: Ints = self.of_verb[verb]
        if not len(self.tokens):
            return found
        token = verb.astype(np.int64) * self.num_objects + object
        at = positions(token, self.tokens)
        return np.where(at >= 0, self.of_token[at], found)

    def holds(self, verb: Ints | Codes, object: Ints | Codes) -> Bools:
        """(n, classes) which classes each link may have."""
        allowed: Bools = self.patterns[self.pattern_of(verb, object)]
        return allowed

    def and_of_objects(self, may: Bools, tokens: Ints) -> AllowedClasses:
        """What is allowed here and, of some tokens, by their objects too; where nothing is left, by the objects alone.

        Args:
            may: (objects, classes) what each object allows; one that allows nothing has no rule.
            tokens: (T,) ascending.

        Example:
            >>> free = AllowedClasses.of(np.ones((1, 2), bool), np.zeros(0, int), np.ones((0, 2), bool), num_objects=3)
            >>> may = np.array([[True, False], [False, False], [False, True]])
            >>> free.and_of_objects(may, np.array([0, 1, 2])).holds(np.array([0, 0, 0]), np.array([0, 1, 2])).tolist()
            [[True, False], [True, True], [False, True]]
        """
        tokens = np.union1d(tokens, self.tokens).astype(np.int64)
        verb, object = np.divmod(tokens, max(self.num_objects, 1))
        kinds, of_object = np.unique(may | ~may.any(1, keepdims=True), axis=0, return_inverse=True)
        pairs = self.pattern_of(verb, object) * len(kinds) + of_object.reshape(-1)[object]
        found, of_token = np.unique(pairs, return_inverse=True)
        base, kind = np.divmod(found, len(kinds))
        both = self.patterns[base] & kinds[kind]
        both = np.where(both.any(1, keepdims=True), both, kinds[kind])
        patterns = np.concatenate([self.patterns, both])
        return AllowedClasses(patterns, self.of_verb, tokens, of_token + len(self.patterns), self.num_objects)

    def to_dict(self) -> dict[str, Any]:
        return {
            "classes": self.patterns.shape[1],
            "patterns": [np.packbits(pattern).tobytes().hex() for pattern in self.patterns],
            "verbs": self.of_verb.tolist(),
            "tokens": self.tokens.tolist(),
            "of_token": self.of_token.tolist(),
            "num_objects": self.num_objects,
        }

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        classes, packed = state["classes"], [np.frombuffer(bytes.fromhex(one), np.uint8) for one in state["patterns"]]
        if not isinstance(classes, int) or any(len(bits) != (classes + 7) // 8 for bits in packed) or classes < 1:
            raise ValueError("patterns have as many classes as their column")
        patterns = np.array([np.unpackbits(bits, count=classes) for bits in packed], bool).reshape(-1, classes)
        own = {name: value for name, value in state.items() if name not in ("classes", "verbs")}
        return {**own, "patterns": patterns, "of_verb": state["verbs"]}


def allowed_together(pattern: Ints, offsets: Ints, patterns: Bools) -> tuple[Ints, Bools]:
    """What all links of a visit allow.

    Args:
        pattern: (N,) of the links, visit after visit; offsets: (G + 1,) where each visit's begin.
        patterns: (P, classes).

    Returns:
        The rule of each visit, (G,), and what each rule allows, (rules, classes), perhaps nothing.

    Example:
        >>> patterns = np.array([[True, True], [False, True], [True, False]])
        >>> rule, allowed = allowed_together(np.array([0, 1, 2, 1, 0]), np.array([0, 2, 4, 5]), patterns)
        >>> allowed[rule].tolist()
        [[False, True], [False, False], [True, True]]
    """
    groups = len(offsets) - 1
    rule, allowed = np.zeros(groups, np.int64), np.ones((1, patterns.shape[1]), bool)
    limited: Bools = np.logical_not(patterns.all(1))
    limits = np.flatnonzero(limited[pattern])
    pairs = np.unique(np.searchsorted(offsets, limits, side="right").astype(np.int64) * len(patterns) + pattern[limits])
    group, own = np.divmod(pairs - len(patterns), len(patterns))
    rank = np.arange(len(group)) - np.searchsorted(group, group)
    for step in range(int(rank.max(initial=-1)) + 1):
        at = np.flatnonzero(rank == step)
        combined, place = np.unique(rule[group[at]] * len(patterns) + own[at], return_inverse=True)
        before, added = np.divmod(combined, len(patterns))
        rule[group[at]] = len(allowed) + place
        allowed = np.concatenate([allowed, allowed[before] & patterns[added]])
    return rule, allowed
