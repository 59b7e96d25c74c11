"""The link that decides is found, the others are not, and what it never has is known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.visit_columns.decisive_links import DecisiveLinks

Make = Callable[..., Any]


DECIDES = 7


@pytest.fixture
def table(made: Make) -> Any:
    return made()


def learned(table: Any) -> DecisiveLinks:
    columns = table.data.visit_columns
    decisive = DecisiveLinks(tuple(column.spec for column in columns))
    decisive.learn(table.groups, columns)
    return decisive


def test_one_link_decides_wherever_it_is(table: Any) -> None:
    decisive = learned(table)
    assert decisive.tokens.tolist() == [DECIDES]
    assert (decisive.rows(table.groups)[:, 0] == table.has_it).all()


def test_rows_have_the_shares_of_their_visits_and_what_they_never_have(table: Any) -> None:
    decisive, code = learned(table), table.data.visit_columns[0].code
    margin = (np.bincount(code, minlength=3) + 0.5) / (len(code) + 1.5)
    shares = margin * np.exp(decisive.table(0).numpy())
    assert shares.sum(1) == pytest.approx([1, 1], abs=1e-5)
    assert shares[1, 2] > 0.98
    assert shares[0, 2] < 0.01
    assert decisive.never(0).tolist() == [[False, False, True], [True, True, False]]


def test_chance_makes_no_link_decisive(table: Any) -> None:
    rng, column = np.random.default_rng(1), ColumnSpec("colour", 5, False)
    decisive = DecisiveLinks((column,))
    decisive.learn(table.groups, [CodedColumn.discrete("colour", rng.integers(5, size=len(table.groups)), 5)])
    assert len(decisive.tokens) == 0
    assert not decisive.rows(table.groups).any()
    assert not decisive.never(0).any()


def test_visits_whose_entry_is_unknown_are_not_counted(table: Any) -> None:
    column = table.data.visit_columns[0]
    hidden = np.where(np.arange(len(column)) % 3 == 0, -1, column.code)
    decisive = DecisiveLinks((column.spec,))
    decisive.learn(table.groups, [CodedColumn(column.spec, hidden, column.value)])
    assert decisive.tokens.tolist() == [DECIDES]
    assert decisive.never(0)[1].tolist() == [True, True, False]


def test_a_mode_that_is_unseen_is_not_ruled_out(table: Any) -> None:
    code = table.data.visit_columns[0].code
    spec = ColumnSpec("total", 3, True)
    decisive = DecisiveLinks((spec,))
    decisive.learn(table.groups, [CodedColumn(spec, code, np.zeros(len(code), np.float32))])
    assert not decisive.never(0).any()


def test_links_that_are_out_of_order_or_allow_nothing_are_not_sound() -> None:
    decisive = DecisiveLinks((ColumnSpec("ward", 2, False),), tokens=2)
    assert not decisive.is_sound()
    decisive.tokens.copy_(torch.tensor([1, 4]))
    assert decisive.is_sound()
    decisive.never(0)[1] = True
    assert not decisive.is_sound()
