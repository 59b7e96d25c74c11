"""Times as numbers since 1970."""

import numpy as np
import pytest

from assoc_synth.transactions.columns.epochs import SIZES, from_epoch, in_range, to_epoch, unit_of


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (1_700_000_000, "s"),
        (789_652_009, "s"),
        (1_700_000_000_123, "ms"),
        (1_700_000_000_123_456, "us"),
        (1_700_000_000_123_456_789, "ns"),
        (20240131, ""),
        (1, ""),
        (-5, ""),
    ],
)
def test_the_unit_is_found_by_size(value: int, unit: str) -> None:
    assert unit_of(np.array([value, value])) == unit
    if unit:
        assert in_range(np.array([value, 1]), unit).tolist() == [True, False]
        times = from_epoch(np.array([value]), unit)
        assert times[0] == np.datetime64(value * SIZES[unit], "ns")
        assert to_epoch(times, unit, 0).tolist() == [value]


def test_fractions_are_read_to_the_microsecond() -> None:
    values = np.array([1_700_000_000.25, 1_700_000_000.123456, np.nan, 1e30])
    times = from_epoch(values, "s")
    assert times[:2].astype(str).tolist() == ["2023-11-14T22:13:20.250000000", "2023-11-14T22:13:20.123456000"]
    assert np.isnat(times).tolist() == [False, False, True, True]
    assert to_epoch(times[:2], "s", 6).tolist() == values[:2].tolist()
    assert from_epoch(np.array([-1.5]), "s").astype(str).tolist() == ["1969-12-31T23:59:58.500000000"]
