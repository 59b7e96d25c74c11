"""Distances of rows: 0 for equal tables, and the planted difference where one is planted."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.occurrences import occurrence_distances
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def rows(seed: int = 0) -> pd.DataFrame:
    """40 subjects buy ten objects in five baskets each, and return each of them three days later at noon."""
    rng = np.random.default_rng(seed)
    made = []
    for subject in range(40):
        for basket in range(5):
            time = pd.Timestamp("2024-01-01") + pd.Timedelta(days=7 * basket, hours=int(rng.integers(8, 20)))
            for thing in (2 * basket, 2 * basket + 1):
                made.append((f"s{subject}", "buy", f"o{thing}", time, 1.0 + thing, f"b{subject}-{basket}"))
                late = time.normalize() + pd.Timedelta(days=3, hours=12)
                made.append((f"s{subject}", "return", f"o{thing}", late, np.nan, f"r{subject}-{basket}"))
    return pd.DataFrame(made, columns=["subject", "verb", "object", "time", "amount", "basket"])


def figures(other: pd.DataFrame) -> dict[str, float]:
    return occurrence_distances(*coded_rows(TransactionTable.from_frame(rows()), TransactionTable.from_frame(other)))


def test_equal_tables_have_no_distance() -> None:
    found = figures(rows())
    assert set(found) == {
        "amount_ks",
        "amount_ks_objects",
        "amount_missing",
        "hour_tv",
        "weekday_tv",
        "time_missing",
        "verb_order",
        "basket_size_ks",
    }
    assert all(value == 0.0 for value in found.values())


def test_each_figure_sees_its_own_difference() -> None:
    base = rows()
    bought = base["verb"] == "buy"
    dearer = base.assign(amount=base["amount"] + 100)
    assert figures(dearer)["amount_ks"] == 1.0
    assert figures(dearer)["amount_ks_objects"] == 1.0
    priced = base.assign(amount=base["amount"].fillna(3.0))
    assert figures(priced)["amount_missing"] == 1.0
    early = base.assign(time=base["time"] - pd.Timedelta(days=30) * ~bought)
    assert figures(early)["verb_order"] == 1.0
    undated = base.assign(time=base["time"].where(bought))
    assert figures(undated)["time_missing"] == 1.0
    shifted = base.assign(time=base["time"] + pd.Timedelta(days=1))
    assert figures(shifted)["weekday_tv"] == pytest.approx(1.0)
    one = base.assign(basket=base["subject"])
    assert figures(one)["basket_size_ks"] == 1.0


def test_only_what_both_tables_have_is_compared() -> None:
    assert set(figures(rows()[["subject", "verb", "object", "amount"]])) == {
        "amount_ks",
        "amount_ks_objects",
        "amount_missing",
    }
    assert figures(rows()[["subject", "verb", "object"]]) == {}


def test_names_are_matched_by_their_text() -> None:
    numbered = rows().assign(verb=lambda frame: frame["verb"].map({"buy": 1, "return": 2}))
    numbered["object"] = numbered["object"].str[1:].astype(int)
    first, second = (
        TransactionTable.from_frame(one) for one in (numbered, numbered.astype({"verb": str, "object": str}))
    )
    found = occurrence_distances(*coded_rows(first, second))
    assert found["amount_ks_objects"] == found["verb_order"] == found["amount_missing"] == 0.0
