"""JSON Lines: whole numbers stay whole, errors name the line."""

import io
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import jsonlines, read_frame
from assoc_synth.transactions.files.jsonlines import read_jsonl, write_jsonl


def read_bytes(folder: Path, data: bytes, name: str = "t.csv") -> pd.DataFrame:
    path = folder / name
    path.write_bytes(data)
    return read_frame(path)


def refused(folder: Path, data: bytes, name: str = "t.csv") -> str:
    with pytest.raises(InputError) as caught:
        read_bytes(folder, data, name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_json_lines_keep_whole_numbers(tmp_path: Path) -> None:
    frame = read_bytes(
        tmp_path, b'{"id": 9007199254740993, "x": "007"}\n\n{"id": null, "x": "NA", "y": 1.5}\r\n', "t.jsonl"
    )
    assert frame["id"].tolist() == [9007199254740993, pd.NA]
    assert frame["x"].tolist() == ["007", "NA"]
    assert frame["y"].isna().tolist() == [True, False]
    assert read_bytes(tmp_path, b'{"id": 123456789012345678901}\n', "t.jsonl")["id"].tolist() == [123456789012345678901]


@pytest.mark.parametrize(
    "bad", [b"{", b"[1]", b'{"a": 1},{"a": 2}', b'{"a": "\\ud800"}', b'{"a": ["\\ud800"]}', b"[" * 100_000]
)
def test_bad_json_names_the_line(tmp_path: Path, bad: bytes) -> None:
    assert "line 3" in refused(tmp_path, b'{"a": 1}\n{"a": 2}\n' + bad + b'\n{"a": 3}\n', "t.jsonl")


def test_what_is_written_is_one_object_in_each_line() -> None:
    frame = pd.DataFrame({"n": pd.array([2**53 + 1, None], dtype="Int64"), "x": ["é", None], "b": [True, False]})
    frame["t"] = pd.to_datetime(["2026-01-02 03:04:05", None])
    out = io.BytesIO()
    write_jsonl(frame, out)
    assert out.getvalue().decode() == (
        '{"n": 9007199254740993, "x": "é", "b": true, "t": "2026-01-02T03:04:05"}\n'
        '{"n": null, "x": null, "b": false, "t": null}\n'
    )


def test_columns_that_appear_late_are_columns_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonlines, "LINES_AT_ONCE", 2)
    frame = read_jsonl(b'{"a": 1}\n{"a": 2}\n{"a": 3}\n{"a": 4, "b": "x"}\n', "t.jsonl")
    assert frame["a"].tolist() == [1, 2, 3, 4]
    assert frame["b"].tolist() == [None, None, None, "x"]


def test_no_rows_are_refused() -> None:
    with pytest.raises(InputError, match=r"'t\.jsonl' holds no rows"):
        read_jsonl(b"\n \n", "t.jsonl")


def test_a_line_that_is_far_too_long_is_not_read() -> None:
    line = b'{"item": "tea"}\n'
    with pytest.raises(InputError, match=r"line 3: the line is over 10,000,000 bytes"):
        read_jsonl(2 * line + b'{"item": [' + b"0," * 5_000_000 + b"0]}", "sales.jsonl")
