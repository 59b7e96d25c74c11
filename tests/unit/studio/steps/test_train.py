"""The step Train: what is refused, and what is shown of a training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.forms import Form
from assoc_synth.studio.jobs import StageSeen
from assoc_synth.studio.session import Session
from assoc_synth.studio.steps import train


def test_without_a_table_it_says_what_is_missing(tmp_path: Path) -> None:
    session = Session(tmp_path)
    assert train.view(session)["stages"] == []
    for name in ("train", "stored", "anyway"):
        with pytest.raises(InputError):
            train.ACTIONS[name](session, Form())
    with pytest.raises(InputError, match="no training runs"):
        train.pause(session, Form())
    with pytest.raises(InputError, match="no training is paused"):
        train.resume(session, Form())
    train.cancel(session, Form())


def test_a_stage_is_shown_with_what_is_being_learned() -> None:
    edges = StageSeen(3, 10, 0.5, {"loss": 1.0, "critic": 0.25}, [2.0, 1.0])
    job = SimpleNamespace(stages={"edges": edges, "new": StageSeen(1, 2, 0.0)})
    first, second = train.stages_of(job)  # type: ignore[arg-type]
    assert first.words == "Who does what"
    assert first.is_over
    assert first.done == 1.0
    assert first.losses == "loss 1.000, critic 0.250"
    assert first.path.startswith("M0")
    assert (second.words, second.done, second.path) == ("New", 0.0, "")
