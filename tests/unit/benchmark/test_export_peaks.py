"""Memory of exports: the command measures what it says."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.benchmark.export_peaks import made_table, main, peak_of


def test_each_format_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--links", "2000", "--format", "lino", "--format", "croissant", "--plain"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2,000 links; this process holds")
    assert [line.split()[0] for line in lines[2:]] == ["lino", "croissant"]


def test_formats_of_parts_alone(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--links", "500", "--subjects", "7", "--part-rows", "200"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["csv", "parquet", "jsonl", "neo4j", "ladybug", "hub"]
    assert made_table(500, np.random.default_rng(0), subjects=7).num_subjects == 7


def test_a_failure_is_told() -> None:
    with pytest.raises(RuntimeError, match="nonsense failed"):
        peak_of("nonsense", made_table(20, np.random.default_rng(0)))


def test_plain_rows_have_no_extra_columns() -> None:
    tables = [made_table(20, np.random.default_rng(0), plain=plain) for plain in (False, True)]
    assert [table.schema.extras for table in tables] == [("store", "units"), ()]
    assert all((tables[0].subject == tables[1].subject).tolist())
