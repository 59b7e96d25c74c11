"""Cells of several values are refused with what reshapes them, or read on request."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.nested import fresh_name, refuse_nested, without_nested
from assoc_synth.transactions.table import TransactionTable

BASKETS = pd.DataFrame({"customer": ["a", "b"], "products": [["tea", "pot"], ["tea"]], "day": ["2024-01-01"] * 2})


@pytest.mark.parametrize(
    "cell", [["tea"], ("tea",), {"tea"}, frozenset(["tea"]), np.array(["tea"]), []], ids=lambda c: type(c).__name__
)
def test_lists_are_refused_with_the_line_that_reshapes_them(cell: object) -> None:
    cells = pd.Series([None, "tea", cell], name="products", dtype=object)
    with pytest.raises(InputError) as caught:
        refuse_nested(cells)
    assert str(caught.value) == (
        "column 'products', row 3: the cell is a list of several values: read it with --explode 'products' (in Python "
        "explode='products'), or reshape it first: frame.explode('products'); or leave it out with --column "
        "products=drop (in Python columns={'products': 'drop'})"
    )


@pytest.mark.parametrize(("cell", "words"), [([1], "a list of several"), ({"a": 1}, "a record of several")])
def test_nested_cells_of_arrow_are_refused(cell: object, words: str) -> None:
    values = pa.array([None, cell])
    with pytest.raises(InputError, match=f"column 'n', row 2: the cell is {words}"):
        refuse_nested(pd.Series(pd.array(values, dtype=pd.ArrowDtype(values.type)), name="n"))


def test_categories_of_tuples_are_refused() -> None:
    cells = pd.Series(pd.Categorical([None, "x", ("a", "b")]), name="n")
    with pytest.raises(InputError, match="column 'n', row 3: the cell is a list"):
        refuse_nested(cells)
    refuse_nested(pd.Series(pd.Categorical(["a", None])))


def test_records_are_refused_wherever_they_are() -> None:
    with pytest.raises(InputError, match=r"column 'props', row 1: the cell is a record .*json_normalize"):
        refuse_nested(pd.Series([{"a": 1}], name="props"))
    late = pd.Series(["x"] * 5_000 + [{"a": 1}], name="props", dtype=object)
    with pytest.raises(InputError, match="column 'props', row 5001"):
        refuse_nested(late)


@pytest.mark.parametrize("values", [["[1]", "{}"], [1, "a", None], [b"x"], [dt.date(2024, 1, 1)], [True, None], []])
def test_single_values_are_not(values: list[object]) -> None:
    refuse_nested(pd.Series(values, dtype=object))


def test_extra_columns_are_refused_before_any_training() -> None:
    frame = pd.DataFrame({"customer": ["a"], "item": ["tea"], "props": [{"a": 1}]})
    with pytest.raises(InputError, match="column 'props', row 1"):
        TransactionTable.from_frame(frame)


@pytest.mark.parametrize("make", [list, tuple, np.array, lambda items: str(items), lambda items: ", ".join(items)])
def test_items_become_rows_of_their_basket(make: object) -> None:
    frame = BASKETS.assign(products=[make(["tea", "pot"]), make(["tea"])])  # type: ignore[operator]
    joined = frame["products"][0] == "tea, pot" if isinstance(frame["products"][0], str) else False
    table = TransactionTable.from_frame(frame, explode="products", separator=", " if joined else None)
    roles = {"subject": "customer", "object": "products", "time": "day", "basket": "basket"}
    assert table.schema.columns() == roles
    assert table.to_frame().to_dict("list") == {
        "customer": ["a", "a", "b"],
        "products": ["tea", "pot", "tea"],
        "day": ["2024-01-01"] * 3,
        "basket": [1, 1, 2],
    }
    assert "column 'products': 2 rows of several items are read as 3 rows" in table.notes
    assert "each of them is a basket: column 'basket' is added and numbers them" in table.notes


def test_a_basket_that_is_there_stays() -> None:
    frame = BASKETS.assign(order_id=[7, 7])
    table = TransactionTable.from_frame(frame, explode="products")
    assert table.schema.basket == "order_id"
    assert list(table.to_frame()) == list(frame)
    without = TransactionTable.from_frame(BASKETS, explode="products", basket="")
    assert list(without.to_frame()) == list(BASKETS)


def test_rows_that_were_made_of_lists_are_read_with_the_option() -> None:
    first = TransactionTable.from_frame(BASKETS, explode="products")
    again = TransactionTable.from_frame(first.to_frame(), explode="products")
    assert again.to_frame().equals(first.to_frame())
    assert again.schema == first.schema
    assert "column 'products': each cell holds one item already" in again.notes


def test_sets_are_read_in_the_order_of_their_text() -> None:
    made, _ = without_nested(BASKETS.assign(products=[{"tea", "pot", "cup"}, {3}]), {"explode": "products"})
    assert made["products"].tolist() == ["cup", "pot", "tea", 3]


def test_numbers_stay_numbers() -> None:
    made, _ = without_nested(BASKETS.assign(products=[[1, 2], [3]]), {"explode": "products"})
    assert made["products"].tolist() == [1, 2, 3]
    assert made["products"].dtype == np.int64


def test_empty_and_missing_items_are_left_out_and_told() -> None:
    frame = BASKETS.assign(products=["tea,, pot ,", None])
    made, notes = without_nested(frame, {"explode": "products", "separator": ","})
    assert made["products"].tolist() == ["tea", "pot"]
    assert "column 'products': 1 rows have no item: left out" in notes


def test_records_become_columns() -> None:
    frame = pd.DataFrame(
        {"customer": ["a", "b"], "item": ["tea", "pot"], "props": [{"size": 1, "in": {"x": "u"}}, None]}
    )
    made, notes = without_nested(frame, {"explode": "props"})
    assert list(made) == ["customer", "item", "props.size", "props.in.x"]
    assert made["props.in.x"][0] == "u"
    assert made.iloc[1, 2:].isna().all()
    assert notes == ["column 'props': its records are read as the columns 'props.size', 'props.in.x'"]
    with pytest.raises(InputError, match="row 2: the cell is no record"):
        without_nested(frame.assign(props=[{"a": 1}, [1]]), {"explode": "props"})


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        ({"explode": "goods"}, SchemaError, "there is no column 'goods' for --explode; the columns are 'customer'"),
        ({"explode": "text"}, InputError, r"row 1: the cell is text; .* --explode 'text' --separator ', '"),
        ({"separator": ","}, InputError, "--separator needs --explode COLUMN"),
    ],
)
def test_wrong_use(asked: dict[str, str], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        without_nested(BASKETS.assign(text=["tea, pot", "tea"]), asked)  # type: ignore[arg-type]


def test_lists_of_lists_and_nothing() -> None:
    with pytest.raises(InputError, match="row 1: an item is itself a list"):
        without_nested(BASKETS.assign(products=[[["tea"]], []]), {"explode": "products"})
    with pytest.raises(InputError, match="holds no item in any row"):
        without_nested(BASKETS.assign(products=[[], None]), {"explode": "products"})


def test_fresh_names() -> None:
    assert fresh_name("item", []) == "item"
    assert fresh_name("item", ["item", "item_"]) == "item__"
