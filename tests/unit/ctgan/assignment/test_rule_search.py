"""What no repair of one step mends is searched for; where there is no answer, nothing gets worse."""

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.rule_kernel import NEVER, WITH, Law, law_of, rules_of
from assoc_synth.ctgan.assignment.rule_repair import repair
from assoc_synth.ctgan.assignment.rule_search import all_broken, search

PAIRS = [(WITH, 0, 1), (WITH, 1, 0), (WITH, 2, 3), (WITH, 3, 2), (NEVER, 0, 2), (NEVER, 1, 3)]
"""0 and 1 are together, and so are 2 and 3, and the one pair is not beside the other."""


def subject(
    rules: list[tuple[int, int, int]], kinds: list[int], visit: list[int]
) -> tuple[Law, np.ndarray, np.ndarray]:
    """A subject with links of these kinds, of one verb, in these visits."""
    own, local = np.unique(kinds, return_inverse=True)
    objects = int(own.max()) + 1
    listed = rules_of(np.array(rules), np.stack([np.zeros(objects, int), np.arange(objects)], axis=1), (1, objects))
    places = np.array(visit)
    return law_of(listed, own, local, places, np.arange(places.max() + 1)), local, places


@pytest.mark.parametrize("most", [0, 4])
@pytest.mark.parametrize("seed", range(6))
def test_what_one_step_cannot_mend_is_found(seed: int, most: int) -> None:
    """Four visits of two links each, dealt so that each visit has one of either pair."""
    rng = np.random.default_rng(seed)
    kinds = [0, 2, 1, 3, 0, 2, 1, 3]
    law, local, visit = subject(PAIRS, kinds, [0, 0, 1, 1, 2, 2, 3, 3])
    repair(law, local, visit, 0, most, rng)
    search(law, local, visit, 0, most, rng)
    assert all_broken(law) == 0
    for place in range(4):
        assert set(local[visit == place].tolist()) in ({0, 1}, {2, 3})
    assert (law.held.sum(1) == np.bincount(visit, minlength=4)).all()
    if most == 0:
        assert np.bincount(visit).tolist() == [2, 2, 2, 2]


def test_where_there_is_no_answer_as_few_rules_as_can_be_are_broken() -> None:
    law, local, visit = subject([(WITH, 0, 1), (NEVER, 0, 1)], [0, 1, 2, 2], [0, 1, 2, 2])
    assert all_broken(law) == 1
    search(law, local, visit, 0, 3, np.random.default_rng(0))
    assert all_broken(law) == 1
    assert (law.held.sum(1) == np.bincount(visit, minlength=3)).all()
    assert (np.bincount(visit) > 0).all()


def test_what_breaks_nothing_stays() -> None:
    law, local, visit = subject(PAIRS, [0, 1, 2, 3], [0, 0, 1, 1])
    search(law, local, visit, 0, 4, np.random.default_rng(0))
    assert visit.tolist() == [0, 0, 1, 1]
