"""Odd tables go through fit and sample, and come back in kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.datasets import toy_shop
from assoc_synth.synthesizer import AssociativeSynthesizer

pytestmark = pytest.mark.usefixtures("briefly")


def fit_and_sample(run: Any, table: Path, folder: Path, *arguments: object) -> tuple[pd.DataFrame, str]:
    """Rows as text, and the verdict's word."""
    fit = run("fit", table, "-m", folder / "model", "--quiet")
    assert fit.code == 0, fit.err
    done = run("sample", folder / "model", "-o", folder / "rows.csv", "--allow-undertrained", *arguments)
    assert done.code == 0, done.err
    text = pd.read_csv(folder / "rows.csv", dtype=str, keep_default_na=False)
    return text, done.out.split(":")[0].strip()


@pytest.mark.usefixtures("real_gate")
@pytest.mark.parametrize("rows", [1, 3, 30, 300])
def test_a_small_table_is_underpowered(run: Any, tmp_path: Path, rows: int) -> None:
    frame = toy_shop(subjects=40).to_frame().iloc[:rows]
    frame.to_parquet(tmp_path / "small.parquet")
    made, verdict = fit_and_sample(run, tmp_path / "small.parquet", tmp_path, "--rows", 50)
    assert verdict == "UNDERPOWERED"
    assert len(made) == 50
    assert set(made["product"]) <= set(frame["product"])


def test_names_come_back_exactly(run: Any, tmp_path: Path) -> None:
    names = [
        "007",
        "1e5",
        "1E5",
        "NA",
        "null",
        "nan",
        "None",
        "12345678901234567890",
        " tea ",
        "über",
        "u\u0308ber",
        "שלום",
        "a,b",
        'a "b"',
        "tab\there",
        "line\nbreak",
        "-",
        "0.10",
        "True",
        "\u200bx",
    ]
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "subject": [f"{code:03d}" for code in rng.integers(40, size=400)],
            "verb": rng.choice(["001", "NA"], 400),
            "object": rng.choice(np.array(names, object), 400),
        }
    )
    rows.to_csv(tmp_path / "odd.csv", index=False)
    made, _ = fit_and_sample(run, tmp_path / "odd.csv", tmp_path, "--subjects", 60)
    assert set(made["object"]) <= set(names)
    assert {"007", "NA", "1e5"} <= set(made["object"])
    assert set(made["verb"]) == {"001", "NA"}
    # A lone dash is not a number: a spreadsheet would take it for a formula, and it gets the guard when asked for.
    for option, guards in (("--raw", {}), ("--safe-csv", {"'-": "-"})):
        assert (
            run(
                "export", tmp_path / "model", "-f", "csv", "-o", tmp_path / "rows.csv", option, "--allow-undertrained"
            ).code
            == 0
        )
        objects = pd.read_csv(tmp_path / "rows.csv", dtype=str, keep_default_na=False)["object"]
        assert set(objects.replace(guards)) <= set(names)


def test_a_few_blanks_are_noted_and_left_out(run: Any, tmp_path: Path) -> None:
    frame = toy_shop(subjects=40).to_frame()
    frame.loc[3, "product"] = None
    frame.to_csv(tmp_path / "blank.csv", index=False)
    done = run("info", tmp_path / "blank.csv")
    assert done.code == 0
    assert "1 of" in done.err
    assert "left out" in done.err
    assert f"{len(frame) - 1:,} rows" in done.out


@pytest.mark.usefixtures("real_gate")
@pytest.mark.parametrize("only", ["customer", "product", "action"])
def test_a_single_subject_object_or_verb(run: Any, tmp_path: Path, only: str) -> None:
    toy_shop(subjects=30).to_frame().assign(**{only: "the one"}).to_csv(tmp_path / "one.csv", index=False)
    made, verdict = fit_and_sample(run, tmp_path / "one.csv", tmp_path, "--rows", 40)
    assert verdict == "UNDERPOWERED"
    if only != "customer":
        assert set(made[only]) == {"the one"}


