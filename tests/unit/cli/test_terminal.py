"""What is shown, on a terminal of a known width."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.attributes import plan_columns
from assoc_synth.cli import terminal
from assoc_synth.ctgan.trainer import Progress
from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import BlockResult, ScopeVerdict, Status, Verdict
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.report.also_buy import AlsoBuyFacts, PairFact
from assoc_synth.transactions.table import TransactionTable

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True, params=[60, 80])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    for console in (terminal.out, terminal.err):
        monkeypatch.setattr(console, "_width", request.param)
    return int(request.param)


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    """30 subjects buy tea and a [kettle], 5 of whom buy milk too, and 300 buy one of ten other things."""
    rows = [(f"s{i}", "bought", name) for i in range(30) for name in ("tea", "[kettle]")]
    rows += [(f"s{i}", "bought", "milk") for i in range(5)]
    rows += [(f"t{i}", "viewed" if i % 3 else "bought", f"plain {i % 10}") for i in range(300)]
    return LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"])))


def test_a_warning_is_one_line_on_standard_error(capsys: Capture) -> None:
    terminal.show_warning("too little [b]training[/b] for edges: " + "raise --max-minutes " * 5)
    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.startswith("warning: too little [b]training[/b] for edges: raise ")
    assert len(seen.err.splitlines()) == 1


def shown(capture: Capture, width: int) -> str:
    text = capture.readouterr().out
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    return text


def test_lines_and_notes_are_plain_text(capsys: Capture) -> None:
    terminal.show("wrote [red]" + "x" * 100)
    terminal.show_notes(["[1] of 2", "y" * 100])
    out, err = capsys.readouterr()
    assert out == "wrote [red]" + "x" * 100 + "\n"
    assert err == "note: [1] of 2\nnote: " + "y" * 100 + "\n"


def test_the_command_is_folded_for_the_shell(capsys: Capture, width: int) -> None:
    terminal.show_command("assoc-synth sample model -o rows.csv --rows 300 --verb bought --verb viewed --seed 4")
    text = shown(capsys, width)
    assert text.startswith("\nThe same again:\nassoc-synth sample model")
    assert text.count(" \\\n    ") == 1


def test_a_verdict_shows_each_block_beside_its_limits(capsys: Capture, width: int) -> None:
    blocks = (BlockResult("pairs_within", 0.2, 0.3, 0.25, 0.9, 0.5), BlockResult("degrees", -0.0001, 1, 1, 1, 1))
    terminal.show_verdict(Verdict(Status.PASS, 0.4, 1.0, 0.0, 0.12, blocks, 30, 30, (("pairs_within", 4),)))
    text = shown(capsys, width)
    assert text.lstrip().startswith("PASS: 4 watched pairs within verbs")
    lines = [line.split() for line in text.splitlines()]
    assert ["Pairs", "within", "a", "verb", "0.200", "0.300", "0.250", "0.900"] in lines
    assert ["Objects", "per", "subject", "0.000", "1.000", "1.000", "1.000"] in lines
    assert "Scope by scope" not in text
    terminal.show_verdict(Verdict(Status.UNDERPOWERED))
    assert "Distance" not in shown(capsys, width)


def test_a_verdict_is_shown_scope_by_scope(capsys: Capture, width: int) -> None:
    watched = (("pairs_within", 4),)
    scopes = (
        ScopeVerdict("links", Status.PASS, 1.0, 0.0, 0.12, 0.4, watched),
        ScopeVerdict("visits", Status.UNDERPOWERED, 0.31, None, None, 0.2),
        ScopeVerdict("order", Status.FAIL, 1.0, 0.3, 1.0, 0.001),
        ScopeVerdict("rows", Status.NOT_JUDGED, note="not asked for"),
    )
    near = tuple(BlockResult(f"order.gaps[verb {i}]", 1, 2, 1, 3, 0.5, None, None, "order", 0.9) for i in range(20))
    far = tuple(BlockResult(f"order.ties[verb {i}]", 9, 2, 1, 3, 0.001, None, None, "order", 0.001) for i in range(9))
    first = BlockResult("pairs_within [bought]", 0.2, 0.3, 0.25, 0.9, 0.5, 0.0, 0.1, "links", 0.8)
    terminal.show_verdict(
        Verdict(Status.FAIL, 0.001, 1.0, 0.0, 0.12, (first, *near, *far), 300, 300, watched, scopes=scopes)
    )
    text = shown(capsys, width)
    lines = [line.split() for line in text.splitlines()]
    assert ["links", "pass", "0–12", "%", "100", "%", "0.400"] in lines
    assert ["visits", "underpowered", "–", "31", "%", "0.200"] in lines
    assert ["order", "fail", "30–100", "%", "100", "%", "0.001"] in lines
    assert ["rows", "not", "judged", "–", "–", "–"] in lines
    assert text.count("not asked for") == 1, "the sentence says it"
    assert text.count("Order: ties, verb") == 9, "whatever differs is shown"
    assert "20 more are within their limits." in " ".join(text.split())


def test_a_draw_without_a_reference_is_shown_as_not_judged(capsys: Capture, width: int) -> None:
    terminal.show_verdict(Verdict(Status.NOT_JUDGED, about="these rows are of conditions, which have no reference"))
    assert shown(capsys, width).lstrip().startswith("NOT_JUDGED: These rows are of conditions")


def test_pairs_of_two_tables_are_side_by_side(capsys: Capture, width: int) -> None:
    both = PairFact("bought", "ink", "pen", 41, 30, 14.26, 9.04, 11.5, 17.62, 1, 2)
    new = PairFact("bought", "a [b]", "c", 0, 30, None, 3.0, None, None, None, 1)
    terminal.show_pairs(AlsoBuyFacts("bought", (both,), (new,), 1_234, 2))
    text = shown(capsys, width)
    assert "ink + pen" in text
    assert "14.3 [11.5–17.6]" in text
    assert "1 → 2" in text
    assert "a [b] + c" in text
    assert "– → 1" in text
    assert " ".join(text.split()).endswith(
        "Claimed pairs within this verb: 1,234 in the real table, 2 in the synthetic one. "
        "Below the line: strong in the synthetic table only."
    )
    terminal.show_pairs(AlsoBuyFacts("bought", (), (), 0, 0))
    assert "No pair of objects is associated clearly enough" in shown(capsys, width)


def test_partners_of_an_object(capsys: Capture, width: int, graph: LinkGraph) -> None:
    terminal.show_partners(graph, "tea", "bought", 5)
    text = shown(capsys, width)
    assert "Those who take tea also take (within “bought”)" in text
    row = next(line.split() for line in text.splitlines() if line.startswith("[kettle]"))
    assert row[1:4] == ["30", "1.000", "11.0"]  # 330 · 30 / (30 · 30)
    assert "milk" not in text, "five subjects are too few"
    terminal.show_partners(graph, "milk", None, 5)
    assert "No other object shares 20 subjects with milk." in shown(capsys, width)


@pytest.mark.parametrize(
    ("name", "verb", "words"),
    [
        ("tee", None, "no object 'tee'; did you mean 'tea'"),
        ("zzz", None, "no object 'zzz' in this table"),
        ("tea", "stolen", "no verb 'stolen'; the table has: bought, viewed"),
    ],
)
def test_unknown_names_are_explained(graph: LinkGraph, name: str, verb: str | None, words: str) -> None:
    with pytest.raises(InputError, match=words):
        terminal.show_partners(graph, name, verb, 5)


def test_the_strongest_claimed_pairs(capsys: Capture, width: int, graph: LinkGraph) -> None:
    terminal.show_rules(graph, None, 5)
    text = shown(capsys, width)
    assert "Strongest of 1 claimed pairs" in text
    assert "[kettle] + tea" in text
    terminal.show_rules(graph, "viewed", 5)
    assert "No pair is associated clearly enough to be claimed." in shown(capsys, width)


def test_roles_and_sizes_of_a_table(capsys: Capture, width: int, graph: LinkGraph) -> None:
    terminal.show_table(graph)
    text = shown(capsys, width)
    for part in ("column “object”", "365 rows", "330", "bought 165, viewed 200"):
        assert part in text or ", ".join(reversed(part.split(", "))) in text


def test_many_verbs_are_counted(capsys: Capture, width: int) -> None:
    rows = [("s", f"verb {i}", "o") for i in range(25)]
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object"])
    terminal.show_table(LinkGraph.from_table(TransactionTable.from_frame(frame)))
    assert "and 5 more" in " ".join(shown(capsys, width).split())


def test_the_plan_has_a_line_for_each_column(capsys: Capture, width: int) -> None:
    rows = [(f"s{i % 30}", "did", f"o{i % 4}", f"{i * 7 + 100:03d}-{i:04d}", 1.5 * (i % 9)) for i in range(120)]
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object", "ticket", "weight"])
    terminal.show_plan(plan_columns(TransactionTable.from_frame(frame)))
    text = shown(capsys, width)
    for part in ("subject", "ticket", "identifier", "weight", "number", "NAME=KIND"):
        assert part in text


def progress(stage: str, epoch: int) -> Progress:
    return Progress(stage, epoch, 10, 0.5, {"critic": 1.0}, 2_000.0)


def test_no_bar_when_quiet() -> None:
    with terminal.training_bar(quiet=True) as step:
        assert step is None


def test_the_bar_names_stage_and_epoch(capsys: Capture) -> None:
    with terminal.training_bar(quiet=False) as step:
        assert step is not None
        step(progress("edges", 3))
        step(progress("edges", 4))
    err = capsys.readouterr().err
    assert "edges" in err
    assert "epoch 4/10" in err
