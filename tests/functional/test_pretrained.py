"""The models that come with the repository can be sampled as they are."""

import re
from pathlib import Path

import pytest

from assoc_synth import AssociativeSynthesizer, datasets
from assoc_synth.gate.verdict import Status
from assoc_synth.model.directory import CARD, read_files

REAL_GATE = True

MODELS = Path(__file__).parents[2] / "models"


def test_every_model_has_a_card_and_passes_its_own_gate() -> None:
    found = sorted(path for path in MODELS.iterdir() if path.is_dir())
    assert found
    for path in found:
        assert re.search(rb"^# ", read_files(path)[CARD], re.MULTILINE), "a heading"
        result = AssociativeSynthesizer.load(str(path)).sample(num_subjects=200)
        assert result.verdict.status in (Status.PASS, Status.PASS_LIMITED)
        assert result.table.num_subjects == 200


def test_the_toy_shop_model_knows_the_toy_shop() -> None:
    shop = datasets.load("toy-shop")
    table = AssociativeSynthesizer.load(str(MODELS / "toy-shop")).sample(num_subjects=300).table
    assert set(table.verbs) == set(shop.verbs)
    assert len(table) / 300 == pytest.approx(len(shop) / shop.num_subjects, rel=0.15)
