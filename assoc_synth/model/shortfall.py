"""Shortfall: what a limit of time took from a training, as facts and as one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OUT_OF_TIME = "out of time"
"""What `ctgan.trainer.History.stopped` says of a stage that its deadline ended."""
_HALVED = (("smaller", "memory was short", "batch"), ("slower", "a loss was no number", "learning rate"))
"""Of a `History`: how often something was halved, why, and what."""
REMEDY = "raise --max-minutes (in Python max_minutes)"


@dataclass(frozen=True)
class Cut:
    """A stage, or the calibration after one, that was ended before it was done.

    Attributes:
        name: "edges", "calibration of the edges" and the like.
        made, planned: epochs, or rounds of a calibration.
        unit: which of both.
        is_untrained: whether the stage made too few steps to be clearly better than its initialisation.
    """

    name: str
    made: int
    planned: int
    unit: str
    is_untrained: bool = False

    def __str__(self) -> str:
        plural = "" if self.planned == 1 else "s"
        return f"{self.name} {self.made} of {self.planned} {self.unit}{plural}"


@dataclass(frozen=True)
class Shortfall:
    """Everything that the time did not reach for; nothing where training ended by itself.

    Example:
        >>> edges = {"stopped": "out of time", "epochs": [{}] * 10, "planned": 55, "steps": 9, "least_steps": 20}
        >>> short = Shortfall.of({"edges": edges})
        >>> short.sentence
        'training was cut short (edges 10 of 55 epochs): raise --max-minutes (in Python max_minutes)'
        >>> short.is_undertrained, Shortfall.of({}).notes
        (True, ())
    """

    cuts: tuple[Cut, ...]

    @classmethod
    def of(cls, history: Mapping[str, Any]) -> Shortfall:
        """The shortfall of a `FittedModel.history`; of a model that an older version wrote, which kept less, too."""
        cuts: list[Cut] = []
        for stage, facts in history.items():
            made = len(facts["epochs"])
            if facts["stopped"] == OUT_OF_TIME:
                too_few = facts.get("steps", 0) < facts.get("least_steps", 0)
                cuts.append(Cut(stage, made, max(facts.get("planned", made), made), "epoch", too_few))
            rounds, planned = facts.get("rounds", (0, 0))
            if rounds < planned:
                cuts.append(Cut(f"calibration of the {stage}", rounds, planned, "round"))
        return cls(tuple(cuts))

    @property
    def sentence(self) -> str:
        """What was cut short and what to do; empty where nothing was."""
        return f"training was cut short ({', '.join(map(str, self.cuts))}): {REMEDY}" if self.cuts else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentence, if there is one."""
        return (self.sentence,) if self.cuts else ()

    @property
    def untrained(self) -> tuple[str, ...]:
        """Stages that are hardly better than their initialisation."""
        return tuple(cut.name for cut in self.cuts if cut.is_untrained)

    @property
    def is_undertrained(self) -> bool:
        """Whether there is such a stage."""
        return bool(self.untrained)

    @property
    def warning(self) -> str:
        """What `fit` warns of and `sample` refuses: the stages, what was cut short, and what to do."""
        *others, last = self.untrained
        stages = f"{', '.join(others)} and {last}" if others else last
        return f"too little training for {stages}: {self.sentence}"


def halving_notes(history: Mapping[str, Any]) -> tuple[str, ...]:
    """What the user should know of stages whose batches or learning rate were halved, of a `FittedModel.history`.

    Example:
        >>> halving_notes({"edges": {"smaller": 2, "slower": 0}, "order": {"smaller": 0, "slower": 1}})[1]
        'a loss was no number: the training of the order went on with half the learning rate'
    """
    notes = []
    for stage, facts in history.items():
        for name, why, what in _HALVED:
            if times := facts.get(name, 0):
                part = ("half", "a quarter of", "an eighth of")[min(times, 3) - 1]
                notes.append(f"{why}: the training of the {stage} went on with {part} the {what}")
    return tuple(notes)
