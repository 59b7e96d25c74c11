"""The trainer on networks of one number: what is kept, when it stops, and what it leaves behind."""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.critic import Critic, Packs
from assoc_synth.ctgan.deadline import Trial
from assoc_synth.ctgan.keeping import kept_by
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.trainer import (
    Plan,
    Progress,
    Schedule,
    StepLoss,
    Trainer,
    forked_random,
    update_average,
)
from assoc_synth.ctgan.trainer_state import RandomSource, TrainerState
from assoc_synth.errors import TrainingError
from assoc_synth.randomness import Seeds

PLAN = Plan(epochs=5, patience=9, steps=10, learning_rate=0.1, schedule=Schedule(floor=1.0), seeds=Seeds.of(0))


class Number(nn.Module):
    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))


class Towards:
    """Two steps an epoch towards 1; the validation losses are given, the first one of the initialisation."""

    name, links = "number", 20
    generators = ()

    def __init__(self, validation: list[float], loss: float = 1.0, initial: float = 9.0) -> None:
        self.network, self.left, self.factor = Number(), [initial, *validation], loss
        self.dropped: list[float] = []

    def batches(self, epoch: int) -> Iterator[tuple[int, int]]:
        yield from ((batch, 10) for batch in range(2))

    def halve(self) -> None:
        raise AssertionError("memory is not short")

    def loss(self, batch: int) -> StepLoss | None:
        self.dropped.append(float(torch.rand(())))
        total = self.factor * (self.network.value - 1) ** 2
        return StepLoss(total, {"error": total.item()})

    def validate(self, network: Number) -> float:
        assert not network.training
        return self.left.pop(0)


def trainer(stage: Towards, plan: Plan = PLAN, **options: object) -> Trainer[int, Number]:
    return Trainer(stage, plan, torch.optim.SGD(stage.network.parameters(), lr=0.1), **options)  # type: ignore[arg-type]


def test_the_average_moves_towards_the_weights() -> None:
    average, weight = torch.tensor(0.0), torch.tensor(1.0)
    update_average([average], [weight], 0.9)
    update_average([average], [weight], 0.9)
    assert average.item() == pytest.approx(0.19)
    assert weight.item() == 1.0


def test_global_random_numbers_go_on_as_before() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with forked_random(Seeds.of(1), torch.device("cpu")):
        inside = torch.rand(3)
    assert torch.equal(torch.rand(3), expected)
    with forked_random(Seeds.of(1), torch.device("cpu")):
        assert torch.equal(torch.rand(3), inside)


def test_the_weights_of_the_best_epoch_are_kept() -> None:
    stage = Towards([3.0, 1.0, 2.0, 2.0, 2.0])
    training = trainer(stage)
    history = training.fit()
    # Each step multiplies the distance from 1 by 0.8; four steps are made by the end of the second epoch.
    assert training.kept.value.item() == pytest.approx(1 - 0.8**4)
    assert history.best_epoch == 2
    assert [epoch["validation"] for epoch in history.epochs] == [3.0, 1.0, 2.0, 2.0, 2.0]
    assert history.epochs[0]["error"] == pytest.approx((1 + 0.8**2) / 2)
    assert history.stopped == "all epochs made"
    assert not training.kept.training


def test_validation_that_stops_improving_ends_training() -> None:
    history = trainer(Towards([1.0, 2.0, 2.0, 2.0, 2.0]), replace(PLAN, patience=2)).fit()
    assert (history.stopped, len(history.epochs), history.best_epoch) == ("validation stopped improving", 3, 1)


def test_a_deadline_ends_training_after_one_step() -> None:
    seen: list[Progress] = []
    past = replace(PLAN, deadline=time.monotonic() - 1)
    history = trainer(Towards([1.0]), past, callback=seen.append).fit()
    assert (history.stopped, len(history.epochs), len(seen)) == ("out of time", 1, 1)


