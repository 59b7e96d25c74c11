"""The trainer: one loop for every stage, with early stopping, averaged weights, a learning-rate schedule and a critic.

It knows nothing of edges or tables. A `Stage` gives it batches and their losses; it gives back the weights that
validated best and a history.
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Trial, Until, moment
from assoc_synth.ctgan.early_stopping import EarlyStopping
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.losses import gradient_penalty
from assoc_synth.errors import TrainingError
from assoc_synth.randomness import Seeds

Batch = TypeVar("Batch")
Network = TypeVar("Network", bound=nn.Module)
Callback = Callable[["Progress"], None]
MOST_PACKS = 96
"""Packs that the critic sees in one update."""
ALL_MADE, NO_BETTER, OUT_OF_TIME = "all epochs made", "validation stopped improving", "out of time"
"""Why training ends."""
LEAST_STEPS, LEAST_SHARE = 20, 0.02
"""What a stage needs to be clearly better than its initialisation: at least so many steps, and this share of all."""


@dataclass(frozen=True)
class Progress:
    """One look at a running training: what a progress bar shows.

    Attributes:
        stage: "edges", "occurrences", "assignment", "order" or "visit columns".
        epoch, epochs: the one that runs, from 1, and how many there are at most.
        share: how much of the epoch is done, 0 to 1.
        losses: means over the epoch so far.
    """

    stage: str
    epoch: int
    epochs: int
    share: float
    losses: dict[str, float]
    links_per_second: float


@dataclass
class History:
    """What training did.

    Attributes:
        epochs: mean losses of each epoch, "validation" among them.
        stopped: why training ended.
        best_epoch: the one whose weights are kept, from 1; 0 where none was better than the initialisation.
        initial: the validation loss before the first step; None where nothing was trained.
        planned: how many epochs training has at most.
        steps: how many were made; `least_steps` is how many it takes to be clearly better than the initialisation, and
            `most_steps` how many there are at most.
        step_seconds, validation_seconds: median time of a step, and time of the last validation.
        rounds: of the calibration that follows the stage: how many were made, and how many there are at most.
        calibration_errors: of the edges' calibration, before each round's correction.
        calibrated: the same of the occurrences, by what was calibrated; fewer rounds than usual where time was short.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    stopped: str = ALL_MADE
    best_epoch: int = 0
    seconds: float = 0.0
    links_per_second: float = 0.0
    calibration_errors: list[dict[str, float | None]] = field(default_factory=list)
    calibrated: dict[str, list[float]] = field(default_factory=dict)
    initial: float | None = None
    planned: int = 0
    steps: int = 0
    least_steps: int = 0
    most_steps: int = 0
    step_seconds: float = 0.0
    validation_seconds: float = 0.0
    rounds: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Schedule:
    """A learning rate that rises over `warm_up` steps and falls to the share `floor` of its peak by a cosine.

    Example:
        >>> [round(Schedule(floor=0.1).factor(step=0, done=done), 2) for done in (0.0, 0.5, 1.0)]
        [1.0, 0.55, 0.1]
    """

    floor: float = 0.05
    warm_up: int = 0

    def factor(self, step: int, done: float) -> float:
        """Share of the peak rate at a step, counted from 0, when the share `done` of the training is over."""
        warm = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        return warm * (self.floor + (1 - self.floor) * cosine)


@dataclass(frozen=True)
class Packs:
    """Real and generated links of N packs of K links, each pack of one subject, as the critic sees them.

    Attributes:
        verb, object: (N, K) int64, of the real links.
        present: (N, K) 0/1.
        attributes, drawn_attributes: (N, K, A) of the real and of the generated links.
        drawn_object: (N·K, objects) soft one-hot draws; None where the generated links have the real ones' objects.
    """

    verb: Tensor
    object: Tensor
    present: Tensor
    attributes: Tensor
    drawn_attributes: Tensor
    drawn_object: Tensor | None = None


@dataclass(frozen=True)
class StepLoss:
    """The loss of one step.

    Attributes:
        total: what the generator minimises, without the critic's term.
        parts: what the history shows of it.
        packs: makes the links for the critic; None where the stage has nothing for it.
    """

    total: Tensor
    parts: dict[str, float]
    packs: Callable[[], Packs] | None = None


class Stage(Protocol[Batch, Network]):
    """What is special about a stage: its network, its batches and its losses.

    Attributes:
        name: what a progress bar shows.
        network: the one that is trained.
        links: how many one epoch has.
    """

    name: str
    network: Network
    links: int

    def batches(self) -> Iterable[tuple[Batch, int]]:
        """The batches of one epoch, each with its number of links."""

    def loss(self, batch: Batch) -> StepLoss | None:
        """The loss of one batch; None where there is nothing to predict."""

    def validate(self, network: Network) -> float:
        """The validation loss of a network that is in evaluation mode."""


