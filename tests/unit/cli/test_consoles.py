"""Whatever is printed, a terminal gets text: escape sequences and overrides of direction are written out."""

from __future__ import annotations

import io
import sys

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assoc_synth.cli.consoles import PlainConsole, never_fail, visible

HOSTILE = "tea\x1b]0;owned\x07\x1b[31m\x9b31m\u202egpj.exe\x08\x7f\r\u2066"
FORBIDDEN = "\x1b\x07\x9b\u202e\x08\x7f\r\u2066"


def shown(*things: object, encoding: str = "utf-8", **keywords: bool) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding)
    console = PlainConsole(file=file, width=200)
    for thing in things:
        console.print(thing, **keywords)  # type: ignore[arg-type]
    file.flush()
    return raw.getvalue().decode(encoding)


def test_no_control_character_is_printed_by_any_way() -> None:
    table = Table(HOSTILE)
    table.add_row(HOSTILE)
    table.add_row(Text(HOSTILE))
    printed = shown(HOSTILE, Text(HOSTILE), Text.assemble(("bold ", "bold"), HOSTILE), table, Panel(HOSTILE))
    printed += shown(HOSTILE, markup=False, soft_wrap=True)
    assert not set(printed) & set(FORBIDDEN)
    assert printed.count("\\x1b") >= 12
    assert "gpj.exe" in printed


def test_lines_tabs_and_words_of_every_script_stay() -> None:
    text = "a\n\tb é 茶 שלום 👍🏽 \u200f"
    assert visible(text) == text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_an_encoding_lacks_is_written_out(encoding: str) -> None:
    printed = shown("τ ≥ 1 → “茶”", encoding=encoding)
    assert ("茶" in printed) == (encoding == "utf-8")
    assert ("\\u8336" in printed) == (encoding != "utf-8")


def test_streams_of_the_process_never_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    never_fail()
    sys.stdout.write("茶")
    sys.stdout.flush()
    assert raw.getvalue() == b"\\u8336"
