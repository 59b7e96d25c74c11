"""Fitting: every stage runs in turn and within the budget, and no subject of the gate is looked at."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.trainer import OUT_OF_TIME, Progress
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.budget import Budget
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.fitting import fit_model
from assoc_synth.model.split import Split
from assoc_synth.model.stages import Training
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

QUICK = CTGANConfig(
    noise_dim=4,
    context_dim=8,
    association_dim=8,
    hidden_dim=8,
    blocks=1,
    epochs=1,
    calibration_rounds=1,
    count_rounds=1,
    link_rounds=1,
    order_rounds=1,
    visit_rounds=2,
)


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop(subjects=30, seed=3)


def fitted(table: TransactionTable, training: Training, **options: Any) -> FittedModel:
    graph = LinkGraph.from_table(table)
    split = Split.of(table.num_subjects, training.seeds)
    edges = graph.edges
    judge = Judge.learn(edges.take(split.known), edges.take(split.gate), training.seeds.generator())
    return fit_model(graph, split, judge, training, **options)


@pytest.fixture(scope="module")
def seen_progress() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def model(shop: TransactionTable, seen_progress: list[Progress]) -> FittedModel:
    return fitted(shop, Training(Seeds.of(1), QUICK, progress=seen_progress.append))


def test_what_is_counted_is_the_known_subjects(shop: TransactionTable, model: FittedModel) -> None:
    known = Split.of(30, Seeds.of(1)).known
    seen = shop.take_subjects(known).with_own_names()
    edges = LinkGraph.from_table(seen).edges
    assert model.objects.tolist() == seen.objects.tolist() != shop.objects.tolist()  # others' names are not stored
    counts = np.zeros((seen.num_verbs, seen.num_objects))
    np.add.at(counts, (edges.verb, edges.object), 1)
    np.testing.assert_array_equal(model.margins[: seen.num_verbs, : seen.num_objects], counts)
    assert not model.margins[: seen.num_verbs, seen.num_objects :].any()
    own = model.margins[seen.num_verbs :]  # columns of subjects, and the plan of verbs
    assert own.sum(1).tolist() == [len(known)] * len(model.edge_generator.attributes)
    assert not own[:, : seen.num_objects].any()
    assert model.known_subjects == len(known) == 24
    assert (model.num_subjects, model.links_per_subject) == (30, len(shop) / 30)


def test_every_stage_has_a_history(model: FittedModel) -> None:
    assert list(model.history) == ["edges", "occurrences", "assignment", "order"]
    assert len(model.history["edges"]["epochs"]) == 1
    assert all("validation" in epoch for epoch in model.history["edges"]["epochs"])
    assert model.history["edges"]["calibration_errors"]
    assert set(model.history["occurrences"]["calibrated"]) == {"counts", "joint counts", "links", "visits", "order"}


def test_progress_is_told_of_each_stage(model: FittedModel, seen_progress: list[Progress]) -> None:
    stages = [progress.stage for progress in seen_progress]
    assert stages[0] == "edges"
    assert "occurrences" in stages
    edges = [progress for progress in seen_progress if progress.stage == "edges"]
    assert [progress.share for progress in edges] == sorted(progress.share for progress in edges)
    assert edges[-1].share == pytest.approx(1.0)
    assert all(math.isfinite(loss) for progress in edges for loss in progress.losses.values())


def test_the_seed_decides(shop: TransactionTable, model: FittedModel) -> None:
    def weights(of: FittedModel) -> list[float]:
        return [float(p.detach().double().sum()) for p in of.edge_generator.parameters()]

    assert weights(fitted(shop, Training(Seeds.of(1), QUICK))) == weights(model)
    assert weights(fitted(shop, Training(Seeds.of(2), QUICK))) != weights(model)


def test_without_time_there_is_a_model_all_the_same(shop: TransactionTable) -> None:
    config = dataclasses.replace(QUICK, epochs=50)
    over = fitted(shop, Training(Seeds.of(1), config, budget=Budget.of_minutes(1e-9)))
    assert len(over.history["edges"]["epochs"]) == 1
    assert over.history["edges"]["stopped"] == "out of time"
    assert over.shortfall.is_undertrained


class Clock:
    """Seconds that only the work of a fit makes pass, in the place of the module `time`."""

    def __init__(self) -> None:
        self.now, self.steps, self.slow_from, self.of_moves = 0.0, 0, math.inf, 0.01

    def __call__(self) -> float:
        return self.now

    monotonic = __call__

    def work(self, seconds: float) -> None:
        self.steps += 1
        self.now += seconds * (5.0 if self.steps > self.slow_from else 1.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A training step takes a tenth of a second, of the assignment a hundredth, a drawn pilot a second."""
    from assoc_synth.ctgan.edges import calibration
    from assoc_synth.ctgan.trainer import Trainer
    from assoc_synth.model import stages

    clock = Clock()

    step, sample_edges = Trainer._step, calibration.sample_edges

    def slow_step(self: Any, loss: Any) -> Any:
        clock.work(clock.of_moves if self.stage.name == "assignment" else 0.1)
        return step(self, loss)

    def slow_draw(*arguments: Any, **options: Any) -> Any:
        clock.work(1.0)
        return sample_edges(*arguments, **options)

    monkeypatch.setattr(Trainer, "_step", slow_step)
    for module in (calibration, stages):
        monkeypatch.setattr(module, "sample_edges", slow_draw)
    for name in ("trainer", "edges.calibration", "occurrences.calibration", "order.calibration"):
        monkeypatch.setattr(f"assoc_synth.ctgan.{name}.time", clock)
    return clock


