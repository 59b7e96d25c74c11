"""Training of the swaps: it learns what is planted, follows its config, and its logits are differences of energies."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.kernel import EARLIER, LATER, NEXT, PREVIOUS, SAME, SAME_VISIT, time_bin
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.training import (
    EPOCH,
    AssignmentStage,
    AssignmentTrainer,
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
    assert len(history.epochs) < 50


def test_the_logits_are_the_difference_of_energies(truth: Assignment) -> None:
    """Against the sum over all pairs of links in one visit, all links and all pairs to one object, written out."""
    model = untrained()
    with torch.no_grad():
        model.between.normal_()
    pairs = np.array([0, 3, 17, 1]), np.array([1, 17, 6, 8])  # 17 is object 6 by verb 1
    model.terms.set(*pairs, np.array([False, True, True, True]), np.random.default_rng(0).normal(size=(4, 5)))
    terms = dict(
        zip(
            zip(
                model.terms.tokens[model.terms.left].tolist(),
                model.terms.tokens[model.terms.right].tolist(),
                strict=True,
            ),
            model.terms.weight.tolist(),
            strict=True,
        )
    )
    orders = dict(zip(terms, model.terms.ordered.tolist(), strict=True))
    same_object = model.same_object()
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
                    same = visit[one] == visit[other]
                    at = SAME_VISIT if same else time_bin(truth.days[visit[one]], truth.days[visit[other]])
                    total += float(same_object[truth.verb[one], truth.verb[other], at])
                left, right = sorted((one, other), key=lambda link: truth.verb[link] * 11 + truth.object[link])
                pair = tuple(int(truth.verb[link] * 11 + truth.object[link]) for link in (left, right))
                if pair in terms:
                    after = int(truth.rank[visit[right]] - truth.rank[visit[left]])
                    at = {0: SAME, 1: NEXT, -1: PREVIOUS}.get(after, LATER if after > 0 else EARLIER)
                    total += terms[pair][at] if at == SAME or orders[pair] else 0.0
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
        for parameter in model.parameters():
            parameter.zero_()
        model.between[0, 1, :4] = 3.0  # bought earlier than returned
    stage = AssignmentStage(QUICK, model, truth, np.arange(15), seeds=Seeds.of(0))
    assert stage.logits(np.array([6]), np.array([7])).item() == pytest.approx(3.0)
    assert stage.logits(np.array([0]), np.array([3])).item() == 0


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
