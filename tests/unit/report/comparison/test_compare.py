"""Tables from anywhere, read and measured."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth import compare, datasets
from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.table import TransactionTable

Halves = tuple[TransactionTable, TransactionTable]


@pytest.fixture(scope="module")
def halves() -> Halves:
    return datasets.halves(datasets.toy_shop(subjects=60, seed=1))


def odd_names(table: TransactionTable) -> pd.DataFrame:
    """Columns of which no name says what it is."""
    return table.to_frame().set_axis(list("abcde"), axis=1)


def test_files_frames_and_tables_give_the_same_figures(halves: Halves, tmp_path: Path) -> None:
    real, held = halves
    held.to_frame().to_csv(tmp_path / "held.csv", index=False)
    tables = {
        "table": held,
        "frame": held.to_frame(),
        "file": tmp_path / "held.csv",
        "text": str(tmp_path / "held.csv"),
    }
    found = compare(real, tables, gate=False)
    value = found.frame.pivot(index="measure", columns="table", values="value")
    for name in tables:
        pd.testing.assert_series_equal(value[name], value["table"], check_names=False)
    assert found.verdicts == {}


def test_a_table_with_the_real_tables_columns_has_its_roles(halves: Halves) -> None:
    names = dict(zip(halves[0].to_frame().columns, "abcde", strict=True))
    roles = {role: names[column] for role, column in halves[0].schema.columns().items()}
    real = TransactionTable.from_frame(odd_names(halves[0]), **roles)  # type: ignore[arg-type]
    plain = odd_names(halves[1])
    found = compare(real, {"all": plain, "no amount": plain.drop(columns=roles["amount"])}, gate=False).frame
    measures = found.groupby("table")["measure"].agg(set)
    assert "amount_ks" in measures["all"]
    assert "amount_ks" not in measures["no amount"]
    assert "hour_tv" in measures["no amount"]


def test_a_table_that_cannot_be_compared_is_left_out_and_the_others_are_not(halves: Halves, tmp_path: Path) -> None:
    real, held = halves
    strange = {"<b>no & objects": held.to_frame().assign(product="x"), "no verbs": held.to_frame().assign(action="ate")}
    found = compare(real, {**strange, "held": held}, gate=False)
    assert list(found.compared) == ["held"]
    assert list(found.tables) == ["real", "held"]
    assert {name: "share no" in why for name, why in found.left_out.items()} == dict.fromkeys(strange, True)
    assert found.get_score() == compare(real, {"held": held}, gate=False).get_score()
    with pytest.raises(InputError, match=r"table 'no verbs' is left out: .*share no verb"):
        found.get_score("no verbs")
    rows = pd.read_csv(tmp_path / "c.csv") if found.to_csv(tmp_path / "c.csv") else pd.DataFrame()
    assert rows[rows["verdict"] == "left out"]["table"].tolist() == list(strange)
    assert "share no object" in rows["why"].iloc[-2]
    assert len(rows) == len(found.frame) + 2
    assert found.to_dict()["left_out"] == dict(found.left_out)
    assert r"Left out: \textless{}b\textgreater{}no \& objects (" in found.to_latex(caption="Mine.")
    assert "Left out</strong>: <strong>&lt;b&gt;no &amp; objects" in found.to_html().replace("<wbr>", "")
    assert "2 left out" in repr(found)
    assert "share no verb" in found._repr_html_()


def test_the_same_seed_gives_the_same_frame(halves: Halves) -> None:
    first, again = (compare(halves[0], {"x": halves[1]}, seed=5, gate=False).frame for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_wrong_use_is_refused(halves: Halves) -> None:
    real, held = halves
    for tables in ({}, [held]):
        with pytest.raises(InputError, match="takes the synthetic tables by name"):
            compare(real, tables)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a name of its own"):
        compare(real, {1: held, "1": held})  # type: ignore[dict-item]
    other = held.to_frame().assign(product="nothing that is known")
    with pytest.raises(InputError, match=r"table 'other': .*share no object"):
        compare(real, {"other": other})
    with pytest.raises(InputError, match=r"table 'a': .*share no object.*; table 'b': .*share no verb"):
        compare(real, {"a": other, "b": held.to_frame().assign(action="ate")})
    with pytest.raises(SchemaError, match="table 'other': "):
        compare(real, {"other": pd.DataFrame({"a": [1]})}, subject="b")
    with pytest.raises(InputError, match=r"table 'other': .*none\.csv"):
        compare(real, {"other": "none.csv"})
    with pytest.raises(InputError, match="table 'real': "):
        compare(3, {"other": held})
