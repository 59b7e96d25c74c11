"""Links are swapped between visits: what goes together is found, sizes stay, a return follows its purchase."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.kernel import LATER, ORDER_BINS, PREVIOUS
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.sampling import first_of_each, swap
from assoc_synth.ctgan.assignment.training import AssignmentTrainer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.randomness import Seeds

SUBJECTS = 150
CONFIG = CTGANConfig(epochs=5, assignment_batch=1_024, assignment_learning_rate=5e-3, assignment_precision=10.0)


@pytest.fixture(scope="module")
def swapped(truth: Assignment) -> tuple[Assignment, np.ndarray]:
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    model = AssignmentModel(2, 11, CONFIG)
    history = AssignmentTrainer(CONFIG, model, truth, validation=np.arange(15), seeds=Seeds.of(0)).fit()
    assert history.epochs[history.best_epoch - 1]["validation"] < 0.3  # log 2 knows nothing
    shuffled = np.concatenate([rng.permutation(part) for part in truth.visit.reshape(SUBJECTS, -1)])
    start = Assignment(**{**vars(truth), "visit": shuffled})
    return truth, swap(model, start, rng)


def test_visits_keep_their_sizes_and_subjects(swapped: tuple[Assignment, np.ndarray]) -> None:
    truth, visit = swapped
    assert (np.bincount(visit) == 3).all()
    assert (visit // 4 == truth.subject).all()


def test_what_goes_together_is_together(swapped: tuple[Assignment, np.ndarray]) -> None:
    place = swapped[1].reshape(SUBJECTS, 12)
    for group in (slice(0, 3), slice(3, 6)):
        together = (place[:, group] == place[:, group].min(1, keepdims=True)).all(1)
        assert together.mean() > 0.7  # by chance 1 in 55


def test_a_return_follows_its_purchase(swapped: tuple[Assignment, np.ndarray]) -> None:
    place = swapped[1].reshape(SUBJECTS, 12)
    assert (place[:, 6] < place[:, 7]).mean() > 0.95


def test_repeats_are_parted_and_what_has_no_place_is_marked() -> None:
    """Two visits of two links: x twice and y twice can be parted; x three times cannot."""
    rng = np.random.default_rng(0)
    zero = np.zeros(4, np.int64)
    visits = Visits(zero[:2], zero[:2] - 1, zero[:2], zero[:2] + 2)
    for objects, left_out in (((0, 0, 1, 1), 0), ((0, 0, 0, 1), 1)):
        made = np.array(objects), np.array([0, 0, 1, 1])
        assignment = Assignment.of(visits, Horizon(), subject=zero, verb=zero, object=made[0], visit=made[1])
        visit = swap(AssignmentModel(1, 2, CONFIG), assignment, rng, alone=True)
        stays = first_of_each(assignment.object, visit)
        assert (~stays).sum() == left_out
        kept = list(zip(visit[stays].tolist(), assignment.object[stays].tolist(), strict=True))
        assert len(set(kept)) == len(kept)


def test_links_of_a_single_visit_stay() -> None:
    zero = np.zeros(3, np.int64)
    visits = Visits(zero[:1], zero[:1], zero[:1], zero[:1] + 3)
    assignment = Assignment.of(visits, Horizon(), subject=zero, verb=zero, object=np.arange(3), visit=zero)
    model = AssignmentModel(1, 3, CTGANConfig())
    assert swap(model, assignment, np.random.default_rng(0)).tolist() == [0, 0, 0]


def test_a_pair_with_terms_of_order_keeps_its_order_and_its_distance() -> None:
    """Two links in ten visits: by their terms the right one is in the visit after the left one's."""
    subjects, visits = 200, 10
    own = np.repeat(np.arange(subjects), visits)
    made = Visits(own, np.tile(np.arange(visits), subjects), np.zeros(len(own), np.int64), np.ones(len(own), np.int64))
    object = np.tile(np.array([0, 1] + [2] * (visits - 2)), subjects)
    rng = np.random.default_rng(0)
    shuffled = np.concatenate([visits * subject + rng.permutation(visits) for subject in range(subjects)])
    start = Assignment.of(made, Horizon(0, 10), subject=own, verb=np.zeros_like(own), object=object, visit=shuffled)
    model = AssignmentModel(1, 3, CTGANConfig())
    with torch.no_grad():
        for weight in (model.association.object, model.preference.object, model.association.shift):
            weight.zero_()
        model.preference.shift.zero_()
    terms = np.zeros((1, ORDER_BINS), np.float32)
    terms[0, PREVIOUS], terms[0, LATER] = 9.0, 4.0
    model.terms.set(np.array([1]), np.array([0]), np.array([True]), terms)
    place = swap(model, start, rng, sweeps=200).reshape(subjects, visits)
    after = place[:, 1] - place[:, 0]
    assert (after == 1).mean() > 0.9  # 1 in 10 by chance; the term of "further before" is for the other order
    assert (after > 0).mean() > 0.97


def test_the_chain_draws_from_the_energies() -> None:
    """Two links a, b of one pair in three visits of two: P(together) follows from the term, counted out."""
    subjects = 4_000
    own = np.repeat(np.arange(subjects), 6)
    zero = np.zeros(3 * subjects, np.int64)
    made = Visits(np.repeat(np.arange(subjects), 3), zero - 1, zero, zero + 2)
    object = np.tile(np.arange(6), subjects)
    start = Assignment.of(
        made,
        Horizon(),
        subject=own,
        verb=np.zeros_like(own),
        object=object,
        visit=np.repeat(np.arange(3 * subjects), 2),
    )
    model = AssignmentModel(1, 6, CTGANConfig())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    model.terms.set(np.array([0]), np.array([5]), np.array([False]), 2.0 * np.eye(1, ORDER_BINS, dtype=np.float32))
    place = swap(model, start, np.random.default_rng(0)).reshape(subjects, 6)
    together = float((place[:, 0] == place[:, 5]).mean())
    expected = np.exp(2.0) / (np.exp(2.0) + 4.0)  # of the five places beside link 0, one is link 5's
    assert together == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / subjects))
