"""What a truth counts, on rows whose answer is visible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets.truths import Share, codes_of, never_before, shares, varying
from assoc_synth.errors import InputError

ROWS = pd.DataFrame(
    {
        "who": ["a", "a", "a", "b", "b", "c"],
        "did": ["pay", "buy", "buy", "buy", "pay", "buy"],
        "item": ["tea", "tea", "pot", "tea", "tea", "tea"],
        "when": [1, 1, 3, 4, 5, 6],
    }
)


def test_what_must_follow_is_counted_in_its_group() -> None:
    buy, pay = (ROWS["did"] == "buy").to_numpy(), (ROWS["did"] == "pay").to_numpy()
    assert never_before(ROWS, buy, pay, ["who"], "when") == 2
    assert never_before(ROWS, buy, pay, ["who"], "when", strictly=True) == 3
    assert never_before(ROWS, buy, pay, ["who", "item"], "when") == 3
    assert never_before(ROWS, buy, np.zeros(6, bool), ["who"], "when") == 4
    assert never_before(ROWS, np.zeros(6, bool), pay, ["who"], "when") == 0
    assert never_before(ROWS.set_axis([7] * 6), buy, pay, ["who"], "when") == 2


def test_a_row_with_a_missing_key_follows_nothing() -> None:
    buy, pay = (ROWS["did"] == "buy").to_numpy(), (ROWS["did"] == "pay").to_numpy()
    for nothing in (None, np.nan):
        assert never_before(ROWS.assign(who=nothing), buy, pay, ["who"], "when") == 4
        assert never_before(ROWS.assign(who=["a", "a", nothing, "b", "b", "c"]), buy, pay, ["who"], "when") == 3


def test_values_that_vary_within_a_key_are_counted() -> None:
    assert varying(ROWS, "who", "did") == 5
    assert varying(ROWS, "who", "who") == 0
    gaps = pd.DataFrame({"visit": ["a", "a", None, None], "note": ["x", None, "y", "z"]})
    assert varying(gaps, "visit", "note") == 2


def test_a_share_without_a_case_is_missing() -> None:
    found = shares([Share("tea", 0.5, 1, 4), Share("pot", 0.5, 0, 0)])
    assert found["observed"].tolist()[0] == 0.25
    assert np.isnan(found["observed"].iloc[1])
    assert list(shares([]).columns) == ["what", "planted", "observed", "cases"]


def test_another_table_is_refused() -> None:
    assert codes_of(ROWS, "item", ["pot", "tea"]).tolist() == [1, 1, 0, 1, 1, 1]
    with pytest.raises(InputError, match="column 'item', row 3: 'pot' is not among the names"):
        codes_of(ROWS, "item", ["tea"])
    with pytest.raises(InputError, match="has a column 'movie', these rows do not"):
        codes_of(ROWS, "movie", ["tea"])
