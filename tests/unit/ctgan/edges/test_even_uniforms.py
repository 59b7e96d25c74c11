"""Uniform numbers that are spread evenly over subjects."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.ctgan.edges.even_uniforms import MOST_COLUMNS, even_uniforms, spread_evenly


@pytest.mark.parametrize("rows", [0, 1, 100, 257])
def test_rows_do_not_depend_on_how_many_follow(rows: int) -> None:
    few, many = (even_uniforms(size, 3, np.random.default_rng(4)) for size in (rows, 300))
    assert few.shape == (rows, 3)
    assert np.array_equal(few, many[:rows])
    assert ((few >= 0) & (few < 1)).all()


def test_shares_of_two_columns_and_of_both_have_hardly_any_chance_in_them() -> None:
    drawn = [even_uniforms(600, 4, np.random.default_rng(seed)) < 0.3 for seed in range(40)]
    one = np.array([found.mean(0) for found in drawn]) - 0.3
    both = np.array([found[:, :2].all(1).mean() for found in drawn]) - 0.09
    # By chance the standard deviations would be .0187 and .0117.
    assert one.std() < 0.002
    assert both.std() < 0.004


def test_each_row_by_itself_is_uniform() -> None:
    first = np.stack([even_uniforms(3, 2, np.random.default_rng(seed))[2] for seed in range(400)])
    assert np.abs(first.mean(0) - 0.5).max() < 0.06
    assert abs(np.corrcoef(first.T)[0, 1]) < 0.15


def test_columns_beyond_the_limit_are_drawn_at_random() -> None:
    found = even_uniforms(200, MOST_COLUMNS + 2, np.random.default_rng(0))
    assert np.unique(found[:, -1]).size == 200
    assert abs(found[:, -1].mean() - 0.5) < 0.1


def test_only_the_first_numbers_of_each_subject_are_replaced() -> None:
    uniforms = np.full((7, 2), 5.0, np.float32)
    spread_evenly(uniforms, np.array([0, 3, 4]), np.array([2, 1, 0]), np.random.default_rng(0))
    assert (uniforms[[0, 1, 3]] < 1).all()
    assert (uniforms[[2, 4, 5, 6]] == 5.0).all()


def test_nothing_is_replaced_where_no_subject_has_attributes() -> None:
    uniforms = np.full((2, 3), 5.0, np.float32)
    spread_evenly(uniforms, np.array([0, 1]), np.array([0, 0]), np.random.default_rng(0))
    assert (uniforms == 5.0).all()
