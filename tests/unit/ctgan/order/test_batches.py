"""Batches: every link once, windows of long visits, rows of one time in a new order where theirs is chance."""

import numpy as np

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, RowOrder
from assoc_synth.ctgan.order.batches import WINDOW, Batches, Steps, gap_history


def order_of(sizes: list[int], *, tied: bool = False, by_file: bool = True) -> RowOrder:
    visit = np.repeat(np.arange(len(sizes)), sizes)
    follows = np.append(False, visit[1:] == visit[:-1])
    gap = CodedColumn(ColumnSpec("gap", 2, False), np.arange(len(visit)) % 2, np.zeros(len(visit), np.float32))
    level = np.array([0.0, 1.0], np.float32)
    return RowOrder(np.arange(len(visit)), visit, visit // 2, follows & tied, by_file, gap, level)


def test_every_link_of_the_subjects_comes_once_with_its_step() -> None:
    order = order_of([3, 1, 7, 2, 5, 5])
    batches = Batches(order, np.array([0, 2]))
    groups = [group for part in batches.epoch(4, np.random.default_rng(0)) for group in part]
    found = np.concatenate([group.link[group.valid] for group in groups])
    assert np.sort(found).tolist() == np.flatnonzero(np.isin(order.subject, [0, 2])).tolist()
    assert batches.links == len(found) == 14
    steps = np.concatenate([group.step[group.valid] for group in groups])
    assert steps[np.argsort(found)][:4].tolist() == [0, 1, 2, 0]


def test_a_long_visit_is_several_windows() -> None:
    order = order_of([2 * WINDOW + 10])
    groups = [group for part in Batches(order, np.array([0])).epoch(100, np.random.default_rng(0)) for group in part]
    assert max(group.link.shape[1] for group in groups) == WINDOW
    assert sum(group.valid.sum() for group in groups) == 2 * WINDOW + 10
    assert {int(group.length.max()) for group in groups} == {2 * WINDOW + 10}


def test_links_of_one_time_come_in_another_order_unless_the_files_is_learned() -> None:
    rng = np.random.default_rng(0)
    shuffled = Batches(order_of([6] * 20, tied=True, by_file=False), np.arange(10)).positions(rng)
    assert (shuffled != np.arange(120)).any()
    assert (shuffled // 6 == np.arange(120) // 6).all()
    kept = Batches(order_of([6] * 20, tied=True, by_file=True), np.arange(10)).positions(rng)
    assert kept.tolist() == list(range(120))


def test_the_history_of_gaps_is_what_came_before() -> None:
    order = order_of([4, 2])
    last, mean = gap_history(order, np.array([7, 1, 0, 1, 7, 1], np.float32))  # not looked at for the first of a visit
    assert last.tolist() == [0, 0, 1, 0, 0, 0]
    assert mean.tolist() == [0, 0, 1, 0.5, 0, 0]


def test_steps_are_all_links_but_the_first_of_each_window() -> None:
    order = order_of([3, 1, 4, 2])
    groups = next(iter(Batches(order, np.arange(2)).epoch(100, np.random.default_rng(0))))
    steps = Steps.of(groups)
    assert sorted(steps.slot.tolist()) == np.flatnonzero(order.follows).tolist()
    assert (steps.link[steps.at] == steps.slot).all()
    assert (steps.link[steps.at - 1] == steps.slot - 1).all()
    assert (steps.step == np.array([0, 1, 2, 0, 0, 1, 2, 3, 0, 1])[steps.slot]).all()
    assert np.bincount(steps.visit).tolist() == [int(size) for group in groups for size in group.valid.sum(1)]
