"""Fitting: every stage runs in turn and within the budget, and no subject of the gate is looked at."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.trainer import Progress
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.gate.by_verb import Judge
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.budget import Budget
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.fitting import Training, fit_model
from assoc_synth.model.split import Split
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
    edges = LinkGraph.from_table(shop).edges.take(known)
    counts = np.zeros((shop.num_verbs, shop.num_objects))
    np.add.at(counts, (edges.verb, edges.object), 1)
    np.testing.assert_array_equal(model.margins, counts)
    assert model.known_subjects == len(known) == 24
    assert (model.num_subjects, model.links_per_subject) == (30, len(shop) / 30)


def test_every_stage_has_a_history(model: FittedModel) -> None:
    assert list(model.history) == ["edges", "occurrences", "assignment"]
    assert len(model.history["edges"]["epochs"]) == 1
    assert all("validation" in epoch for epoch in model.history["edges"]["epochs"])
    assert model.history["edges"]["calibration_errors"]
    assert set(model.history["occurrences"]["calibrated"]) == {"counts", "links", "order"}


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


def test_each_stage_is_given_the_budgets_deadline(shop: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that stands still, each deadline is its share of the 60 seconds."""
    from assoc_synth.model import fitting

    found: dict[str, float] = {}

    def noted(name: str) -> Any:
        real = getattr(fitting, name)

        def call(*arguments: Any, **options: Any) -> Any:
            found[name] = options["deadline"]
            return real(*arguments, **options | {"deadline": math.inf})

        return call

    names = ("EdgeTrainer", "calibrate_edges", "OccurrenceTrainer", "train_assignment", "calibrate_occurrences")
    for name in names:
        monkeypatch.setattr(fitting, name, noted(name))
    fitted(shop, Training(Seeds.of(1), QUICK, budget=Budget(end=60.0, clock=lambda: 0.0)))
    edges = LinkGraph.from_table(shop.take_subjects(Split.of(30, Seeds.of(1)).known)).edges
    links_per_edge = edges.num_links / len(edges)
    assert [found[name] for name in names] == pytest.approx(
        [60 * 0.65 / links_per_edge ** (1 / 3), 30.0, 30.0, 36.0, 60.0]
    )


def test_constraints_are_checked_before_training(shop: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    class Positive:
        """Named like a constraint that nothing keeps."""

    monkeypatch.setattr("assoc_synth.model.fitting.EdgeTrainer", None)
    with pytest.raises(InputError, match="Positive cannot be honoured"):
        fitted(shop, Training(Seeds.of(1), QUICK), constraints=[Positive()])
