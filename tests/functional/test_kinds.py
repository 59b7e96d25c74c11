"""What goes in comes back in kind: names, order, dtypes, categories, missing cells, clocks and ways of writing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.gate.verdict import Status

QUICK = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=8, hidden_dim=16, blocks=1, epochs=1, calibration_rounds=1,
    count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1,
)  # fmt: skip
ROLES = {"subject": "who", "verb": "did", "object": "what", "time": "when", "amount": "paid"}
GRADES = ["none", "low", "mid", "high", "top"]


def plain() -> pd.DataFrame:
    """The columns in an order of the user's own; visits between 9 and 17, over a change to summer time."""
    rng = np.random.default_rng(0)
    size = 900
    day = pd.Timestamp("2024-03-20") + pd.to_timedelta(rng.integers(0, 30, size), unit="D")
    frame = pd.DataFrame(
        {
            "grade": rng.choice(GRADES[1:4], size),
            "what": rng.choice([f"thing {number}" for number in range(8)], size),
            "when": day + pd.to_timedelta(rng.integers(9 * 60, 17 * 60, size), unit="min"),
            "points": rng.integers(0, 40, size),
            "who": [f"person {number:03d}" for number in rng.integers(0, 90, size)],
            "paid": np.round(rng.gamma(2.0, 10.0, size), 2),
            "first": rng.random(size) < 0.3,
            "did": rng.choice(["bought", "viewed"], size),
        }
    )
    frame["due"] = frame["when"].dt.normalize() + pd.to_timedelta(rng.integers(1, 9, size), unit="D")
    return frame


def with_missing(frame: pd.DataFrame) -> pd.DataFrame:
    """A fifth of the grades, points, marks and due dates is missing."""
    gone = np.random.default_rng(1).random((len(frame), 4)) < 0.2
    for column, where in zip(("grade", "points", "first", "due"), gone.T, strict=True):
        frame[column] = frame[column].mask(where)
    return frame


def arrow(frame: pd.DataFrame, kinds: dict[str, pa.DataType]) -> pd.DataFrame:
    return frame.astype({column: pd.ArrowDtype(kind) for column, kind in kinds.items()})


def nullable() -> pd.DataFrame:
    text = dict.fromkeys(("grade", "what", "who", "did"), "string")
    return with_missing(plain().astype(text | {"points": "Int16", "paid": "Float64", "first": "boolean"}))


def categorical() -> pd.DataFrame:
    frame = plain().astype({"who": "category", "did": "category", "what": "category", "points": "category"})
    frame["grade"] = pd.Categorical(frame["grade"], categories=GRADES, ordered=True)
    frame["first"] = pd.Categorical(frame["first"])
    frame["grade"] = frame["grade"].mask(np.arange(len(frame)) % 7 == 0)
    return frame


def in_arrow() -> pd.DataFrame:
    text = dict.fromkeys(("grade", "what", "who", "did"), pa.string())
    kinds = text | {"when": pa.timestamp("us"), "points": pa.int8(), "paid": pa.float64(), "first": pa.bool_()}
    return with_missing(arrow(plain(), kinds | {"due": pa.timestamp("s")}))


def arrow_dictionaries() -> pd.DataFrame:
    coded = dict.fromkeys(("grade", "what", "who", "did"), pa.dictionary(pa.int32(), pa.string()))
    return arrow(zoned(), coded | {"paid": pa.float32(), "when": pa.timestamp("ns", "Europe/Berlin")})


def zoned() -> pd.DataFrame:
    frame = plain()
    for column in ("when", "due"):
        frame[column] = frame[column].dt.tz_localize("Europe/Berlin")
    return frame


def whole_days() -> pd.DataFrame:
    frame = plain()
    frame["when"], frame["due"] = frame["when"].dt.date, frame["due"].dt.strftime("%d.%m.%Y")
    return frame


def written() -> pd.DataFrame:
    """All text, as from a file; times with their offset."""
    frame = zoned()
    frame["when"] = frame["when"].map(lambda time: time.isoformat())
    return frame.assign(paid=plain()["paid"].map("{:.2f}".format))


KINDS: dict[str, Callable[[], pd.DataFrame]] = {
    "numpy": plain, "numpy with missing cells": lambda: with_missing(plain()), "nullable": nullable,
    "categorical": categorical, "arrow": in_arrow, "arrow dictionaries": arrow_dictionaries, "zoned": zoned,
    "whole days": whole_days, "written": written,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_in_comes_back_in_kind(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    real = KINDS[kind]()
    result = AssociativeSynthesizer(config=QUICK).fit(real, **ROLES).sample(80)
    rows = result.rows
    assert list(rows.columns) == list(real.columns)
    for column in real.columns:
        own, made = real[column], rows[column]
        if column == "who" and isinstance(own.dtype, pd.CategoricalDtype):
            assert isinstance(made.dtype, pd.CategoricalDtype)  # of new names
            assert not set(made) & set(own)
        else:
            assert made.dtype == own.dtype, column
        if own.notna().all():
            assert made.notna().all(), column
        else:
            assert made.isna().mean() == pytest.approx(own.isna().mean(), abs=0.1), column
    assert set(rows["grade"].dropna()) <= set(real["grade"].dropna())
    assert rows["points"].dropna().astype(float).between(0, 39).all()
    made = result.table.to_frame()["when"]
    if kind == "written":
        # Offsets without the name of a zone say nothing of summer time: all come back with one of the real ones.
        assert made.str.fullmatch(r"2024-\d\d-\d\dT\d\d:\d\d:00\+0[12]:00").all()
        assert set(made.str[-6:]) <= set(real["when"].str[-6:])
    elif kind != "whole days":
        assert made.dt.hour.between(9, 17).mean() > 0.9  # on the clock of their place
