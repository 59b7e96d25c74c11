"""Windows: bounds are included, and what no row can have is refused before anything is drawn."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.date_functions import DateFunction
from assoc_synth.attributes.extras import ExtraColumns
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.plan import plan_columns
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.scenarios.windows import read_window, values_of
from assoc_synth.transactions.table import TransactionTable

RNG = np.random.default_rng(0)
TABLE = TransactionTable.from_frame(
    pd.DataFrame(
        {
            "customer": np.arange(300) % 60,
            "action": "bought",
            "product": RNG.choice(["tea", "mug", "pot"], 300),
            "price": RNG.uniform(1, 899, 300).round(2),
            "weight": RNG.normal(70, 9, 300).round(1),
            "stars": RNG.choice([1, 2, 5], 300),
            "count": RNG.integers(10, 900, 300),
            "born": pd.to_datetime("1960-01-01") + pd.to_timedelta(RNG.integers(0, 9_000, 300), unit="D"),
        }
    ),
    amount="price",
)


@pytest.fixture(scope="module")
def model() -> Any:
    graph, rng = LinkGraph.from_table(TABLE), np.random.default_rng(0)
    extras = ExtraColumns.learn(graph, rng, whole=TABLE.extras, plan=plan_columns(graph))
    assert TABLE.amount is not None
    amount = NumberCode.learn("amount", TABLE.amount, rng)
    extras = ExtraColumns(extras.numbers, dates=extras.dates, lookups=(Lookup("size", (1.0, 2.5, None)),))
    encoder = SimpleNamespace(extras=extras, amount=amount, calendar=None)
    return SimpleNamespace(encoder=encoder, format=TABLE.format)


@pytest.mark.parametrize(
    ("role", "value", "reason"),
    [
        ("amount", (5_000, 6_000), "no row has a 'price' from 5,000 to 6,000: it lies between "),
        ("amount", (-10, 0), "no row has a 'price' from -10 to 0"),
        ("amount", (10.001, 10.004), "it has 2 decimals"),
        ("weight", (200, 300), "no row has a 'weight' from 200 to 300"),
        ("weight", (70.01, 70.09), "it has 1 decimals"),
        ("stars", (3, 4), "it is one of 1, 2, 5"),
        ("count", (20.2, 20.8), "it has 0 decimals"),
        ("size", (3, 9), "it lies between 1 and 2.5"),
        ("size", (1.5, 2), "it is one of 1, 2.5"),
        ("born", ("2020-01-01", "2021-01-01"), "the window of born is outside of what was observed, 19"),
        ("time", ("2020-01-01", "2021-01-01"), "this model has no times"),
        ("shop", (1, 2), "is not a column of numbers"),
        ("weight", (2, 1), "the window of 'weight' is empty"),
        ("weight", ("a", 1), "cannot be read"),
        ("weight", 70, "takes \\(from, to\\), not a int"),
    ],
)
def test_what_no_row_can_have_is_refused_at_once(model: Any, role: str, value: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_window(model, role, value)


@pytest.mark.parametrize(
    ("role", "value"),
    [("amount", (0, 5)), ("amount", (500, float("inf"))), ("stars", (2, 2)), ("count", [20, 20]), ("size", (2.5, 9))],
)
def test_what_a_row_can_have_is_read(model: Any, role: str, value: Any) -> None:
    assert read_window(model, role, value) == tuple(value)


def test_dates_of_extra_columns_have_windows(model: Any) -> None:
    low, high = read_window(model, "born", ("1961-01-01", "1962-12-31"))
    born = values_of(TABLE, "born", is_time=True)
    inside = pd.Series(born).between(low, high).to_numpy()
    assert inside.tolist() == TABLE.extras["born"].between("1961-01-01", "1962-12-31").tolist()
    assert 0 < inside.sum() < 300


def test_what_is_computed_from_a_date_has_windows(model: Any) -> None:
    born = TABLE.extras["born"]
    clocks = {"born": born.to_numpy("datetime64[ns]")}
    year = DateFunction.learn("year", born.dt.year.to_numpy(float), "born", clocks)
    quarter = DateFunction.learn("season", np.asarray(born.dt.quarter * 10.0), "born", clocks)
    extras = replace(model.encoder.extras, of_dates=(year, quarter))
    encoder = SimpleNamespace(extras=extras, amount=None, calendar=None)
    computed = SimpleNamespace(encoder=encoder, format=TABLE.format)
    assert read_window(computed, "year", (1965, 1970)) == (1965, 1970)
    assert read_window(computed, "season", (15, 25)) == (15, 25)
    with pytest.raises(InputError, match="it lies between 1,960 and 1,984"):
        read_window(computed, "year", (1850, 1900))
    with pytest.raises(InputError, match="it is one of 10, 20, 30, 40"):
        read_window(computed, "season", (11, 19))


def test_missing_values_lie_in_no_window() -> None:
    table = TABLE.take_rows(np.arange(2))
    extras = table.extras.assign(weight=[np.nan, 1.0], born=pd.to_datetime([None, "1961-01-01"]))
    gone = SimpleNamespace(extras=extras, amount=None, time=None)
    assert np.isnan(values_of(gone, "weight", is_time=False)[0])  # type: ignore[arg-type]
    assert values_of(gone, "born", is_time=True)[0] == np.iinfo(np.int64).min  # type: ignore[arg-type]
