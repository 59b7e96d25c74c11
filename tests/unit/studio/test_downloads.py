"""Downloads: nothing before there is a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.studio.downloads import download
from assoc_synth.studio.session import Session


@pytest.mark.parametrize("name", ["report", "rows.csv", "model.zip", "draw-0001", "../spec.json"])
def test_nothing_is_given_before_there_is_a_model(name: str, tmp_path: Path) -> None:
    assert download(Session(tmp_path), name) is None