def limited(shop: TransactionTable, clock: Clock, seconds: float) -> FittedModel:
    config = dataclasses.replace(
        QUICK, epochs=40, patience=99, assignment_patience=99, assignment_batch=16, calibration_rounds=8
    )
    clock.of_moves *= 10.0  # a tenth of the assignment's steps, each of which takes ten times as long
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assoc_synth.ctgan.assignment.training.EPOCH", 10)
        return fitted(shop, Training(Seeds.of(1), config, budget=Budget(end=seconds, clock=clock)))


def test_a_limit_that_is_not_reached_changes_nothing(shop: TransactionTable, model: FittedModel, clock: Clock) -> None:
    same = fitted(shop, Training(Seeds.of(1), QUICK, budget=Budget(end=1e6, clock=clock)))
    assert not same.shortfall.cuts
    for mine, other in zip(same.edge_generator.parameters(), model.edge_generator.parameters(), strict=True):
        assert torch.equal(mine, other)
    for mine, other in zip(
        same.occurrence_generator.parameters(), model.occurrence_generator.parameters(), strict=True
    ):
        assert torch.equal(mine, other)


def test_a_limit_is_kept_and_said_and_starves_no_stage(shop: TransactionTable, clock: Clock) -> None:
    model = limited(shop, clock, 60.0)
    assert clock.now <= 63.0
    assert "training was cut short (edges " in model.notes[-1]
    assert model.notes[-1].endswith("raise --max-minutes (in Python max_minutes)")
    assert not model.shortfall.is_undertrained
    cut = {name: stage for name, stage in model.history.items() if stage["stopped"] == OUT_OF_TIME}
    assert {"edges", "assignment"} <= set(cut)
    assert all(stage["steps"] >= stage["least_steps"] for stage in cut.values())


@pytest.mark.parametrize("slow_from", [40, 300])
def test_work_that_becomes_five_times_slower_halfway_starves_no_stage(
    shop: TransactionTable, clock: Clock, slow_from: int
) -> None:
    clock.slow_from = slow_from
    model = limited(shop, clock, 120.0)
    assert clock.now <= 130.0
    assert "training was cut short (" in model.notes[-1]
    assert not model.shortfall.is_undertrained, model.shortfall.warning


def test_constraints_are_checked_before_training(shop: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    class Positive:
        """Named like a constraint that nothing keeps."""

    monkeypatch.setattr("assoc_synth.model.stages.EdgeTrainer", None)
    with pytest.raises(InputError, match="Positive cannot be honoured"):
        fitted(shop, Training(Seeds.of(1), QUICK), constraints=[Positive()])
