"""CSV and TSV: cells keep their exact text, and errors name the line."""

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import read_frame
from assoc_synth.transactions.files.delimited import read_csv

HEADER = b"subject,verb,object\n"


def read_bytes(folder: Path, data: bytes, name: str = "t.csv") -> pd.DataFrame:
    path = folder / name
    path.write_bytes(data)
    return read_frame(path)


def refused(folder: Path, data: bytes, name: str = "t.csv") -> str:
    with pytest.raises(InputError) as caught:
        read_bytes(folder, data, name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_cells_stay_the_text_they_are(tmp_path: Path) -> None:
    frame = read_bytes(tmp_path, b"a,b\n007,1e5\nNA,null\nnan, x \n123456789012345678901,\n")
    assert frame["a"].tolist() == ["007", "NA", "nan", "123456789012345678901"]
    assert frame["b"].tolist() == ["1e5", "null", " x ", None]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_on_the_header(tmp_path: Path, delimiter: str) -> None:
    frame = read_bytes(
        tmp_path,
        f'a{delimiter}b\n"x{delimiter}y"{delimiter}1,5\n'.encode() if delimiter != "," else b'a,b\n"x,y","1,5"\n',
    )
    assert frame.to_dict("list") == {"a": [f"x{delimiter}y"], "b": ["1,5"]}


def test_delimiter_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "single column" in refused(tmp_path, b"a:b:c\n1:2:3\n")
    assert "tab" in refused(tmp_path, b"a,b,c\n1,2,3\n", "t.tsv")


def test_mixed_newlines_and_newlines_in_quotes(tmp_path: Path) -> None:
    frame = read_bytes(tmp_path, b'a,b\r\n1,2\n3,4\r\n"x\ny",6')
    assert frame["a"].tolist() == ["1", "3", "x\ny"]


@pytest.mark.parametrize("line", [b"1,2", b"1,2,3,4"])
def test_ragged_rows_name_the_line(tmp_path: Path, line: bytes) -> None:
    message = refused(tmp_path, HEADER + b"a,b,c\n" * 5 + line + b"\na,b,c\n")
    assert "line 7" in message
    assert "header has 3" in message


def test_unclosed_quote_names_the_line_where_it_opens(tmp_path: Path) -> None:
    assert "line 4: a quote is never closed" in refused(tmp_path, HEADER + b'a,b,c\na,b,c\na,"b,c\na,b,c\n')
    assert "line 5: a quote is never closed" in refused(tmp_path, HEADER + b'a,b,c\n"x\ny",b,c\na,b,"c\n')


def test_a_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, HEADER + b'a,b,5" pipe\n')["object"].tolist() == ['5" pipe']


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    with pytest.raises(InputError, match=r"'t\.csv', line 5: 1 cells where the header has 2"):
        read_csv(b"\r\n\na,b\n1,2\n3\n", "t.csv", "csv")


def test_a_column_without_a_name_gets_its_position() -> None:
    assert list(read_csv(b",b\n0,1\n", "t.csv", "csv")[0]) == ["Unnamed: 0", "b"]


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match=r"'t\.tsv' has a header and no rows"):
        read_csv(b"a\tb\n", "t.tsv", "tsv")
