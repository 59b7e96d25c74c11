"""ColumnPlan: what a column is, how it is written, what it depends on, and what will be done with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assoc_synth.attributes.calendar_parts import PARTS
from assoc_synth.attributes.dependencies import LOOKED_UP, Dependency, On, said
from assoc_synth.attributes.identifiers import UNSHAPED
from assoc_synth.transactions.stored import Stored

CODES = "whole numbers that repeat as codes do, kept as categories"
FREQUENT = "only values of many subjects are kept"
TOLD = (CODES, FREQUENT)
NOTHING = "has no value"
UNWRITTEN = "names clusters by what is neither text nor whole numbers"
INFINITE = "holds infinite numbers (correct them, or leave their cells empty)"
TEXT = "--text words writes it anew from words that many subjects use"
UNKNOWN = "has values that neither repeat nor have a shape or words in common: say what it is, or drop it,"


@dataclass(frozen=True)
class ColumnPlan(Stored):
    """One column's line.

    Attributes:
        name: the column; role: what it plays, "extra" for none.
        kind: one of `kinds.KINDS`.
        format: how it is written, in words and shapes; no value of the data.
        on: what it is a function of; () for nothing.
        missingness: whether missing values have a pattern of their own, beside that function.
        of: for identifiers and free text what each value belongs to: "row", "basket", "subject" or "object".
        asked: whether the user said so.
        source: the extra column that it is a function of; "" for none.
        independent: whether the user said that it depends on nothing; then its verb implies nothing of it either.
    """

    name: str
    role: str
    kind: str
    format: str = ""
    on: On = ()
    missingness: bool = False
    of: str = "row"
    asked: bool = False
    source: str = ""
    independent: bool = False

    @property
    def stays_empty(self) -> bool:
        """Whether it is left out; free text is, unless the user wants it."""
        return self.kind == "empty" or (self.kind == "text" and not self.asked)

    @property
    def done(self) -> str:
        """What will be done with it."""
        if self.kind == "empty":
            return "left out: stays empty" if self.asked else "stays empty"
        if self.role in ("subject", "basket", "cluster"):
            return "invented: no real one occurs"
        if self.role in ("verb", "object"):
            return "kept: who has which, and what goes together, is learned"
        if self.kind == "constant":
            return "kept"
        if self.kind == "identifier":
            return f"made anew for each {self.of}: no real one occurs"
        if self.kind == "text":
            how = "" if self.asked else "stays empty, or with --text words "
            return f"{how}written anew for each {self.of} from words that many subjects use"
        if self.source:
            return f"kept: a function of column {self.source!r}"
        if self.kind == "date" and self.on in PARTS:
            return "kept: follows the day of its row"
        if self.on in LOOKED_UP and self.role == "extra":
            return f"kept: each {' and '.join(map(said, self.on))} has its own"
        return f"drawn for each {' and '.join(map(said, self.on))}" if self.on else "drawn for each row"

    @property
    def notes(self) -> tuple[str, ...]:
        """What `fit` tells of an extra column or the amount."""
        name = repr(self.name)
        if self.kind == "identifier" and self.role == "cluster":
            alone = "subjects are drawn one by one, so each is a cluster of its own"
            return (f"column {name} names clusters: regenerated in its format, no real value occurs; {alone}",)
        if self.kind == "identifier" and self.format.startswith(UNSHAPED):
            return (f"column {name}: real ones have {self.format}",)
        if self.kind == "identifier" and self.role == "extra":
            return (f"column {name} identifies each {self.of}: regenerated in its format, no real value occurs",)
        if self.kind == "text" and self.asked:
            return (f"column {name} is free text: written anew from words that many subjects use",)
        if self.kind == "text":
            return (f"column {name} is free text ({TEXT}) and stays empty",)
        if self.kind == "empty" and self.asked:
            return (f"column {name} is left out, as asked, and stays empty",)
        if self.kind == "empty":
            why = self.format or "cannot be modelled"
            return (f"column {name} {why} and stays empty",)
        if self.source:
            return (f"column {name} is a function of column {self.source!r}: kept exactly",)
        if self.kind == "date" and self.on in PARTS:
            return (f"column {name} follows the day of its row: kept exactly",)
        rule, looked_up = Dependency(self.name, self.on, self.missingness), self.on in LOOKED_UP
        found = (rule.note(looked_up=looked_up and self.role == "extra"),) if self.on else ()
        return found + ((f"column {name}: {self.format}",) if self.format in TOLD else ())

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "on": list(self.on)}
