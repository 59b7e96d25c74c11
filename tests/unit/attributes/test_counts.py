"""Codes of whole numbers: small ones exactly, large ones in buckets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.attributes.counts import CountCode
from assoc_synth.errors import InputError


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=50))
def test_counts_come_back_exactly_when_small_and_in_their_bucket_when_large(counts: list[int]) -> None:
    values = np.array(counts)
    code = CountCode.learn("count", values)
    column = code.encode(values)
    assert column.code.max() < code.classes
    back = code.decode(column.code, np.random.default_rng(0))
    assert (back[values <= 16] == values[values <= 16]).all()
    assert back.max() <= values.max()
    assert (np.abs(back - values) <= 0.25 * values + 1).all()


def test_buckets_grow_by_a_quarter_and_end_at_the_largest() -> None:
    code = CountCode.learn("count", np.array([1, 40]))
    assert code.edges.tolist() == [*range(1, 18), 22, 28, 35, 41]
    assert code.classes == 20
    assert code.encode(np.array([0, 1, 16, 17, 21, 22, 40, 99])).code.tolist() == [0, 0, 15, 16, 16, 17, 19, 19]


ENDS = [
    ([1] * 9 + [40] * 5 + [4_711], 5, [35, 44]),  # the bucket that five reach; the largest is in it
    ([1] * 9 + [40] * 4 + [4_711], 6, [1, 2]),
    ([3] * 9 + [9], 2, [3, 4]),
    ([7] * 4, 5, [1, 2]),  # too few subjects for anything
]


@pytest.mark.parametrize(("counts", "fewest", "last"), ENDS)
def test_the_end_is_no_single_subjects(counts: list[int], fewest: int, last: list[int]) -> None:
    values = np.array(counts)
    code = CountCode.learn("count", values, fewest=fewest)
    assert code.edges[-2:].tolist() == last
    assert code.encode(values).code.max() == code.classes - 1
    assert code.decode(code.encode(values).code, np.random.default_rng(0)).max() < last[1]


def test_one_subject_with_many_large_counts_is_one() -> None:
    values, subject = np.array([50] * 20 + [2] * 5), np.append(np.zeros(20, int), np.arange(5))
    assert CountCode.learn("size", values, subject, 5).most == 2
    assert CountCode.learn("size", values, subject, 1).most == 50


def test_counts_within_a_bucket_are_log_uniform() -> None:
    code = CountCode("count", np.array([1, 100, 10_000]))
    drawn = code.decode(np.ones(20_000, np.int64), np.random.default_rng(0))
    assert drawn.min() >= 100
    assert drawn.max() <= 9_999
    assert abs((drawn < 1_000).mean() - 0.5) < 0.02


def test_the_code_survives_dicts() -> None:
    code = CountCode.learn("size", np.array([1, 2, 90]))
    again = CountCode.from_dict(code.to_dict())
    assert (again.name, again.edges.tolist()) == (code.name, code.edges.tolist())


def test_the_end_of_a_bucket_is_no_number_of_a_few() -> None:
    counts = np.append(np.repeat(np.arange(1, 31), 5), [34, 35])
    code = CountCode.learn("visits", counts, np.arange(len(counts)), fewest=5)
    assert code.most not in (34, 35)
    assert code.most > 30


@pytest.mark.parametrize("edges", [[1], [1, 1], [3, 2], [-1, 2], [0, 1]])
def test_classes_that_are_no_numbers_of_something_are_refused(edges: list[int]) -> None:
    with pytest.raises(InputError, match="the classes of 'rows' do not fit together"):
        CountCode("rows", np.array(edges))
