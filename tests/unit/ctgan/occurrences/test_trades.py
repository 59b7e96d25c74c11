"""Numbers of visits that rules bound: each within its bounds, and all together as they were drawn."""

import numpy as np

from assoc_synth.ctgan.occurrences.trades import within_bounds


def test_all_numbers_together_stay_as_they_were_drawn_where_there_is_room() -> None:
    rng = np.random.default_rng(0)
    links = rng.integers(4, 12, 2_000)
    drawn = rng.binomial(links - 1, 0.4) + 1
    least = np.where(rng.random(2_000) < 0.3, np.minimum(drawn + rng.integers(-1, 2, 2_000), links), 0)
    made = within_bounds(drawn, least, links, links)
    assert (made >= least).all()
    assert (made <= links).all()
    assert abs(made.mean() - drawn.mean()) < 0.1 * (np.maximum(drawn, least).mean() - drawn.mean())
    for size in np.unique(links):
        assert abs(made[links == size].mean() - drawn[links == size].mean()) < 0.1


def test_numbers_within_their_bounds_are_left_alone() -> None:
    numbers = np.array([1, 2, 3])
    assert within_bounds(numbers, np.zeros(3, int), np.full(3, 3), np.full(3, 3)).tolist() == [1, 2, 3]


def test_who_finds_nobody_to_change_with_is_cut_off_and_the_upper_bound_wins() -> None:
    assert within_bounds(np.array([1, 1]), np.array([2, 1]), np.array([4, 4]), np.array([4, 4])).tolist() == [2, 1]
    assert within_bounds(np.array([5]), np.array([3]), np.array([2]), np.array([9])).tolist() == [2]