@dataclass(frozen=True)
class Plan:
    """How long training goes on, and how fast.

    Attributes:
        epochs, patience: as in `EarlyStopping`.
        steps: of the whole training, for the schedule.
        learning_rate: the peak; a parameter group's "multiplier" is applied to it.
        schedule: of the rate.
        by_epoch: the rate stays the same within an epoch.
        average: decay of the moving average of the weights; None keeps the weights themselves.
        clip_norm: of the gradient; None leaves it as it is.
        deadline: when training ends at the latest, by `time.monotonic()`: no step is taken that would leave no time for
            the validation after it. Where this comes before the last step, the rate falls with the time.
        seeds: of dropout.
    """

    epochs: int
    patience: int
    steps: int
    learning_rate: float
    schedule: Schedule
    seeds: Seeds
    by_epoch: bool = False
    average: float | None = None
    clip_norm: float | None = None
    deadline: Until = math.inf

    @property
    def least_steps(self) -> int:
        """Steps that make the network clearly better than it was initialised; all of them, where they are fewer."""
        return min(self.steps, max(LEAST_STEPS, round(LEAST_SHARE * self.steps)))


class Critic:
    """The WGAN-GP critic of a stage: one update, and the generator's term (Gulrajani et al. 2017, algorithm 1).

    Args:
        network: D, from packs to numbers.
        random: for the gradient penalty's points.
    """

    def __init__(self, network: PacCritic, config: CTGANConfig, random: torch.Generator) -> None:
        self.network, self.config, self.random = network, config, random
        self.parameters = list(network.parameters())
        betas = config.critic_beta1, config.critic_beta2
        self.optimizer = torch.optim.Adam(self.parameters, lr=config.critic_learning_rate, betas=betas, fused=True)

    def update(self, packs: Packs) -> tuple[Tensor, float]:
        """One critic update, then the generator's term −E D(generated) and the critic's distance before the update."""
        embeddings = self.network.object
        real = functional.embedding(packs.object, embeddings)
        drawn = packs.drawn_object
        fake = real if drawn is None else (drawn.detach() @ embeddings).view_as(real)

        def critic(objects: Tensor, attributes: Tensor) -> Tensor:
            result: Tensor = self.network(packs.verb, objects, attributes, packs.present)
            return result

        fake_attributes = packs.drawn_attributes.detach()
        distance = critic(real, packs.attributes).mean() - critic(fake, fake_attributes).mean()
        penalty = gradient_penalty(critic, (real, packs.attributes), (fake, fake_attributes), self.random)
        self.optimizer.zero_grad(set_to_none=True)
        (self.config.gradient_penalty * penalty - distance).backward(inputs=self.parameters)
        self.optimizer.step()
        frozen = embeddings.detach()
        objects = functional.embedding(packs.object, frozen) if drawn is None else (drawn @ frozen).view_as(real)
        return -critic(objects, packs.drawn_attributes).mean(), distance.item()


