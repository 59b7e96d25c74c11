"""Features of swaps: the parameters that a logit is the sum of."""

import numpy as np
import torch

from assoc_synth.ctgan.assignment.features import Place, swap_features, transfer_features
from assoc_synth.ctgan.assignment.kernel import NEXT, ORDER_BINS, PLACES, SAME, TIME_BINS, find_partners
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits


def test_a_pair_that_is_parted_loses_its_term_and_gains_that_of_order() -> None:
    """Links 0 and 1 are in the first visit, 2 in the second; 1 and 2 are swapped."""
    zero = np.zeros(3, np.int64)
    visits = Visits(zero[:2], np.arange(2), zero[:2], np.array([2, 1]))
    visit = np.array([0, 0, 1])
    made = Assignment.of(visits, Horizon(0, 2), subject=zero, verb=zero, object=np.arange(3), visit=visit)
    model = AssignmentModel(1, 3, CTGANConfig())
    model.terms.set(np.array([0]), np.array([1]), np.array([True]))
    world = model.world(made)
    partners = find_partners(world, model.terms.partners(ordered=True), np.random.default_rng(0))
    place = Place(visit, np.arange(3), np.array([0, 2, 3]))
    found = swap_features(world, partners, place, np.array([1]), np.array([2]), 100)
    assert found.row.tolist() == [0, 0, 0]
    assert dict(zip((found.parameter - TIME_BINS).tolist(), found.sign.tolist(), strict=True)) == {
        SAME: 1.0,
        NEXT: -1.0,
        PLACES + 1: -1.0,  # a day later
    }
    assert len(torch.flatten(model.flat())) == TIME_BINS + ORDER_BINS
    moved = transfer_features(world, partners, place, np.array([1]), np.array([1]), 100)
    assert moved.parameter[:3].tolist() == found.parameter.tolist()
