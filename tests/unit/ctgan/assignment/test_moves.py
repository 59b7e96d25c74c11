"""What a link loses when it goes is the logit of the transfer, and its going keeps the subject's sums."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.chain import own_of
from assoc_synth.ctgan.assignment.kernel import NONE, TIME_BINS, find_partners
from assoc_synth.ctgan.assignment.logits import MoveLogits
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.moves import Distant, Own, go, loss
from assoc_synth.ctgan.config import CTGANConfig


@pytest.fixture(scope="module")
def model(sizes_differ: Assignment) -> AssignmentModel:
    torch.manual_seed(0)
    made = AssignmentModel(2, 11, CTGANConfig())
    sizes = np.bincount(sizes_differ.visit)
    made.size.learn(sizes, np.stack([sizes, sizes]), np.stack([sizes, sizes])[None])
    made.terms.set(np.array([0, 3, 17]), np.array([1, 17, 6]), np.array([False, True, True]))
    with torch.no_grad():
        for weight in made.parameters():
            weight.normal_(std=0.3)
    return made


def state(model: AssignmentModel, truth: Assignment) -> tuple[tuple, Own, np.ndarray]:
    world, energies, visit = model.world(truth), model.energies(truth), truth.visit.copy()
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    distant = Distant(*partners, world.days, world.rank, energies.flat, 2 * 2 * TIME_BINS)
    place = np.full(max(len(world.pairs.offsets), len(world.company.offsets)) - 1, NONE)
    own = own_of(world, energies, place, (0, 12, 0, 3), visit, np.random.default_rng(0))
    return (world, distant, energies.size), own, visit


@torch.no_grad()
def test_what_is_lost_is_the_logit_of_the_transfer(model: AssignmentModel, sizes_differ: Assignment) -> None:
    parts, own, visit = state(model, sizes_differ)
    logits = MoveLogits(model, sizes_differ, np.random.default_rng(0))
    sizes = np.bincount(visit)
    allowed = [(link, to) for link in range(12) for to in range(4) if to != visit[link] and sizes[visit[link]] > 1]
    allowed = [(link, to) for link, to in allowed if sizes[to] < model.size.most]
    expected = logits.of_transfers(*np.array(allowed).T)
    found = [loss(*parts, own, visit, link, to) for link, to in allowed]
    assert found == pytest.approx(expected.tolist(), abs=1e-3)
    assert len(allowed) > 10


def test_there_and_back_leaves_everything_as_it_was(model: AssignmentModel, sizes_differ: Assignment) -> None:
    parts, own, visit = state(model, sizes_differ)
    before, held = own.field.copy(), own.held.copy()
    home = int(visit[0])
    lost = loss(*parts, own, visit, 0, (home + 1) % 4)
    go(parts[0], own, visit, 0, (home + 1) % 4)
    assert visit[0] == (home + 1) % 4
    assert own.held[home, 0] == held[home, 0] - 1
    assert loss(*parts, own, visit, 0, home) == pytest.approx(-lost, abs=1e-4)
    go(parts[0], own, visit, 0, home)
    assert own.field == pytest.approx(before, abs=1e-5)
    assert (own.held == held).all()
    assert (visit == sizes_differ.visit).all()
