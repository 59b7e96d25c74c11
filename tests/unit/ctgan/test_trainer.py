"""The trainer on networks of one number: what is kept, when it stops, and what it leaves behind."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Trial
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.trainer import (
    Critic,
    Packs,
    Plan,
    Progress,
    Schedule,
    StepLoss,
    Trainer,
    forked_random,
    update_average,
)
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

    def __init__(self, validation: list[float], loss: float = 1.0, initial: float = 9.0) -> None:
        self.network, self.left, self.factor = Number(), [initial, *validation], loss
        self.dropped: list[float] = []

    def batches(self) -> Iterator[tuple[int, int]]:
        yield from ((batch, 10) for batch in range(2))

    def loss(self, batch: int) -> StepLoss | None:
        self.dropped.append(float(torch.rand(())))
        total = self.factor * (self.network.value - 1) ** 2
        return StepLoss(total, {"error": total.item()})

    def validate(self, network: Number) -> float:
        assert not network.training
        return self.left.pop(0)


def trainer(stage: Towards, plan: Plan = PLAN, **options: object) -> Trainer[int, Number]:
    return Trainer(stage, plan, torch.optim.SGD(stage.network.parameters(), lr=0.1), **options)  # type: ignore[arg-type]


def test_the_rate_rises_and_falls() -> None:
    schedule = Schedule(floor=0.1, warm_up=4)
    assert [schedule.factor(step, 0.0) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert schedule.factor(10, 0.5) == pytest.approx(0.55)
    assert schedule.factor(10, 1.0) == schedule.factor(10, 7.0) == pytest.approx(0.1)


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

        def batches(self) -> Iterator[tuple[int, int]]:
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


def test_a_loss_that_is_no_number_is_an_error_that_names_the_stage() -> None:
    with pytest.raises(TrainingError, match="the loss of the number is no longer a number"):
        trainer(Towards([1.0], loss=math.inf)).fit()


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


def packs(drawn: torch.Tensor | None, attributes: torch.Tensor) -> Packs:
    """Two packs of three links: every real link is to object 0."""
    verb = torch.zeros(2, 3, dtype=torch.int64)
    return Packs(verb, verb, torch.ones(2, 3), torch.zeros(2, 3, attributes.shape[-1]), attributes, drawn)


def make_critic(attributes: int, **options: float) -> Critic:
    torch.manual_seed(0)
    config = CTGANConfig(pac=3, critic_learning_rate=0.01, gradient_penalty=0.1, **options)  # type: ignore[arg-type]
    return Critic(PacCritic(1, 4, attributes, 3), config, torch.Generator().manual_seed(0))


def test_the_critic_learns_to_tell_objects_and_its_term_reaches_the_draw_alone() -> None:
    critic = make_critic(0)
    drawn = torch.eye(4)[[3] * 6].requires_grad_()
    distances = [critic.update(packs(drawn, torch.zeros(2, 3, 0)))[1] for _ in range(30)]
    assert distances[-1] > distances[0] + 0.5
    term, _ = critic.update(packs(drawn, torch.zeros(2, 3, 0)))
    critic.optimizer.zero_grad()
    term.backward()
    assert drawn.grad is not None
    # Moving mass from object 3 to object 0, which is the real one, lowers the generator's loss.
    assert (drawn.grad[:, 0] < drawn.grad[:, 3]).all()
    assert critic.network.object.grad is None


def test_the_critic_learns_to_tell_attributes_of_given_objects() -> None:
    critic = make_critic(2)
    drawn = torch.ones(2, 3, 2, requires_grad=True)
    distances = [critic.update(packs(None, drawn))[1] for _ in range(30)]
    assert distances[-1] > distances[0] + 0.5
    term, _ = critic.update(packs(None, drawn))
    term.backward()
    assert drawn.grad is not None
    assert drawn.grad.sum() > 0  # less of what the real links have none of


def test_the_critic_is_due_at_every_nth_step() -> None:
    class Watched(Towards):
        def loss(self, batch: int) -> StepLoss | None:
            step = super().loss(batch)
            assert step is not None
            drawn = self.network.value.expand(2, 3, 2)
            return replace(step, packs=lambda: packs(None, drawn))

    stage = Watched([1.0, 1.0, 1.0, 1.0, 1.0])
    critic, made = make_critic(2, critic_interval=3), []
    update = critic.update
    critic.update = lambda given: made.append(1) or update(given)  # type: ignore[method-assign, func-returns-value]
    history = trainer(stage, critic=critic).fit()
    assert len(made) == 4  # steps 0, 3, 6 and 9 of 10
    assert "critic" in history.epochs[0]
    assert "critic" not in history.epochs[2]  # steps 4 and 5
