"""Shared draws: rows of probabilities are followed, certain ones always."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.datasets.draws import choose, normalised, runs


def test_each_draw_follows_its_own_row() -> None:
    probability = np.array([[0.2, 0.8, 0.0], [0.0, 0.0, 1.0]])
    row = np.repeat([0, 1], 20_000)
    drawn = choose(probability, row, np.random.default_rng(0))
    assert set(drawn[row == 1]) == {2}
    assert set(drawn[row == 0]) == {0, 1}
    assert (drawn[row == 0] == 1).mean() == pytest.approx(0.8, abs=0.01)


def test_a_row_that_sums_to_nearly_one_has_no_draw_beyond_it() -> None:
    probability = np.full((1, 3), 1 / 3 - 1e-12)
    assert set(choose(probability, np.zeros(1_000, np.int64), np.random.default_rng(0))) == {0, 1, 2}


def test_weights_become_probabilities() -> None:
    assert normalised(np.array([[2.0, 2.0], [1.0, 0.0]])).tolist() == [[0.5, 0.5], [1.0, 0.0]]


def test_runs_restart() -> None:
    assert runs(np.array([1, 0, 3])).tolist() == [0, 0, 1, 2]
    assert runs(np.zeros(0, np.int64)).tolist() == []
