"""The step data without a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.forms import Form
from assoc_synth.studio.session import Session
from assoc_synth.studio.steps import data


def test_without_a_table_it_shows_something_and_says_what_is_missing(tmp_path: Path) -> None:
    session = Session(tmp_path)
    assert data.view(session)
    name = {"data": "columns", "associations": "explore", "train": "train", "take_away": "draw"}["data"]
    with pytest.raises(InputError):
        data.ACTIONS[name](session, Form())
