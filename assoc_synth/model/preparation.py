"""From a table and what is asked of its fit to a model: private stand-in, split, gate, checkpoint, training."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assoc_synth.attributes import Plan, Thresholds, plan_columns, without_rare_objects
from assoc_synth.attributes.protection import Protected, protected
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.row_codes import RowCodes, in_common
from assoc_synth.model.arguments import check_nothing_named
from assoc_synth.model.bounds import WHOLE, Bounds
from assoc_synth.model.budget import Budget
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.privacy import Behind
from assoc_synth.model.settings import Settings
from assoc_synth.model.split import Split, with_known_objects
from assoc_synth.privacy import Promise
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.attributes import Demanded, Overrides
    from assoc_synth.ctgan.trainer import Progress
    from assoc_synth.model.crew import Crew
    from assoc_synth.model.resuming import Checkpoint


@dataclass(frozen=True)
class Wishes:
    """What a call of `fit` asks for beside the synthesizer's settings; see there."""

    columns: Overrides | None = None
    dependencies: Demanded | None = None
    constraints: Sequence[object] | None = None
    init: str | os.PathLike[str] | None = None
    checkpoint: str | os.PathLike[str] | None = None
    resume: bool = False

    @property
    def named(self) -> dict[str, object]:
        """What speaks of single columns or of other data, by its name."""
        init = None if self.init is None else os.fspath(self.init)
        about: dict[str, object] = {
            "columns": self.columns,
            "dependencies": self.dependencies,
            "constraints": self.constraints,
        }
        return about | {"init": init}


@dataclass(frozen=True)
class Preparation:
    """How a table becomes a model.

    Attributes:
        device: of the networks, as PyTorch names it.
        budget: that runs since the call.
        progress: called after each training step.
        start: the stored model that `wishes.init` names.
        crew: trains by several processes; None for this one.
    """

    settings: Settings
    wishes: Wishes
    device: str
    budget: Budget
    progress: Callable[[Progress], None] | None = None
    start: FittedModel | None = None
    crew: Crew | None = None

    def learn(self, table: TransactionTable) -> tuple[FittedModel, Checkpoint | None, tuple[str, ...]]:
        """The model of a table, who kept its training, and the notes on what was read and left out before it.

        Raises:
            InputError, ModelFileError, TrainingError: as `AssociativeSynthesizer.fit`.
        """
        from assoc_synth.model.fitting import fit_model  # loads PyTorch, which wrong arguments need not
        from assoc_synth.model.stages import Training

        settings, wishes, limits = self.settings, self.wishes, self.settings.thresholds
        seeds = Seeds.of(settings.random_state).child("fit")
        table, promise = _stood_in(table, settings, seeds, wishes.named)
        graph = LinkGraph.from_table(table)
        planned = plan_columns(graph, wishes.columns, wishes.dependencies, limits)
        kept = self._checkpoint(table)
        bounds, split = self._bounded(graph, kept, seeds)
        table, split, shared = _shared(table, planned, split.with_every_verb(graph.edges), limits)
        graph = LinkGraph.from_table(shared.table)
        training = Training(
            seeds.child("training"),
            bounds.narrowed.config,
            self.device,
            self.budget if kept is None else self.budget.less(kept.used),
            self.progress,
            limits.min_subjects,
            self.start,
            checkpoint=kept,
            crew=self.crew,
        )
        gate = _gate(graph, split, seeds.child("gate")) if promise is None else Judge.of_nothing(graph.edges)
        try:
            model = fit_model(
                graph, split, gate, training, plan=shared.plan, constraints=wishes.constraints, days=shared.days
            )
        except BaseException:
            if kept is not None:
                kept.write_waiting()
            raise
        told = (*bounds.notes(table.num_subjects), *model.notes)
        model = _with_listing(replace(model, notes=told), shared, split, limits)
        return replace(model, promise=promise), kept, table.notes

    def _bounded(self, graph: LinkGraph, kept: Checkpoint | None, seeds: Seeds) -> tuple[Bounds, Split]:
        """What the fit of a table is cut down to, and the split of the subjects that it looks at.

        A fit that goes on is cut as it was when it began.
        """
        noted = None if kept is None or kept.is_new else kept.noted.get("bounds", WHOLE)
        bounds = Bounds.of(graph, self.settings, self.budget.left, noted)
        if noted is None and kept is not None and bounds.facts != WHOLE:
            kept.note("bounds", bounds.facts)
        split = Split.of(graph.table.num_subjects, seeds.child("split"), graph.table.clusters)
        return bounds, bounds.split(split, seeds.child("part"))

    def _checkpoint(self, table: TransactionTable) -> Checkpoint | None:
        """Who keeps the training of a table."""
        from assoc_synth.model.resuming import Checkpoint, identity

        if self.wishes.checkpoint is None:
            return None
        named = {name: value for name, value in self.wishes.named.items() if name != "constraints"}
        own = identity(table, self.settings.to_dict() | named, self.device)
        return Checkpoint(self.wishes.checkpoint, own, resume=self.wishes.resume)


def _shared(
    table: TransactionTable, planned: Plan, split: Split, limits: Thresholds
) -> tuple[TransactionTable, Split, Protected]:
    """The table without rare objects, the split of its subjects, and what of it may be learned from."""
    table, kept = without_rare_objects(table, split.known, limits.min_subjects_objects)
    split = split.renumbered(kept)
    return table, split, protected(table, planned, split.known, limits)


def _with_listing(model: FittedModel, shared: Protected, split: Split, limits: Thresholds) -> FittedModel:
    """The model that knows how many training subjects are behind what it stores."""
    known = shared.table.take_subjects(split.known).with_own_names()
    behind = Behind.count(model.encoder, known, limits)
    return replace(model, notes=(*shared.notes, *model.notes), behind=behind)


def _stood_in(
    table: TransactionTable, settings: Settings, seeds: Seeds, about_columns: Mapping[str, object]
) -> tuple[TransactionTable, Promise | None]:
    """What is fitted: the table itself, or a private stand-in and what it promises."""
    if settings.private is None:
        return table, None
    check_nothing_named(**about_columns)
    from assoc_synth.privacy.stand_in import stand_in  # loads PyTorch

    return stand_in(table, settings.private, seeds.child("stand-in").generator())


def _gate(graph: LinkGraph, split: Split, seeds: Seeds) -> Judge:
    """The gate's reference: what is known against what no training sees."""
    known, gate = (graph.table.take_subjects(part) for part in (split.known, split.gate))
    rng = seeds.generator()
    gate = with_known_objects(gate, known, seeds.child("objects").generator())
    known = known.with_own_names()
    codes = RowCodes.of(known)
    training, held_out = in_common(codes.rows(known), codes.rows(gate))
    return Judge.learn(training, held_out, rng, codes)
