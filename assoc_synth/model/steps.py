"""The steps of a fit one after the other: those that a checkpoint has finished are taken from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from torch import nn

from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.training import EdgeTrainer
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.keeping import kept_by
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator
from assoc_synth.ctgan.occurrences.training import OccurrenceTrainer
from assoc_synth.ctgan.trainer import History
from assoc_synth.model.crew import StageTrainer
from assoc_synth.model.resuming import Checkpoint
from assoc_synth.model.stages import Seen, Training, edge_maker, edge_trainer, occurrence_maker, occurrence_trainer


class Steps:
    """Runs steps, or takes them from a checkpoint.

    Args:
        checkpoint: None where nothing is kept.

    Attributes:
        networks: what is trained so far, by name; every finished step keeps all of it.
    """

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self.checkpoint = checkpoint
        self.networks: dict[str, nn.Module] = {}

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        """A step that changes the networks; what it says of itself, as JSON values."""
        kept = self.checkpoint
        if kept is not None and kept.is_done(name):
            return kept.done[name]
        with kept_by(kept):
            facts = work()
        if kept is not None:
            kept.finish(name, facts, self.networks)
        return facts

    def train(self, name: str, work: Callable[[], History]) -> History:
        """A step that trains a part of the networks."""
        return _history(self.run(name, lambda: asdict(work())))

    def edges(self, seen: Seen, training: Training) -> tuple[EdgeGenerator, History]:
        """Stage 1."""
        trainer = edge_trainer(seen, training)
        self.networks["edges"] = trainer.trainer.kept
        self._restore("edges")
        return trainer.trainer.kept, self.train("edges", lambda: _fit(trainer, edge_maker(seen, training), training))

    def occurrences(
        self, seen: Seen, training: Training, coded: Occurrences, edge_generator: EdgeGenerator
    ) -> tuple[OccurrenceGenerator, History]:
        """Stage 2."""
        trainer = occurrence_trainer(seen, training, coded, edge_generator)
        self.networks["occurrences"] = trainer.trainer.kept
        self._restore("occurrences")
        make = occurrence_maker(seen, training, coded, edge_generator)
        return trainer.trainer.kept, self.train("occurrences", lambda: _fit(trainer, make, training))

    def _restore(self, name: str) -> None:
        """Give a network what the checkpoint has of it, if its stage is finished."""
        if self.checkpoint is not None and self.checkpoint.is_done(name):
            self.checkpoint.restore(name, self.networks[name])


def _fit(trainer: EdgeTrainer | OccurrenceTrainer, make: Callable[..., StageTrainer], training: Training) -> History:
    """Train here, or by a crew."""
    if training.crew is None:
        return trainer.fit()[1]
    return training.crew.fit(make, trainer.trainer.kept, trainer.trainer.plan.deadline)


def _history(facts: dict[str, Any]) -> History:
    return History(**facts | {"rounds": tuple(facts["rounds"])})
