"""Times of day: frequent ones exactly, others within their quarter of an hour."""

import numpy as np

from assoc_synth.attributes.time_of_day import QUARTER, TimeOfDayCode
from assoc_synth.transactions.days import HOUR, SECOND


def test_times_of_day_keep_their_quarter_and_resolution() -> None:
    rng = np.random.default_rng(0)
    clock = np.concatenate([np.full(500, 9 * 3_600), rng.integers(10 * 3_600, 20 * 3_600, 500)]) * SECOND
    code = TimeOfDayCode.learn(clock, SECOND)
    column = code.encode(clock)
    back = code.decode(column.code, rng)
    assert (back[:500] == clock[:500]).all()
    assert (back // (900 * SECOND) == clock // (900 * SECOND)).all()
    assert not (back % SECOND).any()
    assert len(np.unique(back[500:])) > 400


def test_a_time_of_an_unknown_quarter_goes_to_the_nearest() -> None:
    code = TimeOfDayCode(np.array([0]), np.array([9 * HOUR, 12 * HOUR]), SECOND)
    assert code.classes == 3
    assert code.encode(np.array([0, 8 * HOUR, 10 * HOUR, 11 * HOUR, 23 * HOUR])).code.tolist() == [0, 1, 1, 2, 2]


def test_coarse_times_stay_coarse() -> None:
    code = TimeOfDayCode(np.zeros(0, np.int64), np.array([9 * HOUR]), 300 * SECOND)
    drawn = code.decode(np.zeros(500, np.int64), np.random.default_rng(0))
    assert set(((drawn - 9 * HOUR) // SECOND).tolist()) == {0, 300, 600}


def test_no_times_are_midnight() -> None:
    code = TimeOfDayCode.learn(np.zeros(0, np.int64), SECOND)
    assert code.classes == 1
    assert code.decode(code.encode(np.array([QUARTER])).code, np.random.default_rng(0)).tolist() == [0]


def test_the_code_survives_dicts() -> None:
    code = TimeOfDayCode.learn(np.arange(0, 24 * HOUR, QUARTER // 3), SECOND)
    assert TimeOfDayCode.from_dict(code.to_dict()).to_dict() == code.to_dict()


def test_a_time_of_one_subject_is_not_stored_exactly() -> None:
    clock = np.array([3 * HOUR + 17 * SECOND] * 30 + [9 * HOUR] * 30)
    subject = np.append(np.zeros(30, np.int64), np.arange(30))
    code = TimeOfDayCode.learn(clock, SECOND, subject, 5)
    assert (code.exact.tolist(), code.quarters.tolist()) == ([9 * HOUR], [])
    assert code.encode(clock).code.tolist() == [0] * 60
    assert TimeOfDayCode.learn(clock, SECOND).exact.tolist() == [3 * HOUR + 17 * SECOND, 9 * HOUR]


def test_quarters_of_too_few_subjects_are_stored_by_the_hour() -> None:
    """Six subjects at 10:05, one each at 12:00, 12:15 … 13:00, and one at 3:20 alone."""
    clock = np.array([10 * HOUR + HOUR // 12] * 6 + [12 * HOUR + QUARTER * part + 1 for part in range(5)] + [3 * HOUR])
    subject = np.arange(12)
    assert len(TimeOfDayCode.learn(clock, 1, subject, 4).quarters) == 4
    assert TimeOfDayCode.learn(clock, 1, subject, 5).quarters.tolist() == []  # all but 10:05 are of fewer
    code = TimeOfDayCode.learn(clock[1:], 1, subject[1:], 4)
    assert code.quarters.tolist() == [12 * HOUR + QUARTER * part for part in range(4)]
    assert code.exact.tolist() == [10 * HOUR + HOUR // 12]
    assert len(TimeOfDayCode.learn(clock[6:], 1, subject[6:], 20).quarters) == 96
