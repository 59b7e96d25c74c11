"""What a column is: codes identify, quantities do not; values that repeat are categories."""

import uuid

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.kinds import (
    are_categories,
    are_code_numbers,
    are_shared,
    are_shared_codes,
    belongs_to_subjects,
    identifies,
    is_text,
    is_whole,
    read_dates,
    uncategorised,
)

RNG = np.random.default_rng(0)
REAL = pd.Series([f"ORDER-{number:04d}" for number in range(50)])


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (REAL, True),
        (REAL.astype("category"), True),
        (pd.Series(range(50)), True),
        (pd.Series(np.arange(50) / 7), False),  # numbers, no names
        (pd.Series(["red", "blue"] * 25), False),
        (pd.Series([f"mister {number}" for number in range(50)]), False),  # more than one word
        (REAL[:20], False),  # too few to tell
    ],
)
def test_a_column_identifies_rows_by_values_of_their_own(column: pd.Series, found: bool) -> None:
    assert identifies(column, np.arange(len(column))) is found


def test_an_order_number_identifies_the_basket() -> None:
    assert identifies(pd.Series(np.repeat(REAL.to_numpy(), 3)), np.repeat(np.arange(50), 3))
    assert not identifies(pd.Series(np.repeat(REAL.to_numpy(), 3)), np.arange(150))


def test_categories_are_what_they_hold() -> None:
    numbers = pd.Series([1, 2, 2], dtype="category")
    assert uncategorised(numbers).dtype == np.int64
    assert uncategorised(pd.Series(["a", None], dtype="category")).dtype == object
    assert is_text(pd.Series(["a", None], dtype="category"))
    assert not is_text(numbers)


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("salary", RNG.choice(np.arange(28_000, 96_000), 400, replace=False), False),
        ("income", np.unique(np.round(RNG.lognormal(10.6, 0.5, 400)).astype(int)), False),
        ("salary", RNG.choice(np.arange(30_000, 900_000, 50), 400, replace=False), False),
        ("yen", np.unique(np.round(RNG.normal(5_000_000, 900_000, 400)).astype(int)), False),
        ("born", np.arange(1950, 2008), False),
        ("metres", np.unique(RNG.integers(0, 5_000, 60)), False),
        ("visits", np.arange(60)[::2] * 2, False),
        ("record", RNG.choice(np.arange(10_000_000, 99_999_999), 400, replace=False), True),
        ("nhs", RNG.integers(4_000_000_000, 4_999_999_999, 400), True),
        ("patient_id", RNG.choice(np.arange(20_000, 90_000), 400, replace=False), True),
        ("CustomerNr", RNG.choice(np.arange(20_000, 90_000), 400, replace=False), True),
        ("line", np.arange(400), True),
        ("member", RNG.choice(np.arange(12_346, 18_287), 4_000, replace=False), True),
        ("big", RNG.integers(10**18, 9 * 10**18, 400), True),
    ],
)
def test_whole_numbers_identify_only_if_they_do(name: str, values: np.ndarray, found: bool) -> None:
    assert identifies(pd.Series(values, name=name), np.arange(len(values))) is found


def test_a_number_that_gaps_made_a_float_identifies_too() -> None:
    phones = pd.Series(RNG.integers(4_930_000_000_000, 4_939_999_999_999, 100), name="call").astype(float)
    phones[::7] = None
    assert is_whole(phones)
    assert identifies(phones, np.arange(100))
    assert not identifies(phones + 0.5, np.arange(100))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([f"+49 30 {n}" for n in range(5_000_000, 5_000_060)], True),
        ([f"DE{n % 90 + 10} 1001 {n:04d} 7777" for n in range(60)], True),
        ([str(uuid.uuid5(uuid.NAMESPACE_DNS, str(n))) for n in range(60)], True),
        ([f"ULM-XY {n}" for n in range(60)], True),
        ([f"Anna Sm{chr(97 + n % 26)}th{chr(97 + n // 26)}" for n in range(60)], True),
        ([f"please leave {n} at the door" for n in range(60)], False),
    ],
)
def test_codes_with_blanks_identify_and_sentences_do_not(texts: list[str], found: bool) -> None:
    assert identifies(pd.Series(texts), np.arange(60)) is found


