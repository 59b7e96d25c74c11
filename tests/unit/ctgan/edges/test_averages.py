"""Numbers of links are stored as means of several subjects, whose sums stay as they are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.ctgan.edges.averages import averaged, averaged_cells


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5_000), max_size=60), st.integers(1, 9))
def test_sums_stay_and_no_number_is_of_fewer(numbers: list[int], fewest: int) -> None:
    given_, made = np.sort(np.array(numbers, np.int64)), averaged(np.sort(np.array(numbers, np.int64)), fewest)
    assert made.sum() == given_.sum()
    assert (np.diff(made) >= 0).all()
    if len(made) >= fewest:  # a group has one number, or two that follow each other
        assert all((np.abs(made - one) <= 1).sum() >= fewest for one in made)
    if fewest == 1:
        assert made.tolist() == given_.tolist()


def test_what_enough_share_stays() -> None:
    assert averaged(np.repeat([1, 2, 40], 10), 5).tolist() == np.repeat([1, 2, 40], 10).tolist()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_cells_stay_in_their_leaf_and_no_verb_has_more_edges_than_are_left(seed: int, fewest: int) -> None:
    rng = np.random.default_rng(seed)
    leaf, left = rng.integers(0, 3, 80), rng.geometric(0.05, 80)
    own = rng.binomial(left, 0.2)
    made = averaged_cells(leaf, left, own, 0.7, fewest)
    assert (made[:, 0] == leaf).all()
    assert (made[:, 2] <= made[:, 1]).all()
    for one in range(3):
        cells = made[leaf == one]
        assert cells.sum(0)[1:].tolist() == [left[leaf == one].sum(), own[leaf == one].sum()]
        for cell in cells:  # as many subjects have about these numbers
            assert (np.abs(cells - cell) <= 1).all(1).sum() >= min(fewest, len(cells))


def test_few_edges_of_a_rare_verb_are_not_lost() -> None:
    """One subject of forty has two edges of a verb: they are two subjects' then, and nobody's number is stored."""
    own = np.zeros(40, np.int64)
    own[7] = 2
    made = averaged_cells(np.zeros(40, np.int64), np.full(40, 9), own, 1.0, 5)
    assert np.sort(made[:, 2])[-3:].tolist() == [0, 1, 1]


def test_how_a_verb_grows_with_all_edges_stays() -> None:
    rng = np.random.default_rng(0)
    left = rng.lognormal(4, 0.7, 400).astype(np.int64) + 1
    own = rng.binomial(left, rng.beta(2, 6, 400))
    made = averaged_cells(np.zeros(400, np.int64), left, own, 1.0, 5)
    assert abs(np.corrcoef(left, own)[0, 1] - np.corrcoef(made[:, 1], made[:, 2])[0, 1]) < 0.03
    share, drawn = own / left, made[:, 2] / made[:, 1]
    assert abs(share.std() - drawn.std()) < 0.01
