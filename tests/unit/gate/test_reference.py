"""The parts of the gate, and its reference on the way to disk and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.tier import TAU_GRID, adjusted_p, tau_interval
from assoc_synth.gate.validate import judge_tables
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw


@pytest.fixture(scope="module")
def reference(draw: Any) -> Reference:
    return Reference.from_edges(
        draw(1_600, 1),
        draw(400, 2),
        np.random.default_rng(0),
        permutations=199,
        replicates=100,
    )


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


def test_levels_halve_and_certify(reference: Reference) -> None:
    assert [tier.size for tier in reference.tiers] == [400, 200, 100, 50]
    assert reference.tiers[0].certificate == 1
    assert reference.tier_for(10_000) is reference.tiers[0]
    assert reference.tier_for(399) is reference.tiers[1]
    assert reference.tier_for(49) is None


def test_real_passes_and_independent_fails(reference: Reference, draw: Any) -> None:
    fresh = reference.judge(draw(400, 3))
    assert fresh.status in (Status.PASS, Status.PASS_LIMITED)
    assert (fresh.num_subjects, fresh.num_reference) == (400, 400)
    drawn = reference.judge(independent_draw(draw(1_600, 1), np.random.default_rng(4), num_subjects=400))
    assert drawn.status is Status.FAIL
    assert drawn.tau_low is not None
    assert drawn.tau_low > 0.5


def test_blocks_say_what_they_are_measured_against(reference: Reference, draw: Any) -> None:
    blocks = {block.name: block for block in reference.judge(draw(400, 3)).blocks}
    assert set(blocks) == {
        "association_loss",
        "pairs_within",
        "pairs_across",
        "log_lift",
        "also_buy",
        "triples",
        "control",
        "shares",
        "degrees",
    }
    for block in blocks.values():
        assert block.floor < block.limit < 1
        assert block.floor > 0 or block.name == "association_loss"
    assert abs(blocks["association_loss"].floor) < 0.02
    assert blocks["association_loss"].independent == pytest.approx(1, abs=0.1)
    assert blocks["log_lift"].limit < blocks["log_lift"].independent
    assert blocks["degrees"].tau_high is None


def test_tau_is_near_the_truth(reference: Reference, draw: Any) -> None:
    """Where no block of absolute differences differs, the association_loss alone bounds τ, and tightly."""
    fresh = reference.judge(draw(400, 3))
    assert fresh.status is Status.PASS
    assert fresh.tau_low == 0
    assert (fresh.tau_high or 1) < 0.15
    training, random = draw(1_600, 1), np.random.default_rng(4)
    mixed = Edges.joined([draw(320, 3), independent_draw(training, random, num_subjects=80)])
    found = reference.judge(mixed)
    assert (found.tau_low or 0) <= 0.2 <= (found.tau_high or 0) <= 0.45


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


def test_more_subjects_are_sampled_and_fewer_are_underpowered(reference: Reference, draw: Any) -> None:
    many = draw(1_000, 5)
    assert reference.judge(many).num_subjects == 400
    assert reference.judge(many) == reference.judge(many)
    assert reference.judge(many, np.random.default_rng(9)) != reference.judge(many)
    few = reference.judge(draw(49, 5))
    assert few.status is Status.UNDERPOWERED
    assert few.p_value is None


def test_a_collapsed_table_fails(reference: Reference, draw: Any) -> None:
    assert reference.judge(draw(400, 3).take(np.zeros(400, int))).status is Status.FAIL


def test_another_vocabulary_is_refused(reference: Reference) -> None:
    other = Edges.from_links(range(400), [0] * 400, [0] * 400, num_subjects=400, num_verbs=1, num_objects=1)
    with pytest.raises(InputError, match="vocabulary"):
        reference.judge(other)


def test_round_trip_gives_the_same_verdict(reference: Reference, draw: Any) -> None:
    arrays, scalars = reference.to_arrays()
    again = Reference.from_arrays(arrays, scalars)
    assert again.judge(draw(400, 3)) == reference.judge(draw(400, 3))
    assert all(array.dtype.kind in "if" for array in arrays.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda arrays, scalars: arrays.pop("tier0.null"),
        lambda arrays, scalars: arrays.update({"tier0.counts": np.zeros(3)}),
        lambda arrays, scalars: arrays.update({"tier0.watch.within": np.full((2, 2), 10**6)}),
        lambda arrays, scalars: arrays.update({"tier1.mixtures": np.zeros((2, 5, 4))}),
        lambda arrays, scalars: scalars.update(tau_grid=[0, 1]),
        lambda arrays, scalars: scalars.pop("num_reference"),
        lambda arrays, scalars: scalars["tiers"][0].update(size="many"),
        lambda arrays, scalars: scalars["tiers"][0].update(blocks=["degrees"]),
    ],
)
def test_a_spoilt_reference_is_refused(reference: Reference, spoil: Any) -> None:
    arrays, scalars = reference.to_arrays()
    spoil(arrays, scalars)
    with pytest.raises(ModelFileError):
        Reference.from_arrays(arrays, scalars)


def test_judging_tables_with_the_rows_at_hand(draw: Any) -> None:
    training, held_out = draw(1_600, 1), draw(400, 2)
    rng = np.random.default_rng(0)
    fresh = judge_tables(training, held_out, draw(600, 7), rng, permutations=199, replicates=100)
    assert fresh.passed
    assert fresh.num_subjects == 400
    drawn = judge_tables(training, held_out, independent_draw(training, rng), rng, permutations=199, replicates=100)
    assert drawn.status is Status.FAIL
    smaller = judge_tables(training, held_out, draw(150, 7), rng, permutations=99, replicates=50)
    assert smaller.num_subjects == 150


@pytest.mark.parametrize(("training", "held_out", "synthetic"), [(0, 0, 0), (1, 0, 1), (1, 1, 0), (0, 1, 1), (2, 1, 1)])
def test_hardly_any_subject(draw: Any, training: int, held_out: int, synthetic: int) -> None:
    tables = (draw(training, 1), draw(held_out, 2), draw(synthetic, 3))
    verdict = judge_tables(*tables, np.random.default_rng(0), permutations=19, replicates=20)
    assert verdict.status is Status.UNDERPOWERED
