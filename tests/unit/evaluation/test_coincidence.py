"""How many copies are chance: none of long histories, some of short ones, and never fewer than real people show."""

import numpy as np
import scipy.sparse as sp

from assoc_synth.evaluation.coincidence import beyond_chance, chance_within, repeated_beyond_chance, smallest_p
from assoc_synth.evaluation.copies import Sets


def people(seed: int, *, links: float, size: int = 300, objects: int = 80) -> sp.csr_matrix:
    popularity = np.linspace(2 * links, 0, objects)
    return sp.csr_matrix(np.random.default_rng(seed).random((size, objects)) < popularity, dtype=np.float32)


def p_of(seed: int, copies: int, *, links: float) -> float:
    train, heldout, honest = (people(3 * seed + side, links=links) for side in range(3))
    emitted = sp.vstack([honest, train[:copies]]).tocsr()
    return smallest_p(beyond_chance(train, heldout, emitted, np.random.default_rng(seed)))


def test_two_copies_of_long_histories_are_no_chance() -> None:
    assert p_of(0, 2, links=0.25) < 1e-6
    assert p_of(0, 0, links=0.25) == 1.0


def test_honest_tables_of_short_histories_are_left_alone() -> None:
    assert min(p_of(seed, 0, links=0.03) for seed in range(30)) > 0.01


def test_where_real_people_are_twins_copies_are_expected() -> None:
    """Half of everybody has one of five baskets: a few more of them mean nothing."""
    rng = np.random.default_rng(0)
    kinds = people(9, links=0.2, size=5)
    train, heldout, honest = (
        sp.vstack([people(seed, links=0.2, size=100), kinds[rng.integers(0, 5, 100)]]).tocsr() for seed in range(3)
    )
    assert smallest_p(beyond_chance(train, heldout, honest, rng)) > 0.05


def test_small_sets_must_be_equal() -> None:
    train, heldout = sp.csr_matrix(np.eye(40, 99, dtype=np.float32)), sp.csr_matrix(np.eye(40, 99, 40, np.float32))
    emitted = sp.csr_matrix(np.eye(10, 99, 85, np.float32))
    rng = np.random.default_rng(0)
    assert beyond_chance(train, heldout, emitted, rng, 1) == (), "one link in the place of another is no copy"
    (found,) = beyond_chance(train, heldout, sp.vstack([emitted, train[:3]]).tocsr(), rng, 1)
    assert (found.size, found.copies) == (1, 3)


def test_one_person_many_times() -> None:
    train, heldout, honest = (people(seed, links=0.05) for seed in range(3))
    often = sp.vstack([honest, *[train[np.diff(train.indptr) >= 4][:1]] * 12]).tocsr()
    sides = [Sets.of(side) for side in (train, heldout, honest, often)]
    assert repeated_beyond_chance(*sides[:3]) > 0.05
    assert repeated_beyond_chance(*sides[:2], sides[3]) < 0.002
    assert repeated_beyond_chance(sides[0], sides[3], sides[3]) == 1.0, "held-out subjects have it as well"


def test_the_chance_grows_with_the_distance() -> None:
    distance = np.random.default_rng(0).beta(8, 2, 500)
    found = [chance_within(reach, distance) for reach in (0.01, 0.05, 0.2)]
    assert found == sorted(found)
    assert found[0] < 1e-6
    assert chance_within(0.1, np.ones(5)) == 1.0, "five distances say nothing"
    assert 0 < chance_within(0.1, np.ones(500)) < 1e-6, "of people without anything in common somebody has one link"


def test_nothing_to_compare() -> None:
    none = sp.csr_matrix((0, 80), dtype=np.float32)
    assert beyond_chance(people(0, links=0.2), none, people(1, links=0.2), np.random.default_rng(0)) == ()
    assert smallest_p(()) == 1.0
