"""Bonds of kinds that hold together."""

import numpy as np

from assoc_synth.ctgan.assignment.bundles import LEAST_BOND, MOST_BOND, bonds
from assoc_synth.ctgan.assignment.rule_kernel import NEVER, WITH, law_of, rules_of


def test_strong_pairs_and_those_that_need_each_other_are_bonded() -> None:
    kinds, places = np.arange(4), np.zeros(4, np.int64)
    rules = rules_of(np.array([[WITH, 2, 3], [NEVER, 0, 3]]), kinds)
    law = law_of(rules, kinds, kinds, places, np.zeros(1, np.int64))
    together = np.zeros((4, 4), np.float32)
    together[0, 1] = together[1, 0] = 2.0
    together[0, 2] = together[2, 0] = LEAST_BOND - 0.1
    together[1, 2] = together[2, 1] = 40.0
    together[1, 3] = together[3, 1] = -3.0
    bond = bonds(together, law)
    assert (bond == bond.T).all()
    assert bond[np.triu_indices(4, 1)].tolist() == [2.0, 0.0, 0.0, MOST_BOND, 0.0, MOST_BOND]