def test_a_verb_seen_once_can_be_asked_for(run: Any, tmp_path: Path) -> None:
    frame = toy_shop(subjects=40).to_frame()
    frame.assign(action=["once", *["often"] * (len(frame) - 1)]).to_csv(tmp_path / "once.csv", index=False)
    made, _ = fit_and_sample(run, tmp_path / "once.csv", tmp_path, "--verb", "once", "--subjects", 5)
    assert set(made["action"]) == {"once"}
    assert len(made) >= 5


def test_constant_columns_stay_constant(run: Any, tmp_path: Path) -> None:
    frame = toy_shop(subjects=40).to_frame().assign(price=5.25, date="2024-03-01", shop="Berlin", floor=3)
    frame.to_csv(tmp_path / "constant.csv", index=False)
    made, _ = fit_and_sample(run, tmp_path / "constant.csv", tmp_path, "--subjects", 20)
    assert set(made["price"].astype(float)) == {5.25}
    assert set(made["date"].str[:10]) == {"2024-03-01"}
    assert set(made["shop"]) == {"Berlin"}
    assert set(made["floor"]) == {"3"}


def test_mixed_values_in_a_column_of_json_lines(run: Any, tmp_path: Path) -> None:
    rows = [{"subject": i % 7, "verb": "did", "object": "7" if i % 2 else 7, "note": i % 3} for i in range(40)]
    (tmp_path / "mixed.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = run("info", tmp_path / "mixed.jsonl")
    assert done.code in (0, 2)
    assert "Traceback" not in done.err
    if done.code == 2:
        assert "'object'" in done.complaint


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(column): str(dtype) for column, dtype in frame.dtypes.items()}


KINDS = {
    "categories": lambda f: f.assign(action=f["action"].astype("category"), product=f["product"].astype("category")),
    "zoned": lambda f: f.assign(date=f["date"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")),
    "arrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "whole numbers": lambda f: f.assign(customer=f["customer"].str[-5:].astype("int64")),
    "missing numbers": lambda f: f.assign(price=f["price"].round().astype("Int64")),
    "baskets": lambda f: f.assign(order=[f"o{row // 3}" for row in range(len(f))]),
    "no qualifiers": lambda f: f[["customer", "action", "product"]],
    "nothing known": lambda f: f.assign(price=np.nan, date=pd.NaT),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_comes_back_in_kind(run: Any, tmp_path: Path, kind: str) -> None:
    frame = KINDS[kind](toy_shop(subjects=40).to_frame())
    frame.to_parquet(tmp_path / "given.parquet")
    assert run("fit", tmp_path / "given.parquet", "-m", tmp_path / "model", "--quiet").code == 0
    rows = AssociativeSynthesizer.load(str(tmp_path / "model")).sample(20, allow_undertrained=True).rows
    assert dtypes(rows) == dtypes(pd.read_parquet(tmp_path / "given.parquet"))
    assert len(set(rows["customer"])) == 20


def test_no_real_subject_or_basket_is_in_the_model_or_the_rows(run: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = toy_shop(subjects=60).to_frame()
    secret = {name: f"{rng.integers(2**60):x}" for name in frame["customer"].unique()}
    baskets = [f"{rng.integers(2**60):x}" for _ in range(len(frame))]
    frame = frame.assign(customer=frame["customer"].map(secret), order=baskets)
    frame.to_csv(tmp_path / "secret.csv", index=False)
    made, _ = fit_and_sample(run, tmp_path / "secret.csv", tmp_path)
    content = b"".join(path.read_bytes() for path in sorted((tmp_path / "model").iterdir()))
    for path in sorted((tmp_path / "model").glob("*.parquet")):
        content += pd.read_parquet(path).to_json().encode()  # Parquet is compressed
    for name in [*secret.values(), *baskets]:
        assert name.encode() not in content
    assert not set(made["customer"]) & set(secret.values())
    assert not set(made["order"]) & set(baskets)


def test_no_rule_is_learned_from_noise(run: Any, tmp_path: Path) -> None:
    datasets.random_svo(rows=4_000, subjects=400, objects=60).to_frame().to_parquet(tmp_path / "noise.parquet")
    made, _ = fit_and_sample(run, tmp_path / "noise.parquet", tmp_path)
    made.to_csv(tmp_path / "made.csv", index=False)
    assert "No pair is associated clearly enough" in run("also-buy", tmp_path / "made.csv").out
