"""Files are read exactly, refused with the place of the fault, and written whole or not at all."""

import codecs
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.files import read_frame, reading, replacing, write_frame

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


def test_mixed_newlines_and_newlines_in_quotes(tmp_path: Path) -> None:
    frame = read_bytes(tmp_path, b'a,b\r\n1,2\n3,4\r\n"x\ny",6')
    assert frame["a"].tolist() == ["1", "3", "x\ny"]


def test_bad_utf8_and_nul_name_the_byte(tmp_path: Path) -> None:
    assert "byte 6" in refused(tmp_path, b"a,b\n1,\xff\n")
    assert "byte 9" in refused(tmp_path, codecs.BOM_UTF8 + b"a,b\n1,\xff\n")
    assert "byte 6" in refused(tmp_path, b"a,b\n1,\x00\n")
    assert "UTF-16" in refused(tmp_path, codecs.BOM_UTF16_LE + b"\x00\xd8a")


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
    monkeypatch.setattr(reading, "BOMB_BYTES", 1_000_000)
    assert "times its size" in refused(tmp_path, gzip.compress(b"0" * 50_000_000), "t.csv.gz")


def test_json_lines_keep_whole_numbers(tmp_path: Path) -> None:
    frame = read_bytes(
        tmp_path, b'{"id": 9007199254740993, "x": "007"}\n\n{"id": null, "x": "NA", "y": 1.5}\r\n', "t.jsonl"
    )
    assert frame["id"].tolist() == [9007199254740993, pd.NA]
    assert frame["x"].tolist() == ["007", "NA"]
    assert frame["y"].isna().tolist() == [True, False]
    assert read_bytes(tmp_path, b'{"id": 123456789012345678901}\n', "t.jsonl")["id"].tolist() == [123456789012345678901]


@pytest.mark.parametrize(
    "bad", [b"{", b"[1]", b'{"a": 1},{"a": 2}', b'{"a": [1]}', b'{"a": "\\ud800"}', b"[" * 100_000]
)
def test_bad_json_names_the_line(tmp_path: Path, bad: bytes) -> None:
    assert "line 3" in refused(tmp_path, b'{"a": 1}\n{"a": 2}\n' + bad + b'\n{"a": 3}\n', "t.jsonl")


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


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    st.sampled_from([".csv", ".tsv", ".csv.gz", ".jsonl", ".jsonl.gz"]),
)
def test_text_round_trip(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"round{suffix}"
    frame = pd.DataFrame([("x", *row) for row in rows], columns=["k", "a", "b"], dtype=object)
    write_frame(frame, path, raw=True)
    back = read_frame(path)
    empty = frame if "jsonl" in suffix else frame.where(frame != "", None)
    assert back.to_numpy().tolist() == empty.to_numpy().tolist()


def test_missing_values_are_empty_cells(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", None], "n": [1.5, np.nan], "t": pd.to_datetime(pd.Series(["2024-01-02", None]))})
    write_frame(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "a,n,t\nx,1.5,2024-01-02\n,,\n"
    write_frame(frame, tmp_path / "t.jsonl")
    assert (tmp_path / "t.jsonl").read_text().splitlines()[1] == '{"a": null, "n": null, "t": null}'


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_formulas_are_disarmed_and_numbers_are_not(tmp_path: Path, dtype: str) -> None:
    cells = ["=1+1", "+x", "-x", "@x", "\tx", "\r", "-3.50", "+1e5", "x=1", "", "-"]
    frame = pd.DataFrame({"a": pd.Series(cells, dtype=dtype), "n": -1.5})
    write_frame(frame, tmp_path / "t.csv")
    found = read_frame(tmp_path / "t.csv")
    assert found["a"].tolist() == ["'=1+1", "'+x", "'-x", "'@x", "'\tx", "'\r", "-3.50", "+1e5", "x=1", None, "'-"]
    assert set(found["n"]) == {"-1.5"}
    assert frame["a"].tolist() == cells
    write_frame(frame, tmp_path / "t.csv", raw=True)
    assert read_frame(tmp_path / "t.csv")["a"].tolist()[:2] == ["=1+1", "+x"]


def test_replacing_keeps_the_old_file_when_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:  # noqa: PT012
        assert temporary.parent == tmp_path
        assert temporary.name.endswith(".csv.gz")
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with replacing(path) as temporary:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_replacing_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with replacing(tmp_path / "link.csv") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_replacing_names_what_is_wrong_with_the_place(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "no" / "t.csv", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=what), replacing(path):
            pass


def test_a_frame_that_parquet_can_not_hold_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Parquet"):
        write_frame(pd.DataFrame({"a": [1, "x"]}), tmp_path / "t.parquet")
    assert list(tmp_path.iterdir()) == []


def test_same_frame_same_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    for suffix in (".csv.gz", ".jsonl.gz"):
        for name in ("one", "two"):
            write_frame(frame, tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
