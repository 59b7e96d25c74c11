"""Training of the order: the likelihood of the real orders of visits, and of the times between their links."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.deadline import Until, moment
from assoc_synth.ctgan.interface import Occurrences, RowOrder
from assoc_synth.ctgan.order.batches import Batches, Group, Steps, gap_history
from assoc_synth.ctgan.order.calibration import calibrate_order
from assoc_synth.ctgan.order.elapsed import elapsed_before
from assoc_synth.ctgan.order.initialisation import start_gaps, start_tables
from assoc_synth.ctgan.order.links import CodedLinks
from assoc_synth.ctgan.order.model import Embedded, OrderModel, gap_features, position_features, squares
from assoc_synth.ctgan.trainer import Callback, History, Plan, Schedule, StepLoss, Trainer
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints, Singles, Values

LEARNING_RATE, PRECISION, PATIENCE = 5e-3, 10.0, 3
"""Adam's peak rate; precision of the normal prior of all terms, in links; epochs without improvement."""
LINKS, LEAST_BATCH, MOST_BATCH = 2_000_000, 128, 4096
"""Links that all epochs together see, about; and bounds of the links of a step, a 32nd of the table."""
FEWEST_EPOCHS, MOST_EPOCHS = 4, 20
VERBS_RATE = 4.0
"""How many times faster tables of verbs learn."""
GONE = -1e9