def test_an_initialisation_that_no_epoch_betters_is_kept() -> None:
    training = trainer(Towards([3.0, 2.0, 2.5, 3.0, 3.0], initial=2.0))  # as good is not better
    history = training.fit()
    assert training.kept.value.item() == 0.0
    assert (history.initial, history.best_epoch, len(history.epochs)) == (2.0, 0, 5)


def test_a_history_tells_steps_made_least_and_most() -> None:
    long = replace(PLAN, epochs=1000, steps=2000, deadline=0.0)
    history = trainer(Towards([1.0]), long).fit()
    assert (history.steps, history.least_steps, history.most_steps, history.planned) == (1, 40, 2000, 1000)
    assert replace(long, steps=300).least_steps == 20
    assert PLAN.least_steps == 10  # no more than there are


def test_a_training_that_made_all_its_epochs_was_not_cut_short() -> None:
    """However late it is when the last one ends."""
    history = trainer(Towards([1.0]), replace(PLAN, epochs=1, steps=2, deadline=Late())).fit()
    assert (history.stopped, history.steps) == ("all epochs made", 2)


class Late:
    """Over once two steps are made."""

    def at(self, steps: int) -> float:
        return -math.inf if steps >= 2 else math.inf


def test_a_deadline_that_moves_is_asked_for_after_every_step() -> None:
    history = trainer(Towards([1.0, 1.0]), replace(PLAN, deadline=Late())).fit()
    assert (history.stopped, history.steps) == ("out of time", 2)


def test_a_trial_makes_its_steps_and_keeps_nothing() -> None:
    stage = Towards([])
    history = trainer(stage, replace(PLAN, deadline=Trial(3))).fit()
    assert (history.steps, history.epochs, history.initial) == (3, [], 9.0)
    assert not stage.left
    short = trainer(Towards([]), replace(PLAN, epochs=1, steps=2, deadline=Trial(3))).fit()
    assert short.steps == 2


def test_the_time_for_the_validation_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes a second and a validation five: of twenty seconds ten are for steps."""
    clock = Clock()
    monkeypatch.setattr("assoc_synth.ctgan.trainer.time", clock)

    class Slow(Towards):
        def loss(self, batch: int) -> StepLoss | None:
            clock.now += 1.0
            return super().loss(batch)

        def validate(self, network: Number) -> float:
            clock.now += 5.0
            return super().validate(network)

        def batches(self, epoch: int) -> Iterator[tuple[int, int]]:
            yield from ((batch, 10) for batch in range(50))

    history = trainer(Slow([1.0]), replace(PLAN, steps=250, deadline=20.5)).fit()
    assert (history.steps, history.stopped, clock.now) == (11, "out of time", 21.0)
    assert (history.step_seconds, history.validation_seconds) == (1.0, 5.0)


class Clock:
    """A clock that a test sets, in the place of the module `time`."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_averaged_weights_are_validated_and_kept() -> None:
    stage = Towards([3.0])
    training = trainer(stage, replace(PLAN, epochs=1, average=0.99))
    training.fit()
    assert stage.network.value.item() == pytest.approx(0.36)
    # After step n the average keeps n / (n + 10) of itself: young averages follow quickly.
    first = 0.2 * (1 - 1 / 11)
    assert training.kept.value.item() == pytest.approx(first + (0.36 - first) * (1 - 2 / 12))


def test_the_callback_sees_every_step() -> None:
    seen: list[Progress] = []
    trainer(Towards([1.0, 1.0, 1.0]), replace(PLAN, epochs=2), callback=seen.append).fit()
    assert [(now.stage, now.epoch, now.epochs, now.share) for now in seen] == [
        ("number", 1, 2, 0.5),
        ("number", 1, 2, 1.0),
        ("number", 2, 2, 0.5),
        ("number", 2, 2, 1.0),
    ]
    assert seen[0].losses == {"error": 1.0}


def test_a_loss_that_stays_no_number_is_an_error_that_names_the_stage() -> None:
    with pytest.raises(TrainingError, match=r"the loss of the number is no longer a number, even at an eighth"):
        trainer(Towards([1.0], loss=math.inf)).fit()


