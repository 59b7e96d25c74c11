"""The command writes its page from what is audited already."""

from pathlib import Path

import pytest

from assoc_synth.benchmark.disclosure.__main__ import main
from assoc_synth.benchmark.disclosure.audit import stored
from tests.unit.benchmark.disclosure.test_page import AUDIT


def test_what_is_audited_already_is_not_made_again(tmp_path: Path) -> None:
    stored([AUDIT], tmp_path / "kept.jsonl")
    files = ["--json", str(tmp_path / "kept.jsonl"), "--page", str(tmp_path / "page.md")]
    main(["clinic", "--seeds", "1", *files])
    assert "## clinic" in (tmp_path / "page.md").read_text("utf-8")


def test_a_page_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    stored([AUDIT], tmp_path / "kept.jsonl")
    with pytest.raises(SystemExit, match="error: "):
        main(["clinic", "--seeds", "1", "--json", str(tmp_path / "kept.jsonl"), "--page", str(tmp_path / "no" / "p")])