class Trainer(Generic[Batch, Network]):
    """Trains a stage, and keeps the weights that validate best.

    Args:
        optimizer: of the stage's network.
        critic: None where the stage has none.
        callback: called after every step.
    """

    def __init__(
        self,
        stage: Stage[Batch, Network],
        plan: Plan,
        optimizer: torch.optim.Optimizer,
        *,
        critic: Critic | None = None,
        callback: Callback | None = None,
    ) -> None:
        self.stage, self.plan, self.optimizer, self.critic, self.callback = stage, plan, optimizer, critic, callback
        self.kept = stage.network if plan.average is None else copy.deepcopy(stage.network).eval()
        self.parameters, self.averages = list(stage.network.parameters()), list(self.kept.parameters())
        self.steps, self.began, self.done = 0, 0.0, 0.0
        self.end, self.validation_seconds = math.inf, 0.0
        self.ends_of_steps: list[float] = []

    def fit(self) -> History:
        """Train until validation stops improving, the epochs are made, or the deadline comes; one step at least.

        `kept` is the network with the best weights afterwards, in evaluation mode: those of the initialisation where no
        epoch was better. A trial makes a few steps and validates before them only.

        Raises:
            TrainingError: a loss is no longer a number.
        """
        stopping, history = EarlyStopping(self.plan.patience), History(planned=self.plan.epochs)
        history.least_steps, history.most_steps = self.plan.least_steps, self.plan.steps
        initial = copy.deepcopy(self.kept.state_dict())
        self.began, trained, links, best = time.monotonic(), 0.0, 0, initial
        with forked_random(self.plan.seeds, next(self.stage.network.parameters()).device):
            history.initial = self._validate()
            if isinstance(self.plan.deadline, Trial):
                while self.steps < self.plan.steps and not self._is_over():
                    self._epoch(1)
                return self._finished(history)
            for epoch in range(1, self.plan.epochs + 1):
                started = time.monotonic()
                losses, seen = self._epoch(epoch)
                trained, links = trained + time.monotonic() - started, links + seen
                losses["validation"] = self._validate()
                history.epochs.append(losses)
                stopping = stopping.after(losses["validation"])
                if stopping.improved:
                    best = copy.deepcopy(self.kept.state_dict())
                is_last = epoch == self.plan.epochs and (seen >= self.stage.links or self.steps >= self.plan.steps)
                if stopping.stops or (self._is_over() and not is_last):
                    history.stopped = NO_BETTER if stopping.stops else OUT_OF_TIME
                    break
        is_better = stopping.best < history.initial
        self.kept.load_state_dict(best if is_better else initial)
        self.kept.eval()
        history.best_epoch = stopping.best_epoch if is_better else 0
        history.links_per_second = links / max(trained, 1e-9)
        return self._finished(history)

    def _finished(self, history: History) -> History:
        """The history with what the steps took."""
        took = [end - begin for begin, end in pairwise(self.ends_of_steps)]
        history.step_seconds = statistics.median(took) if took else 0.0
        history.validation_seconds, history.steps = self.validation_seconds, self.steps
        history.seconds = time.monotonic() - self.began
        return history

    def _epoch(self, epoch: int) -> tuple[dict[str, float], int]:
        """The mean losses of one epoch, and its links."""
        self.stage.network.train()
        sums: dict[str, float] = {}
        links, made, started = 0, 0, time.monotonic()
        self.done = max((epoch - 1) / self.plan.epochs, self._time_used(started))
        for batch, size in self.stage.batches():
            loss = self.stage.loss(batch)
            if loss is not None:
                for name, value in self._step(loss).items():
                    sums[name] = sums.get(name, 0.0) + value
                made += 1
            links += size
            if self.callback is not None:
                mean = {name: value / max(made, 1) for name, value in sums.items()}
                speed, share = links / max(time.monotonic() - started, 1e-9), links / max(self.stage.links, 1)
                self.callback(Progress(self.stage.name, epoch, self.plan.epochs, min(share, 1.0), mean, speed))
            self.ends_of_steps.append(time.monotonic())
            if self._is_over():
                break
        return {name: value / max(made, 1) for name, value in sums.items()}, links

    def _is_over(self) -> bool:
        """Whether the deadline would come before the end of a validation that begins now."""
        self.end = moment(self.plan.deadline, self.steps)
        return time.monotonic() + self.validation_seconds > self.end

    def _time_used(self, now: float) -> float:
        """The share of its time that training has had; 0 without a deadline."""
        return 0.0 if math.isinf(self.end) else (now - self.began) / max(self.end - self.began, 1e-9)

    def _step(self, step: StepLoss) -> dict[str, float]:
        """One step of the optimiser, with the critic's term where it is due."""
        loss, parts = step.total, dict(step.parts)
        if self.critic is not None and step.packs is not None and self.steps % self.critic.config.critic_interval == 0:
            term, parts["critic"] = self.critic.update(step.packs())
            loss = loss + self.critic.config.adversarial_weight * term
        if not math.isfinite(loss.item()):
            raise TrainingError(
                f"the loss of the {self.stage.name} is no longer a number; try a lower learning rate, "
                "and look for absurd times or amounts in the table"
            )
        self._set_rate()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.plan.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.parameters, self.plan.clip_norm)
        self.optimizer.step()
        self.steps += 1
        if self.plan.average is not None:
            update_average(self.averages, self.parameters, min(self.plan.average, self.steps / (self.steps + 10)))
        return parts

    def _set_rate(self) -> None:
        made = max(self.steps / max(self.plan.steps, 1), self._time_used(time.monotonic()))
        done = self.done if self.plan.by_epoch else made
        factor = self.plan.schedule.factor(self.steps, done)
        for group in self.optimizer.param_groups:
            group["lr"] = group.get("multiplier", 1.0) * self.plan.learning_rate * factor

    @torch.no_grad()
    def _validate(self) -> float:
        self.kept.eval()
        started = time.monotonic()
        loss = self.stage.validate(self.kept)
        self.validation_seconds = time.monotonic() - started
        return loss


@contextmanager
def forked_random(seeds: Seeds, device: torch.device) -> Iterator[None]:
    """PyTorch's global random numbers begin at a seed inside, and go on as before afterwards.

    Initial weights and dropout draw from the global generators only.
    """
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seeds.integer())
        yield


@torch.no_grad()
def update_average(averages: Sequence[Tensor], weights: Sequence[Tensor], decay: float) -> None:
    """Move average weights towards the weights now: mean ← decay·mean + (1 − decay)·now."""
    for mean, now in zip(averages, weights, strict=True):
        mean.lerp_(now, 1 - decay)