def test_what_nearly_each_subject_has_alone_belongs_to_subjects() -> None:
    subject = np.repeat(np.arange(60), 4)
    device = pd.Series([f"dev-{one * 2 + at % 2:05x}" for one in range(60) for at in range(4)])
    assert belongs_to_subjects(device, subject)
    assert not belongs_to_subjects(pd.Series(np.tile(["ios", "web"], 120)), subject)
    assert not belongs_to_subjects(pd.Series(subject), subject)  # numbers


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("area", RNG.choice(RNG.integers(10_000, 99_999, 300), 2_000), True),
        ("zip", RNG.choice([501, 1_010, 99_950], 60), True),
        ("code", RNG.choice(RNG.integers(1_000_000, 9_999_999, 1_000), 4_000), True),
        ("millimetres", np.round(RNG.normal(1_700, 80, 2_000)).astype(int), False),
        ("salary", RNG.integers(20_000, 90_000, 2_000), False),
        ("cents", RNG.integers(0, 90_000, 2_000), False),
        ("pay", RNG.choice(np.arange(20_000, 90_000, 500), 2_000), False),
        ("born", RNG.integers(1940, 2005, 2_000), False),
    ],
)
def test_whole_numbers_that_repeat_as_codes_do_are_categories(name: str, values: np.ndarray, found: bool) -> None:
    assert are_code_numbers(pd.Series(values, name=name), np.arange(len(values))) is found


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["card", "cash"] * 50, True),
        ([f"town {n % 300}" for n in range(1_000)], True),
        ([f"order {n}" for n in range(500)], False),
        ([f"please leave it at door {n % 300}" for n in range(1_000)], False),
    ],
)
def test_values_that_repeat_are_categories(texts: list[str], found: bool) -> None:
    assert are_categories(pd.Series(texts), len(texts)) is found


@pytest.mark.parametrize(
    ("column", "style"),
    [
        (pd.Series(["2024-01-31", None]), "text"),
        (pd.Series(pd.to_datetime(["2024-01-31"])), "datetime"),
        (pd.Series([20240131, 20231201]), "digits"),
        (pd.Series([20249931, 20231201]), None),
        (pd.Series([1.5, 2.5]), None),
        (pd.Series([1706659200, 1706659201]), None),
        (pd.Series(["red"]), None),
    ],
)
def test_dates_are_found_and_numbers_stay_numbers(column: pd.Series, style: str | None) -> None:
    found = read_dates(column)
    assert (None if found is None else found[1].style) == style


def test_short_texts_of_several_subjects_identify_nobody() -> None:
    subject = np.arange(40)
    cities = pd.Series([f"city {n // 2}" for n in range(40)])
    assert are_shared(cities, subject)
    assert not are_shared(cities, subject // 2)  # each city is one subject's
    assert not are_shared("they said that " + cities, subject)  # notes
    assert not are_shared(pd.Series(np.arange(40) // 2), subject)  # numbers
    assert not are_shared(pd.Series([None] * 40, dtype=object), subject)


SUBJECTS = 400
FEW_TWICE = RNG.permutation(np.append(RNG.choice(np.arange(10_000, 99_999), 380, replace=False), np.zeros(20, int)))
FEW_TWICE[FEW_TWICE == 0] = FEW_TWICE[FEW_TWICE > 0][:20]
ALONE = RNG.choice(np.arange(10_000, 99_999), SUBJECTS, replace=False)


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pd.Series(FEW_TWICE, name="zip"), True),
        (pd.Series(FEW_TWICE, name="postal_code").astype(float), True),
        (pd.Series(FEW_TWICE.astype(str), name="area"), True),
        (pd.Series(FEW_TWICE.astype(str), name="area").astype("category"), True),
        (pd.Series([f"AB{n % 90 + 10} {n % 7}XY" for n in FEW_TWICE], name="where"), True),
        (pd.Series(ALONE.astype(str), name="zip"), False),
        (pd.Series(FEW_TWICE, name="salary"), False),  # numbers that say nothing of codes
        (pd.Series(FEW_TWICE.astype(str), name="member_id"), False),
        (pd.Series([f"+49 30 55{n}" for n in FEW_TWICE], name="call"), False),  # households
        (pd.Series([f"{n % 9} Main Street" for n in FEW_TWICE], name="home"), False),  # words
    ],
)
def test_short_codes_of_several_subjects_are_no_identifiers(column: pd.Series, found: bool) -> None:
    rows = np.repeat(np.arange(SUBJECTS), 3)
    assert are_shared_codes(column[rows].reset_index(drop=True), rows) is found
    if found:
        assert not identifies(column, np.arange(SUBJECTS), np.arange(SUBJECTS))


def test_what_repeats_within_a_subject_alone_is_not_shared() -> None:
    orders = pd.Series([f"A{n // 2:04d}" for n in range(600)], name="order")
    assert not are_shared_codes(orders, np.arange(600) // 6)
    assert are_shared_codes(orders, np.arange(600) % 7)


@pytest.mark.parametrize("name", ["zip", "PLZ", "postcode"])
def test_postal_codes_of_one_subject_each_identify(name: str) -> None:
    assert identifies(pd.Series(ALONE, name=name), np.arange(SUBJECTS), np.arange(SUBJECTS))
    assert not identifies(pd.Series(ALONE, name="salary"), np.arange(SUBJECTS), np.arange(SUBJECTS))
