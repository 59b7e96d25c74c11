"""Codes of categories: values keep their types, missing is a class."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.categories import MOST_CLASSES, CategoryCode, plain


def test_categories_come_back_with_their_types_and_missing_stays_missing() -> None:
    for values in (["b", "a", None, "a"], [True, False, None, True], [1, 2, 2, 1]):
        column = pd.Series(values, dtype=object)
        code = CategoryCode.from_dict(json.loads(json.dumps(CategoryCode.learn("x", column).to_dict())))
        assert code.decode(code.encode(column).code, np.random.default_rng(0)) == values


def test_an_unknown_value_counts_as_missing() -> None:
    code = CategoryCode.learn("x", pd.Series(["b", "a", None]))
    assert code.values == ("a", "b")
    assert code.encode(pd.Series(["a", "c", None, "b"])).code.tolist() == [0, 2, 2, 1]
    assert code.classes == 3
    assert CategoryCode.learn("x", pd.Series([None, None], dtype=object)).classes == 1


@pytest.mark.parametrize("values", [MOST_CLASSES + 1, 2_000, 20_000])
def test_rare_ones_of_very_many_values_share_classes(values: int) -> None:
    rng = np.random.default_rng(0)
    weight = 1 / np.arange(1, values + 1)
    column = pd.Series(rng.choice([f"v{i:05d}" for i in range(values)], 60_000, p=weight / weight.sum()))
    column[::10] = None
    code = CategoryCode.from_dict(json.loads(json.dumps(CategoryCode.learn("x", column).to_dict())))
    assert MOST_CLASSES - 10 < code.classes <= MOST_CLASSES + 1
    made = pd.Series(code.decode(code.encode(column).code, rng))
    assert set(made.dropna()) <= set(column.dropna())
    assert made.isna().equals(column.isna())
    real, drawn = column.value_counts(normalize=True), made.value_counts(normalize=True)
    assert real.index[0] == drawn.index[0]
    apart = real.subtract(drawn, fill_value=0).abs().sum() / 2
    assert apart < 0.2  # two samples of this size of 20,000 values are .2 apart


def test_values_that_are_not_kept_become_such_that_are() -> None:
    column = pd.Series(["a"] * 30 + ["b"] * 10 + [f"one {i}" for i in range(40)] + [None] * 20)
    code = CategoryCode.learn("x", column, only=pd.Index(["a", "b"]))
    made = pd.Series(code.decode(code.encode(column).code, np.random.default_rng(0)))
    assert set(made.dropna()) == {"a", "b"}
    assert made.isna().sum() == 20
    assert (made == "a").sum() > (made == "b").sum()


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
