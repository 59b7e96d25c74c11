"""Column chains learn what they are shown."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from assoc_synth.ctgan.column_chain import ColumnChain, stratified
from assoc_synth.ctgan.interface import ColumnSpec


def test_a_chain_learns_a_column_given_the_one_before() -> None:
    torch.manual_seed(0)
    columns = (ColumnSpec("kind", 2, False), ColumnSpec("amount", 2, True))
    chain = ColumnChain(columns, condition_dim=1, hidden_dim=16, dropout=0.0)
    rng = np.random.default_rng(0)
    kind = torch.from_numpy((rng.random(4000) < 0.25).astype(np.int64))
    value = torch.where(kind == 1, 0.6, -0.2) + 0.05 * torch.randn(4000)
    condition = torch.zeros(4000, 1)
    optimizer = torch.optim.Adam(chain.parameters(), lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        chain.loss(condition, [kind, kind], [torch.zeros(4000), value]).backward()
        optimizer.step()
    (drawn_kind, _), (mode, number) = chain.draw(condition, torch.Generator().manual_seed(1))
    assert drawn_kind.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert (mode == drawn_kind).float().mean() > 0.98
    assert number[drawn_kind == 1].mean().item() == pytest.approx(0.6, abs=0.03)
    assert number[drawn_kind == 0].std().item() == pytest.approx(0.05, abs=0.02)


def test_a_chain_without_columns_draws_nothing() -> None:
    chain = ColumnChain((), condition_dim=2, hidden_dim=4, dropout=0.0)
    assert chain.draw(torch.zeros(3, 2), torch.Generator()) == []
    assert chain.loss(torch.zeros(3, 2), [], []).item() == 0.0


def test_a_chain_begins_at_the_shares_of_its_classes() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("count", 3, False),), condition_dim=1, hidden_dim=16, dropout=0.0)
    code = np.repeat([0, 1, 2], [900, 90, 10])
    chain.start_at([code])
    with torch.no_grad():
        for head in chain.heads:
            head.weight.zero_()
    [(drawn, _)] = chain.draw(torch.zeros(20_000, 1), torch.Generator().manual_seed(1))
    assert np.bincount(drawn.numpy(), minlength=3) / 20_000 == pytest.approx([0.9, 0.09, 0.01], abs=0.01)


def test_added_logits_move_the_classes_and_single_values_have_no_number() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("price", 3, True, exact=1, missing=1),), condition_dim=1, hidden_dim=8, dropout=0.0)
    condition, random = torch.zeros(300, 1), torch.Generator().manual_seed(0)
    for code in range(3):
        added = torch.full((300, 3), -1e4)
        added[:, code] = 1e4
        [(drawn, number)] = chain.draw(condition, random, [added])
        assert (drawn == code).all()
        assert bool(number.any()) is (code == 1)
        assert chain.soft_draw(condition, random, [added], 0.5).shape == (300, 4)


def test_the_loss_is_the_cross_entropy_and_the_gaussian_of_the_mode() -> None:
    """Of a price with a single value, two modes and a missing class, and of a category after it."""
    torch.manual_seed(0)
    columns = ColumnSpec("price", 4, True, exact=1, missing=1), ColumnSpec("kind", 3, False)
    chain = ColumnChain(columns, condition_dim=2, hidden_dim=8, dropout=0.0).eval()
    condition, price, kind = torch.randn(50, 2), torch.randint(0, 4, (50,)), torch.randint(0, 3, (50,))
    value = torch.where((price == 1) | (price == 2), torch.rand(50), 0.0)
    added = [torch.randn(50, 4), torch.randn(50, 3)]
    hidden = chain.trunk(condition)
    out = chain.heads[0](functional.gelu(chain.norm(hidden)))
    expected = functional.cross_entropy(out[:, :4] + added[0], price)
    for row in range(50):
        if price[row] in (1, 2):
            mean, spread = out[row, 4 + price[row]], out[row, 8 + price[row]].clamp(-4.0, 0.0)
            expected = expected + (0.5 * ((value[row] - mean) / spread.exp()) ** 2 + spread) / 50
    hidden = hidden + chain.feeds[0](torch.cat([functional.one_hot(price, 4).float(), value[:, None]], 1))
    out = chain.heads[1](functional.gelu(chain.norm(hidden)))
    expected = expected + functional.cross_entropy(out + added[1], kind)
    found = chain.loss(condition, [price, kind], [value, torch.zeros(50)], added)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    found.backward()
    assert all(part.grad is not None for part in (*chain.heads.parameters(), *chain.feeds[0].parameters()))


def test_the_shares_that_classes_are_drawn_by_are_seen() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("a", 2, False), ColumnSpec("b", 3, False)), 1, 8, 0.0)
    seen = {}
    chain.draw(
        torch.zeros(4, 1), torch.Generator().manual_seed(0), callback=lambda index, shares: seen.update({index: shares})
    )
    assert {index: tuple(shares.shape) for index, shares in seen.items()} == {0: (4, 2), 1: (4, 3)}
    assert torch.allclose(seen[1].sum(1), torch.ones(4))


def test_uniform_numbers_have_one_in_each_part() -> None:
    level = np.sort(stratified(500, torch.Generator().manual_seed(0)).numpy())
    assert (np.floor(500 * level + 1e-4).astype(int) == np.arange(500)).all()
