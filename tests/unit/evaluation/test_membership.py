"""Attacks that must succeed on a copy and fail on an honest table."""

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.evaluation.membership import membership_attacks, nearest_neighbour, pair_excess
from assoc_synth.link_graph.edges import Edges


def population(size: int, seed: int, *, objects: int = 60) -> Edges:
    rng = np.random.default_rng(seed)
    subject, objects_ = np.nonzero(rng.random((size, objects)) < 0.12)
    return Edges.from_links(subject, subject % 2, objects_, num_subjects=size, num_verbs=2, num_objects=objects)


TRAIN, HELDOUT, FRESH = (population(400, seed) for seed in range(3))


def test_a_copy_of_the_training_table_is_caught() -> None:
    attacks = {attack.name: attack for attack in membership_attacks(TRAIN, HELDOUT, TRAIN, np.random.default_rng(0))}
    nearest = attacks["nearest_neighbour"]
    assert nearest.accuracy > 0.97
    assert nearest.auc > 0.97
    assert nearest.num_guesses == 400
    assert attacks["pair_excess"].accuracy > 0.8, "each pair of a member counts the member itself"


def test_an_honest_table_gives_nothing_away() -> None:
    for attack in membership_attacks(TRAIN, HELDOUT, FRESH, np.random.default_rng(0)):
        assert 0.4 < attack.accuracy < 0.6
        assert 0.4 < attack.auc < 0.6
        assert attack.accuracy < attack.upper < 0.65


def test_false_alarms_of_the_bound() -> None:
    below = 0
    for seed in range(40):
        tables = [population(120, 1_000 + 3 * seed + k) for k in range(3)]
        for attack in membership_attacks(*tables, np.random.default_rng(seed)):
            below += attack.upper < 0.5
    assert below <= 10, "a 95 % upper bound lies below the truth in 5 % of 80 cases"


def test_scores_by_hand() -> None:
    emitted = Edges.from_links([0, 0, 1], [0] * 3, [0, 1, 2], num_subjects=2, num_verbs=1, num_objects=4).tokens()
    records = Edges.from_links(
        [0, 0, 1, 1, 2], [0] * 5, [0, 1, 0, 3, 3], num_subjects=4, num_verbs=1, num_objects=4
    ).tokens()
    np.testing.assert_allclose(nearest_neighbour(records, emitted), [1.0, 0.5, 0.0, 0.0])
    # The pair (0, 1) comes once, by chance 1·1/2 times; (0, 3) never, and 3 is in nobody's record.
    np.testing.assert_allclose(pair_excess(records, emitted), [np.log(1.5 / 1.0), np.log(0.5 / 0.5), 0.0, 0.0])


def test_small_tables_are_not_attacked() -> None:
    assert membership_attacks(population(19, 0), HELDOUT, FRESH, np.random.default_rng(0)) == ()
    with pytest.raises(InputError, match="one vocabulary"):
        membership_attacks(TRAIN, HELDOUT, population(30, 0, objects=5), np.random.default_rng(0))
