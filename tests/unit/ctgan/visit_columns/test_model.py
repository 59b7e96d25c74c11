"""The model begins at the shares of the table, and knows whether columns persist."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.visit_columns.model import VisitChain, history_features

Make = Callable[..., Any]


@pytest.mark.parametrize("persists", [False, True])
def test_whether_a_column_persists_is_seen(made: Make, persists: bool) -> None:
    table = made(persists=persists)
    model = table.model()
    model.start_at(table.groups, table.data.visit_columns)
    assert model.persists.tolist() == [persists]
    assert (model.same[0, 0].item() > 1) is persists


def test_earlier_classes_pull_where_there_are_any(made: Make) -> None:
    table = made(persists=True)
    model = table.model()
    model.start_at(table.groups, table.data.visit_columns)
    with torch.no_grad():
        model.same.zero_()[0, 0], model.usual.zero_()[0, 2] = 2.0, 3.0
        row, last, usual = torch.zeros(3, dtype=torch.int64), torch.tensor([-1, 0, 1]), torch.tensor([-1, 1, 1])
        history = history_features(torch.tensor([0, 2, 2]), torch.tensor([0.0, 0.5, 1.0]))
        moved = model.added(0, row, last, usual, history) - model.decisive.table(0)[row]
    assert moved.numpy() == pytest.approx(np.array([[0, 0, 0], [2, 1.5, 0], [0, 5, 0]]), abs=1e-5)


def test_unknown_entries_cost_nothing_and_numbers_count_inside_their_modes(prices: ColumnSpec) -> None:
    torch.manual_seed(0)
    chain = VisitChain((prices,), 4, 8, 0.0)
    hidden, code = torch.randn(4, 8), torch.tensor([-1, 0, 1, 3])
    with torch.no_grad():
        near = chain.losses(hidden, [code], [torch.zeros(4)], [torch.zeros(4, 4)])
        far = chain.losses(hidden, [code], [torch.full((4,), 0.9)], [torch.zeros(4, 4)])
    assert near[0] == 0
    assert (near == far).tolist() == [True, True, False, True]


def test_a_class_without_a_logit_is_never_drawn(prices: ColumnSpec) -> None:
    torch.manual_seed(0)
    chain, added = VisitChain((prices,), 4, 8, 0.0), torch.full((500, 4), -torch.inf)
    added[:, 2] = 0.0
    random = torch.Generator().manual_seed(0)
    code, value, logits, _ = chain.step(0, torch.randn(500, 8), added, torch.rand(500), random)
    assert (code == 2).all()
    assert torch.isinf(logits[:, 3]).all()
    assert value.std() > 0


def test_an_unknown_column_is_not_learned_from(made: Make) -> None:
    table = made(40)
    column = table.data.visit_columns[0]
    model = table.model()
    model.start_at(table.groups, [CodedColumn(column.spec, np.where(column.code == 1, -1, column.code), column.value)])
    shares = torch.softmax(model.chain.heads[0].bias[:3], 0)
    assert shares[1] < 0.01
