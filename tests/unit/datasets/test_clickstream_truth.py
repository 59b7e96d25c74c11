"""What the clickstream plants is there, and rows without it are told apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import ClickstreamTruth, clickstream
from assoc_synth.datasets.clickstream_truth import STEPS
from assoc_synth.errors import InputError

Shuffle = Callable[[pd.DataFrame], pd.DataFrame]
TRUTH = ClickstreamTruth()


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return clickstream().to_frame()


def test_shares_sum_to_one() -> None:
    for shares in (*TRUTH.transitions.values(), *TRUTH.starts.values()):
        assert sum(shares.values()) == pytest.approx(1.0)
        assert set(shares) <= {*STEPS, "end"}


def test_transitions_starts_and_accessories_are_met(rows: pd.DataFrame, expect_met: Callable[..., None]) -> None:
    expect_met(TRUTH.frequencies(rows), least_cases=50)


def test_gaps_have_the_planted_medians(rows: pd.DataFrame) -> None:
    found = TRUTH.gaps(rows)
    found = found[found["cases"] >= 200]
    assert len(found) > 20
    # The standard error of a median of log-normal gaps, as a share of it.
    error = np.sqrt(np.pi / 2 / found["cases"]) * TRUTH.gap_spread
    ratio = np.log(found["observed"] / found["planted"])
    assert (ratio.abs() < 4.5 * error + 0.01).all(), found.to_string()


def test_nothing_impossible_happens(rows: pd.DataFrame, shuffled: Shuffle) -> None:
    assert TRUTH.violations(rows) == dict.fromkeys(TRUTH.violations(rows), 0)
    broken = TRUTH.violations(shuffled(rows))
    assert all(broken.values()), broken


def test_rows_of_a_session_in_another_order_are_told_apart(rows: pd.DataFrame) -> None:
    dealt = rows.assign(_order=np.random.default_rng(0).random(len(rows))).sort_values(["session_id", "_order"])
    times = rows.sort_values(["session_id", "timestamp"], kind="stable")["timestamp"]
    dealt = dealt.assign(timestamp=times.to_numpy())
    broken = TRUTH.violations(dealt)
    assert broken["a purchase without payment details"] > 100
    assert broken["a user with two devices"] == 0
    found = TRUTH.frequencies(dealt).set_index("what")
    assert found.loc["view → add", "observed"] < 0.15


def test_rows_without_any_session_are_answered(rows: pd.DataFrame) -> None:
    for nothing in (None, np.nan):
        lost = rows.assign(session_id=nothing)
        found = TRUTH.frequencies(lost).set_index("what")
        assert found.loc["view → end", "observed"] == 1.0
        assert found.loc["refund in the next session, given a purchase", "cases"] == 0
        assert TRUTH.gaps(lost).empty
        assert not TRUTH.violations(lost)["another item's section"]


def test_steps_are_read_from_events_and_pages() -> None:
    rows = pd.DataFrame(
        {
            "session_id": ["s", "s", "s", "s"],
            "event": ["purchased", "opened", "purchased", "viewed"],
            "item": ["tent", "cart", "puzzle", "tent"],
            "timestamp": pd.to_datetime(
                ["2024-01-01 10:05", "2024-01-01 10:02", "2024-01-01 10:05", "2024-01-01 10:00"]
            ),
            "channel": "email",
        }
    )
    assert TRUTH.steps_of(rows)["step"].tolist() == ["view", "cart", "purchase"]
    with pytest.raises(InputError, match="'opened press' is not among the names"):
        TRUTH.steps_of(rows.replace("cart", "press"))


@pytest.mark.parametrize(
    ("column", "value", "where", "what"),
    [
        ("price", 5.0, "viewed", "a price without a purchase or refund"),
        ("price", np.nan, "purchased", "a purchase or refund without a price"),
        ("price", 5.0, "refunded", "a price of the wrong sign"),
        ("price", 0.01, "purchased", "another price than the product's"),
        ("language", "xx", "viewed", "another country's language"),
        ("platform", "xx", "viewed", "another device's platform"),
        ("weekday", "Someday", "viewed", "another day's weekday"),
        ("section", "xx", "opened", "another item's section"),
        ("channel", "xx", "searched", "a session with two channels"),
    ],
)
def test_one_wrong_cell_is_found(rows: pd.DataFrame, column: str, value: object, where: str, what: str) -> None:
    at = rows.index[rows["event"] == where][0]
    changed = rows.copy()
    changed.loc[at, column] = value
    assert TRUTH.violations(changed)[what] >= 1
