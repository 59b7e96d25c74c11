"""Links Notation, read back with links-notation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

notation = pytest.importorskip("links_notation")


@pytest.mark.parametrize("style", ["named", "chain", "doublets"])
def test_every_row_comes_back(style: str, hostile: TransactionTable, same: Callable[..., None], tmp_path: Path) -> None:
    export(hostile, "lino", tmp_path / "g.lino", style=style)
    same(hostile, LinkGraph.read(tmp_path / "g.lino").table)
    with (tmp_path / "g.lino").open(encoding="utf-8", newline="") as file:
        text = file.read()
    links = notation.Parser().parse(text)
    assert notation.format_links(links) + "\n" == text
    if style == "doublets":
        assert all(len(link.values) == 2 for link in links)


@pytest.mark.parametrize(
    ("style", "lines"),
    [
        ("named", ["(t1: alice buys tea)", "(t1 on 2026-01-02)", "(t1 for 12.5)", "(t2: bob on tea)"]),
        ("chain", ["(((alice buys tea) on 2026-01-02) for 12.5)", "(bob on tea)"]),
        ("doublets", ["(t1: (alice buys) tea)", "(t1 (on 2026-01-02))", "(t1 (for 12.5))", "(t2: (bob on) tea)"]),
    ],
)
def test_the_sentence_of_the_associative_model(
    style: str, lines: list[str], same: Callable[..., None], tmp_path: Path
) -> None:
    frame = pd.DataFrame({"subject": ["alice", "bob"], "verb": ["buys", "on"], "object": ["tea", "tea"]})
    frame["t"], frame["n"] = pd.to_datetime(["2026-01-02", None]), [12.5, None]
    table = TransactionTable.from_frame(frame, time="t", amount="n", layout="rows")
    export(table, "lino", tmp_path / "g.lino", style=style)
    assert (tmp_path / "g.lino").read_text().splitlines() == lines
    same(table, LinkGraph.read(tmp_path / "g.lino").table)


def test_no_link_has_the_name_of_a_thing(same: Callable[..., None], tmp_path: Path) -> None:
    frame = pd.DataFrame({"subject": ["t1", "t2"], "verb": ["on", "in"], "object": ["t_1", "t1"]})
    table = TransactionTable.from_frame(frame, layout="rows")
    export(table, "lino", tmp_path / "g.lino")
    assert (tmp_path / "g.lino").read_text().splitlines() == ["(t__1: t1 on t_1)", "(t__2: t2 in t1)"]
    same(table, LinkGraph.read(tmp_path / "g.lino").table)


def test_another_style_is_refused(people: TransactionTable, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--style is named, chain, doublets, not 'x'"):
        export(people, "lino", tmp_path / "g.lino", style="x")
