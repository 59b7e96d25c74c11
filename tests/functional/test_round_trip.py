"""Tables of random columns through the whole product: what is written, read, fitted, sampled and written again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assoc_synth import AssociativeSynthesizer, TransactionTable
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.exports import export

SUBJECTS, LINKS = 60, 8
ROWS = SUBJECTS * LINKS
TINY = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=8, hidden_dim=8, blocks=1, epochs=2, calibration_rounds=1,
    count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1,
)  # fmt: skip

Texts = list[str]
Make = Callable[[np.ndarray, np.random.Generator], Texts]


@dataclass(frozen=True)
class Kind:
    """A kind of extra column.

    Attributes:
        make: cells as text, from the subject of each row and a generator.
        cell: what every cell of the result looks like.
        is_closed: whether no value is invented.
        is_new: whether no real value comes back.
        unique: the rows, or the subjects, that all have values of their own; "" for neither.
    """

    make: Make
    cell: str
    is_closed: bool = False
    is_new: bool = False
    unique: str = ""


def _days(subject: np.ndarray, rng: np.random.Generator) -> pd.DatetimeIndex:
    return pd.Timestamp("2024-01-03") + pd.to_timedelta(rng.integers(0, 500, len(subject)), unit="D")


def _of_subject(values: Texts) -> Make:
    return lambda subject, rng: [values[code] for code in subject]


def _each(spell: Callable[[Any], str], draw: Callable[[np.random.Generator, int], Any]) -> Make:
    """Cells of rows that know nothing of their subject."""
    return lambda subject, rng: [spell(value) for value in draw(rng, len(subject))]


def _gamma(scale: float) -> Callable[[np.random.Generator, int], Any]:
    return lambda rng, rows: rng.gamma(2, scale, rows)


def _one_of(*values: str) -> Make:
    return _each(str, lambda rng, rows: rng.choice(values, rows))


def _code(low: int, high: int) -> Callable[[np.random.Generator, int], Any]:
    return lambda rng, rows: rng.integers(low, high, rows)


def _from_r(subject: np.ndarray, rng: np.random.Generator) -> Texts:
    return ["NA" if rng.random() < 0.2 else f"{x:.1f}" for x in rng.normal(9, 2, len(subject))]


PHONES = [f"+49 30 {7_000_000 + 7_919 * n}" for n in range(SUBJECTS)]
KINDS: dict[str, Kind] = {
    "two decimals": Kind(_each(lambda x: f"{x:.2f}", _gamma(20)), r"\d+\.\d\d"),
    "comma": Kind(_each(lambda x: f"{x:.3f}".replace(".", ","), _gamma(2)), r"\d+,\d{3}"),
    "thousands": Kind(_each(lambda x: f"{x:,.2f}", _gamma(3_000)), r"\d{1,3}(,\d{3})*\.\d\d"),
    "currency": Kind(_each(lambda x: f"€ {x:.2f}", _gamma(20)), r"€ \d+\.\d\d"),
    "from R": Kind(_from_r, r"NA|-?\d+\.\d"),
    "branch": Kind(_each(lambda x: f"{x:04d}", _code(1, 30)), r"\d{4}", is_closed=True),
    "version": Kind(_one_of("1.9", "1.10", "1.1", "2.0"), r"\d\.\d+", is_closed=True),
    "lot": Kind(_each(lambda x: f"{x}E{x + 9}", _code(1, 9)), r"\dE\d+", is_closed=True),
    "city": Kind(_each(lambda x: f"city {x}", _code(0, 300)), r"city \d+", is_closed=True),
    "flag": Kind(_one_of("True", "False"), "True|False", is_closed=True),
    "constant": Kind(_one_of("EUR"), "EUR", is_closed=True),
    "dash date": Kind(lambda s, r: _days(s, r).strftime("%d-%b-%Y").tolist(), r"\d\d-[A-Z][a-z]{2}-2\d{3}"),
    "dot date": Kind(lambda s, r: _days(s, r).strftime("%d.%m.%Y").tolist(), r"\d\d\.\d\d\.2\d{3}"),
    "phone": Kind(_of_subject(PHONES), r"\+49 30 \d{7}", is_new=True, unique="subject"),
    "record": Kind(
        _each(str, lambda rng, rows: rng.permutation(10_000)[:rows] * 997 + 20_000_000),
        r"2\d{7}",
        is_new=True,
        unique="row",
    ),
}


def table_of(kinds: list[str], seed: int) -> pd.DataFrame:
    """A table of text with these extra columns."""
    rng = np.random.default_rng(seed)
    subject = np.repeat(np.arange(SUBJECTS), LINKS)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, ROWS), unit="D")
    frame = pd.DataFrame(
        {
            "customer": [f"C-{n:05d}" for n in subject],
            "action": rng.choice(["bought", "viewed"], ROWS),
            "product": [f"thing {n}" for n in rng.integers(0, 12, ROWS)],
            "date": days.strftime("%Y/%m/%d"),
        }
    )
    return frame.assign(**{name: KINDS[name].make(subject, rng) for name in kinds})


def write(frame: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_json(path, orient="records", lines=True, force_ascii=False)


def read_text(path: Path) -> pd.DataFrame:
    """The cells of a file as text, missing ones empty."""
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    return pd.read_json(path, lines=True, dtype=False, convert_dates=False).astype(str)


def check(name: str, real: pd.DataFrame, made: pd.DataFrame) -> None:
    kind, cells, known = KINDS[name], made[name], set(real[name])
    odd = [cell for cell in cells if not re.fullmatch(kind.cell, cell)]
    assert not odd, (name, odd[:5])
    assert not kind.is_closed or set(cells) <= known, name
    assert not kind.is_new or not set(cells) & known, name
    if kind.unique == "row":
        assert cells.is_unique, name
    if kind.unique == "subject":
        pairs = made[["customer", name]].drop_duplicates()
        assert pairs["customer"].is_unique, name
        assert pairs[name].is_unique, name


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=5, max_size=8, unique=True),
    seed=st.integers(0, 99),
    suffix=st.sampled_from([".csv", ".jsonl", ".parquet"]),
)
def test_columns_of_any_kind_come_back_in_kind(tmp_path: Path, kinds: list[str], seed: int, suffix: str) -> None:
    round_trip(tmp_path, kinds, seed, suffix)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_all_kinds_at_once(tmp_path: Path, suffix: str) -> None:
    round_trip(tmp_path, sorted(KINDS), 1, suffix)


def round_trip(folder: Path, kinds: list[str], seed: int, suffix: str) -> None:
    real = table_of(kinds, seed)
    source, result = folder / f"real{suffix}", folder / f"made{'.csv' if suffix == '.parquet' else suffix}"
    write(real, source)
    table = TransactionTable.read(source, subject="customer", verb="action", object="product", time="date")
    sample = AssociativeSynthesizer(random_state=0, config=TINY).fit(table).sample(num_subjects=40, seed=1)
    export(sample.table, "csv" if result.suffix == ".csv" else "jsonl", result)
    made = read_text(result)
    assert list(made.columns) == list(real.columns)
    assert len(made) == len(sample.rows)
    assert made["date"].str.fullmatch(r"202\d/\d\d/\d\d").all()
    # A first or last day that is a few subjects' own is stored as the end of its week.
    seen, drawn = (pd.to_datetime(rows["date"], format="%Y/%m/%d") for rows in (real, made))
    assert drawn.between(seen.min() - pd.Timedelta(days=7), seen.max() + pd.Timedelta(days=7)).all()
    assert made["customer"].str.fullmatch(r"C-\d{5}").all()
    for name in kinds:
        check(name, real, made)


def test_a_typed_table_keeps_its_types(tmp_path: Path) -> None:
    """What pandas knows of a column is what comes back: whole numbers, nullable ones, categories, booleans, zones."""
    rng = np.random.default_rng(0)
    frame = table_of([], 0).assign(
        date=pd.to_datetime(table_of([], 0)["date"]).dt.tz_localize("Europe/Berlin"),
        age=pd.Series(rng.integers(18, 90, ROWS)).astype("UInt8"),
        quantity=pd.array(np.where(rng.random(ROWS) < 0.1, None, rng.integers(1, 9, ROWS)), dtype="Int64"),
        member=rng.random(ROWS) < 0.5,
        size=pd.Categorical(rng.choice(["s", "m"], ROWS), ["s", "m", "l"], ordered=True),
        price=np.round(rng.gamma(2, 20, ROWS), 2),
    )
    frame.to_parquet(tmp_path / "typed.parquet", index=False)
    table = TransactionTable.read(tmp_path / "typed.parquet", subject="customer", verb="action", object="product")
    rows: Any = AssociativeSynthesizer(config=TINY).fit(table).sample(num_subjects=40).rows
    assert rows.dtypes.astype(str).to_dict() == frame.dtypes.astype(str).to_dict()
    assert rows["size"].cat.categories.tolist() == ["s", "m", "l"]
    assert rows["size"].cat.ordered
    assert rows["price"].round(2).equals(rows["price"])
    assert rows.drop(columns="quantity").notna().all().all()