def test_an_initialisation_whose_loss_is_no_number_is_not_trained() -> None:
    with pytest.raises(TrainingError, match="the loss of the number is no longer a number: look for absurd"):
        trainer(Towards([1.0], initial=math.nan)).fit()


class Faulty(Towards):
    """Fails in its n-th step, once for each error; draws one random number for each batch."""

    def __init__(self, errors: list[Exception | float], at: int = 3) -> None:
        super().__init__([3.0, 2.0, 1.0, 1.0, 1.0])
        self.errors, self.at, self.made, self.halved = errors, at, 0, 0
        self.rng, self.random = np.random.default_rng(0), torch.Generator().manual_seed(0)
        self.seen: list[tuple[float, float]] = []

    @property
    def generators(self) -> tuple[RandomSource, ...]:  # type: ignore[override]
        return self.rng, self.random

    def loss(self, batch: int) -> StepLoss | None:
        self.seen.append((self.rng.random(), float(torch.rand((), generator=self.random))))
        self.made += 1
        step = super().loss(batch)
        if self.made >= self.at and self.errors:
            error = self.errors.pop(0)
            if isinstance(error, Exception):
                raise error
            assert step is not None
            return replace(step, total=step.total * error)
        return step

    def halve(self) -> None:
        self.halved += 1


@pytest.mark.parametrize("at", [1, 3])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_goes_back_an_epoch_with_half_the_rate(bad: float, at: int) -> None:
    rates: list[float] = []
    stage = Faulty([bad, bad], at)
    training = trainer(stage, callback=lambda now: rates.append(training.optimizer.param_groups[0]["lr"]))
    history = training.fit()
    assert (history.slower, history.smaller, len(history.epochs), history.steps) == (2, 0, 5, 10)
    assert rates == [0.1] * (at - 1) + [0.025] * (11 - at)
    assert stage.seen[at - 1] == stage.seen[at] == stage.seen[at + 1]  # the epoch is made again as it was
    assert history.epochs[-1]["validation"] == 1.0


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")]
)
def test_short_memory_makes_batches_smaller_three_times_at_most(error: Exception) -> None:
    stage = Faulty([error] * 3)
    history = trainer(stage).fit()
    assert (history.smaller, stage.halved, history.slower, len(history.epochs)) == (3, 3, 0, 5)
    with pytest.raises(TrainingError, match="out of memory in the training of the number, even with batches of an"):
        trainer(Faulty([error] * 4)).fit()


def test_any_other_error_of_a_step_is_raised_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="sizes do not fit"):
        trainer(Faulty([RuntimeError("sizes do not fit")])).fit()


class Kept:
    """Keeps every state, and gives back one."""

    def __init__(self, given: TrainerState | None = None) -> None:
        self.given, self.states = given, list[TrainerState]()

    def resumed(self, stage: str) -> TrainerState | None:
        assert stage == "number"
        return self.given

    def keep(self, stage: str, state: TrainerState) -> None:
        self.states.append(state)


@pytest.mark.parametrize("average", [None, 0.9])
@pytest.mark.parametrize("made", [1, 2, 3, 5])
def test_a_training_goes_on_from_any_epoch_as_if_nothing_had_been(made: int, average: float | None) -> None:
    def training(left: list[float], initial: float) -> tuple[Trainer[int, Number], Faulty]:
        stage = Faulty([])
        stage.left = [initial, *left]
        adam = torch.optim.AdamW(stage.network.parameters(), lr=0.1)
        return Trainer(stage, replace(PLAN, average=average), adam), stage  # type: ignore[arg-type]

    losses = [3.0, 1.0, 2.0, 0.5, 0.7]
    whole, whole_stage = training(losses, 9.0)
    kept = Kept()
    with kept_by(kept):
        expected = whole.fit()
    assert len(kept.states) == 5
    again, stage = training([], 0.0)
    stage.left = losses[made:]
    state = kept.states[made - 1]
    as_stored = TrainerState(state.tensors, json.loads(json.dumps(state.facts)))
    with kept_by(Kept(as_stored)):
        found = again.fit()
    assert torch.equal(again.kept.value, whole.kept.value)
    assert [epoch["validation"] for epoch in found.epochs] == losses
    assert stage.seen == whole_stage.seen[2 * made :]
    assert stage.dropped == whole_stage.dropped[2 * made :]
    assert (found.best_epoch, found.initial, found.steps) == (expected.best_epoch, 9.0, 10)


