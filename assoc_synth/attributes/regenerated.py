"""Columns that are regenerated and never copied: identifiers and free text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.transactions.arrays import Ints, Values


@dataclass(frozen=True)
class Regenerated:
    """A column whose values are made anew.

    Attributes:
        of: what each value belongs to: "row", "basket", "subject" or "object".
        missing: by verb, the share of missing values.
        rule: how values are made.
        several: how many values each subject, or whatever it is, has on average.
    """

    name: str
    of: str
    missing: tuple[float, ...]
    rule: NewIdentifiers | TextCode
    several: int = 1

    def make(self, verb: Values, group: Ints, rng: np.random.Generator, taken: set[str] | None = None) -> Values:
        """(n,) values for rows of a verb in a group; None where missing.

        Args:
            taken: identifiers of other columns, which do not occur again; those that are made are added.
        """
        if self.several > 1:
            group = np.where(group < 0, -1, group * self.several + rng.integers(self.several, size=len(group)))
        groups, place = np.unique(group, return_inverse=True)
        if isinstance(self.rule, NewIdentifiers):
            made = self.rule.make(len(groups), rng, taken)
            if taken is not None:
                taken.update(map(str, made))
        else:
            made = self.rule.make(len(groups), rng)
        values = np.array([*made, None], dtype="object")[place]
        lost = rng.random(len(groups))[place] < np.asarray(self.missing)[verb]
        values[lost | (group < 0)] = None
        return values

    def to_dict(self) -> dict[str, Any]:
        kind = "text" if isinstance(self.rule, TextCode) else "identifier"
        return {
            "name": self.name,
            "of": self.of,
            "missing": list(self.missing),
            "kind": kind,
            "rule": self.rule.to_dict(),
            "several": self.several,
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Regenerated:
        rule = TextCode if state["kind"] == "text" else NewIdentifiers
        made, several = rule.from_dict(state["rule"]), int(state.get("several", 1))
        return cls(str(state["name"]), str(state["of"]), tuple(state["missing"]), made, several)
