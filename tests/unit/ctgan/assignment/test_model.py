"""Assignment of visits: what goes together is found, sizes stay, a return follows its purchase."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.model import SAME_VISIT, UNORDERED, Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.sampling import part_repeats, swap
from assoc_synth.ctgan.assignment.training import AssignmentTrainer
from assoc_synth.ctgan.interface import Horizon, Visits

SUBJECTS = 150


def planted(rng: np.random.Generator) -> Assignment:
    """Four visits of three links each: objects 0-2 go together in one visit, as 3-5 do in another; two are mixed.

    Object 6 is bought (verb 0) in an early visit and returned (verb 1) in a later one.
    """
    subject, verb, object, visit = [], [], [], []
    for own in range(SUBJECTS):
        places = rng.permutation(4)
        early, late = np.sort(places[2:])
        links = [(0, thing, places[0]) for thing in (0, 1, 2)] + [(0, thing, places[1]) for thing in (3, 4, 5)]
        links += [(0, 6, early), (1, 6, late)] + [(0, 7 + rng.integers(4), at) for at in (early, early, late, late)]
        for its_verb, thing, place in links:
            subject.append(own)
            verb.append(its_verb)
            object.append(thing)
            visit.append(4 * own + place)
    visits = Visits(
        np.repeat(np.arange(SUBJECTS), 4),
        np.tile([0, 10, 20, 30], SUBJECTS),
        np.zeros(4 * SUBJECTS, np.int64),
        np.full(4 * SUBJECTS, 3),
    )
    codes = (np.array(part) for part in (subject, verb, object, visit))
    own, its_verb, thing, place = codes
    return Assignment.of(visits, Horizon(0, 30), subject=own, verb=its_verb, object=thing, visit=place, rng=rng)


@pytest.fixture(scope="module")
def filled() -> tuple[Assignment, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = planted(rng)
    torch.manual_seed(0)
    model = AssignmentModel(2, 11)
    history = AssignmentTrainer(model, truth, validation=np.arange(15), seed=0).fit()
    assert history.epochs[history.best_epoch - 1]["validation"] < 0.3  # log 2 knows nothing
    shuffled = np.concatenate([rng.permutation(part) for part in truth.visit.reshape(SUBJECTS, -1)])
    start = Assignment(**{**vars(truth), "visit": shuffled})
    return truth, swap(model, start, rng)


def test_visits_keep_their_sizes_and_subjects(filled: tuple[Assignment, np.ndarray]) -> None:
    truth, visit = filled
    assert (np.bincount(visit) == 3).all()
    assert (visit // 4 == truth.subject).all()


def test_what_goes_together_is_together(filled: tuple[Assignment, np.ndarray]) -> None:
    place = filled[1].reshape(SUBJECTS, 12)
    for group in (slice(0, 3), slice(3, 6)):
        together = (place[:, group] == place[:, group].min(1, keepdims=True)).all(1)
        assert together.mean() > 0.7  # by chance 1 in 55


def test_a_return_follows_its_purchase(filled: tuple[Assignment, np.ndarray]) -> None:
    place = filled[1].reshape(SUBJECTS, 12)
    assert (place[:, 6] < place[:, 7]).mean() > 0.95


def test_bins_are_symmetric() -> None:
    visits = Visits(np.zeros(4, np.int64), np.array([0, 3, 40, -1]), np.zeros(4, np.int64), np.ones(4, np.int64))
    assignment = Assignment.of(
        visits,
        Horizon(0, 40),
        subject=np.zeros(4, np.int64),
        verb=np.zeros(4, np.int64),
        object=np.zeros(4, np.int64),
        visit=np.arange(4),
        rng=np.random.default_rng(0),
    )
    first, second = (part.ravel() for part in np.meshgrid(np.arange(3), np.arange(3)))
    there, back = assignment.bins(first, second), assignment.bins(second, first)
    assert (there + back == 2 * SAME_VISIT).all()
    assert assignment.bins(np.array([1, 2]), np.array([0, 0])).tolist() == [SAME_VISIT + 2, SAME_VISIT + 4]
    assert assignment.bins(np.array([3]), np.array([0])).tolist() == [UNORDERED]


def test_repeats_are_parted_and_what_has_no_place_is_told() -> None:
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