def test_what_was_halved_stays_so_in_a_training_that_goes_on() -> None:
    kept, stage = Kept(), Faulty([MemoryError(), math.nan])
    with kept_by(kept):
        trainer(stage).fit()
    again = Faulty([])
    again.left = [1.0]
    training = trainer(again)
    with kept_by(Kept(kept.states[3])):
        history = training.fit()
    assert (history.smaller, history.slower, again.halved) == (1, 1, 1)
    assert training.optimizer.param_groups[0]["lr"] == 0.05


def test_global_random_numbers_are_restored_when_a_callback_raises() -> None:
    def stop(now: Progress) -> None:
        raise KeyboardInterrupt

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    with pytest.raises(KeyboardInterrupt):
        trainer(Towards([1.0]), callback=stop).fit()
    assert torch.equal(torch.rand(1), expected)


def test_dropout_depends_on_the_seed_alone() -> None:
    drawn = []
    for before, seed in ((1, 7), (2, 7), (1, 8)):
        torch.manual_seed(before)
        stage = Towards([1.0])
        trainer(stage, replace(PLAN, epochs=1, seeds=Seeds.of(seed))).fit()
        drawn.append(stage.dropped)
    assert drawn[0] == drawn[1] != drawn[2]


def test_groups_of_parameters_have_multiples_of_the_rate_and_an_epoch_may_keep_its_rate() -> None:
    def rates(plan: Plan) -> list[float]:
        stage, seen = Towards([1.0, 1.0]), []
        groups = [{"params": [stage.network.value], "multiplier": 3.0}]
        optimizer = torch.optim.SGD(groups, lr=0.0)
        look = lambda now: seen.append(optimizer.param_groups[0]["lr"])  # noqa: E731
        Trainer(stage, plan, optimizer, callback=look).fit()
        return seen

    plan = replace(PLAN, epochs=2, steps=4, schedule=Schedule(floor=0.0))
    by_step = [0.3 * 0.5 * (1 + math.cos(math.pi * share)) for share in (0, 0.25, 0.5, 0.75)]
    assert rates(plan) == pytest.approx(by_step)
    assert rates(replace(plan, by_epoch=True)) == pytest.approx([0.3, 0.3, 0.15, 0.15])


def given(drawn: torch.Tensor) -> Packs:
    """Two packs of three links with two attributes."""
    verb = torch.zeros(2, 3, dtype=torch.int64)
    return Packs(verb, verb, torch.ones(2, 3), torch.zeros(2, 3, 2), drawn)


def critic_of(interval: int) -> Critic:
    config = CTGANConfig(pac=3, critic_interval=interval)
    return Critic(PacCritic(1, 4, 2, 3), config, torch.Generator().manual_seed(0))


def test_the_critic_is_due_at_every_nth_step() -> None:
    class Watched(Towards):
        def loss(self, batch: int) -> StepLoss | None:
            step = super().loss(batch)
            assert step is not None
            drawn = self.network.value.expand(2, 3, 2)
            return replace(step, packs=lambda: given(drawn))

    stage = Watched([1.0, 1.0, 1.0, 1.0, 1.0])
    critic, made = critic_of(3), []
    update = critic.update
    critic.update = lambda packs: made.append(1) or update(packs)  # type: ignore[method-assign, func-returns-value]
    history = trainer(stage, critic=critic).fit()
    assert len(made) == 4  # steps 0, 3, 6 and 9 of 10
    assert "critic" in history.epochs[0]
    assert "critic" not in history.epochs[2]  # steps 4 and 5
