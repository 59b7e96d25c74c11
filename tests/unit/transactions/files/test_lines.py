"""Messages name the row and the line of the file where they differ."""

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.lines import line_of, with_line
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.parametrize(
    ("name", "text", "header", "lines"),
    [
        ("t.csv", "a,b\n1,2\n3,4\n", True, [2, 3]),
        ("t.csv", "1,2\n3,4\n", False, [1, 2]),
        ("t.csv", "c1,c2\n1,2\n3,4\n", False, [2, 3]),
        ("t.csv", "\n\na;b\n1;2\n\n3;4\n", True, [4, 6]),
        ("t.csv", 'a,b\n"one\ntwo",2\n3,4\n', True, [2, 4]),
        ("t.csv", "a,b\r\n1,2\r\n3,4\r\n", True, [2, 3]),
        ("t.csv", "sep=;\na;b\n1;2\n3;4\n", True, [3, 4]),
        ("t.tsv", "a\tb\n1\t2\n3\t4\n", True, [2, 3]),
        ("t.jsonl", '{"a": 1}\n\n{"a": 2}\n', True, [1, 3]),
    ],
)
def test_the_line_in_which_a_row_begins(tmp_path: Path, name: str, text: str, header: bool, lines: list[int]) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert [line_of(path, row, header=header) for row in (1, 2)] == lines
    assert line_of(path, 3, header=header) is None


def test_a_message_without_a_row_and_one_of_the_same_line_stay(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n')
    assert with_line("column 'a', row 1: no", path) == "column 'a', row 1: no"
    assert with_line("no rows", path) == "no rows"
    assert with_line("column 'a', row 9: no", path) == "column 'a', row 9: no"


def test_reading_says_both(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text('customer,verb,product,amount\n\nann,bought,"tea\npot",1.5\nbob,bought,tea,much\n')
    with pytest.raises(InputError, match=r"column 'amount', row 2 \(line 5 of the file\): the amount is not a number"):
        TransactionTable.read(path)
    path.write_text("customer,verb,product\n" + "ann,bought,tea\n" * 4 + ",bought,tea\n" * 4)
    with pytest.raises(InputError, match=r"the first is row 5 \(line 6 of the file\): at most"):
        TransactionTable.read(path)
