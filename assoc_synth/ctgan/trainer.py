"""The trainer: one loop for every stage, with early stopping, averaged weights, a learning-rate schedule and a critic.

It knows nothing of edges or tables. A `Stage` gives it batches and their losses; it gives back the weights that
validated best and a history.
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from assoc_synth.ctgan.allocator import give_back
from assoc_synth.ctgan.critic import Critic, Packs
from assoc_synth.ctgan.deadline import Trial, moment
from assoc_synth.ctgan.early_stopping import EarlyStopping
from assoc_synth.ctgan.history import ALL_MADE, NO_BETTER, OUT_OF_TIME, History, Progress
from assoc_synth.ctgan.keeping import keeper
from assoc_synth.ctgan.schedule import Plan, Schedule
from assoc_synth.ctgan.team import team
from assoc_synth.ctgan.threads import forked_random
from assoc_synth.ctgan.trainer_state import (
    RandomSource,
    Tensors,
    TrainerState,
    module_tensors,
    optimizer_tensors,
    random_state,
    restore_optimizer,
    restore_random,
)
from assoc_synth.ctgan.trouble import NotANumber, checked, is_out_of_memory
from assoc_synth.errors import TrainingError

__all__ = [
    "ALL_MADE",
    "NO_BETTER",
    "OUT_OF_TIME",
    "Callback",
    "History",
    "Plan",
    "Progress",
    "Schedule",
    "StepLoss",
    "Trainer",
    "forked_random",
    "update_average",
]

Batch = TypeVar("Batch")
Network = TypeVar("Network", bound=nn.Module)
Callback = Callable[["Progress"], None]
MOST_HALVINGS = 3
"""How often the learning rate, and the batch, may be halved."""


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

    @property
    def generators(self) -> tuple[RandomSource, ...]:
        """Everything random that `batches`, `loss` and `validate` draw from."""

    def batches(self, epoch: int) -> Iterable[tuple[Batch, int]]:
        """The batches of an epoch, from 1, each with its number of links."""

    def loss(self, batch: Batch) -> StepLoss | None:
        """The loss of one batch; None where there is nothing to predict."""

    def validate(self, network: Network) -> float:
        """The validation loss of a network that is in evaluation mode."""

    def halve(self) -> None:
        """Make batches half as large from now on, where they can be."""


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
        self.device = next(stage.network.parameters()).device
        self.steps, self.began, self.done = 0, 0.0, 0.0
        self.end, self.validation_seconds = math.inf, 0.0
        self.ends_of_steps: list[float] = []
        self.history, self.stopping = History(planned=plan.epochs), EarlyStopping(plan.patience)
        self.history.least_steps, self.history.most_steps = plan.least_steps, plan.steps
        self.trained, self.links, self.last_links = 0.0, 0, 0
        self.best: Tensors = {}
        self.initial: Tensors = {}

    def fit(self) -> History:
        """Train until validation stops improving, the epochs are made, or the deadline comes; one step at least.

        `kept` is the network with the best weights afterwards, in evaluation mode: those of the initialisation where no
        epoch was better. A trial makes a few steps and validates before them only. Where the training is kept, it goes
        on from the epoch that its keeper has, see `keeping`.

        A loss that is no number takes training back to the last epoch, with half the learning rate, and a lack of
        memory with half the batch; each up to `MOST_HALVINGS` times.

        Raises:
            TrainingError: a loss is no longer a number, or memory is short, whatever the rate and the batch.
        """
        self._join()
        self.initial = copy.deepcopy(self.kept.state_dict())
        self.began = time.monotonic()
        with forked_random(self.plan.seeds, self.device):
            if isinstance(self.plan.deadline, Trial):
                return self._trial()
            state = keeper().resumed(self.stage.name)
            if state is None:
                self.history.initial = self._validate()
                state = self._state()
            else:
                self._restore(state)
            states, state = [state], None
            while (reason := self._reason_to_end()) is None:
                self._next_epoch(states)
                keeper().keep(self.stage.name, states[0])
        self.history.stopped = reason
        self.kept.load_state_dict(self.best if self._is_better() else self.initial)
        self.kept.eval()
        self.history.best_epoch = self.stopping.best_epoch if self._is_better() else 0
        self.history.links_per_second = self.links / max(self.trained, 1e-9)
        return self._finished()

    def _join(self) -> None:
        """Begin where the first member of the team does, with a share of each batch."""
        own = team()
        if own.size > 1:
            own.begin([*self.parameters, *self.averages])
            for _ in range((own.size - 1).bit_length()):
                self.stage.halve()
            if self.critic is not None:
                owned = self.critic.parameters
                own.begin(owned)
                self.critic.optimizer.register_step_pre_hook(lambda *_: own.average(owned, 1.0))

    def _trial(self) -> History:
        """A few steps; what is wrong with one is found out again by the training itself."""
        self.history.initial = self._validate()
        try:
            while self.steps < self.plan.steps and not self._is_over():
                self._epoch(1)
        except (NotANumber, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error) and not isinstance(error, NotANumber):
                raise
        return self._finished()

    def _reason_to_end(self) -> str | None:
        """Why training is over after the epochs that were made; None where it is not."""
        made = len(self.history.epochs)
        if not made:
            return None if self.plan.epochs else ALL_MADE
        if self.stopping.stops:
            return NO_BETTER
        whole = self.last_links >= self.stage.links or self.steps >= self.plan.steps
        if self._is_over() and not (made == self.plan.epochs and whole):
            return OUT_OF_TIME
        return ALL_MADE if made == self.plan.epochs else None

    def _is_better(self) -> bool:
        """Whether an epoch validated better than the initialisation."""
        return self.stopping.best < (math.inf if self.history.initial is None else self.history.initial)

    def _next_epoch(self, states: list[TrainerState]) -> None:
        """Make an epoch and validate; go back to the state in the list and try again where that fails.

        The state after it takes its place. Where objects are many, a state is most of the memory: two are never held.
        """
        number = len(self.history.epochs) + 1
        while True:
            try:
                started = time.monotonic()
                losses, links = self._epoch(number)
                seconds = time.monotonic() - started
                losses["validation"] = self._validate()
                break
            except (NotANumber, MemoryError, RuntimeError) as error:
                self._go_back(states[0], error)
        self.trained, self.links, self.last_links = self.trained + seconds, self.links + links, links
        self.history.epochs.append(losses)
        self.stopping = self.stopping.after(losses["validation"])
        if self.stopping.improved:
            states.clear()
            self.best = {}
            self.best = copy.deepcopy(self.kept.state_dict())
        if self._is_better():
            self.initial = {}
        states.clear()
        states.append(self._state())

    def _go_back(self, state: TrainerState, error: Exception) -> None:
        """Restore a state, with half the rate or half the batch; raise where that has been done often enough.

        What was halved before stays so.
        """
        is_memory = is_out_of_memory(error)
        if not is_memory and not isinstance(error, NotANumber):
            raise error
        slower, smaller = self.history.slower + (not is_memory), self.history.smaller + is_memory
        if max(slower, smaller) > MOST_HALVINGS:
            raise TrainingError(
                f"out of memory in the training of the {self.stage.name}, even with batches of an eighth: take fewer "
                "subjects or objects, or a machine with more memory"
                if is_memory
                else f"the loss of the {self.stage.name} is no longer a number, even at an eighth of the learning "
                "rate: look for absurd times or amounts in the table"
            ) from None
        self._restore(state)
        self.history.slower, self.history.smaller = slower, smaller
        if is_memory:
            self.stage.halve()

    def _state(self) -> TrainerState:
        """Copies of everything that the next epoch depends on."""
        tensors = module_tensors(self.stage.network, "network.") | optimizer_tensors(self.optimizer, "optimizer.")
        if self.kept is not self.stage.network and not self.stopping.improved:  # else it is the best one
            tensors |= module_tensors(self.kept, "kept.")
        if self.critic is not None:
            tensors |= module_tensors(self.critic.network, "critic.")
            tensors |= optimizer_tensors(self.critic.optimizer, "critic optimizer.")
        random, states = random_state(self.stage.generators, self.device)
        tensors |= random | {f"best.{name}": tensor for name, tensor in self.best.items()}
        now = time.monotonic()
        facts = {
            "history": asdict(self.history),
            "stopping": [self.stopping.best_epoch, self.stopping.epoch],
            "steps": self.steps,
            "links": [self.links, self.last_links],
            "seconds": [now - self.began, self.trained, self.validation_seconds],
            "random": states,
        }
        return TrainerState(tensors, facts)

    def _restore(self, state: TrainerState) -> None:
        """Inverse of `_state`."""
        facts, history = state.facts, dict(state.facts["history"])
        halvings = history["smaller"] - self.history.smaller
        self.history = History(**history | {"epochs": list(history["epochs"]), "rounds": tuple(history["rounds"])})
        best_epoch, epoch = facts["stopping"]
        best = self.history.epochs[best_epoch - 1]["validation"] if best_epoch else math.inf
        self.stopping = EarlyStopping(self.plan.patience, best, best_epoch, epoch)
        self.steps, (self.links, self.last_links) = facts["steps"], facts["links"]
        elapsed, self.trained, self.validation_seconds = facts["seconds"]
        self.began = time.monotonic() - elapsed
        self.best = state.under("best.")
        self.stage.network.load_state_dict(state.under("network."))
        if self.kept is not self.stage.network:
            self.kept.load_state_dict(self.best if self.stopping.improved else state.under("kept."))
        restore_optimizer(self.optimizer, state.under("optimizer."))
        if self.critic is not None:
            self.critic.network.load_state_dict(state.under("critic."))
            restore_optimizer(self.critic.optimizer, state.under("critic optimizer."))
        restore_random(self.stage.generators, self.device, state.tensors, facts["random"])
        for _ in range(halvings):
            self.stage.halve()

    def _finished(self) -> History:
        """The history with what the steps took."""
        took = [end - begin for begin, end in pairwise(self.ends_of_steps)]
        self.history.step_seconds = statistics.median(took) if took else 0.0
        self.history.validation_seconds, self.history.steps = self.validation_seconds, self.steps
        self.history.seconds = time.monotonic() - self.began
        return self.history

    def _epoch(self, epoch: int) -> tuple[dict[str, float], int]:
        """The mean losses of one epoch, and its links."""
        self.stage.network.train()
        sums, links, made, started = dict[str, float](), 0, 0, time.monotonic()
        self.done = max((epoch - 1) / self.plan.epochs, self._time_used(started))
        own, batches = team(), iter(self.stage.batches(epoch))
        while turn := list(islice(batches, own.size)):
            loss = self.stage.loss(turn[own.rank][0]) if own.rank < len(turn) else None
            if loss is not None or own.size > 1:
                for name, value in self._step(loss).items():
                    sums[name] = sums.get(name, 0.0) + value
                made += 1
            links += sum(size for _, size in turn)
            if self.callback is not None:
                mean = {name: value / max(made, 1) for name, value in sums.items()}
                speed, share = links / max(time.monotonic() - started, 1e-9), links / max(self.stage.links, 1)
                self.callback(Progress(self.stage.name, epoch, self.plan.epochs, min(share, 1.0), mean, speed))
            self.ends_of_steps.append(time.monotonic())
            give_back()
            if self._is_over():
                break
        return {name: value / max(made, 1) for name, value in sums.items()}, links

    def _is_over(self) -> bool:
        """Whether the deadline would come before the end of a validation that begins now."""
        self.end = moment(self.plan.deadline, self.steps)
        return team().first(time.monotonic() + self.validation_seconds - self.end) > 0

    def _time_used(self, now: float) -> float:
        """The share of its time that training has had; 0 without a deadline."""
        return 0.0 if math.isinf(self.end) else (now - self.began) / max(self.end - self.began, 1e-9)

    def _step(self, step: StepLoss | None) -> dict[str, float]:
        """One step of the optimiser, with the critic's term where it is due; None where the others have a loss."""
        members, weight = team(), 0.0 if step is None else 1.0
        parts: dict[str, float] = {} if step is None else dict(step.parts)
        loss = torch.stack([own.sum() * 0.0 for own in self.parameters]).sum() if step is None else step.total
        if self.critic is not None and self.steps % self.critic.config.critic_interval == 0:
            packs = None if step is None else step.packs
            if members.mean(float(packs is not None)) == 1.0 and packs is not None:
                term, parts["critic"] = self.critic.update(packs())
                loss = loss + self.critic.config.adversarial_weight * term
        checked(members.mean(loss.item()), self.stage.name)
        self._set_rate()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        members.average(self.parameters, weight)
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
        factor = team().first(self.plan.schedule.factor(self.steps, done))
        for group in self.optimizer.param_groups:
            group["lr"] = group.get("multiplier", 1.0) * self.plan.learning_rate * factor * 0.5**self.history.slower

    @torch.no_grad()
    def _validate(self) -> float:
        self.kept.eval()
        started = time.monotonic()
        own = team()
        loss = own.first(self.stage.validate(self.kept) if own.rank == 0 else 0.0)
        self.validation_seconds = time.monotonic() - started
        return checked(loss, self.stage.name)


@torch.no_grad()
def update_average(averages: Sequence[Tensor], weights: Sequence[Tensor], decay: float) -> None:
    """Move average weights towards the weights now: mean ← decay·mean + (1 − decay)·now."""
    for mean, now in zip(averages, weights, strict=True):
        mean.lerp_(now, 1 - decay)
