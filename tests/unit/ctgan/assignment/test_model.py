"""Filling of moments: what goes together is found, sizes stay, a return follows its purchase."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.model import SAME_MOMENT, UNORDERED, Exchange, Filling
from assoc_synth.ctgan.assignment.sampling import exchange, part_repeats
from assoc_synth.ctgan.assignment.training import ExchangeTrainer
from assoc_synth.ctgan.interface import Horizon, Moments

SUBJECTS = 150


def planted(rng: np.random.Generator) -> Filling:
    """Four moments of three links each: objects 0-2 go together in one moment, as 3-5 do in another; two are mixed.

    Object 6 is bought (verb 0) in an early moment and returned (verb 1) in a later one.
    """
    subject, verb, object, moment = [], [], [], []
    for own in range(SUBJECTS):
        places = rng.permutation(4)
        early, late = np.sort(places[2:])
        links = [(0, thing, places[0]) for thing in (0, 1, 2)] + [(0, thing, places[1]) for thing in (3, 4, 5)]
        links += [(0, 6, early), (1, 6, late)] + [(0, 7 + rng.integers(4), at) for at in (early, early, late, late)]
        for its_verb, thing, place in links:
            subject.append(own)
            verb.append(its_verb)
            object.append(thing)
            moment.append(4 * own + place)
    moments = Moments(
        np.repeat(np.arange(SUBJECTS), 4), np.tile([0, 10, 20, 30], SUBJECTS), np.zeros(4 * SUBJECTS, np.int64),
        np.full(4 * SUBJECTS, 3),
    )  # fmt: skip
    codes = (np.array(part) for part in (subject, verb, object, moment))
    own, its_verb, thing, place = codes
    return Filling.of(moments, Horizon(0, 30), subject=own, verb=its_verb, object=thing, moment=place, rng=rng)


@pytest.fixture(scope="module")
def filled() -> tuple[Filling, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = planted(rng)
    torch.manual_seed(0)
    model = Exchange(2, 11)
    history = ExchangeTrainer(model, truth, validation=np.arange(15), seed=0).fit()
    assert history.epochs[history.best_epoch - 1]["validation"] < 0.3  # log 2 knows nothing
    shuffled = np.concatenate([rng.permutation(part) for part in truth.moment.reshape(SUBJECTS, -1)])
    start = Filling(**{**vars(truth), "moment": shuffled})
    return truth, exchange(model, start, rng)


def test_moments_keep_their_sizes_and_subjects(filled: tuple[Filling, np.ndarray]) -> None:
    truth, moment = filled
    assert (np.bincount(moment) == 3).all()
    assert (moment // 4 == truth.subject).all()


def test_what_goes_together_is_together(filled: tuple[Filling, np.ndarray]) -> None:
    place = filled[1].reshape(SUBJECTS, 12)
    for group in (slice(0, 3), slice(3, 6)):
        together = (place[:, group] == place[:, group].min(1, keepdims=True)).all(1)
        assert together.mean() > 0.7  # by chance 1 in 55


def test_a_return_follows_its_purchase(filled: tuple[Filling, np.ndarray]) -> None:
    place = filled[1].reshape(SUBJECTS, 12)
    assert (place[:, 6] < place[:, 7]).mean() > 0.95


def test_bins_are_symmetric() -> None:
    moments = Moments(np.zeros(4, np.int64), np.array([0, 3, 40, -1]), np.zeros(4, np.int64), np.ones(4, np.int64))
    filling = Filling.of(
        moments, Horizon(0, 40), subject=np.zeros(4, np.int64), verb=np.zeros(4, np.int64),
        object=np.zeros(4, np.int64), moment=np.arange(4), rng=np.random.default_rng(0),
    )  # fmt: skip
    first, second = (part.ravel() for part in np.meshgrid(np.arange(3), np.arange(3)))
    there, back = filling.bins(first, second), filling.bins(second, first)
    assert (there + back == 2 * SAME_MOMENT).all()
    assert filling.bins(np.array([1, 2]), np.array([0, 0])).tolist() == [SAME_MOMENT + 2, SAME_MOMENT + 4]
    assert filling.bins(np.array([3]), np.array([0])).tolist() == [UNORDERED]


def test_repeats_are_parted_and_what_has_no_place_is_told() -> None:
    """Two moments of two links: x twice and y twice can be parted; x three times cannot."""
    rng = np.random.default_rng(0)
    moments = Moments(np.zeros(2, np.int64), np.full(2, -1), np.zeros(2, np.int64), np.full(2, 2))
    for objects, left_out in (((0, 0, 1, 1), 0), ((0, 0, 0, 1), 1)):
        filling = Filling.of(
            moments, Horizon(), subject=np.zeros(4, np.int64), verb=np.zeros(4, np.int64), object=np.array(objects),
            moment=np.array([0, 0, 1, 1]), rng=rng,
        )  # fmt: skip
        moment, stays = part_repeats(filling.object, filling, filling.moment, rng)
        assert (~stays).sum() == left_out
        kept = list(zip(moment[stays].tolist(), filling.object[stays].tolist(), strict=True))
        assert len(set(kept)) == len(kept)
