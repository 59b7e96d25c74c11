"""Tables as people have them: read with no option, or with the one that the first message names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    return toy_shop(subjects=25, seed=1).to_frame()


@pytest.mark.usefixtures("briefly")
def test_user_event_time_fits_with_no_option(run: Any, shop: pd.DataFrame, tmp_path: Path) -> None:
    events = shop[["customer", "product", "date"]].set_axis(["user_id", "event", "timestamp"], axis=1)
    events.to_csv(tmp_path / "events.csv", index=False)
    done = run("fit", tmp_path / "events.csv", "-m", tmp_path / "model", "--quiet")
    assert done.code == 0, done.err
    assert "note: no column is a verb: every row has the verb 'did'; name it with --verb-name" in done.err
    done = run("sample", tmp_path / "model", "-o", tmp_path / "rows.csv", "--subjects", "10", "--allow-undertrained")
    assert done.code == 0, done.err
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert list(rows) == ["user_id", "event", "timestamp"]
    assert set(rows["event"]) <= set(events["event"])
    done = run("validate", tmp_path / "events.csv", tmp_path / "rows.csv")
    assert done.code == 0, done.err
    assert "verb always `did`" in " ".join(run("info", tmp_path / "model").out.split())


def test_a_named_constant_verb(run: Any, shop: pd.DataFrame, tmp_path: Path) -> None:
    shop[["customer", "product"]].to_csv(tmp_path / "links.csv", index=False)
    done = run("info", tmp_path / "links.csv", "--verb-name", "bought")
    assert done.code == 0
    assert "always “bought”" in done.out
    assert "note: no column is a verb" not in done.err


def test_the_demos_output_is_read_with_no_option(run: Any, shop: pd.DataFrame, tmp_path: Path) -> None:
    names = ["basket_id", "verb", "product_type", "transaction_timestamp", "sales_value"]
    shop.set_axis(names, axis=1).to_parquet(tmp_path / "synthetic.parquet", index=False)
    done = run("info", tmp_path / "synthetic.parquet")
    assert done.code == 0, done.err
    for column in names:
        assert f"reading column '{column}' as" in done.err


@pytest.mark.parametrize(
    ("name", "text", "option"),
    [
        ("triples.csv", "a,likes,tea\nb,likes,tea\n", ["--no-header"]),
        ("twice.csv", "tea,tea\nb,tea\n", ["--no-header"]),
        ("ragged.csv", "tea,pot\ntea\npot,tea,cup\n", ["--layout", "baskets"]),
        ("padded.csv", "tea,pot,\ntea,,\npot,tea,cup\n", ["--layout", "baskets"]),
        ("matrix.csv", "who,a,b,c,d\nx,0,1,0,1\ny,1,0,1,0\n", ["--layout", "matrix"]),
        ("wide.csv", "customer,item1,item2\nx,tea,pot\ny,tea,\n", ["--layout", "baskets"]),
        ("lists.jsonl", '{"customer": 1, "goods": ["tea", "pot"]}\n', ["--explode", "goods"]),
        ("records.jsonl", '{"customer": 1, "item": "tea", "more": {"a": 1}}\n', ["--explode", "more"]),
        ("blanks.csv", "customer,item\nx,tea\n,tea\nz,tea\n", ["--drop-incomplete"]),
        ("unknown.csv", "a,b\nx,tea\ny,tea\n", ["--subject", "a", "--object", "b"]),
    ],
)
def test_the_first_message_leads_to_a_working_call(
    run: Any, tmp_path: Path, name: str, text: str, option: list[str]
) -> None:
    (tmp_path / name).write_text(text)
    done = run("info", tmp_path / name)
    assert done.code == 2
    asked = ["WHO" if text == "a" else "WHAT" if text == "b" else text for text in option]
    assert " ".join(asked).replace("goods", "'goods'").replace("more", "'more'") in done.complaint
    done = run("info", tmp_path / name, *option)
    assert done.code == 0, done.err


def test_tabbed_triples_without_a_header_need_no_option(run: Any, tmp_path: Path) -> None:
    (tmp_path / "triples.tsv").write_text("a\tlikes\ttea\nb\tlikes\ttea\n")
    done = run("info", tmp_path / "triples.tsv")
    assert done.code == 0, done.err
    assert "three columns without a header: subject, verb and object" in done.err


def test_all_missing_roles_come_with_the_command(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "my sales.csv"
    path.write_text("a,b,c\nx,tea,1\n")
    done = run("fit", path, "-m", tmp_path / "model", "--max-minutes", "0.5")
    assert f"fit '{path}' -m {tmp_path / 'model'} --subject WHO --object WHAT --max-minutes 0.5" in done.complaint
    done = run("also-buy", path, "--object", "b")
    assert "for the subject; the columns left are 'a', 'c'; say which is which: assoc-synth also-buy" in done.complaint


def test_twins_are_told_and_merged(run: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("customer,item\na,Tea\nb,tea\nc,tea \nd,tea\n")
    done = run("info", tmp_path / "t.csv")
    assert "2 names differ from another one only in blanks, case or encoding: 'tea' (2), 'Tea' (1)" in done.err
    assert "1" in run("info", tmp_path / "t.csv", "--normalise-names").out
    assert "merged to the most frequent" in run("info", tmp_path / "t.csv", "--normalise-names").err
