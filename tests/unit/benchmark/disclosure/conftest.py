"""A table with values of single subjects, and the simplest model that is made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer, TransactionTable
from assoc_synth.ctgan.config import CTGANConfig

ROUNDS = {"calibration_rounds": 1, "count_rounds": 1, "link_rounds": 1, "order_rounds": 1, "visit_rounds": 1}
QUICKEST = CTGANConfig(noise_dim=4, context_dim=8, association_dim=8, hidden_dim=8, blocks=1, epochs=1, **ROUNDS)


@pytest.fixture(scope="package")
def table() -> TransactionTable:
    """Customers 7, 31 and 64 have an occupation, a weight, a time and 60 rows of one visit that nobody else has."""
    rng = np.random.default_rng(0)
    few = np.array([7, 31, 64])
    who = np.append(np.repeat(np.arange(120), 4), np.repeat(few, 60))
    frame = pd.DataFrame({"customer": who, "action": "bought"})
    frame["product"] = rng.choice([f"product {letter}" for letter in "ABCDEFGHIJ"], len(who))
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 9_000, len(who)), unit="h")
    frame.loc[480:, "when"] = pd.Timestamp("2024-03-05 11:07:43")
    frame["weight"] = rng.lognormal(1, 0.5, len(who)).round(1)
    frame["job"] = rng.choice(["cook", "clerk", "nurse"], 120)[who]
    frame.loc[np.isin(who, few), "job"] = "lighthouse keeper"
    frame.loc[np.isin(who, few), "weight"] = 4_711.123
    frame.loc[who == 8, "when"] = pd.Timestamp("2019-03-05 03:17:43")
    return TransactionTable.from_frame(frame, subject="customer", verb="action", object="product", time="when")


@pytest.fixture(scope="package")
def models(table: TransactionTable, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Directories by the threshold of the fit."""
    folder = tmp_path_factory.mktemp("models")
    for least in (1, 5):
        AssociativeSynthesizer(config=QUICKEST, min_subjects=least).fit(table).save(folder / str(least))
    return {least: folder / str(least) for least in (1, 5)}
