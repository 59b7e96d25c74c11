"""Figures of the rows, between the floor and the destroyed rows."""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.report.facts import ReportFacts
from assoc_synth.report.row_figures import row_figures_of
from assoc_synth.transactions.table import TransactionTable


def test_real_rows_are_nearer_to_the_floor_than_destroyed_ones(good: ReportFacts) -> None:
    figures = {figure.name: figure for figure in good.rows}
    for name in ("transition_tv", "visit_pair_l1", "sign_error"):
        figure = figures[name]
        assert figure.value is not None
        assert figure.floor is not None
        assert figure.independent is not None
        assert abs(figure.value - figure.floor) < abs(figure.value - figure.independent), name


def test_a_held_out_part_is_the_floor(halves: tuple[TransactionTable, TransactionTable]) -> None:
    few = [half.take_subjects(np.arange(150)) for half in halves]
    real, other = coded_rows(*few)
    found = {f.name: f for f in row_figures_of(real, other, other, np.random.default_rng(0))}
    assert all(figure.value == figure.floor for figure in found.values())


def test_one_subject_has_no_floor(halves: tuple[TransactionTable, TransactionTable]) -> None:
    real, other = coded_rows(halves[0].take_subjects(np.arange(1)), halves[1].take_subjects(np.arange(1)))
    assert all(figure.floor is None for figure in row_figures_of(real, other, None, np.random.default_rng(0)))
