"""Atomic files of RecBole, read back as its `Dataset` reads them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable

TYPES = {"token": str, "float": float}


def read(path: Path) -> pd.DataFrame:
    """As recbole.data.dataset.Dataset._load_feat."""
    header = path.read_text("utf-8").partition("\n")[0].split("\t")
    dtype = {field: TYPES[field.rpartition(":")[2]] for field in header}
    return pd.read_csv(path, delimiter="\t", usecols=header, dtype=dtype, encoding="utf-8", engine="python")


def test_every_row_comes_back(tmp_path: Path) -> None:
    table = toy_shop(subjects=40)
    export(table, "recbole", tmp_path / "shop")
    assert [path.name for path in (tmp_path / "shop").iterdir()] == ["shop.inter"]
    back, rows = read(tmp_path / "shop" / "shop.inter"), table.to_frame(typed=True)
    assert list(back.columns) == [
        "user_id:token",
        "item_id:token",
        "verb:token",
        "timestamp:float",
        "amount:float",
    ]
    for ours, theirs in (("user_id:token", "customer"), ("item_id:token", "product"), ("verb:token", "action")):
        assert back[ours].tolist() == rows[theirs].tolist()
    times = pd.to_datetime(back["timestamp:float"], unit="s")
    assert (times.round("s") == rows["date"]).where(rows["date"].notna(), times.isna()).all()
    pd.testing.assert_series_equal(back["amount:float"], rows["price"], check_names=False)


def test_quotes_tabs_and_lines_come_back(hostile: TransactionTable, tmp_path: Path) -> None:
    names = [name for name in hostile.objects if name not in ("nan", "None", "NULL", "NaT")]
    frame = pd.DataFrame({"subject": names, "verb": "has", "object": names[::-1]})
    export(TransactionTable.from_frame(frame, layout="rows"), "recbole", tmp_path / "odd")
    back = read(tmp_path / "odd" / "odd.inter")
    assert back["user_id:token"].tolist() == names
    assert back["item_id:token"].tolist() == names[::-1]


def test_a_name_that_reads_as_missing_is_refused(hostile: TransactionTable, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="recbole cannot hold it"):
        export(hostile, "recbole", tmp_path / "odd")
    assert not list(tmp_path.iterdir())
