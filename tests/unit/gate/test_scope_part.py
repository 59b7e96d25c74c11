"""One scope at one size: which blocks bound τ."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assoc_synth.gate.scope_part import ScopePart, discrepancies, signed_of
from assoc_synth.gate.scopes.scope import Block, Watched
from assoc_synth.gate.simultaneous import Simultaneous
from assoc_synth.gate.tolerance import TAU_GRID, bounds_of


def column(k: int) -> Any:
    return lambda sample, size, real, real_size: sample[:, k] / size - real[:, k] / real_size


BLOCKS = (
    Block("loss[0]", True, column(0), is_signed=True, verbs=(0,), weight=3.0),
    Block("loss[1]", True, column(1), is_signed=True, verbs=(1,), weight=1.0),
    Block("pairs", True, column(2)),
    Block("shares", False, column(3)),
)


def part(blocks: tuple[Block, ...] = BLOCKS) -> ScopePart:
    """Discrepancies of τ give or take 0.1, in every block that a destroyer changes."""
    rng = np.random.default_rng(0)
    mixtures = TAU_GRID[:, None, None] + rng.uniform(-0.1, 0.1, (10, 400, len(blocks)))
    watched = cast(Watched, SimpleNamespace(blocks=blocks, name="links"))
    losses = mixtures[:, :, signed_of(blocks)]
    return ScopePart(watched, np.zeros(4), bounds_of(mixtures), losses, mixtures[-1, :50])


def test_discrepancies_are_measured_block_by_block() -> None:
    sample, real = np.array([[10.0, 20, 30, 40]]), np.array([[5.0, 5, 5, 5]])
    found = discrepancies(BLOCKS, sample, 100, real, 50)
    assert found.tolist() == [pytest.approx([0.0, 0.1, 0.2, 0.3])]
    assert discrepancies((), sample, 1, real, 1).shape == (1, 0)


def test_the_weighted_mean_of_signed_blocks_bounds_tau() -> None:
    own, kept = part(), np.ones(4, bool)
    low, high = own.tolerance(np.array([0.5, 0.1, 9.0, 9.0]), np.ones(4), kept)
    assert low is not None
    assert high is not None
    assert low < 0.4 < high < 0.5, "three quarters of .5 and one of .1; the others do not differ"
    assert own.tolerance(np.array([-1.0, -1, 0, 0]), np.ones(4), kept)[0] == 0


def test_a_block_that_differs_raises_the_upper_bound_alone() -> None:
    own, kept = part(), np.ones(4, bool)
    plain = own.tolerance(np.array([0.1, 0.1, 0.8, 9.0]), np.ones(4), kept)
    differing = own.tolerance(np.array([0.1, 0.1, 0.8, 9.0]), np.array([1, 1, 0.01, 0.01]), kept)
    assert differing[0] == plain[0]
    assert (plain[1] or 0) < 0.3 < 0.8 < (differing[1] or 0)


def test_only_blocks_that_are_looked_at_count() -> None:
    own = part()
    observed = np.array([0.9, 0.1, 0.9, 9.0])
    one = own.tolerance(observed, np.full(4, 0.01), np.array([False, True, False, False]))
    assert (one[1] or 1) < 0.3
    assert own.tolerance(observed, np.ones(4), np.array([False, False, False, True])) == (None, None)


def test_without_a_signed_block_the_one_that_moves_most_bounds_tau() -> None:
    own = part((BLOCKS[2], BLOCKS[3]))
    low, high = own.tolerance(np.array([0.4, 9.0]), np.ones(2), np.ones(2, bool))
    assert (low or 0) < 0.4 < (high or 0) < 0.6


def test_the_certificate_is_the_share_of_destroyed_draws_that_are_stopped() -> None:
    own, kept = part(), np.ones(4, bool)
    quiet = Simultaneous.of(np.random.default_rng(1).normal(0, 0.02, (199, 4)))
    loud = Simultaneous.of(np.random.default_rng(1).normal(0, 9.0, (199, 4)))
    assert own.certificate(quiet, kept) == 1
    assert own.certificate(loud, kept) == 0
    assert own.certificate(quiet.of_blocks(np.array([3])), np.array([False, False, False, True])) is None
