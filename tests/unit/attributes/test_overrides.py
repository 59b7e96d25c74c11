"""What the user says that a column is: done, or refused in one sentence."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import plan_columns
from assoc_synth.attributes.overrides import overruled
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

FRAME = pd.DataFrame(
    {
        "who": np.arange(60) % 20,
        "did": "bought",
        "what": np.arange(60) % 7,
        "zip": 10_000 + np.arange(60) % 9,
        "code": [f"{at % 9:04d}" for at in range(60)],
        "odd": ["x12" if at == 7 else str(at) for at in range(60)],
        "share": np.arange(60) / 7,
        "flag": np.arange(60) % 2 == 0,
        "never": None,
    }
)
TABLE = TransactionTable.from_frame(FRAME, subject="who", verb="did", object="what")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"zap": "category"}, "'zap' is no extra column; there are: zip, code"),
        ({"who": "category"}, "'who' is the subject; only extra columns"),
        ({"zip": "postcode"}, "'zip' can be category, number, date, identifier, text or drop, not 'postcode'"),
        ({"odd": "number"}, "'odd' cannot be a number: 'x12' in row 8 is none"),
        ({"flag": "number"}, "'flag' cannot be a number: 'True' in row 1"),
        ({"code": "date"}, "'code' cannot be a date: '0000' in row 1"),
        ({"share": "identifier"}, "'share' cannot be an identifier: '0.0' in row 1 is neither"),
        ({"zip": "text"}, "'zip' cannot be a text"),
        ({"never": "category"}, "'never' has no value: it can only be 'drop'"),
        (["zip"], "columns must be a dict"),
    ],
)
def test_what_cannot_be_is_refused(columns: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        overruled(TABLE, columns)  # type: ignore[arg-type]


def test_what_can_be_is_done() -> None:
    asked = {"zip": "identifier", "code": "category", "share": "category", "never": "drop", "odd": "text"}
    assert overruled(TABLE, asked) is TABLE
    assert overruled(TABLE, None) is TABLE


def test_text_that_must_be_numbers_becomes_numbers_and_is_given_back_as_text() -> None:
    made = overruled(TABLE, {"code": "number"})
    assert made.extras["code"].tolist() == [at % 9 for at in range(60)]
    given = made.to_frame()["code"]
    assert given.dtype == TABLE.to_frame()["code"].dtype
    assert given.astype(float).tolist() == FRAME["code"].astype(float).tolist()
    assert TABLE.extras["code"].iloc[1] == "0001"


def test_the_names_of_clusters_never_come_back() -> None:
    frame = FRAME.assign(home=np.arange(60) % 20 % 5)
    table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what", cluster="home")
    assert overruled(table, {"home": "drop"}) is table
    with pytest.raises(InputError, match="'home' names the clusters: it can be identifier or drop, not 'category'"):
        overruled(table, {"home": "category"})


@pytest.mark.parametrize("kind", ["float64", "float16", "category", "object", "words"])
def test_a_column_with_an_infinite_number_stays_empty_and_says_so(kind: str) -> None:
    cells = pd.Series([np.inf if at % 7 == 3 else -np.inf if at % 7 == 5 else at % 5 for at in range(60)])
    words = cells.astype(object).where(cells.index % 2 == 1, "few")
    frame = FRAME.assign(rate=words if kind == "words" else cells.astype(kind))
    table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
    line = plan_columns(table, None, {"rate": "object"})["rate"]
    assert line.kind == "empty"
    assert line.notes == (
        "column 'rate' holds infinite numbers (correct them, or leave their cells empty) and stays empty",
    )
    assert plan_columns(table, {"rate": "drop"})["rate"].asked
    with pytest.raises(InputError, match="'rate' cannot be a category: the number in row 4 is infinite"):
        plan_columns(table, {"rate": "category"})


@pytest.mark.parametrize("cell", ["inf", "1e999"])
def test_an_infinite_text_is_no_number(cell: str) -> None:
    frame = FRAME.assign(rate=["1", "2", cell] * 20)
    table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
    with pytest.raises(InputError, match=f"'rate' cannot be a number: '{cell}' in row 3 is"):
        plan_columns(table, {"rate": "number"})
