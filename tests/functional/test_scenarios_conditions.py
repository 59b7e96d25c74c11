"""Conditions: exactly so many rows with what is named, and nothing else is forced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import Status


@pytest.fixture(scope="module")
def shop(stored_shop: AssociativeSynthesizer) -> AssociativeSynthesizer:
    return stored_shop


def test_conditions_are_met_to_the_row(shop: AssociativeSynthesizer) -> None:
    asked = [
        {"verb": "bought", "object": "tea", "num_rows": 40},
        {"action": "returned", "num_rows": 25},
        {"product": "laptop", "date": ("2024-02-01", "2024-08-01"), "num_rows": 15},
    ]
    result = shop.sample(conditions=asked)
    parts = (result.rows[:40], result.rows[40:65], result.rows[65:])
    assert len(result.rows) == 80
    assert result.rows["customer"].nunique() == 80
    assert set(parts[0]["action"]) == {"bought"}
    assert set(parts[0]["product"]) == {"tea"}
    assert set(parts[1]["action"]) == {"returned"}
    assert parts[2]["date"].between("2024-02-01", "2024-07-31 23:59:59").all()
    assert [made.obtained for made in result.scenario] == [40, 25, 15]
    assert result.rows.equals(shop.sample_from_conditions(asked).rows)


def test_a_share_is_filled_up_with_rows_that_do_not_satisfy_it(shop: AssociativeSynthesizer) -> None:
    rows = shop.sample(num_rows=300, conditions={"verb": "returned", "share": 0.2}).rows
    assert len(rows) == 300
    assert (rows["action"] == "returned").sum() == 60


def test_sdvs_conditions(shop: AssociativeSynthesizer) -> None:
    from sdv.sampling import Condition, DataFrameCondition

    frame = pd.DataFrame({"action": ["viewed", "viewed", "bought"], "product": ["tea", "tea", "honey"]})
    rows = shop.sample(conditions=[Condition({"action": "returned"}, num_rows=7), DataFrameCondition(frame)]).rows
    assert rows.groupby(["action"]).size().to_dict() == {"bought": 1, "returned": 7, "viewed": 2}
    assert rows[rows["action"] != "returned"]["product"].tolist() == ["tea", "tea", "honey"]


@pytest.fixture(scope="module")
def extras() -> AssociativeSynthesizer:
    """A table with baskets, a category and a number; hardly trained: these tests are about rows."""
    frame = toy_shop(subjects=150, seed=3).to_frame()
    frame["channel"] = np.where(frame["price"].fillna(0) > 20, "web", "store")
    frame["aisle"] = "aisle " + frame["product"].map(len).astype(str)
    frame["points"] = np.arange(len(frame)) % 7 + 0.5
    frame["basket"] = frame["customer"].astype(str) + frame["date"].dt.strftime("-%Y%m%d")
    rounds = {
        "epochs": 1,
        "calibration_rounds": 1,
        "count_rounds": 1,
        "link_rounds": 1,
        "order_rounds": 1,
        "visit_rounds": 1,
    }
    config = CTGANConfig(noise_dim=4, context_dim=16, association_dim=16, hidden_dim=32, blocks=1, **rounds)
    return AssociativeSynthesizer(config=config).fit(frame)


def test_conditions_on_extra_columns(extras: AssociativeSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    asked = [
        {"channel": "web", "verb": "bought", "num_rows": 12},
        {"aisle": "aisle 8", "num_rows": 7},
        {"points": (2.0, 4.0), "price": (5, 50), "num_rows": 9},
    ]
    result = extras.sample(num_rows=60, conditions=asked)
    rows = result.rows
    assert len(rows) == 60
    assert ((rows["channel"] == "web") & (rows["action"] == "bought")).sum() >= 12
    assert set(rows[12:19]["aisle"]) == {"aisle 8"}
    assert rows[12:19]["product"].str.len().eq(8).all()
    assert (rows["points"].between(2, 3.999) & rows["price"].between(5, 49.999)).sum() >= 9
    assert rows.groupby("basket")["customer"].nunique().max() == 1
    again = extras.sample(seed_subjects=rows)
    assert again.table.num_subjects == rows["customer"].nunique()
    bad: list[tuple[dict[str, Any], str]] = [
        ({"channel": "moon"}, "never has the value"),
        ({"channel": (1.0, 2.0)}, "is not a column of numbers"),
        ({"channel": "web", "verb": "viewed"}, "no row of the verb 'viewed' has channel 'web'"),
        ({"aisle": "aisle 99"}, "never has the value"),
        ({"aisle": "aisle 8", "object": "tea"}, "no training subject has a link with"),
    ]
    for asked_for, reason in bad:
        with pytest.raises(InputError, match=reason):
            extras.sample(conditions=asked_for | {"num_rows": 1})
