"""Counts of a state: with the parameters they are its energy, whose differences are the swaps' logits."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.features import swap_features, transfer_features
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.logits import place_of
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.state_counts import count_parameters
from assoc_synth.ctgan.config import CTGANConfig


def sized() -> AssignmentModel:
    """A model with terms of pairs, of sizes and of verbs."""
    model = AssignmentModel(2, 11, CTGANConfig())
    model.resize(0, 0, 0, 4, 2)
    model.terms.set(np.array([0, 3, 17, 1]), np.array([1, 17, 6, 8]), np.array([False, True, True, True]))
    model.size.edges.copy_(torch.tensor([1, 2, 3, 4, 7]))
    model.size.verbs.copy_(torch.tensor([0, 1]))
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.5)
    return model


@pytest.mark.parametrize(("one", "other"), [(0, 3), (6, 7), (1, 8)])
def test_a_swap_changes_the_counts_by_its_features(truth: Assignment, one: int, other: int) -> None:
    model = sized()
    world, size = model.world(truth), len(model.flat())
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    swapped = truth.visit.copy()
    swapped[[one, other]] = swapped[[other, one]]
    before, after = (
        count_parameters(world, partners, place_of(visit, len(truth.days)), size) for visit in (truth.visit, swapped)
    )
    swap = np.array([one]), np.array([other])
    found = swap_features(world, partners, place_of(truth.visit, len(truth.days)), *swap, 1_000)
    change = np.zeros(size)
    np.add.at(change, found.parameter, found.sign)
    assert change.any()
    flat = model.flat().detach().double().numpy()
    assert (before - after) @ flat == pytest.approx(change @ flat, abs=1e-4)


@pytest.mark.parametrize(("link", "to"), [(0, 3), (6, 0), (7, 1), (5, 2)])
def test_a_transfer_changes_the_counts_by_its_features(truth: Assignment, link: int, to: int) -> None:
    model = sized()
    world, size = model.world(truth), len(model.flat())
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    to = to if to != truth.visit[link] else 3 - to
    moved = truth.visit.copy()
    moved[link] = to
    before, after = (
        count_parameters(world, partners, place_of(visit, len(truth.days)), size) for visit in (truth.visit, moved)
    )
    place = place_of(truth.visit, len(truth.days))
    found = transfer_features(world, partners, place, np.array([link]), np.array([to]), 1_000)
    change = np.zeros(size)
    np.add.at(change, found.parameter, found.sign)
    assert change[-4 - 2 * 5 :].any()  # terms of sizes
    flat = model.flat().detach().double().numpy()
    assert (before - after) @ flat == pytest.approx(change @ flat, abs=1e-4)
