"""Sessions: found where rows come in bursts, and nowhere else."""

import numpy as np
import pytest

from assoc_synth.transactions.sessions import come_in_sessions, visits_by_time


def times(minutes: list[float]) -> np.ndarray:
    return np.datetime64("2026-11-23T08:00", "ns") + (np.array(minutes) * 60e9).astype("timedelta64[ns]")


def bursts(step: float) -> list[float]:
    return [start + step * place for start in (0.0, 3_000.0, 9_000.0) for place in range(5)]


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        (bursts(2.0), True),
        (bursts(29.0), True),
        (bursts(31.0), False),
        (bursts(0.0), False),  # receipts: everything of a visit at one time
        ([1_440.0 * day for day in range(20)], False),  # days alone
        ([10.0 * step for step in range(1_000)], False),  # a sensor that never rests
        ([5.0], False),
    ],
)
def test_bursts_are_sessions(minutes: list[float], found: bool) -> None:
    assert come_in_sessions(np.zeros(len(minutes), np.int32), times(minutes)) is found


def test_rows_are_grouped_whatever_their_order_and_undated_ones_are_in_none() -> None:
    time = times([*bursts(2.0), 0.0])
    time[-1] = np.datetime64("NaT")
    order = np.random.default_rng(0).permutation(16)
    found = visits_by_time(np.zeros(16, np.int32), time[order])
    assert found[np.argsort(order)].tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [-1]


def test_otherwise_a_timestamp_is_a_visit() -> None:
    subject = np.array([1, 0, 0, 0], np.int32)
    assert visits_by_time(subject, times([0.0, 5_000.0, 0.0, 0.0])).tolist() == [2, 1, 0, 0]
