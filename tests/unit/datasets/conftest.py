"""Planted shares are met within the error of sampling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

MOST_ERRORS = 4.5
"""Standard errors: of a hundred shares one exceeds it once in a thousand tables."""


def _expect_met(found: pd.DataFrame, least_cases: int = 1) -> None:
    """Every planted share is observed: certain ones exactly, others within the error of sampling."""
    assert (found["cases"] >= least_cases).all()
    certain = found["planted"].isin([0.0, 1.0])
    assert (found.loc[certain, "observed"] == found.loc[certain, "planted"]).all()
    rest = found[~certain]
    error = np.sqrt(rest["planted"] * (1 - rest["planted"]) / rest["cases"])
    wrong = rest[(rest["observed"] - rest["planted"]).abs() > MOST_ERRORS * error]
    assert wrong.empty, wrong.to_string()


def _shuffled(rows: pd.DataFrame) -> pd.DataFrame:
    """Each column dealt out at random among the rows."""
    rng = np.random.default_rng(0)
    return pd.DataFrame({name: rows[name].to_numpy()[rng.permutation(len(rows))] for name in rows.columns})


@pytest.fixture
def expect_met() -> Callable[..., None]:
    """Asserts that every share of a truth's `frequencies` is met; `least_cases` is the fewest of any share."""
    return _expect_met


@pytest.fixture
def shuffled() -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Rows whose columns are dealt out at random, one by one: nothing that was planted is left."""
    return _shuffled
