"""A folder for a data hub, loaded with datasets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.exports.about import About
from assoc_synth.exports.hub import card


def test_datasets_loads_the_folder(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    table = toy_shop(subjects=20)
    export(table, "hub", tmp_path / "shop", licence="cc-by-4.0", citation="Me, 2026", verdict="PASS", seed=3)
    found = datasets.load_dataset(str(tmp_path / "shop"), cache_dir=str(tmp_path / "cache"))
    assert list(found) == ["train"]
    pd.testing.assert_frame_equal(found["train"].to_pandas(), table.to_frame(typed=True), check_dtype=False)
    page = (tmp_path / "shop" / "README.md").read_text("utf-8")
    assert page.startswith("---\nlicense: cc-by-4.0\n")
    assert "Verdict of the gate: PASS. Seed: 3." in page
    assert "Me, 2026" in page


def test_its_croissant_is_valid(tmp_path: Path) -> None:
    croissant = pytest.importorskip("mlcroissant")
    export(toy_shop(subjects=9), "hub", tmp_path / "shop", citation="Me, 2026")
    found = croissant.Dataset(str(tmp_path / "shop" / "croissant.json"))
    assert not found.metadata.ctx.issues.errors
    assert found.metadata.name == "shop"
    assert not [one for one in found.metadata.ctx.issues.warnings if "datePublished" not in one]


def test_an_old_folder_is_replaced_and_another_one_is_left_alone(tmp_path: Path) -> None:
    for subjects in (9, 20):
        export(toy_shop(subjects=subjects), "hub", tmp_path / "shop")
    assert len(pd.read_parquet(tmp_path / "shop" / "data")) == len(toy_shop(subjects=20))
    (tmp_path / "shop" / "thesis.txt").write_text("work")
    with pytest.raises(InputError, match="would be lost"):
        export(toy_shop(subjects=9), "hub", tmp_path / "shop")


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        (None, {"license": "unknown"}),
        ("MIT", {"license": "mit"}),
        ("http://creativecommons.org/licenses/by-nc-sa/4.0", {"license": "cc-by-nc-sa-4.0"}),
        ("https://creativecommons.org/publicdomain/zero/1.0/", {"license": "cc0-1.0"}),
        ('my "own": terms\n---', {"license": "other", "license_name": 'my "own": terms ---'}),
        (
            "https://shop.example/terms?a=1",
            {
                "license": "other",
                "license_name": "shop.example",
                "license_link": "https://shop.example/terms?a=1",
            },
        ),
    ],
)
def test_the_hub_reads_the_licence(licence: str | None, expected: dict[str, str]) -> None:
    hub = pytest.importorskip("huggingface_hub")
    data = hub.DatasetCard(card(toy_shop(subjects=3), "shop", About(licence))).data.to_dict()
    assert {name: value for name, value in data.items() if name.startswith("license")} == expected
    assert data["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.parquet"}]
