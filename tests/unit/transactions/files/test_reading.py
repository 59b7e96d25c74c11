"""Files of every kind: encodings, compression, limits and damage, each refused with its place."""

import codecs
import gzip
import re
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.files import kinds, read_file, read_frame

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


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + "a,b\né,1\n".encode(),
        "a,b\né,1\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "a,b\né,1\n".encode("utf-16-be"),
    ],
)
def test_byte_order_marks(tmp_path: Path, data: bytes) -> None:
    assert read_bytes(tmp_path, data).to_dict("list") == {"a": ["é"], "b": ["1"]}


def test_bad_utf8_and_nul_name_the_byte(tmp_path: Path) -> None:
    assert "byte 7" in refused(tmp_path, b"a,b\n\xc3\xa9,\xff\n")
    assert "byte 10" in refused(tmp_path, codecs.BOM_UTF8 + b"a,b\n\xc3\xa9,\xff\n")
    assert "byte 6" in refused(tmp_path, b"a,b\n1,\x81\n")
    assert "byte 7" in refused(tmp_path, b'{"a": "\xff"}\n', "t.jsonl")
    assert "byte 6" in refused(tmp_path, b"a,b\n1,\x00\n")
    assert "UTF-16" in refused(tmp_path, codecs.BOM_UTF16_LE + b"\x00\xd8a")


@pytest.mark.parametrize(
    ("text", "encoding"), [("£5", "latin-1"), ("Müller", "cp1252"), ("5 €", "cp1252"), ("café – “tea”", "cp1252")]
)
def test_what_is_not_utf8_is_read_as_windows_1252(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "t.csv").write_bytes(f"a,b\n{text},1\n".encode(encoding))
    frame, notes, _ = read_file(tmp_path / "t.csv")
    assert frame["a"].tolist() == [text]
    assert notes[0].startswith("'t.csv' is not valid UTF-8 at byte")
    assert "Windows-1252" in notes[0]


@pytest.mark.parametrize("data", [b"", b"\n\n", codecs.BOM_UTF8, HEADER, HEADER.strip()])
def test_empty_files(tmp_path: Path, data: bytes) -> None:
    refused(tmp_path, data)


def test_absent_folder_and_unknown_kind(tmp_path: Path) -> None:
    for path, what in (
        (tmp_path / "no.csv", "no file"),
        (tmp_path / "t.xlsx", "suffix"),
        (tmp_path / "plain", "suffix"),
    ):
        with pytest.raises(InputError, match=what):
            read_frame(path)
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(InputError, match="folder"):
        read_frame(tmp_path / "d.csv")


@pytest.mark.parametrize("size", [1_000_001, 10_000_000])
def test_a_huge_cell_is_refused(tmp_path: Path, size: int) -> None:
    assert "1,000,000 bytes" in refused(tmp_path, HEADER + b"a,b,c\na,b," + b"x" * size + b"\n")
    line = b'{"a": "' + b"x" * size + b'"}\n'
    assert "line 2" in refused(tmp_path, b'{"a": 1}\n' + line, "t.jsonl")


def test_too_many_columns(tmp_path: Path) -> None:
    wide = b",".join(b"c%d" % number for number in range(100_000))
    assert "columns" in refused(tmp_path, wide + b"\n" + wide + b"\n")
    pd.DataFrame([range(2001)], columns=[f"c{i}" for i in range(2001)]).to_parquet(tmp_path / "w.parquet")
    with pytest.raises(InputError, match="2,001 columns"):
        read_frame(tmp_path / "w.parquet")


def test_duplicate_columns(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="'a'"):
        read_bytes(tmp_path, b"a,b,a\n1,2,3\n")


def test_gzip_and_its_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"a,b\n1,2\n")
    assert read_bytes(tmp_path, packed, "t.csv.gz").to_dict("list") == {"a": ["1"], "b": ["2"]}
    for broken in (packed[:-6], b"a,b\n1,2\n", packed[:12] + b"\xff\xff" + packed[14:]):
        assert "gzip" in refused(tmp_path, broken, "t.csv.gz")
    monkeypatch.setattr(kinds, "BOMB_BYTES", 1_000_000)
    assert "times its size" in refused(tmp_path, gzip.compress(b"0" * 50_000_000), "t.csv.gz")


def test_parquet_keeps_dtypes(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int64"),
            "c": pd.Categorical(["a", "b"]),
            "t": pd.to_datetime(pd.Series(["2024-01-01", None])).dt.tz_localize("Europe/Berlin"),
            "s": pd.array(["x", None], dtype="string"),
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "t.parquet"), frame)


def test_parquet_whole_numbers_with_gaps_stay_exact(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": [2**53 + 1, None]}), tmp_path / "t.parquet")
    assert read_frame(tmp_path / "t.parquet")["id"].tolist() == [2**53 + 1, pd.NA]


def test_named_index_of_parquet_becomes_a_column(tmp_path: Path) -> None:
    pd.DataFrame({"customer": ["a"], "x": [1]}).set_index("customer").to_parquet(tmp_path / "t.parquet")
    assert list(read_frame(tmp_path / "t.parquet")) == ["customer", "x"]


def test_broken_parquet(tmp_path: Path) -> None:
    pd.DataFrame({"a": range(1000)}).to_parquet(tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    for broken in (b"", b"PAR1", data[:-20], data[:200], b"x" * 100):
        assert "Parquet" in refused(tmp_path, broken, "b.parquet")
    pd.DataFrame({"a": []}).to_parquet(tmp_path / "e.parquet")
    with pytest.raises(InputError, match="no rows"):
        read_frame(tmp_path / "e.parquet")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PAR1\x15\x04", "is a Parquet file: rename it to .parquet"),
        (b"PK\x03\x04rest", "an Excel or zip file"),
        (b"\x1f\x8b\x08\x00", "let its name end in .gz"),
        (b"Report of 2024\n\na,b\n1,2\n3,4\n5,6\n", r"the columns begin in line 3: .* tail -n \+3 t.csv > table.csv"),
        (b"# made by hand\na;b\n1;2\n3;4\n5;6\n", r"the columns begin in line 2: .* tail -n \+2 t.csv"),
        (b"tea\npot,cup\nmug\njam,tea,cup\n", "the header is a single column"),
        (b"a,b\n1,2,\n", "line 2: 3 cells where the header has 2; the line ends in a delimiter"),
    ],
)
def test_files_that_are_something_else_say_what_to_do(tmp_path: Path, data: bytes, words: str) -> None:
    assert re.search(words, refused(tmp_path, data))


def test_a_list_of_json_says_how_to_make_lines(tmp_path: Path) -> None:
    assert "lines=True" in refused(tmp_path, b'[{"a": 1}, {"a": 2}]\n', "t.jsonl")
    assert "not an object" in refused(tmp_path, b"[1, 2]\n", "t.jsonl")


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_the_line_of_excel_that_says_the_delimiter_is_left_out(tmp_path: Path, line: str) -> None:
    (tmp_path / "t.csv").write_bytes(f"{line}\na;b\n1;2\n".encode())
    frame, notes, dialect = read_file(tmp_path / "t.csv")
    assert frame.to_dict("list") == {"a": ["1"], "b": ["2"]}
    assert dialect.delimiter == ";"
    assert notes == ("'t.csv': the first line says which delimiter follows and is left out",)
