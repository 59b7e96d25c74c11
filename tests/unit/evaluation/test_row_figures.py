"""All measures of rows at once, with interval, floor and a destroyed table."""

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.evaluation.directions import DIRECTIONS
from assoc_synth.evaluation.figures import Figure
from assoc_synth.evaluation.row_figures import destroyed_distances, row_distances, row_figures
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def halves() -> tuple[TransactionTable, TransactionTable]:
    return datasets.halves(datasets.toy_shop(subjects=400, seed=1))


@pytest.fixture(scope="module")
def figures(halves: tuple[TransactionTable, TransactionTable]) -> dict[str, Figure]:
    train, heldout = halves
    found = row_figures(train, heldout, heldout, np.random.default_rng(0))
    return {figure.name: figure for figure in found}


def test_every_figure_has_a_direction(figures: dict[str, Figure]) -> None:
    assert {name.partition(":")[0] for name in figures} <= set(DIRECTIONS)
    assert {"order_share", "gap_ks", "visit_pair_l1", "presence_error", "amount_ks", "c2st"} <= set(figures)


def test_the_table_under_test_is_the_floor_here(figures: dict[str, Figure]) -> None:
    for name, figure in figures.items():
        if not name.startswith("c2st"):
            assert figure.value == figure.floor, name
    bounded = [figure for figure in figures.values() if figure.low is not None]
    assert len(bounded) > len(figures) - 4, "some have too little data where a group of subjects is left out"
    assert all(figure.low <= figure.value <= figure.high for figure in bounded)  # type: ignore[operator]


def test_a_destroyed_table_is_worse(figures: dict[str, Figure]) -> None:
    for name in ("order_share", "gap_ks", "presence_error", "sign_error", "amount_ks_objects"):
        figure = figures[name]
        assert figure.value is not None
        assert figure.independent is not None
        assert figure.independent > 1.5 * figure.value, name
    assert figures["c2st"].independent > 0.7 > abs(figures["c2st"].value)  # type: ignore[operator,arg-type]


def test_without_a_held_out_part_the_real_table_is_halved(halves: tuple[TransactionTable, TransactionTable]) -> None:
    found = {figure.name: figure for figure in row_figures(*halves, None, np.random.default_rng(0))}
    assert found["gap_ks"].floor is not None
    assert found["gap_ks"].floor != found["gap_ks"].value


def test_all_columns_of_a_table_with_itself(halves: tuple[TransactionTable, TransactionTable]) -> None:
    x, same = coded_rows(halves[0], halves[0])
    found = row_distances(x, same)
    assert {name for name, value in found.items() if value not in (0.0, 1.0)} == set()
    assert all(
        value == (1.0 if DIRECTIONS[name.partition(":")[0]] == "high" else 0.0)
        for name, value in found.items()
        if not name.startswith("implication")
    )
    assert set(destroyed_distances(x, same, np.random.default_rng(0))) == set(found)


def test_subjects_are_capped(halves: tuple[TransactionTable, TransactionTable], figures: dict[str, Figure]) -> None:
    found = {f.name: f for f in row_figures(*halves, halves[1], np.random.default_rng(0), max_subjects=60)}
    wide = figures["gap_ks"]
    assert found["gap_ks"].high - found["gap_ks"].low > wide.high - wide.low  # type: ignore[operator]
