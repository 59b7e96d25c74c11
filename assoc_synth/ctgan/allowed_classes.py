"""Which classes of a link's column its verb, or its verb and object, allow: what never occurs is never drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.transactions.arrays import Bools, Codes, Ints


@dataclass(frozen=True, eq=False)
class AllowedClasses:
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
        at = np.searchsorted(self.tokens, token).clip(max=len(self.tokens) - 1)
        return np.where(self.tokens[at] == token, self.of_token[at], found)

    def holds(self, verb: Ints | Codes, object: Ints | Codes) -> Bools:
        """(n, classes) which classes each link may have."""
        allowed: Bools = self.patterns[self.pattern_of(verb, object)]
        return allowed

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
    def from_dict(cls, state: Mapping[str, Any]) -> AllowedClasses:
        """A stored one; KeyError, TypeError or ValueError if it is none."""
        classes = int(state["classes"])
        packed = [np.frombuffer(bytes.fromhex(pattern), np.uint8) for pattern in state["patterns"]]
        patterns = np.array([np.unpackbits(bits, count=classes) for bits in packed], bool).reshape(-1, classes)
        verbs, tokens, of_token = (np.asarray(state[name], np.int64) for name in ("verbs", "tokens", "of_token"))
        places = np.concatenate([verbs, of_token])
        if len(tokens) != len(of_token) or not patterns.any(1).all():
            raise ValueError("patterns of allowed classes do not fit together")
        if len(places) and not 0 <= places.min() <= places.max() < len(patterns):
            raise ValueError("allowed classes refer to an unknown pattern")
        return cls(patterns, verbs, tokens, of_token, int(state["num_objects"]))
