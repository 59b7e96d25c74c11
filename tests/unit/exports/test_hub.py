"""A folder for a data hub, loaded with datasets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export


def test_datasets_loads_the_folder(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    table = toy_shop(subjects=20)
    export(table, "hub", tmp_path / "shop", licence="cc-by-4.0", citation="Me, 2026", verdict="PASS", seed=3)
    found = datasets.load_dataset(str(tmp_path / "shop"), cache_dir=str(tmp_path / "cache"))
    assert list(found) == ["train"]
    pd.testing.assert_frame_equal(found["train"].to_pandas(), table.to_frame(typed=True), check_dtype=False)
    page = (tmp_path / "shop" / "README.md").read_text("utf-8")
    assert page.startswith('---\nlicense: "cc-by-4.0"\n')
    assert "Verdict of the gate: PASS. Seed: 3." in page
    assert "Me, 2026" in page


def test_its_croissant_is_valid(tmp_path: Path) -> None:
    croissant = pytest.importorskip("mlcroissant")
    export(toy_shop(subjects=9), "hub", tmp_path / "shop")
    found = croissant.Dataset(str(tmp_path / "shop" / "croissant.json"))
    assert not found.metadata.ctx.issues.errors


def test_an_old_folder_is_replaced_and_another_one_is_left_alone(tmp_path: Path) -> None:
    for subjects in (9, 20):
        export(toy_shop(subjects=subjects), "hub", tmp_path / "shop")
    assert len(pd.read_parquet(tmp_path / "shop" / "data")) == len(toy_shop(subjects=20))
    (tmp_path / "shop" / "thesis.txt").write_text("work")
    with pytest.raises(InputError, match="would be lost"):
        export(toy_shop(subjects=9), "hub", tmp_path / "shop")
