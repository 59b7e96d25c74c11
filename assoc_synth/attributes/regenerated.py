"""Columns that are regenerated and never copied: identifiers and free text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.dependencies import FEWEST_GROUPS, LEAST_SHARE
from assoc_synth.attributes.evidence import holds
from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Values
from assoc_synth.transactions.stored import Stored, Whole


@dataclass(frozen=True)
class Regenerated(Stored):
    """A column whose values are made anew.

    Attributes:
        of: what each value belongs to: "row", "basket", "subject" or "object".
        missing: by verb, the share of missing values.
        rule: how values are made.
        several: how many values each subject, or whatever it is, has on average.
        missing_of: what is missing as a whole, "basket", "subject" or "object"; "row" where each value is on its own.
    """

    name: str
    of: str
    missing: tuple[float, ...]
    rule: NewIdentifiers | TextCode
    several: Whole = 1
    missing_of: str = "row"

    def make(
        self,
        verb: Values,
        groups_of: Mapping[str, Ints],
        rng: np.random.Generator,
        taken: set[str] | None = None,
        *,
        numbered: bool = False,
    ) -> Values:
        """(n,) values for rows of a verb; None where missing.

        Args:
            groups_of: (n,) the row, the basket, the subject and the object of each row, −1 for none, by name.
            taken: identifiers of other columns, which do not occur again; those that are made are added.
            numbered: in place of identifiers, numbers from 0 on that `NewIdentifiers.run` makes some of.
        """
        group = groups_of[self.of]
        if self.several > 1:
            group = np.where(group < 0, -1, group * self.several + rng.integers(self.several, size=len(group)))
        groups, place = np.unique(group, return_inverse=True)
        made: Sequence[Any]
        if isinstance(self.rule, NewIdentifiers) and numbered:
            made = range(len(groups))
        elif isinstance(self.rule, NewIdentifiers):
            made = self.rule.make(len(groups), rng, taken)
            if taken is not None:
                taken.update(map(str, made))
        else:
            made = self.rule.make(len(groups), rng)
        values = np.array([*made, None], dtype="object")[place]
        share = np.asarray(self.missing)[verb]
        if self.missing_of == "row":
            lost = rng.random(len(groups))[place] < share
        else:
            lost = _lost_together(share, groups_of[self.missing_of], rng)
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
            "missing_of": self.missing_of,
        }

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        kinds: dict[str, Any] = {"text": TextCode, "identifier": NewIdentifiers}
        rule = kinds[state["kind"]].from_dict(state["rule"])
        return {**{name: value for name, value in state.items() if name != "kind"}, "rule": rule}


def missing_together(gone: Bools, of: str, groups: Mapping[str, Ints]) -> str:
    """Of what all values are missing or none is: "subject", "basket", "object", or "row" for nothing of these.

    Args:
        gone: (n,) which values are missing; of: what each value belongs to; groups: (n,) by name, −1 for none.
    """
    for name in ("object",) if of == "object" else ("subject", "basket"):
        inside = groups[name] >= 0
        if gone.any() and holds(
            gone[inside].astype(np.int64), groups[name][inside], None, (FEWEST_GROUPS, LEAST_SHARE * len(gone))
        ):
            return name
    return "row"


def _lost_together(share: Floats, group: Ints, rng: np.random.Generator) -> Bools:
    """(n,) which rows have no value: each group as a whole, as often as its rows have none on average.

    Rows of which none ever has a value, or all have one, are no part of that.
    """
    group = np.where(group < 0, group.max(initial=-1) + 1 + np.arange(len(group)), group)
    _, place = np.unique(group, return_inverse=True)
    free = (share > 0) & (share < 1)
    rows = np.bincount(place, weights=free)
    mean = np.bincount(place, weights=share * free) / np.maximum(rows, 1)
    lost = rng.random(len(rows)) < mean
    return np.where(free, lost[place], share == 1)
