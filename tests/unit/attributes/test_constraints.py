"""SDV's constraints: what rows keep by construction is honoured, everything else is refused with the reason."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sdv.cag import FixedCombinations, FixedIncrements, Inequality

from assoc_synth.attributes import AttributeEncoder, check_constraints
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def orders(late: int = 1) -> pd.DataFrame:
    """Category and brand by product, segment by customer; delivered `late` days and more after the order's day."""
    rng = np.random.default_rng(0)
    product, customer = rng.integers(0, 20, 2_000), rng.integers(0, 200, 2_000)
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90 * 24, 2_000), unit="h")
    return pd.DataFrame(
        {
            "customer": [f"C{number:04d}" for number in customer],
            "action": rng.choice(["bought", "returned"], 2_000),
            "product": [f"p{number:02d}" for number in product],
            "date": time,
            "category": product % 4,
            "brand": [f"brand {number % 7}" for number in product],
            "segment": [f"s{number % 3}" for number in customer],
            "delivered": time.normalize() + pd.to_timedelta(rng.integers(late, late + 4, 2_000), unit="D"),
            "colour": rng.choice(["red", "blue"], 2_000),
        }
    )


def notes_of(frame: pd.DataFrame, *constraints: Any) -> tuple[str, ...]:
    table = TransactionTable.from_frame(frame, subject="customer", verb="action", object="product", time="date")
    encoder = AttributeEncoder.learn(LinkGraph.from_table(table), np.random.default_rng(0))
    return check_constraints(constraints, table, encoder.extras)


def test_what_rows_keep_is_honoured() -> None:
    notes = notes_of(
        orders(),
        FixedCombinations(column_names=["product", "category"]),
        FixedCombinations(column_names=["category", "brand"]),
        Inequality(low_column_name="date", high_column_name="delivered"),
    )
    assert len(notes) == 3
    assert "'product', 'category'" in notes[0]
    assert notes_of(orders()) == ()


def wider() -> pd.DataFrame:
    """The same with a city and its country, the weekday and whether shops are open, a channel by verb, a late date."""
    frame = orders()
    rng = np.random.default_rng(1)
    city = rng.integers(0, 12, len(frame))
    day = frame["date"].dt.normalize()
    return frame.assign(
        city=[f"city {number}" for number in city],
        country=[f"land {number % 4}" for number in city],
        weekday=frame["date"].dt.day_name(),
        is_open=frame["date"].dt.weekday.map(lambda one: "no" if one > 4 else "yes"),
        month=frame["date"].dt.month_name(),
        channel=frame["action"].map({"bought": "web", "returned": "shop"}),
        week_ends=day + pd.to_timedelta(7 - frame["date"].dt.weekday, unit="D"),
        week_begins=day - pd.to_timedelta(frame["date"].dt.weekday, unit="D"),
    )


@pytest.mark.parametrize(
    "columns", [["city", "country"], ["weekday", "is_open"], ["action", "channel"], ["product", "brand", "category"]]
)
def test_functions_of_other_columns_the_verb_and_the_weekday_are_honoured(columns: list[str]) -> None:
    (note,) = notes_of(wider(), FixedCombinations(column_names=columns))
    assert note.endswith("every row satisfies it")


def test_a_date_that_follows_the_day_is_in_order() -> None:
    (note,) = notes_of(wider(), Inequality(low_column_name="date", high_column_name="week_ends"))
    assert note.endswith("every row satisfies it")
    with pytest.raises(InputError, match="before the time in some rows"):
        notes_of(wider(), Inequality(low_column_name="date", high_column_name="week_begins"))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (["city", "brand"], "'brand' is no function of column 'city'"),
        (["weekday", "month"], "'month' is no function of the weekday"),
        (["channel", "product"], "'product' is no function of the verb"),
        (["colour", "city"], "'colour' is no function of the object"),
    ],
)
def test_what_may_combine_anew_is_refused(columns: list[str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        notes_of(wider(), FixedCombinations(column_names=columns))


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        (FixedCombinations(column_names=["product", "colour"]), "'colour' is no function of"),
        (FixedCombinations(column_names=["category", "segment"]), "'segment' is no function of the object"),
        (FixedCombinations(column_names=["customer", "segment"]), "'customer' is no function of the object"),
        (FixedCombinations(column_names=["product", "planet"]), "names column 'planet'"),
        (Inequality(low_column_name="delivered", high_column_name="date"), "only a column of dates"),
        (FixedIncrements(column_name="category", increment_value=2), "which may break it"),
    ],
)
def test_what_they_may_break_is_refused(constraint: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        notes_of(orders(), constraint)


def test_a_date_that_may_come_first_is_refused() -> None:
    with pytest.raises(InputError, match="before the time in some rows"):
        notes_of(orders(late=0), Inequality(low_column_name="date", high_column_name="delivered"))


def stays(chained: bool) -> pd.DataFrame:
    """Admission on or after the row's day, discharge after admission, review after the row's day."""
    frame, rng = orders(), np.random.default_rng(3)
    day = frame["date"].dt.normalize()
    admitted = day + pd.to_timedelta(rng.integers(0, 9, len(frame)) if chained else 0, unit="D")
    left = admitted + pd.to_timedelta(rng.integers(0, 9, len(frame)), unit="D")
    review = day + pd.to_timedelta(rng.integers(0, 5, len(frame)), unit="D")
    return frame.assign(admitted=admitted, left=left, review=review)


@pytest.mark.parametrize("chained", [True, False])
def test_dates_that_count_from_each_other_or_from_the_same_are_in_order(chained: bool) -> None:
    (note,) = notes_of(stays(chained), Inequality(low_column_name="admitted", high_column_name="left"))
    assert note.endswith("every row satisfies it")
    with pytest.raises(InputError, match="'review' is before column 'left' in some rows"):
        notes_of(stays(chained), Inequality(low_column_name="left", high_column_name="review"))
