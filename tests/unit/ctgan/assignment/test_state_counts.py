"""Counts of a state: with the parameters they are its energy, whose differences are the swaps' logits."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.features import swap_features
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.state_counts import count_parameters
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.transactions.arrays import Ints


def by_visit(visit: Ints) -> tuple[Ints, Ints]:
    sizes = np.bincount(visit)
    return np.argsort(visit, kind="stable"), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


@pytest.mark.parametrize(("one", "other"), [(0, 3), (6, 7), (1, 8)])
def test_a_swap_changes_the_counts_by_its_features(truth: Assignment, one: int, other: int) -> None:
    model = AssignmentModel(2, 11, CTGANConfig())
    model.terms.set(np.array([0, 3, 17, 1]), np.array([1, 17, 6, 8]), np.array([False, True, True, True]))
    world, size = model.world(truth), len(model.flat())
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    swapped = truth.visit.copy()
    swapped[[one, other]] = swapped[[other, one]]
    before, after = (
        count_parameters(world, partners, visit, by_visit(visit), size) for visit in (truth.visit, swapped)
    )
    swap = np.array([one]), np.array([other])
    found = swap_features(world, partners, truth.visit, by_visit(truth.visit), *swap, 1_000)
    change = np.zeros(size)
    np.add.at(change, found.parameter, found.sign)
    assert change.any()
    with torch.no_grad():
        model.between.normal_()
        model.terms.weight.normal_()
        flat = model.flat().double().numpy()
    assert (before - after) @ flat == pytest.approx(change @ flat, abs=1e-4)
