"""A classifier that cannot tell equal populations apart, and tells unequal ones."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.c2st import FEWEST, TREES, c2st_figures
from assoc_synth.evaluation.destroyed import without_columns, without_visits
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(autouse=True)
def all_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as a comparison has."""
    monkeypatch.setattr("assoc_synth.evaluation.c2st.TREES", TREES)


def population(seed: int, subjects: int = 300) -> TransactionTable:
    """Pairs of objects that go together, and a price by object."""
    rng = np.random.default_rng(seed)
    pair = rng.integers(0, 4, (subjects, 2))
    thing = np.stack([2 * pair, 2 * pair + 1], axis=2).reshape(subjects, 4)
    frame = pd.DataFrame({"subject": np.repeat(np.arange(subjects), 4), "verb": "buy", "object": thing.ravel()})
    frame["amount"] = np.repeat(rng.integers(1, 9, subjects), 4) + 0.5
    return TransactionTable.from_frame(frame, subject="subject", verb="verb", object="object", amount="amount")


@pytest.fixture(scope="module")
def sides() -> tuple[Rows, Rows]:
    first, second = coded_rows(population(0), population(1))
    return first, second


def values(real: Rows, other: Rows, seed: int = 0) -> dict[str, float]:
    figures = c2st_figures(real, other, np.random.default_rng(seed))
    return {figure.name: figure.value for figure in figures if figure.value is not None}


def test_equal_populations_cannot_be_told_apart(sides: tuple[Rows, Rows]) -> None:
    figures = c2st_figures(*sides, np.random.default_rng(0))
    assert [figure.name for figure in figures] == ["c2st", "c2st: objects only"]
    for figure in figures:
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < 0.5 < figure.high
        assert figure.high - figure.low < 0.4
        assert figure.aim == "half"


def test_unrelated_objects_are_recognised(sides: tuple[Rows, Rows]) -> None:
    found = values(sides[0], without_visits(sides[1], np.random.default_rng(0)))
    assert found["c2st: objects only"] > 0.9


def test_other_columns_are_recognised_but_not_by_objects_alone(sides: tuple[Rows, Rows]) -> None:
    found = values(sides[0], without_columns(sides[1], np.random.default_rng(0)))
    assert found["c2st"] > 0.9
    assert abs(found["c2st: objects only"] - 0.5) < 0.15


def test_the_same_seed_gives_the_same_figure(sides: tuple[Rows, Rows]) -> None:
    assert values(*sides, seed=4) == values(*sides, seed=4) != values(*sides, seed=5)


def test_few_subjects_have_no_figure(sides: tuple[Rows, Rows]) -> None:
    few = sides[1].take(np.arange(FEWEST - 1))
    assert c2st_figures(sides[0], few, np.random.default_rng(0)) == ()


def test_subjects_are_capped(sides: tuple[Rows, Rows]) -> None:
    figures = c2st_figures(*sides, np.random.default_rng(0), max_subjects=FEWEST)
    wide = c2st_figures(*sides, np.random.default_rng(0))
    assert figures[0].high is not None
    assert figures[0].value != wide[0].value


def test_a_column_that_is_never_known_is_passed_over() -> None:
    # One visit each: no gap between visits has a value.
    tables = [
        TransactionTable.from_frame(population(seed).to_frame().assign(time=pd.Timestamp("2026-01-01 10:00")))
        for seed in (0, 1)
    ]
    x, y = coded_rows(*tables)
    assert abs(values(x, y)["c2st"] - 0.5) < 0.2