def train_order(
    model: OrderModel | None,
    data: Occurrences,
    *,
    validation: Ints,
    seeds: Seeds,
    epochs: int | None = None,
    deadline: Until = math.inf,
    callback: Callback | None = None,
) -> History:
    """Fit the order model to a table's visits; nothing to learn where it has none.

    Args:
        model: is trained in place; None where no order is learned.
        validation: codes of the subjects for early stopping.
        epochs: at most; None chooses by the size of the table.
        deadline: when training ends at the latest, see `Plan`.
        callback: called after every step.

    Raises:
        TrainingError: the loss is no longer a number.
    """
    if model is None or data.order is None or not len(data.order.link):
        return History()
    model.start_at(data.order, data.edges, data.link_edge)
    stage = OrderStage(model, data, data.order, validation, seeds=seeds)
    stage.begin(seeds.child("tables").generator())
    wanted = int(np.clip(LINKS // max(stage.links, 1), FEWEST_EPOCHS, MOST_EPOCHS)) if epochs is None else epochs
    plan = Plan(
        epochs=wanted,
        patience=PATIENCE,
        steps=wanted * max(math.ceil(stage.links / stage.batch), 1),
        learning_rate=LEARNING_RATE,
        schedule=Schedule(floor=0.02, warm_up=20),
        seeds=seeds.child("dropout"),
        clip_norm=5.0,
        deadline=deadline,
    )
    optimizer = torch.optim.Adam(_groups(model), lr=plan.learning_rate, fused=True)
    history = Trainer(stage, plan, optimizer, callback=callback).fit()
    until = moment(deadline, history.steps)
    history.calibrated = {"order": calibrate_order(model, data, seeds=seeds.child("calibration"), deadline=until)}
    return history


def _groups(model: OrderModel) -> list[dict[str, Any]]:
    """Parameters by how fast they learn: tables of verbs have few numbers, and every link tells them something."""
    tables = model.tables_of_verbs
    fast = {id(part) for part in tables}
    others = [part for part in model.parameters() if id(part) not in fast]
    return [{"params": others}, {"params": tables, "multiplier": VERBS_RATE}]


class OrderStage:
    """The batches and losses of the order.

    Args:
        order: of `data`.
        validation: codes of subjects; if they are none, or all, the same subjects train and validate.
    """

    name = "order"

    def __init__(
        self, model: OrderModel, data: Occurrences, order: RowOrder, validation: Ints, *, seeds: Seeds
    ) -> None:
        self.network, self.order = model, order
        self.device = model.transition.device
        self.rng, self.fixed = seeds.child("batches").generator(), seeds.child("validation")
        self.generators = (self.rng,)
        self.coded = CodedLinks.of(model, data, order)
        everyone = np.unique(order.subject)
        validates = np.isin(everyone, validation)
        self.training = Batches(order, everyone[~validates] if not validates.all() else everyone)
        self.validation = Batches(order, everyone[validates] if validates.any() else everyone)
        self.links = self.training.links
        self.batch = int(np.clip(self.links // 32, LEAST_BATCH, MOST_BATCH))
        self.last, self.mean = self._history()
        self.elapsed = self._elapsed()

    def begin(self, rng: np.random.Generator) -> None:
        """Let the tables begin at the counts of the training subjects."""
        start_tables(self.network, self.training, self.coded, rng)
        start_gaps(self.network, self.training, self.coded, rng)
        self.last, self.mean = self._history()

    def _elapsed(self) -> Singles:
        """Seconds from the first link of a visit to the one before each link: (N,)."""
        if self.order.gap is None:
            return np.zeros(len(self.coded), np.float32)
        seconds = np.expm1(self.order.gap_level.astype(np.float64))
        return elapsed_before(seconds, self.order.gap.code, self.order.follows).astype(np.float32)

    def _history(self) -> tuple[Singles, Singles]:
        """What the times before say about each time, see `gap_history`."""
        residual = np.zeros(len(self.coded), np.float32)
        if self.order.gap is not None:
            at = np.flatnonzero(self.order.follows)
            links = self.coded.verb, self.coded.object
            pair = (self._tensor(np.stack([part[at - 1], part[at]], axis=1)) for part in links)
            code = self._tensor(self.order.gap.code[at])
            residual[at] = self.network.gap_residual(code, *pair).detach().cpu().numpy()
        return gap_history(self.order, residual)

    def halve(self) -> None:
        """Make batches half as large."""
        self.batch = max(self.batch // 2, 1)

    def batches(self, epoch: int = 1) -> Iterator[tuple[list[Group], int]]:
        """One epoch of all windows."""
        for groups in self.training.epoch(self.batch, self.rng):
            yield groups, sum(int(group.valid.sum()) for group in groups)

    def loss(self, batch: list[Group]) -> StepLoss | None:
        """Negative log-likelihood per link of the orders and gaps, with the terms' normal prior."""
        ordered, spaced, links = self._losses(batch)
        if not links:
            return None
        prior = 0.5 * PRECISION / max(self.links, 1) * squares(self.network)
        total = (ordered + spaced) / links
        return StepLoss(total + prior, {"order": ordered.item() / links, "gap": spaced.item() / links})

    @torch.no_grad()
    def validate(self, network: OrderModel) -> float:
        """Negative log-likelihood per link of the validation subjects; `network` is the one in training."""
        total, links = 0.0, 0
        for batch in self.validation.epoch(MOST_BATCH, self.fixed.generator()):
            ordered, spaced, count = self._losses(batch)
            total, links = total + float(ordered.item() + spaced.item()), links + count
        return total / max(links, 1)

    def _losses(self, batch: list[Group]) -> tuple[Tensor, Tensor, int]:
        """Sums over the links, of the orders and of the gaps, and the number of links."""
        ordered = self.network.transition.new_zeros(())
        for group in batch:
            verb, object, new = (
                self._tensor(part[group.link]) for part in (self.coded.verb, self.coded.object, self.coded.new)
            )
            ordered = ordered + self._order_loss(group, self.network.embed(verb, object, new.bool()))
        spaced = self._gap_loss(batch) if self.order.gap is not None else torch.zeros_like(ordered)
        return ordered, spaced, sum(int(group.valid.sum()) for group in batch)

    def _order_loss(self, group: Group, links: Embedded) -> Tensor:
        if group.link.shape[1] < 2:
            return links.position.new_zeros(())
        valid = torch.from_numpy(group.valid).to(self.device)
        step, length = self._tensor(group.step), self._tensor(group.length)
        model, count = self.network, group.link.shape[1]
        after = functional.pad(model.transitions(links, links)[:, :-1], (0, 0, 1, 0))
        waits = model.waits(links, links) * valid.unsqueeze(1)
        left = waits.flip(2).cumsum(2).flip(2).transpose(1, 2) - torch.diagonal(waits, dim1=1, dim2=2).unsqueeze(1)
        place = position_features(step, length) @ links.position.transpose(1, 2)
        at = torch.arange(count, device=self.device)
        open_ = valid.unsqueeze(1) & (at.unsqueeze(0) >= at.unsqueeze(1)).unsqueeze(0)
        scores = (after + left + place).masked_fill(~open_, GONE)
        chosen = torch.diagonal(scores, dim1=1, dim2=2) - torch.logsumexp(scores, 2)
        return -torch.where(valid, chosen, 0.0).sum()

    def _gap_loss(self, batch: list[Group]) -> Tensor:
        """Negative log-likelihood of all times of a batch at once."""
        assert self.order.gap is not None
        steps = Steps.of(batch)
        if not len(steps.slot):
            return self.network.transition.new_zeros(())
        verb, object = (self._tensor(part[steps.link]) for part in (self.coded.verb, self.coded.object))
        visit = self.network.visit_pace(verb, object, self._tensor(steps.visit))
        last, mean = (torch.from_numpy(part[steps.slot]).to(self.device) for part in (self.last, self.mean))
        features = gap_features(self._tensor(steps.step), self._tensor(steps.length), last, mean)
        at = self._tensor(np.stack([steps.at - 1, steps.at], axis=1))
        logits = self.network.gap_logits(verb[at], object[at], features, visit[self._tensor(steps.visit[steps.at])])
        if self.network.elapsed is not None:
            left = self._tensor(steps.length - steps.step - 1).float()
            logits = logits + self.network.elapsed(torch.from_numpy(self.elapsed[steps.slot]).to(self.device), left)
        return functional.cross_entropy(logits, self._tensor(self.order.gap.code[steps.slot]), reduction="sum")

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)
