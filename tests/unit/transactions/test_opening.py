"""Files and lists become rows of one link each."""

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.opening import from_lists, laid_out, numbered_roles, opened
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.parametrize(
    ("name", "text", "columns", "first"),
    [
        (
            "t.tsv",
            "ann\tviewed\ttea\nbob\tbought\ttea\n",
            {"subject": "c1", "verb": "c2", "object": "c3"},
            ["ann", "viewed", "tea"],
        ),
        (
            "t.csv",
            "ann,viewed,tea\nbob,bought,tea\n",
            {"subject": "c1", "verb": "c2", "object": "c3"},
            ["ann", "viewed", "tea"],
        ),
        ("t.csv", 'ann;"tea; hot"\nbob;tea\n', {"subject": "c1", "object": "c2"}, ["ann", "tea; hot"]),
        ("t.csv", "1,1\n2,1\n", {"subject": "c1", "object": "c2"}, ["1", "1"]),
    ],
)
def test_no_header(tmp_path: Path, name: str, text: str, columns: dict[str, str], first: list[str]) -> None:
    path = tmp_path / name
    path.write_text(text)
    table = TransactionTable.read(path, header=False)
    assert len(table) == 2
    assert table.schema.columns() == columns
    assert table.to_frame().iloc[0].tolist() == first


def test_rows_that_were_made_without_a_header_are_read_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("ann,viewed,tea\nbob,viewed,pot\n")
    first = TransactionTable.read(tmp_path / "real.csv", header=False)
    first.to_frame().to_csv(tmp_path / "made.csv", index=False)
    again = TransactionTable.read(tmp_path / "made.csv", header=False)
    assert again.to_frame().equals(first.to_frame())


def test_more_columns_without_a_header_are_named_by_number(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("ann,viewed,tea,2024-01-01\nbob,bought,tea,2024-01-02\n")
    with pytest.raises(SchemaError, match="'c1', 'c2', 'c3', 'c4'; name them with --subject WHO --object WHAT"):
        TransactionTable.read(path, header=False)
    table = TransactionTable.read(path, header=False, subject="c1", verb="c2", object="c3", time="c4")
    assert table.num_verbs == 2


def test_a_header_that_is_read_as_a_row_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("customer,action,product\nann,viewed,tea\n")
    table = TransactionTable.read(tmp_path / "t.csv", header=False)
    assert table.num_subjects == 2
    assert "the first line looks like names of columns and is read as a row: leave --no-header out" in table.notes


def test_without_the_option_the_error_names_it(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("ann,viewed,tea\nbob,viewed,tea\n")
    with pytest.raises(SchemaError, match="the first line looks like a row: if it is one, add --no-header") as caught:
        TransactionTable.read(path)
    assert "ann" not in str(caught.value)  # the name of a column that is a person's
    path.write_text("tea,tea\nbob,tea\n")
    with pytest.raises(SchemaError, match=r"duplicate column names: 'tea'.*add --no-header"):
        TransactionTable.read(path)


def test_errors_name_the_line_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("ann,viewed,tea\nbob,bought\n")
    with pytest.raises(InputError, match="line 2: 2 cells where the header has 3"):
        TransactionTable.read(path, header=False)


@pytest.mark.parametrize("name", ["t.parquet", "t.jsonl"])
def test_only_text_has_a_header(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(InputError, match="leave --no-header out"):
        opened(tmp_path / name, {"header": False})


def test_numbered_roles_give_way_to_named_ones() -> None:
    assert numbered_roles(["c1", "c2"], {"subject": "c2"}) == {"subject": "c2"}
    assert numbered_roles(["c1", "c2", "c3"], {"verb_name": "did"}) == {"verb_name": "did"}
    assert numbered_roles(["c1", "c2"], {"verb_name": "did"}) == {"subject": "c1", "object": "c2", "verb_name": "did"}
    assert numbered_roles(["c1"], {}) == {}


def test_baskets_of_python() -> None:
    table = TransactionTable.from_baskets([["tea", "pot"], [], ("tea",)], verb_name="bought")
    assert table.to_frame().to_dict("list") == {"basket": [1, 1, 3], "item": ["tea", "pot", "tea"]}
    assert table.verbs.tolist() == ["bought"]
    assert "column 'item': 1 rows have no item: left out" in table.notes
    named = TransactionTable.from_baskets({"ann": {"tea"}, "bob": ["tea, hot"]})
    assert named.to_frame().to_numpy().tolist() == [["ann", "tea"], ["bob", "tea, hot"]]


@pytest.mark.parametrize(
    ("baskets", "words"),
    [(["tea"], "basket 1 is not a collection"), ([3], "basket 1"), ([], "there is no basket"), ([[]], "holds no item")],
)
def test_what_is_no_basket(baskets: list[object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        from_lists(baskets)  # type: ignore[arg-type]


def test_joined_cells_are_refused_or_read() -> None:
    things = ["tea", "pot", "cup", "milk", "sugar"]
    joined = [", ".join(things[k] for k in range(5) if number >> k & 1) for number in range(1, 32)]
    frame = pd.DataFrame({"customer": [f"c{number}" for number in range(31)], "products": joined})
    with pytest.raises(InputError, match="--explode 'products' --separator ', '"):
        TransactionTable.from_frame(frame)
    assert TransactionTable.from_frame(frame, layout="rows").num_objects == 31
    assert TransactionTable.from_frame(frame, explode="products", separator=", ").objects.tolist() == sorted(things)


def test_names_of_columns_are_checked_first() -> None:
    frame = pd.DataFrame([[1, [2]]], columns=["a", "a"])
    with pytest.raises(SchemaError, match="duplicate column names"):
        laid_out(frame, {})
