"""Frames of polars, Arrow and DuckDB from end to end: fitted, sampled in kind, evaluated, continued, saved."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assoc_synth import AssociativeSynthesizer, TransactionTable, validate
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop


@pytest.fixture(scope="module")
def shop() -> pl.DataFrame:
    frame = pl.from_pandas(toy_shop(subjects=25, seed=1).to_frame())
    rows = range(len(frame))
    return frame.with_columns(
        pl.col("product").cast(pl.Categorical),
        pl.col("price").cast(pl.Float32),
        pl.Series("items", [row % 5 + 1 for row in rows], dtype=pl.Int16),
        pl.Series("paid", [row % 3 == 0 for row in rows]),
        pl.Series("day", [dt.date(2024, 1, 1 + row % 28) for row in rows]),
        pl.Series("store", [["north", None, "south"][row % 3] for row in rows]),
    )


def test_polars_in_polars_out(shop: pl.DataFrame, brief: CTGANConfig, tmp_path: Path) -> None:
    synth = AssociativeSynthesizer(config=brief).fit(shop)
    result = synth.sample(10)
    assert isinstance(result.rows, pl.DataFrame)
    assert result.rows.schema == shop.schema
    assert result.to_pandas().columns.tolist() == shop.columns
    assert result.to_arrow().schema.names == shop.columns
    synth.save(tmp_path / "model")
    again = AssociativeSynthesizer.load(tmp_path / "model").sample(10)
    assert again.rows.equals(result.rows)
    history = shop.head(1)
    continued = synth.sample(seed_subjects=history)
    assert isinstance(continued.rows, pl.DataFrame)


def test_verdicts_are_the_same_whatever_holds_the_rows(shop: pl.DataFrame) -> None:
    arrow, frame = shop.to_arrow(), shop.to_pandas()
    expected = validate(frame, frame).to_dict()
    for real in (shop, shop.lazy(), arrow, duckdb.sql("select * from arrow")):
        assert validate(real, frame).to_dict() == expected
        assert validate(frame, real).to_dict() == expected


def test_arrow_in_arrow_out(shop: pl.DataFrame, brief: CTGANConfig) -> None:
    links = shop.select("customer", "product").to_arrow()
    result = AssociativeSynthesizer(config=brief).fit(links).sample(10)
    assert isinstance(result.rows, pa.Table)
    assert result.rows.schema.names == ["customer", "product"]
    assert result.table.verbs.tolist() == ["did"]


def test_a_constant_verb_in_conditions_and_histories(brief: CTGANConfig) -> None:
    frame = toy_shop(subjects=25, seed=1).to_frame()[["customer", "product"]]
    synth = AssociativeSynthesizer(config=brief).fit(frame, verb_name="bought")
    product = frame["product"].mode()[0]
    made = synth.sample(conditions=[{"verb": "bought", "product": product, "num_rows": 4}])
    assert made.rows["product"].tolist() == [product] * 4
    continued = synth.sample(seed_subjects=pd.DataFrame({"customer": ["x"], "product": [product]}))
    assert list(continued.rows) == ["customer", "product"]
    assert np.isin(continued.rows["product"], frame["product"]).all()


def test_int_ids_are_the_same_in_every_kind_of_file(tmp_path: Path) -> None:
    frame = toy_shop(subjects=60, seed=1).to_frame()
    frame["product"] = pd.factorize(frame["product"])[0] + 1000
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True, date_format="iso")
    tables = [TransactionTable.read(tmp_path / f"t.{kind}") for kind in ("csv", "parquet", "jsonl")]
    verdicts = [validate(real, synthetic).to_dict() for real in tables for synthetic in tables]
    assert all(verdict == verdicts[0] for verdict in verdicts)
    assert verdicts[0]["status"] != "FAIL"
