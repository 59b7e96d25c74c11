"""Links Notation that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports import lino
from assoc_synth.link_graph.imports.lino import read_lino

pytest.importorskip("links_notation")


def test_bare_triples_are_rows(tmp_path: Path) -> None:
    (tmp_path / "g.lino").write_text("(alice buys tea)\n(x: bob buys tea)\n(x for 3)\n(x on monday)\n")
    rows = read_lino(tmp_path / "g.lino")
    assert rows.columns["subject"] == ["alice", "bob"]
    assert (rows.columns["amount"], rows.columns["time"]) == ([None, "3"], [None, "monday"])


@pytest.mark.parametrize(
    ("text", "words"),
    [("(a b c d)", "link 1: neither"), ("(a ~9{00} c)", "is not Links Notation"), ("(a (b c) d)", "link 1: neither")],
)
def test_what_is_no_row_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "g.lino").write_text(text + "\n")
    with pytest.raises(InputError, match=words):
        read_lino(tmp_path / "g.lino")


def test_a_link_without_an_end_is_not_read_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lino, "CHUNK", 100)
    monkeypatch.setattr(lino, "LONGEST", 1_000)
    (tmp_path / "g.lino").write_text("(a buys b)\n" * 500)
    assert len(read_lino(tmp_path / "g.lino")) == 500
    (tmp_path / "g.lino").write_text("(a buys b)\n(a b " + " " * 5_000)
    with pytest.raises(InputError, match="no link ends in 1,000 characters"):
        read_lino(tmp_path / "g.lino")


def test_damage_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "g.lino").write_text("(" * 200 + "a" + ")" * 200)
    with pytest.raises(InputError, match="Nesting too deep") as told:
        read_lino(tmp_path / "g.lino")
    assert "\n" not in str(told.value)
