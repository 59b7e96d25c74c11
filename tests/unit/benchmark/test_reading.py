"""The benchmark of reading: what it reads, measures and shows."""

import json
from pathlib import Path

import pytest

from assoc_synth.benchmark import reading
from assoc_synth.errors import InputError
from assoc_synth.transactions.files import write_frame


@pytest.mark.parametrize("reader", list(reading.READERS))
@pytest.mark.parametrize("kind", reading.KINDS)
def test_every_reader_reads_every_row(reader: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"shop.{kind}"
    write_frame(reading.shop(200), path)
    found = reading.read_once(reader, str(path), kind)
    assert (found.reader, found.kind, found.rows) == (reader, kind, 200)
    assert found.megabytes >= 0


def test_readers_work_in_processes_of_their_own(tmp_path: Path) -> None:
    found = reading.measure(50, tmp_path, ("pyarrow",))
    assert [(read.reader, read.kind, read.rows) for read in found] == [
        ("pyarrow", "csv", 50),
        ("pyarrow", "parquet", 50),
    ]
    with pytest.raises(InputError, match="at least one row"):
        reading.measure(0, tmp_path)
    with pytest.raises(InputError, match="nobody did not read csv"):
        reading.measure(5, tmp_path, ("nobody",))


def test_one_reading_is_json_and_all_are_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_frame(reading.shop(20), tmp_path / "shop.csv")
    reading.main(["pandas", str(tmp_path / "shop.csv"), "csv"])
    read = reading.Read(**json.loads(capsys.readouterr().out))
    assert (read.reader, read.rows) == ("pandas", 20)
    made = reading.Read("pandas", "csv", 1_000, 0.5, 12.0)
    assert made.rows_per_second == 2_000
    assert reading.render([made]).row_count == 1
