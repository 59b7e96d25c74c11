"""Training of the columns of visits: the likelihood of the real ones."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.trainer import Callback, History, Plan, Schedule, StepLoss, Trainer
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.ctgan.visit_columns.history import earlier_classes
from assoc_synth.ctgan.visit_columns.model import EdgeEmbedding, VisitBatch, VisitColumnModel, history_features
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints, Values

VISITS, FEWEST_EPOCHS, MOST_EPOCHS = 1_500_000, 6, 60
"""Visits that all epochs together see, about."""
LEAST_BATCH, MOST_BATCH = 64, 4096
"""Bounds of the visits of a step, a 32nd of the table."""
HISTORY_MULTIPLIER = 10.0
"""Learning rate of the pull of earlier classes, as a multiple: few numbers that every visit informs."""


def train_visit_columns(
    model: VisitColumnModel,
    data: Occurrences,
    known: EdgeEmbedding,
    *,
    validation: Ints,
    seeds: Seeds,
    config: CTGANConfig,
    deadline: Until = math.inf,
    callback: Callback | None = None,
) -> History:
    """Fit the columns of a table's visits.

    Args:
        model: is trained in place.
        known: what stage 1 knows of the subjects and links of `data`.
        validation: codes of the subjects for early stopping.
        deadline: when training ends at the latest, see `Plan`.
        callback: called after every step.

    Raises:
        TrainingError: the loss is no longer a number.
    """
    assert data.visits is not None, "columns of visits are of visits"
    groups = VisitGroups.of(data.edges, data.link_edge, data.link_visit, data.visits, data.horizon)
    model.start_at(groups, data.visit_columns)
    stage = VisitColumnStage(model, data, groups, known, validation=validation, seeds=seeds)
    wanted = int(np.clip(VISITS // max(stage.links, 1), FEWEST_EPOCHS, MOST_EPOCHS))
    steps = max(math.ceil(stage.links / stage.batch), 1)
    epochs = wanted if config.epochs is None else config.epochs
    plan = Plan(
        epochs=epochs,
        patience=config.patience_for(steps),
        steps=epochs * steps,
        learning_rate=config.learning_rate,
        schedule=Schedule(warm_up=20),
        seeds=seeds.child("dropout"),
        average=config.average,
        clip_norm=config.clip_norm,
        deadline=deadline,
    )
    pulls = [model.same, model.usual]
    others = [weight for weight in model.parameters() if not any(weight is pull for pull in pulls)]
    weights: list[dict[str, object]] = [
        {"params": others},
        {"params": pulls, "multiplier": HISTORY_MULTIPLIER, "weight_decay": 0.0},
    ]
    decay = config.occurrence_weight_decay
    optimizer = torch.optim.AdamW(weights, lr=plan.learning_rate, weight_decay=decay, fused=True)
    return Trainer(stage, plan, optimizer, callback=callback).fit()


class VisitColumnStage:
    """The batches and losses of the columns of visits.

    Args:
        groups: of `data`.
        validation: codes of subjects; if they are none, or all, the same subjects train and validate.
    """

    name = "visit columns"

    def __init__(
        self,
        model: VisitColumnModel,
        data: Occurrences,
        groups: VisitGroups,
        known: EdgeEmbedding,
        *,
        validation: Ints,
        seeds: Seeds,
    ) -> None:
        self.network, self.groups, self.columns = model, groups, data.visit_columns
        self.known, self.device = known, known.neighbourhood.device
        self.rng = seeds.child("batches").generator()
        self.generators = (self.rng,)
        self.rows = model.decisive.rows(groups)
        codes, classes = [column.code for column in self.columns], [column.spec.classes for column in self.columns]
        self.last, self.usual, self.share = earlier_classes(groups, codes, classes)
        used = np.flatnonzero(np.any([code >= 0 for code in codes], axis=0))
        validates = np.isin(groups.subject[used], validation)
        self.training = used[~validates] if not validates.all() else used
        self.validation = used[validates] if validates.any() else used
        self.links = len(self.training)
        self.batch = int(np.clip(self.links // 32, LEAST_BATCH, MOST_BATCH))

    def halve(self) -> None:
        """Make batches half as large."""
        self.batch = max(self.batch // 2, 1)

    def batches(self, epoch: int = 1) -> Iterator[tuple[Ints, int]]:
        """One epoch: the training visits in random order."""
        shuffled = self.rng.permutation(self.training)
        for begin in range(0, len(shuffled), self.batch):
            part = np.sort(shuffled[begin : begin + self.batch])
            yield part, len(part)

    def loss(self, visits: Ints) -> StepLoss:
        """Negative log-likelihood per visit."""
        total = self._losses(self.network, visits).mean()
        return StepLoss(total, {"likelihood": total.item()})

    @torch.no_grad()
    def validate(self, network: VisitColumnModel) -> float:
        """Negative log-likelihood per visit of the validation subjects."""
        total = 0.0
        for begin in range(0, len(self.validation), MOST_BATCH):
            total += self._losses(network, self.validation[begin : begin + MOST_BATCH]).sum().item()
        return total / max(len(self.validation), 1)

    def _losses(self, model: VisitColumnModel, visits: Ints) -> Tensor:
        hidden = model.chain.trunk(model.condition(self._batch(model, visits)))
        rank, added = self._tensor(self.groups.rank[visits]), []
        for index in range(len(self.columns)):
            history = history_features(rank, torch.from_numpy(self.share[visits, index]).to(self.device))
            row, last, usual = (self._tensor(part[visits, index]) for part in (self.rows, self.last, self.usual))
            added.append(model.added(index, row, last, usual, history))
        codes = [self._tensor(column.code[visits]) for column in self.columns]
        values = [torch.from_numpy(column.value[visits]).to(self.device) for column in self.columns]
        return model.chain.losses(hidden, codes, values, added)

    def _batch(self, model: VisitColumnModel, visits: Ints) -> VisitBatch:
        groups = self.groups
        at, offsets = groups.links_of(visits)
        tokens, place = np.unique(groups.token[at], return_inverse=True)
        verb, object = (self._tensor(part) for part in np.divmod(tokens, groups.num_objects))
        with torch.no_grad():
            known = self.known.embed(verb, object)
        return VisitBatch(
            self.known.neighbourhood[self._tensor(groups.subject[visits])],
            torch.from_numpy(groups.features[visits]).to(self.device),
            model.embed(verb, object, known),
            self._tensor(place),
            self._tensor(offsets),
        )

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)
