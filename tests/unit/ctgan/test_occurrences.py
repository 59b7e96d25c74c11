"""Stage 2's parts: the column chain learns what it is shown, and no moment stays empty."""

import numpy as np
import pytest
import torch

from assoc_synth.coded import ColumnSpec
from assoc_synth.ctgan.occurrence_sampling import spread
from assoc_synth.ctgan.occurrences import ColumnChain


def test_no_moment_stays_empty_and_none_is_anothers() -> None:
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 20, 50)
    owner = np.repeat(np.arange(50) * 2, sizes).astype(np.int32)
    moments = np.minimum(rng.integers(1, 8, 50), sizes)
    found = spread(owner, np.arange(50) * 2, moments, rng)
    begin = np.cumsum(moments) - moments
    for subject in range(50):
        own = found[owner == subject * 2]
        assert set(own.tolist()) == set(range(begin[subject], begin[subject] + moments[subject]))


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
