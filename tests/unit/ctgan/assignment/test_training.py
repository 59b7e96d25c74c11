"""Training of the swaps: it learns what is planted, follows its config, and its logits are differences of energies."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.kernel import SAME_VISIT
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.training import (
    EPOCH,
    AssignmentStage,
    AssignmentTrainer,
    companions,
    learn_sizes,
    train_assignment,
)
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.trainer import Progress
from assoc_synth.randomness import Seeds

QUICK = CTGANConfig(epochs=1, assignment_batch=64)


def untrained(config: CTGANConfig = QUICK) -> AssignmentModel:
    torch.manual_seed(0)
    return AssignmentModel(2, 11, config)


def test_epochs_are_a_hundred_steps_each_and_govern_training(truth: Assignment) -> None:
    seen: list[Progress] = []
    config = replace(QUICK, epochs=2)
    trainer = AssignmentTrainer(
        config, untrained(), truth, validation=np.arange(15), seeds=Seeds.of(0), callback=seen.append
    )
    history = trainer.fit()
    assert len(history.epochs) == 2
    assert len(seen) == 2 * EPOCH
    assert (seen[-1].stage, seen[-1].epoch, seen[-1].epochs, seen[-1].share) == ("assignment", 2, 2, 1.0)
    assert history.epochs[-1]["validation"] < np.log(2)  # which knows nothing


def test_what_goes_together_is_company(truth: Assignment) -> None:
    """Objects 0 to 2 are in one visit, as 3 to 5 are in another; 7 to 10 lie anywhere."""
    model = untrained()
    AssignmentTrainer(QUICK, model, truth, validation=np.arange(15), seeds=Seeds.of(0)).fit()
    pairs = set(zip(*(part.tolist() for part in companions(model, truth)), strict=True))
    inside = {(one, other) for group in ((0, 1, 2), (3, 4, 5)) for one in group for other in group}
    assert {thing for pair in pairs & inside for thing in pair} == set(range(6))
    assert not {(one, other) for one in (0, 1, 2) for other in (3, 4, 5)} & pairs


def test_training_stops_by_its_own_patience(truth: Assignment) -> None:
    config = replace(QUICK, epochs=50, assignment_patience=1, assignment_learning_rate=1.0)
    history = AssignmentTrainer(config, untrained(), truth, validation=np.arange(15), seeds=Seeds.of(0)).fit()
    assert history.stopped == "validation stopped improving"
    assert len(history.epochs) < 50


def test_a_return_before_its_purchase_has_a_cost(truth: Assignment) -> None:
    """Links 6 and 7 of each subject are a purchase and its return."""
    model = untrained()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.between[0, 1, :SAME_VISIT] = 3.0  # bought earlier than returned
    stage = AssignmentStage(QUICK, model, truth, np.arange(15), seeds=Seeds.of(0))
    assert stage.move_logits.of_swaps(np.array([6]), np.array([7])).item() == pytest.approx(3.0)
    assert stage.move_logits.of_swaps(np.array([0]), np.array([3])).item() == 0


def test_swaps_are_of_one_subject_and_two_visits(truth: Assignment) -> None:
    stage = AssignmentStage(QUICK, untrained(), truth, np.arange(15), seeds=Seeds.of(0))
    first, second = stage.swaps(stage.training, 500)
    assert (truth.subject[first] == truth.subject[second]).all()
    assert (truth.visit[first] != truth.visit[second]).all()
    assert truth.subject[first].min() >= 15
    assert truth.subject[stage.validation_moves[0][0]].max() < 15


def test_transfers_are_to_other_visits_that_have_room(sizes_differ: Assignment) -> None:
    model = untrained()
    learn_sizes(model, sizes_differ, np.arange(150), np.random.default_rng(0))
    stage = AssignmentStage(QUICK, model, sizes_differ, np.arange(15), seeds=Seeds.of(0))
    link, to = stage.transfers(stage.training, 500)
    sizes = np.bincount(sizes_differ.visit)
    assert 0 < len(link) < 500
    assert (sizes_differ.visit[link] != to).all()
    assert (to // 4 == sizes_differ.subject[link]).all()  # four visits each
    assert sizes[sizes_differ.visit[link]].min() > 1
    assert sizes[to].max() < sizes.max()
    swaps, transfers = stage.moves(stage.training, 1_000)
    assert min(len(swaps[0]), len(transfers[0])) > 0


def test_where_all_visits_have_one_size_there_are_no_transfers(truth: Assignment) -> None:
    model = untrained()
    learn_sizes(model, truth, np.arange(150), np.random.default_rng(0))
    stage = AssignmentStage(QUICK, model, truth, np.arange(15), seeds=Seeds.of(0))
    assert len(model.size) == 0
    assert len(stage.moves(stage.training, 100)[1][0]) == 0


@pytest.mark.parametrize("validation", [np.zeros(0, np.int64), np.arange(150)])
def test_with_too_few_subjects_the_same_ones_validate(truth: Assignment, validation: np.ndarray) -> None:
    stage = AssignmentStage(QUICK, untrained(), truth, validation, seeds=Seeds.of(0))
    assert len(stage.training) == len(stage.validation) == len(truth.subject)


def test_there_is_nothing_to_learn_without_second_visits() -> None:
    model = untrained()
    data = SimpleNamespace(visits=None)
    history = train_assignment(
        model, data, config=QUICK, rules=np.zeros((0, 3), np.int64), validation=np.arange(1), seeds=Seeds.of(0)
    )  # type: ignore[arg-type]
    assert history.epochs == []
