"""Bonds of kinds that hold together."""

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.bundles import LEAST_BOND, MOST_BOND, bonds
from assoc_synth.ctgan.assignment.rule_kernel import NEVER, WITH, law_of, rules_of


@pytest.mark.parametrize(
    "rules",
    [
        [[WITH, 6, 11], [NEVER, 0, 11]],
        [[WITH, 13, 14], [NEVER, 0, 11]],  # of the verbs of 2 and 3
    ],
)
def test_strong_pairs_and_those_that_need_each_other_are_bonded(rules: list[list[int]]) -> None:
    verbs = np.array([0, 0, 1, 2])
    kinds, places = np.arange(4), np.zeros(4, np.int64)
    rules = rules_of(np.array(rules), np.stack([verbs, kinds], axis=1), (3, 4))
    law = law_of(rules, kinds, kinds, places, np.zeros(1, np.int64))
    together = np.zeros((4, 4), np.float32)
    together[0, 1] = together[1, 0] = 2.0
    together[0, 2] = together[2, 0] = LEAST_BOND - 0.1
    together[1, 2] = together[2, 1] = 40.0
    together[1, 3] = together[3, 1] = -3.0
    bond = bonds(together, law)
    assert (bond == bond.T).all()
    assert bond[np.triu_indices(4, 1)].tolist() == [2.0, 0.0, 0.0, MOST_BOND, 0.0, MOST_BOND]
