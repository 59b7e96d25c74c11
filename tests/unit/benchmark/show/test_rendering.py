"""Rows as tables on a terminal."""

import io
from dataclasses import replace

from rich.console import Console

from assoc_synth.benchmark import PEERS, Row, render, scopes
from assoc_synth.benchmark.measures import ALL
from assoc_synth.benchmark.show.lines import figure
from assoc_synth.benchmark.show.rendering import remarks


def shown(rows: list[Row], scope: str, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(render(rows, scope))
    return out.getvalue()


def test_rendering(rows: list[Row]) -> None:
    everything = shown(rows, ALL)
    assert everything.index("pair_l1") < everything.index("closer_to_train") < everything.index("MissingExtraError")
    for part in ("same: a note", "slow: stopped", "1.5 GB", "2.5 MB", "100 s", "PASS"):
        assert part in everything
    assert "closer_to_train" not in shown(rows, "across verbs")


def test_six_competitors_fit_in_a_hundred_columns(rows: list[Row]) -> None:
    many = [*rows[:2], *(replace(rows[4], name=name) for name in PEERS)]
    text = shown(many, ALL)
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert text.count(figure(rows[4].measures.utility.ndcg)) == len(PEERS)  # type: ignore[union-attr]


def test_many_rows_are_shown_in_several_tables(rows: list[Row]) -> None:
    many = [*rows[:2], *(replace(rows[4], name=f"assoc-synth/no-{number}") for number in range(9))]
    text = shown(many, ALL)
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("figure, ratio to the floor") == 2
    assert text.count(figure(rows[4].measures.utility.ndcg)) == 9  # type: ignore[union-attr]


def test_the_verdict_of_the_own_gate_is_a_remark(rows: list[Row]) -> None:
    assert "its own gate said PASS" in shown(rows, ALL)
    assert remarks(rows) == [
        "same: a note",
        "same: its fit took 1.7 times the time allowed",
        "unrelated: its fit took 2.5 times the time allowed",
        "same: its own gate said PASS",
        f"absent: {rows[5].error}",
        "slow: stopped: its fit was not over",
    ]


def test_a_long_name_is_broken(rows: list[Row]) -> None:
    named = [rows[0], replace(rows[3], name="assoc-synth/no-critic"), replace(rows[4], name="independent")]
    text = shown(named, ALL)
    assert "assoc-synth/no-critic" not in text.split("use, closeness")[0]
    assert "no-" in text
    assert "independent" not in text.split("use, closeness")[0]


def test_scopes_of_nothing() -> None:
    assert scopes([Row("d", "n", 0, None)]) == []
