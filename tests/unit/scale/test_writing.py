"""Rows written chunk by chunk: the same in every kind of file, and those of a small sample as ever."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.gate.verdict import Status
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.streaming import plain_rows
from assoc_synth.scale.writing import Progress, sample_to

SUBJECTS = 80


@pytest.fixture
def attempts(small_model: FittedModel, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    monkeypatch.setattr("assoc_synth.model.plain.CHUNK", 32)
    monkeypatch.setattr("assoc_synth.model.streaming.PROBE", 8)
    return Attempts(small_model, seed=3)


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.jsonl.gz"])
def test_chunks_of_text_are_one_file(attempts: Attempts, tmp_path: Path, name: str) -> None:
    written = sample_to(tmp_path / name, attempts, SUBJECTS)
    table, _ = plain_rows(attempts, SUBJECTS)
    export(table, "jsonl" if "jsonl" in name else "csv", tmp_path / f"whole-{name}")
    assert (tmp_path / name).read_bytes() == (tmp_path / f"whole-{name}").read_bytes()
    assert (written.rows, written.subjects) == (len(table), SUBJECTS)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_and_a_file_of_parquet_hold_the_same_rows(attempts: Attempts, tmp_path: Path) -> None:
    said: list[Progress] = []
    sample_to(tmp_path / "rows.parquet", attempts, SUBJECTS, progress=said.append)
    sample_to(f"{tmp_path}/rows/", attempts, SUBJECTS)
    parts = sorted(path.name for path in (tmp_path / "rows").iterdir())
    assert parts == [f"part-{number:05d}.parquet" for number in range(len(parts))]
    assert len(parts) > 1
    whole = pd.read_parquet(tmp_path / "rows.parquet")
    assert pd.concat([pd.read_parquet(tmp_path / "rows" / part) for part in parts], ignore_index=True).equals(whole)
    assert said[0].rows == 0 < said[1].rows < said[-1].rows == len(whole)
    assert said[0].estimate.rows > 0


def test_exactly_as_many_rows_and_an_old_folder_is_replaced(attempts: Attempts, tmp_path: Path) -> None:
    for rows in (900, 700):
        assert sample_to(f"{tmp_path}/rows/", attempts, 100, num_rows=rows).rows == rows
        assert len(pd.read_parquet(tmp_path / "rows")) == rows
    (tmp_path / "rows" / "mine.txt").write_text("kept")
    with pytest.raises(InputError, match=r"holds 'mine\.txt', which would be lost"):
        sample_to(tmp_path / "rows", attempts, 100)


def test_a_small_sample_is_written_as_ever(attempts: Attempts, tmp_path: Path) -> None:
    sample_to(tmp_path / "rows.csv", attempts, 3)
    export(plain_rows(attempts, 3)[0], "csv", tmp_path / "whole.csv")
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    sample_to(f"{tmp_path}/rows/", attempts, 3)
    assert len(pd.read_parquet(tmp_path / "rows")) == len(pd.read_csv(tmp_path / "rows.csv"))


def test_an_engine_is_checked_for_a_small_sample_too(attempts: Attempts, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the engine must be ray"):
        sample_to(tmp_path / "rows.csv", attempts, 3, engine="dask")
    assert not (tmp_path / "rows.csv").exists()
    pytest.importorskip("ray")
    assert sample_to(tmp_path / "rows.csv", attempts, 3, engine="ray").notes[-1].startswith("all rows are one chunk")


def test_the_size_of_parquet_is_expected_as_it_is_packed(attempts: Attempts, tmp_path: Path) -> None:
    said: list[Progress] = []
    sample_to(tmp_path / "rows.parquet", attempts, 120, progress=said.append)
    size = (tmp_path / "rows.parquet").stat().st_size
    assert 0.5 * size < said[0].estimate.bytes < 2 * size
