"""The page before anything is chosen."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.studio.pages import page, progress
from assoc_synth.studio.session import STEPS, Session


def test_the_page_has_its_five_steps_and_escapes_errors(tmp_path: Path) -> None:
    session = Session(tmp_path, errors={"data": "<b>"})
    html = page(session, "token")
    assert all(f'<section id="{step}"' in html for step in STEPS)
    assert "&lt;b&gt;" in html
    assert html.count("<h1") == 1
    assert progress(session) == {"version": "0", "running": [], "stages": []}
