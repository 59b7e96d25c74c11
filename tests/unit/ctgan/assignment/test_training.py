"""Training of the swaps: it learns what is planted, follows its config, and its logits are differences of energies."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.training import (
    EPOCH,
    AssignmentStage,
    AssignmentTrainer,
    same_object_logits,
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


def test_training_stops_by_its_own_patience(truth: Assignment) -> None:
    config = replace(QUICK, epochs=50, assignment_patience=1, assignment_learning_rate=1.0)
    history = AssignmentTrainer(config, untrained(), truth, validation=np.arange(15), seeds=Seeds.of(0)).fit()
    assert history.stopped == "validation stopped improving"
    assert len(history.epochs) == history.best_epoch + 1


def test_the_logits_are_the_difference_of_energies(truth: Assignment) -> None:
    """Against the sum over all pairs of links in one visit, all links and all pairs to one object, written out."""
    model = untrained()
    with torch.no_grad():
        model.between.normal_()
    stage = AssignmentStage(QUICK, model, truth, np.arange(15), seeds=Seeds.of(0))
    embedded = model.association(torch.from_numpy(truth.verb), torch.from_numpy(truth.object))
    preference = model.preference(torch.from_numpy(truth.verb), torch.from_numpy(truth.object))
    visits = model.visit(torch.from_numpy(truth.features))

    def energy(visit: np.ndarray) -> float:
        own = np.arange(12)  # subject 0
        total = sum(float(preference[link] @ visits[visit[link]]) for link in own)
        for one in own:
            for other in own[own > one]:
                if visit[one] == visit[other]:
                    total += float(embedded[one] @ (model.sign * embedded[other]))
                if truth.object[one] == truth.object[other]:
                    bins = truth.bins(visit[[one]], visit[[other]])
                    verbs = (torch.from_numpy(truth.verb[[link]]) for link in (one, other))
                    total += float(model.same_object(*verbs, torch.from_numpy(bins)))
        return total

    first, second = np.array([0, 6, 1]), np.array([3, 7, 8])
    with torch.no_grad():
        found = stage.logits(first, second)
        for at, (one, other) in enumerate(zip(first, second, strict=True)):
            swapped = truth.visit.copy()
            swapped[[one, other]] = swapped[[other, one]]
            assert found[at].item() == pytest.approx(energy(truth.visit) - energy(swapped), abs=1e-3)


def test_a_return_before_its_purchase_has_a_cost(truth: Assignment) -> None:
    """Links 6 and 7 of each subject are a purchase and its return."""
    model = untrained()
    with torch.no_grad():
        model.between[0, 1, :4] = 3.0  # bought earlier than returned
    logits = same_object_logits(model, truth, truth.visit, np.array([6]), np.array([7]))
    assert logits.item() == pytest.approx(3.0)
    others = same_object_logits(model, truth, truth.visit, np.array([0]), np.array([3]))
    assert others.item() == 0


def test_swaps_are_of_one_subject_and_two_visits(truth: Assignment) -> None:
    stage = AssignmentStage(QUICK, untrained(), truth, np.arange(15), seeds=Seeds.of(0))
    first, second = stage.swaps(stage.training, 500)
    assert (truth.subject[first] == truth.subject[second]).all()
    assert (truth.visit[first] != truth.visit[second]).all()
    assert truth.subject[first].min() >= 15
    assert truth.subject[stage.validation_swaps[0]].max() < 15


@pytest.mark.parametrize("validation", [np.zeros(0, np.int64), np.arange(150)])
def test_with_too_few_subjects_the_same_ones_validate(truth: Assignment, validation: np.ndarray) -> None:
    stage = AssignmentStage(QUICK, untrained(), truth, validation, seeds=Seeds.of(0))
    assert len(stage.training) == len(stage.validation) == len(truth.subject)


def test_there_is_nothing_to_learn_without_second_visits() -> None:
    model = untrained()
    data = SimpleNamespace(visits=None)
    history = train_assignment(model, data, config=QUICK, validation=np.arange(1), seeds=Seeds.of(0))  # type: ignore[arg-type]
    assert history.epochs == []
