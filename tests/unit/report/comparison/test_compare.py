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
    with pytest.raises(SchemaError, match="table 'other': "):
        compare(real, {"other": pd.DataFrame({"a": [1]})}, subject="b")
    with pytest.raises(InputError, match=r"table 'other': .*none\.csv"):
        compare(real, {"other": "none.csv"})
    with pytest.raises(InputError, match="table 'real': "):
        compare(3, {"other": held})
