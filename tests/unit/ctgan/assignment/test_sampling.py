"""Links are swapped between visits: what goes together is found, sizes stay, a return follows its purchase."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.sampling import part_repeats, swap
from assoc_synth.ctgan.assignment.training import AssignmentTrainer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.randomness import Seeds

SUBJECTS = 150
CONFIG = CTGANConfig(epochs=5, assignment_batch=1_024)


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
    visits = Visits(np.zeros(2, np.int64), np.full(2, -1), np.zeros(2, np.int64), np.full(2, 2))
    for objects, left_out in (((0, 0, 1, 1), 0), ((0, 0, 0, 1), 1)):
        assignment = Assignment.of(
            visits,
            Horizon(),
            subject=np.zeros(4, np.int64),
            verb=np.zeros(4, np.int64),
            object=np.array(objects),
            visit=np.array([0, 0, 1, 1]),
            rng=rng,
        )
        visit, stays = part_repeats(assignment.object, assignment, assignment.visit, rng)
        assert (~stays).sum() == left_out
        kept = list(zip(visit[stays].tolist(), assignment.object[stays].tolist(), strict=True))
        assert len(set(kept)) == len(kept)


def test_links_of_a_single_visit_stay() -> None:
    zero = np.zeros(3, np.int64)
    visits = Visits(zero[:1], zero[:1], zero[:1], zero[:1] + 3)
    assignment = Assignment.of(
        visits, Horizon(), subject=zero, verb=zero, object=np.arange(3), visit=zero, rng=np.random.default_rng(0)
    )
    model = AssignmentModel(1, 3, CTGANConfig())
    assert swap(model, assignment, np.random.default_rng(0)).tolist() == [0, 0, 0]
