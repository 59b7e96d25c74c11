"""One size of the gate: ranks, tolerance, and what is found at it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.gate.reference import Reference
from assoc_synth.gate.resampling import Populations
from assoc_synth.gate.tier import TAU_GRID, Tier, adjusted_p, tau_interval
from assoc_synth.gate.verdict import Status


def test_adjusted_p_is_the_rank_among_the_smallest_p() -> None:
    null = np.column_stack([np.arange(99), np.arange(99)[::-1]]).astype(float)
    # The largest of one block; the null row that is largest in the other block is as extreme.
    assert adjusted_p(null, np.array([200.0, 0.0])).tolist() == pytest.approx([2 / 100, 1])
    assert adjusted_p(null, np.array([-1.0, -1.0])).tolist() == [1, 1]
    # Fifth largest in one block; four null rows are as extreme in that block, five in the other.
    assert adjusted_p(null, np.array([94.5, 0.0])).tolist() == pytest.approx([10 / 100, 1])


def test_the_smallest_adjusted_p_is_uniform_under_the_null() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(300, 200, 1))
    values = shared + rng.normal(size=(300, 200, 3))
    p = np.array([adjusted_p(run[1:], run[0]).min() for run in values])
    assert 0.02 <= (p <= 0.05).mean() <= 0.09
    assert 0.42 <= (p <= 0.5).mean() <= 0.58


def test_tau_interval_inverts_the_mixtures() -> None:
    """D_τ uniform on [τ, τ + 0.2]: 0.3 is seen for τ from 0.11 (95 % one-sided) to 0.29."""
    mixtures = TAU_GRID[:, None] + np.linspace(0, 0.2, 2_001)[None, :]
    low, high = tau_interval(mixtures, 0.3)
    assert (low, high) == (pytest.approx(0.11, abs=1e-3), pytest.approx(0.29, abs=1e-3))
    assert tau_interval(mixtures, -1.0) == (0, 0)
    assert tau_interval(mixtures, 9.0) == (1, 1)
    assert tau_interval(np.zeros((10, 50)), 0.0) == (0, 1)


def test_tau_bounds_nothing_that_independent_draws_keep(reference: Reference) -> None:
    """A difference in a control pair or a degree fails, however small the share that the associations suggest."""
    tier = reference.tiers[0]
    names = tier.block_names
    observed = tier.null.mean(axis=0)
    observed[names.index("association_loss")] = -0.5
    assert tier._verdict(observed, tier.null).status is Status.PASS
    assert 0 < (tier._verdict(observed, tier.null).tau_high or 0) < 0.15  # what the gate cannot see at this size
    observed[names.index("control")] = 9.0
    assert tier._verdict(observed, tier.null).status is Status.FAIL
    observed[names.index("control")] = 0.0
    observed[names.index("triples")] = 9.0
    assert tier._verdict(observed, tier.null).tau_high == 1


@pytest.fixture(scope="module")
def tier(draw: Any) -> Tier:
    populations = Populations.of(draw(800, 1), draw(200, 2), np.random.default_rng(0))
    return Tier.simulate(populations, 150, np.random.default_rng(1), 99, 50)


def test_a_simulated_tier_has_the_shapes_it_says(tier: Tier) -> None:
    blocks = len(tier.block_names)
    assert (tier.size, tier.num_reference) == (150, 200)
    assert tier.counts.shape == (tier.watchlist.num_features,)
    assert tier.null.shape == (99, blocks)
    assert tier.mixtures.shape == (len(TAU_GRID), 50, blocks)
    assert tier.independent.shape == (50, blocks)
    assert dict(tier.watched)["pairs_within"] == len(tier.watchlist.within)


def test_mixtures_are_farther_away_the_more_is_randomised(tier: Tier) -> None:
    lost = tier.mixtures[:, :, tier.block_names.index("association_loss")].mean(axis=1)
    assert (np.diff(lost[[0, 4, 6, 9]]) > 0).all()
    assert lost[-1] == pytest.approx(1.0, abs=0.2)


def test_a_tier_judges_so_many_subjects_by_either_null(tier: Tier, draw: Any) -> None:
    fresh, held_out = draw(300, 3), draw(200, 2)
    for verdict in (
        tier.judge(fresh, np.random.default_rng(0)),
        tier.judge_exactly(fresh, held_out, np.random.default_rng(0), 99),
    ):
        assert verdict.num_subjects == 150
        assert verdict.status is not Status.FAIL
        assert [block.name for block in verdict.blocks] == list(tier.block_names)
