"""A basket in each line."""

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.baskets import looks_like_header, numbered, read_baskets
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.parametrize(
    "text",
    [
        "tea,pot\npot\ntea,cup,pot\n",
        "tea,pot,\npot,,\ntea,cup,pot\n",
        "tea;pot\r\npot\r\ntea;cup;pot\r\n",
        'tea,"pot"\n\npot\ntea,cup,pot',
        "\ufefftea|pot\npot\ntea|cup|pot\n",
    ],
)
def test_lines_of_any_length(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baskets.csv"
    path.write_text(text, encoding="utf-8", newline="")
    table = TransactionTable.read(path, layout="baskets")
    assert table.to_frame()["basket"].tolist() == [1, 1, 2, 3, 3, 3]
    assert table.to_frame()["item"].tolist() == ["tea", "pot", "pot", "tea", "cup", "pot"]
    assert "the first line is a basket as well" in table.notes
    with pytest.raises(InputError, match="--layout baskets"):
        TransactionTable.read(path)


def test_a_header_with_roles(tmp_path: Path) -> None:
    path = tmp_path / "baskets.tsv"
    path.write_text("customer\titem 1\titem 2\nann\ttea\tpot\nbob\ttea\n")
    table = TransactionTable.read(path, layout="baskets")
    assert table.to_frame()[["customer", "item"]].to_numpy().tolist() == [
        ["ann", "tea"],
        ["ann", "pot"],
        ["bob", "tea"],
    ]
    assert "the first line names the columns; --no-header makes it a basket" in table.notes
    again = TransactionTable.read(path, layout="baskets", header=False, subject="c1")
    assert again.num_subjects == 3
    assert again.to_frame()["c1"].tolist() == ["customer", "customer", "ann", "ann", "bob"]


def test_lines_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "baskets.csv"
    path.write_text("customer,item 1\nann,tea,pot\n")
    with pytest.raises(InputError, match=r"basket 1: 3 cells where the header has 2; .* add --no-header"):
        read_baskets(path)
    path.write_text('tea,pot\n"tea,pot\n')
    with pytest.raises(InputError, match="line 2"):
        read_baskets(path)
    path.write_text("customer,item 1\n")
    with pytest.raises(InputError, match="has a header and no rows"):
        read_baskets(path)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["tea", "pot"], ["tea"]], False),
        ([["tea", "pot"], ["cup"]], False),
        ([["customer", "a", "b"], ["ann", "tea"]], True),
        ([["item1", "item2"], ["tea"]], True),
        ([["items"], ["tea"]], True),
        ([["customer"], ["customer"]], False),
        ([["", ""]], False),
    ],
)
def test_headers(rows: list[list[str]], expected: bool) -> None:
    assert looks_like_header(rows) is expected


def test_numbered_names() -> None:
    assert numbered(["p1", "p2", "q1", "7", "8"]) == ["p1", "p2"]
    assert numbered(["Unnamed: 2", "Unnamed: 3"]) == ["Unnamed: 2", "Unnamed: 3"]
