"""Times between rows: frequent ones exactly, the others within their range."""

import numpy as np
import pytest

from assoc_synth.attributes.gaps import GapCode
from assoc_synth.transactions.days import DAY, SECOND


def test_few_times_come_back_exactly() -> None:
    gaps = np.array([0, 0, 5, 60, 60, 3_600]) * SECOND
    code = GapCode.learn(gaps, SECOND)
    assert code.decode(code.encode(gaps).code, np.random.default_rng(0)).tolist() == gaps.tolist()
    assert code.spec.classes == 4


@pytest.mark.parametrize("resolution", [SECOND, 60 * SECOND, DAY, SECOND // 1_000])
def test_many_times_keep_their_distribution_and_resolution(resolution: int) -> None:
    rng = np.random.default_rng(0)
    gaps = np.where(rng.random(20_000) < 0.1, 0, np.exp(rng.normal(4, 1, 20_000)).astype(np.int64) + 1) * resolution
    code = GapCode.learn(gaps, resolution)
    found = code.decode(code.encode(gaps).code, rng)
    assert (found % resolution == 0).all()
    assert ((found == 0) == (gaps == 0)).all()
    assert found.max() <= gaps.max()
    both = np.sort(np.concatenate([gaps, found]))
    ks = np.abs(np.searchsorted(np.sort(gaps), both, "right") - np.searchsorted(np.sort(found), both, "right")).max()
    assert ks / len(gaps) < 0.02


def test_levels_rise_with_the_time() -> None:
    gaps = np.arange(5_000) * SECOND
    code = GapCode.learn(gaps, SECOND)
    level = code.level[code.encode(gaps).code]
    assert (np.diff(level) >= 0).all()
    assert level[0] == 0


def test_times_that_were_not_learned_go_to_the_nearest() -> None:
    code = GapCode.learn(np.array([0, 10, 100]) * SECOND, SECOND)
    assert code.encode(np.array([1, 70, 10_000]) * SECOND).code.tolist() == [0, 2, 2]


def test_stored_codes_are_the_same() -> None:
    code = GapCode.learn(np.arange(500) * SECOND, SECOND)
    again = GapCode.from_dict(code.to_dict())
    assert again.exact.tolist() == code.exact.tolist()
    assert again.edges.tolist() == code.edges.tolist()


def test_sums_of_times_are_kept_as_the_longest_ones_decide_them() -> None:
    rng = np.random.default_rng(0)
    gaps = np.exp(rng.normal(4, 1.2, 20_000)).astype(np.int64) * SECOND
    code = GapCode.learn(gaps, SECOND)
    found = code.decode(code.encode(gaps).code, rng)
    assert found.mean() == pytest.approx(gaps.mean(), rel=0.01)
    assert np.quantile(found, 0.995) == pytest.approx(np.quantile(gaps, 0.995), rel=0.05)
