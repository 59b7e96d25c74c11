"""Whether rows of one time have an order: planted orders are found, and chance is not taken for one."""

import numpy as np
import pytest

from assoc_synth.ctgan.order.ties import rows_are_ordered

RUNS = np.repeat(np.arange(120), 5)
SUBJECTS = RUNS // 2


def tokens(kind: str, rng: np.random.Generator) -> np.ndarray:
    made = rng.integers(0, 12, len(RUNS))
    if kind == "sorted":
        return made[np.lexsort((made, RUNS))]
    if kind == "echo":  # 1 comes right after 0, wherever that stands
        rest = rng.permuted(np.tile([0, 2, 3, 4], (120, 1)), axis=1)
        return np.array([code for row in rest.tolist() for own in row for code in ([0, 1] if own == 0 else [own])])
    return made


@pytest.mark.parametrize("kind", ["sorted", "echo"])
def test_an_order_is_found(kind: str) -> None:
    rng = np.random.default_rng(1)
    assert rows_are_ordered(tokens(kind, rng), RUNS, SUBJECTS, rng)


def test_chance_is_not_taken_for_an_order() -> None:
    found = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        found.append(rows_are_ordered(tokens("random", rng), RUNS, SUBJECTS, rng))
    assert sum(found) <= 1


def test_too_few_rows_show_nothing() -> None:
    rng = np.random.default_rng(0)
    assert not rows_are_ordered(np.arange(20), np.repeat(np.arange(10), 2), np.repeat(np.arange(10), 2), rng)
    alone = np.arange(100)
    assert not rows_are_ordered(alone % 3, alone, alone, rng)


def test_an_order_of_one_subject_alone_is_none() -> None:
    rng = np.random.default_rng(0)
    assert not rows_are_ordered(np.arange(60), np.zeros(60, np.int64), np.zeros(60, np.int64), rng)
