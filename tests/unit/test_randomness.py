"""Named seeds: the same name has the same numbers, another name has others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.randomness import MOST, Seeds, check_seed


def numbers(seeds: Seeds) -> list[float]:
    return seeds.generator().random(4).tolist()


def test_a_use_is_seeded_by_its_names_alone() -> None:
    fit = Seeds.of(7).child("fit")
    first = numbers(fit.child("edges"))
    fit.child("something else").generator().random(1_000)
    assert numbers(fit.child("edges")) == first
    assert numbers(Seeds.of(7).child("fit").child("edges")) == first


def test_every_use_has_its_own_numbers() -> None:
    root, other = Seeds.of(7), Seeds.of(8)
    fit, sample = root.child("fit"), root.child("sample")
    uses = [root, fit, sample, root.child(0), root.child(1), fit.child("fit"), other, other.child("fit")]
    uses += [fit.child("sample"), sample.child("fit")]
    assert len({tuple(numbers(use)) for use in uses}) == len(uses)
    assert len({use.integer() for use in uses}) == len(uses)


def test_the_root_is_numpys_own_generator() -> None:
    assert numbers(Seeds.of(7)) == np.random.default_rng(7).random(4).tolist()


def test_a_generator_starts_at_its_beginning() -> None:
    seeds = Seeds.of(0)
    assert numbers(seeds) == numbers(seeds)


def test_an_integer_fits_in_63_bits() -> None:
    found = [Seeds.of(0).child(number).integer() for number in range(200)]
    assert min(found) >= 0
    assert max(found) <= MOST
    assert max(found) > 2**62, "all bits are used"


@pytest.mark.parametrize("seed", [0, 7, np.int64(7), np.uint8(3), MOST])
def test_whole_numbers_are_seeds(seed: Any) -> None:
    assert check_seed(seed) == int(seed)
    assert type(check_seed(seed)) is int


@pytest.mark.parametrize("seed", [True, np.True_, 1.0, "1", None, [1], np.float64(2)])
def test_what_is_no_whole_number_is_named(seed: Any) -> None:
    with pytest.raises(InputError, match=r"^random_state must be a whole number from 0 on, not '"):
        check_seed(seed, "random_state")


@pytest.mark.parametrize("seed", [-1, MOST + 1])
def test_what_is_out_of_range_is_named(seed: int) -> None:
    with pytest.raises(InputError, match=f"^seed must be a whole number from 0 to {MOST}, not {seed}$"):
        Seeds.of(seed)


def test_a_long_value_is_cut() -> None:
    with pytest.raises(InputError) as caught:
        check_seed("9" * 1_000)
    assert len(str(caught.value)) < 100
