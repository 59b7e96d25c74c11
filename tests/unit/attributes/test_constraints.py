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
