"""Counts of a state: with the parameters and the scales of sizes they are its energy; moves lose its differences."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.features import swap_features, transfer_features
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.logits import place_of
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.state_counts import beside_parameters, count_parameters
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.transactions.arrays import Floats, Ints


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


def counts_of(model: AssignmentModel, truth: Assignment, visit: Ints) -> Floats:
    """How often each parameter counts, those of two links in one visit as its size scales them."""
    world, place = model.world(truth), place_of(visit, len(truth.days))
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    counts, beside = count_parameters(world, partners, place, len(model.flat())), beside_parameters(world, place)
    scale = scales_of(model, np.diff(place.begins))
    return counts + np.bincount(beside[:, 1], scale[beside[:, 0]], minlength=len(counts))


def scales_of(model: AssignmentModel, sizes: Ints) -> Floats:
    return model.size.scales().detach().double().numpy()[np.searchsorted([1, 2, 3, 4], sizes, side="right") - 1]


@pytest.mark.parametrize(("one", "other"), [(0, 3), (6, 7), (1, 8)])
def test_a_swap_changes_the_counts_by_its_features(truth: Assignment, one: int, other: int) -> None:
    model = sized()
    world, size = model.world(truth), len(model.flat())
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    swapped = truth.visit.copy()
    swapped[[one, other]] = swapped[[other, one]]
    before, after = (counts_of(model, truth, visit) for visit in (truth.visit, swapped))
    swap = np.array([one]), np.array([other])
    found = swap_features(world, partners, place_of(truth.visit, len(truth.days)), *swap, 1_000)
    here, there = scales_of(model, np.bincount(truth.visit)[truth.visit[[one, other]]])
    change = np.zeros(size)
    np.add.at(change, found.parameter, found.sign * np.array([1.0, here, there])[found.scaled])
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
    before, after = (counts_of(model, truth, visit) for visit in (truth.visit, moved))
    place = place_of(truth.visit, len(truth.days))
    found = transfer_features(world, partners, place, np.array([link]), np.array([to]), 1_000)
    sizes = np.bincount(truth.visit)[[truth.visit[link], to]]
    here, there = scales_of(model, sizes + np.array([-1, 1]))
    change = np.zeros(size)
    np.add.at(change, found.parameter, found.sign * np.array([1.0, here, there])[found.scaled])
    # The pairs of the two visits that stay what they are count more or less than before.
    beside, (now, then) = beside_parameters(world, place), (scales_of(model, sizes), np.array([here, there]))
    for visit, more in zip((truth.visit[link], to), now - then, strict=True):
        np.add.at(change, beside[beside[:, 0] == visit, 1], more)
    assert change[-4 - 2 * 5 :].any()  # terms of sizes
    flat = model.flat().detach().double().numpy()
    assert (before - after) @ flat == pytest.approx(change @ flat, abs=1e-4)
