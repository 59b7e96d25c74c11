"""Preparation of a fit; `tests/unit/test_synthesizer.py` has whole fits."""

from pathlib import Path

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.model.budget import Budget
from assoc_synth.model.preparation import Preparation, Wishes
from assoc_synth.model.settings import Settings


def test_what_is_asked_is_named_as_json_values() -> None:
    assert Wishes(init=Path("other")).named == {
        "columns": None,
        "dependencies": None,
        "constraints": None,
        "init": "other",
    }


def test_there_must_be_something_to_go_on_from(tmp_path: Path) -> None:
    wishes = Wishes(checkpoint=tmp_path / "none", resume=True)
    with pytest.raises(InputError, match="there is no training to go on from in 'none'"):
        Preparation(Settings(), wishes, "cpu", Budget()).learn(toy_shop(subjects=20, seed=1))
