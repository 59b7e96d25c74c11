"""Signs and presence of amounts, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.amount_signs import amount_distances
from assoc_synth.evaluation.destroyed import without_columns
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def table(amounts: dict[str, list[float | None]]) -> TransactionTable:
    made = [(f"s{at}", verb, "x", value) for verb, values in amounts.items() for at, value in enumerate(values)]
    frame = pd.DataFrame(made, columns=["subject", "verb", "object", "amount"])
    return TransactionTable.from_frame(frame.astype({"amount": float}), amount="amount")


def figures(first: dict[str, list[float | None]], second: dict[str, list[float | None]]) -> dict[str, float]:
    return amount_distances(*coded_rows(table(first), table(second)))


REAL: dict[str, list[float | None]] = {"buy": [1.0] * 30, "return": [-1.0] * 30, "view": [None] * 60}


def test_equal_tables_have_no_distance() -> None:
    assert figures(REAL, REAL) == {
        "presence_error": 0.0,
        "presence_error: worst verb": 0.0,
        "sign_error": 0.0,
        "sign_error: worst verb": 0.0,
    }


def test_a_price_where_there_is_none() -> None:
    found = figures(REAL, REAL | {"view": [None] * 45 + [3.0] * 15})
    # A quarter of the views, which are half of the rows.
    assert found["presence_error"] == pytest.approx(0.125)
    assert found["presence_error: worst verb"] == 0.25
    assert found["sign_error"] == 0.0, "the reference has no amount under the verb, so no sign either"


def test_a_return_that_is_positive() -> None:
    found = figures(REAL, REAL | {"return": [-1.0] * 20 + [1.0] * 10})
    assert found["sign_error: worst verb"] == pytest.approx(1 / 3)
    assert found["sign_error"] == pytest.approx(1 / 6), "half of the rows with an amount are returns"
    assert figures(REAL, REAL | {"return": [0.0] * 30})["sign_error: worst verb"] == 1.0, "zero is a sign of its own"


def test_a_verb_without_amounts_has_lost_its_sign() -> None:
    found = figures(REAL, REAL | {"return": [None] * 30})
    assert (found["sign_error: worst verb"], found["presence_error: worst verb"]) == (1.0, 1.0)


def test_rare_verbs_are_not_the_worst_and_absent_ones_do_not_count() -> None:
    real = REAL | {"swap": [1.0] * 29}
    assert figures(real, real | {"swap": [None] * 29})["presence_error: worst verb"] == 0.0
    assert figures(REAL, {"buy": [1.0]})["presence_error"] == 0.0


def test_a_table_without_amounts_has_no_figures() -> None:
    bare = TransactionTable.from_frame(table(REAL).to_frame()[["subject", "verb", "object"]])
    assert amount_distances(*coded_rows(table(REAL), bare)) == {}


def test_amounts_dealt_anew_are_far() -> None:
    (rows,) = coded_rows(table(REAL))
    found = amount_distances(rows, without_columns(rows, np.random.default_rng(0)))
    assert found["presence_error"] > 0.3
    assert found["sign_error"] > 0.3
