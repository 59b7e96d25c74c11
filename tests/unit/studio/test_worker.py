"""The process of a job."""

from __future__ import annotations

import json
from pathlib import Path

from assoc_synth.studio.worker import run


def test_a_task_that_is_not_known_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps({"kind": "nothing"}))
    assert run(tmp_path) == 1
    assert "KeyError" in (tmp_path / "error.txt").read_text()
