"""Every command does its job: what it writes, what it says, with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest

from assoc_synth import datasets, exports
from assoc_synth.cli import exporting, options, terminal
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.transactions.table import TransactionTable

VERDICT_KEYS = {
    "status",
    "scopes",
    "pairs",
    "copies",
    "about",
    "sentence",
    "p_value",
    "certificate",
    "tau_low",
    "tau_high",
    "num_subjects",
    "num_reference",
    "watched",
    "advice",
    "attempts",
    "seed",
    "blocks",
}


def strict_json(path: Path) -> Any:
    """JSON without NaN or Infinity, which many readers refuse."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def command(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """A process of its own."""
    code = "from assoc_synth.cli import main; main()"
    whole = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(whole, capture_output=True, text=True, check=False, **options)


def test_what_help_lists_is_what_there_is() -> None:
    assert datasets.NAMES == options.BUILT_IN
    assert tuple(exports.FORMATS) == exporting.FORMATS


@pytest.mark.parametrize("arguments", [["--help"], ["fit", "--help"], ["sample", "--nonsense"]])
def test_help_and_wrong_use_load_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
from assoc_synth.cli import run_command
run_command({arguments!r})
heavy = [name for name in ("torch", "sdv", "pandas", "scipy", "pyarrow") if name in sys.modules]
sys.exit(f"loaded {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_command_shows_the_help(run: Any) -> None:
    done = run()
    assert done.code == 2
    assert "also-buy" in done.err + done.out


def test_fit_then_sample_in_a_fresh_process_without_the_training_data(
    fitted: Path, tmp_path: Path, shop: pd.DataFrame
) -> None:
    # A process of its own has the real gate, which lets the visits of a model of one epoch pass at no size.
    arguments = "--subjects", 40, "--json", "facts.json", "--gate", "links"
    done = command("sample", fitted, "-o", "rows.csv", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert list(rows.columns) == list(shop.columns)
    assert rows["customer"].nunique() == 40
    assert not set(rows["customer"]) & set(shop["customer"])
    assert set(rows["product"]) <= set(shop["product"])
    facts = strict_json(tmp_path / "facts.json")
    assert list(facts) == ["format_version", "verdict", "rows", "subjects", "notes", "reproduction"]
    assert set(facts["verdict"]) == VERDICT_KEYS
    assert (facts["rows"], facts["subjects"]) == (len(rows), 40)
    assert f"wrote {len(rows):,} rows of 40 subjects" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.json", "rows.csv"]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv", ".jsonl", ".jsonl.gz", ".parquet"])
def test_one_seed_gives_the_same_bytes(run: Any, fitted: Path, tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in ("first", "second", "other")]
    for path, seed in zip(paths, (5, 5, 6), strict=True):
        assert run("sample", fitted, "-o", path, "--subjects", 25, "--seed", seed).code == 0
    first, second, other = (path.read_bytes() for path in paths)
    assert first == second
    assert first != other
    table = TransactionTable.read(paths[0], subject="customer", verb="action", object="product")
    assert table.num_subjects == 25


@pytest.mark.parametrize("rows", [1, 7, 500])
def test_rows_are_exactly_as_many(run: Any, fitted: Path, tmp_path: Path, rows: int) -> None:
    assert run("sample", fitted, "-o", tmp_path / "rows.parquet", "--rows", rows).code == 0
    assert len(pd.read_parquet(tmp_path / "rows.parquet")) == rows


def test_verb_gives_that_verb_only(run: Any, fitted: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    done = run("sample", fitted, "-o", path, "--verb", "bought", "--subjects", 30)
    assert done.code == 0
    assert set(pd.read_parquet(path)["action"]) == {"bought"}
    two = run("sample", fitted, "-o", path, "--verb", "bought", "--verb", "viewed", "--subjects", 60)
    assert two.code == 0
    assert set(pd.read_parquet(path)["action"]) == {"bought", "viewed"}


def test_strict_refuses_what_nothing_can_be_claimed_about(run: Any, fitted: Path, tmp_path: Path) -> None:
    plain = run("sample", fitted, "-o", tmp_path / "plain.csv")
    assert "UNDERPOWERED" in plain.out
    strict = run("sample", fitted, "-o", tmp_path / "strict.csv", "--strict")
    assert strict.code == 3
    assert "strict" in strict.complaint
    assert not (tmp_path / "strict.csv").exists()


def test_a_refusal_writes_no_rows_and_leaves_the_old_ones(
    run: Any, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Verdict(
        Status.FAIL, 0.001, 1.0, 0.6, 1.0, num_subjects=30, num_reference=30, watched=(("pairs_within", 5),)
    )
    monkeypatch.setattr(Reference, "judge", lambda *_: refused)
    old = tmp_path / "old.csv"
    old.write_text("old\n")
    for target in (old, tmp_path / "new.csv"):
        done = run("sample", fitted, "-o", target, "--json", tmp_path / "facts.json")
        assert done.code == 3
        assert "the gate refused 3 attempts" in done.complaint
        assert "FAIL" in done.out
    assert old.read_text() == "old\n"
    facts = strict_json(tmp_path / "facts.json")
    assert (facts["verdict"]["status"], facts["rows"]) == ("FAIL", 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.json", "old.csv"]
    exported = run("export", fitted, "-f", "csv", "-o", tmp_path / "new.csv")
    assert exported.code == 3
    assert not (tmp_path / "new.csv").exists()


@pytest.mark.usefixtures("real_gate")
def test_validate_refuses_independent_rows_and_lets_real_ones_pass(run: Any, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    refused = run("validate", "toy-shop:heldout", "toy-shop:independent", "--json", facts)
    assert refused.code == 3
    assert "FAIL" in refused.out
    values = strict_json(facts)
    assert set(values["verdict"]) == VERDICT_KEYS
    assert values["verdict"]["status"] == "FAIL"
    assert values["standing"]["changed"] > values["standing"]["confirmed"]
    assert values["also_buy"]["num_synthetic"] < values["also_buy"]["num_real"] / 4
    passed = run("validate", "toy-shop:heldout", "toy-shop:train", "--json", facts)
    assert passed.code == 0
    values = strict_json(facts)
    assert list(values) == ["format_version", "verdict", "standing", "reproduction", "also_buy"]
    assert list(values["standing"]) == ["confirmed", "changed", "undecided"]
    assert values["standing"]["changed"] == 0 < values["standing"]["undecided"]
    planted = next(fact for fact in values["also_buy"]["real"] if fact["left"] == "fountain pen")
    assert (planted["right"], planted["verb"]) == ("ink", "bought")
    assert planted["real_lift"] > 5
    assert planted["synthetic_lift"] > 5
    assert "fountain pen + ink" in passed.out


def test_validate_takes_the_columns_by_name(run: Any, shop: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    shop.set_axis(["k", "w", "x", "z", "p"], axis=1).to_csv(path, index=False)
    complaint = run("validate", path, path).complaint
    assert "no column was found for the subject and the object" in complaint
    assert "--subject WHO --object WHAT" in complaint
    roles = ("--subject", "k", "--verb", "w", "--object", "x", "--time", "z", "--amount", "p")
    assert run("validate", path, path, *roles).code == 0
    assert run("info", path, *roles).code == 0
    found = run("also-buy", path, "tea", "--subject", "k", "--verb-column", "w", "--object", "x")
    assert found.code == 0


def test_also_buy_finds_what_is_planted(run: Any) -> None:
    partners = run("also-buy", "toy-shop", "tea", "--verb", "bought", "--top", 3)
    assert "kettle" in partners.out
    strongest = run("also-buy", "toy-shop", "--verb", "bought", "--top", 5)
    assert "fountain pen + ink" in strongest.out
    assert "no object 'teaa'; did you mean 'tea'" in run("also-buy", "toy-shop", "teaa").complaint
    assert "no verb 'stolen'" in run("also-buy", "toy-shop", "tea", "--verb", "stolen").complaint


@pytest.mark.usefixtures("real_gate")
def test_no_rule_is_claimed_of_noise(run: Any) -> None:
    assert "No pair is associated clearly enough" in run("also-buy", "random-svo").out
    shown = run("validate", "random-svo:train", "random-svo:heldout")
    assert "No pair of objects is associated clearly enough to be claimed, in either table." in shown.out
    assert "UNDERPOWERED" in shown.out
    assert shown.code == 0


def test_export_of_a_table_and_of_a_model(
    run: Any, fitted: Path, shop_csv: Path, shop: pd.DataFrame, tmp_path: Path
) -> None:
    assert run("export", shop_csv, "-f", "graphml", "-o", tmp_path / "shop.graphml").code == 0
    assert nx.read_graphml(tmp_path / "shop.graphml").number_of_edges() == len(shop)
    assert run("export", fitted, "-f", "items-links", "-o", tmp_path / "items").code == 0
    assert sorted(path.name for path in (tmp_path / "items").iterdir()) == ["items.parquet", "links.parquet"]
    pairs = tmp_path / "pairs.graphml"
    assert run("export", "toy-shop", "-f", "graphml", "-o", pairs, "--projection").code == 0
    assert not nx.read_graphml(pairs).is_directed()
    assert "there are: csv" in run("export", shop_csv, "-f", "excel", "-o", tmp_path / "x.xls").complaint
    assert "no option --raw" in run("export", shop_csv, "-f", "graphml", "-o", tmp_path / "x", "--raw").complaint


def test_info(run: Any, fitted: Path, shop_csv: Path) -> None:
    card = run("info", fitted)
    assert card.code == 0
    assert "subject = `customer`" in card.out
    table = run("info", shop_csv)
    assert "column “customer”" in table.out
    assert "150" in table.out


@pytest.mark.usefixtures("benchmark_once")
def test_benchmark(run: Any, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    done = run("benchmark", "--dataset", "toy-shop", "--against", "independent", "--json", facts)
    assert done.code == 0
    assert "pair_l1" in done.out
    written = strict_json(facts)["toy-shop"]
    assert (
        written["command"] == f"assoc-synth benchmark --dataset toy-shop --against independent --seed 0 --json {facts}"
    )
    rows = written["rows"]
    assert [row["name"] for row in rows] == ["floor", "tenth-random", "destroyed", "independent"]
    assert "unknown peer" in run("benchmark", "--against", "nobody").complaint


def test_fit_replaces_a_model_and_nothing_else(run: Any, model: Path, shop_csv: Path, tmp_path: Path) -> None:
    before = (model / "manifest.json").read_bytes()
    assert run("fit", shop_csv, "-m", model, "--seed", 8, "--max-minutes", "0.01", "--quiet").code == 0
    assert (model / "manifest.json").read_bytes() != before
    other = tmp_path / "papers"
    other.mkdir()
    (other / "thesis.txt").write_text("years")
    assert "is not a model directory" in run("fit", shop_csv, "-m", other).complaint
    assert "is not a folder to write in" in run("fit", shop_csv, "-m", other / "thesis.txt" / "model").complaint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "papers"]


def test_a_model_without_time_is_warned_of_and_refused_unless_asked_for(
    run: Any, shop_csv: Path, tmp_path: Path
) -> None:
    model, rows = tmp_path / "model", tmp_path / "rows.csv"
    fit = run("fit", shop_csv, "-m", model, "--max-minutes", "0.001", "--quiet")
    assert fit.code == 0
    (warning,) = [line for line in fit.err.splitlines() if line.startswith("warning: ")]
    assert "too little training for edges, occurrences" in warning
    assert "training was cut short (edges 1 of " in warning
    assert "training was cut short (edges 1 of " in run("info", model).out
    refused = run("sample", model, "-o", rows)
    assert refused.code == 2
    assert "raise --max-minutes (in Python max_minutes), or sample from it as it is with --allow-undertrained" in (
        refused.complaint
    )
    assert not rows.exists()
    assert run("export", model, "-f", "csv", "-o", rows).code == 2
    facts = tmp_path / "facts.json"
    done = run("sample", model, "-o", rows, "--allow-undertrained", "--json", facts, "--report", tmp_path / "r.html")
    assert done.code == 0
    assert rows.exists()
    assert "--allow-undertrained" in json.loads(facts.read_text())["reproduction"]["command"]
    assert "training was cut short" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interrupt_leaves_nothing(shop_csv: Path, tmp_path: Path, number: int, code: int) -> None:
    # Where the tests run in the background of a shell, interrupts are ignored, and so they would be here.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code_run = f"{heard}; from assoc_synth.cli import main; main()"
    started = [sys.executable, "-c", code_run, "fit", str(shop_csv), "-m", "model"]
    with subprocess.Popen(started, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("note: "), "the table has been read"
        time.sleep(1)
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert "nothing else was changed" in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("benchmark_once")
@pytest.mark.parametrize("width", [60, 80])
def test_nothing_is_cut_in_a_narrow_terminal(run: Any, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(terminal.out, "_width", width)
    for arguments in (
        ["validate", "toy-shop:heldout", "toy-shop:train"],
        ["also-buy", "toy-shop", "tea"],
        ["also-buy", "toy-shop"],
        ["info", "toy-shop"],
        ["benchmark", "--against", "independent"],
    ):
        shown = run(*arguments).out
        assert "…" not in shown
        assert max(map(len, shown.splitlines())) <= width


def test_scenarios_on_the_command_line(run: Any, fitted: Path, tmp_path: Path) -> None:
    even, facts = tmp_path / "even.csv", tmp_path / "even.json"
    done = run("sample", fitted, "-o", even, "--rows", 90, "--rebalance", "bought=0.5,viewed=0.5", "--json", facts)
    assert done.code == 0, done.err
    assert pd.read_csv(even)["action"].value_counts().to_dict() == {"bought": 45, "viewed": 45}
    written = json.loads(facts.read_text())
    assert {"name": "rows of bought", "asked": 45, "obtained": 45, "behind": None} in written["scenario"]
    assert any("each verb by itself" in note for note in written["notes"])
    boosted = run("sample", fitted, "-o", tmp_path / "b.csv", "--boost", "bought,tea=2", "--json", facts)
    assert boosted.code == 0, boosted.err
    share = json.loads(facts.read_text())["scenario"][0]
    assert share["obtained"] == pytest.approx(share["asked"], rel=0.1)
    assert "VERB,OBJECT=FACTOR" in run("sample", fitted, "-o", even, "--boost", "tea=2").complaint
    assert "is not a number" in run("sample", fitted, "-o", even, "--rebalance", "bought").complaint
