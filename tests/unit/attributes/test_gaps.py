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


def test_no_time_and_no_range_is_of_too_few_subjects() -> None:
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(200), 20)
    gaps = np.exp(rng.normal(4, 1, 4_000)).astype(np.int64) + 1
    gaps[:20] = 77_777  # one subject's own
    gaps[40] = 5_000_000
    code = GapCode.learn(gaps * SECOND, SECOND, subject, 5)
    assert not np.isin([77_777 * SECOND, 5_000_000 * SECOND], np.append(code.exact, code.edges - SECOND)).any()
    place = code.encode(gaps * SECOND).code
    assert min(len(np.unique(subject[place == one])) for one in range(code.spec.classes)) >= 5
    found = code.decode(place, rng)
    assert found.max() < 77_777 * SECOND
    assert np.median(found) == pytest.approx(np.median(gaps) * SECOND, rel=0.05)


def test_times_of_too_few_subjects_are_none_at_all() -> None:
    gaps, subject = np.array([0, 0, 0, 0, 0, 0, 9, 8]) * SECOND, np.array([0, 1, 2, 3, 4, 5, 6, 6])
    code = GapCode.learn(gaps, SECOND, subject, 5)
    assert (code.exact.tolist(), code.edges.tolist()) == ([0], [])
    assert code.encode(gaps).code.tolist() == [0] * 8
