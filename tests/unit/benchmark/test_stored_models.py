"""The models that are given away: fitted, measured, and written with a card that says so."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from assoc_synth import AssociativeSynthesizer, datasets
from assoc_synth.benchmark import stored_models
from assoc_synth.benchmark.stored_models import RECIPES, Recipe, installed, main, size_of
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = CTGANConfig(
    epochs=1, hidden_dim=8, context_dim=8, association_dim=8, calibration_rounds=0, visit_rounds=0, order_rounds=0
)


@pytest.fixture(scope="module")
def small() -> Recipe:
    """The recipe of the toy shop, with few customers."""

    def tables() -> stored_models.Tables:
        return datasets.toy_shop(subjects=40, seed=0), datasets.toy_shop(subjects=40, seed=1)

    return dataclasses.replace(RECIPES["toy-shop"], tables=tables, config=SMALL, seed=3)


def test_a_model_is_written_with_all_that_its_card_needs(
    small: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(RECIPES, "toy-shop", small)
    main(["toy-shop", "--out", str(tmp_path)])
    assert capsys.readouterr().out == f"wrote {tmp_path / 'toy-shop'}: {size_of(tmp_path / 'toy-shop'):,} bytes\n"
    card = (tmp_path / "toy-shop" / "README.md").read_text()
    for text in (
        "license: mit\n",
        "Data: `assoc_synth.datasets.toy_shop(seed=0)`",
        "Licence: MIT",
        "Made by `python -m assoc_synth.benchmark.stored_models toy-shop` with seed 3.",
        "Of 40 drawn subjects, with seed 3. The floor is what 40 other real subjects score",
        "Verdict: ",
        "| Associations | pair_l1 | ",
        "| Privacy | exact_copies | ",
        "not protected: ",
    ):
        assert text in card
    loaded = AssociativeSynthesizer.load(tmp_path / "toy-shop")
    assert (loaded.random_state, loaded.config) == (3, SMALL)
    assert json.loads((tmp_path / "toy-shop" / "config.json").read_text())["num_subjects"] == 40


def test_a_model_that_is_too_large_is_told(
    small: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stored_models, "make_model", lambda name, folder, recipe: (folder / name).mkdir())
    monkeypatch.setattr(stored_models, "size_of", lambda folder: 5_000_001)
    with pytest.raises(InputError, match="toy-shop is larger than 5,000,000 bytes"):
        main(["toy-shop", "--out", str(tmp_path)])
    assert "5,000,001 bytes" in capsys.readouterr().out


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no recipe for 'shop': there are toy-shop, journey-baskets"):
        main(["shop", "--out", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


def test_only_models_whose_data_are_there_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = dataclasses.replace(RECIPES["journey-baskets"], package="a_package_that_nobody_has")
    monkeypatch.setitem(RECIPES, "journey-baskets", absent)
    assert installed() == ("toy-shop",)


def test_what_it_is_measured_by_is_another_table_of_the_same_population() -> None:
    train, other = RECIPES["toy-shop"].tables()
    assert list(train.objects) == list(other.objects)
    assert train.num_subjects == other.num_subjects
    assert not train.to_frame().equals(other.to_frame())


@pytest.mark.parametrize("name", ["toy-shop", "journey-baskets"])
def test_a_stored_model_is_small_and_draws_what_its_gate_accepts(name: str) -> None:
    folder = Path(stored_models.__file__).parents[2] / "models" / name
    assert size_of(folder) <= stored_models.MOST_BYTES
    drawn = AssociativeSynthesizer.load(folder).sample(num_subjects=300, seed=1)
    assert len(drawn.rows) > 300
    assert drawn.verdict.passed
