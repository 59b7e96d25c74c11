"""LensKit's and RecTools' columns, read back with pandas, and by the libraries where they are installed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop(subjects=60)


@pytest.mark.parametrize("format", ["lenskit", "rectools"])
def test_pairs_are_counted_with_their_last_time(format: str, shop: TransactionTable, tmp_path: Path) -> None:
    export(shop, format, tmp_path / "i.csv", verb="bought")
    back = pd.read_csv(tmp_path / "i.csv")
    rows = shop.to_frame(typed=True)
    rows = rows[rows["action"] == "bought"]
    expected = rows.groupby(["customer", "product"])["date"].agg(["size", "max"])
    assert not back.duplicated(["user_id", "item_id"]).any()
    back = back.set_index(["user_id", "item_id"]).loc[expected.index]
    assert back["weight"].tolist() == expected["size"].tolist()
    times = pd.to_datetime(back["timestamp"], unit="s") if format == "lenskit" else pd.to_datetime(back["datetime"])
    assert times.dropna().tolist() == expected["max"].dropna().tolist()
    assert times.isna().tolist() == expected["max"].isna().tolist()


def test_lenskit_takes_them(shop: TransactionTable, tmp_path: Path) -> None:
    data = pytest.importorskip("lenskit.data")
    export(shop, "lenskit", tmp_path / "i.csv", verb="bought")
    frame = pd.read_csv(tmp_path / "i.csv").dropna()
    assert data.from_interactions_df(frame).interaction_count == len(frame)


def test_rectools_takes_them(shop: TransactionTable, tmp_path: Path) -> None:
    dataset = pytest.importorskip("rectools.dataset")
    export(shop, "rectools", tmp_path / "i.csv", verb="bought")
    frame = pd.read_csv(tmp_path / "i.csv")
    assert len(dataset.Dataset.construct(frame).interactions.df) == len(frame)


def test_hostile_names_come_back_and_missing_words_are_refused(hostile: TransactionTable, tmp_path: Path) -> None:
    names = [name for name in hostile.objects if name not in ("nan", "None", "NULL", "NaT")]
    frame = pd.DataFrame({"subject": names, "verb": "has", "object": names[::-1]})
    export(TransactionTable.from_frame(frame, layout="rows"), "lenskit", tmp_path / "i.csv")
    with (tmp_path / "i.csv").open(encoding="utf-8", newline="") as file:
        back = pd.read_csv(file, dtype=str)
    assert dict(zip(back["user_id"], back["item_id"], strict=True)) == dict(zip(names, names[::-1], strict=True))
    with pytest.raises(InputError, match="rectools cannot hold it"):
        export(hostile, "rectools", tmp_path / "j.csv", verb="plain")


def test_rectools_needs_times(people: TransactionTable, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column of times"):
        export(people, "rectools", tmp_path / "i.csv", verb="knows")
