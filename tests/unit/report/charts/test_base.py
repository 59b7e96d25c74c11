"""What all charts share."""

from __future__ import annotations

import sys

import pytest

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.report.charts import hours
from assoc_synth.report.charts.base import as_tables, colours
from assoc_synth.transactions.table import TransactionTable


def test_without_the_library_the_extra_is_named(real: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtraError, match=r"a chart needs an extra: pip install 'assoc-synth\[plots\]'"):
        hours(real)


def test_tables_have_names_that_can_be_shown(real: TransactionTable) -> None:
    assert list(as_tables(real)) == ["table"]
    assert list(as_tables({"real": real, "a\nb": real.to_frame()})) == ["real", "a␊b"]
    for wrong in ({}, {"a\u202eb": real, "ab": real}):
        with pytest.raises(InputError, match="tables by name"):
            as_tables(wrong)  # type: ignore[arg-type]


def test_real_tables_are_grey_and_others_differ() -> None:
    names, palette = colours(["real", "held out", *(f"t{i}" for i in range(8))])
    assert len(set(palette)) == len(names) == 10
    assert palette[0] == "#8793a3"
    assert len(colours(map(str, range(40)))[1]) == 40
