"""Codes of categories: values keep their types, missing is a class."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.categories import MAX_CATEGORIES, CategoryCode, plain


def test_categories_come_back_with_their_types_and_missing_stays_missing() -> None:
    for values in (["b", "a", None, "a"], [True, False, None, True], [1, 2, 2, 1]):
        column = pd.Series(values, dtype=object)
        code = CategoryCode.from_dict(json.loads(json.dumps(CategoryCode.learn("x", column).to_dict())))
        assert code.decode(code.encode(column).code) == values


def test_free_text_and_identifiers_are_no_categories() -> None:
    assert not CategoryCode.fits(pd.Series([f"order {i}" for i in range(500)]))
    assert CategoryCode.fits(pd.Series(["card", "cash"] * 50))


def test_an_unknown_value_counts_as_missing() -> None:
    code = CategoryCode.learn("x", pd.Series(["b", "a", None]))
    assert code.values == ("a", "b")
    assert code.encode(pd.Series(["a", "c", None, "b"])).code.tolist() == [0, 2, 2, 1]
    assert code.classes == 3
    assert CategoryCode.learn("x", pd.Series([None, None], dtype=object)).classes == 1


@pytest.mark.parametrize(("values", "fits"), [(MAX_CATEGORIES, True), (MAX_CATEGORIES + 1, False)])
def test_categories_are_few(values: int, fits: bool) -> None:
    assert CategoryCode.fits(pd.Series([f"v{i % values}" for i in range(6 * values)])) is fits


@pytest.mark.parametrize(
    ("value", "scalar"),
    [
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        ("a", "a"),
        (pd.Timestamp(0), "1970-01-01 00:00:00"),
    ],
)
def test_values_become_json_scalars(value: object, scalar: object) -> None:
    assert plain(value) == scalar
    assert type(plain(value)) is type(scalar)
