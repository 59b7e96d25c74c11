"""One size of the gate: what is found at it, and what of that is looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assoc_synth.gate.asked import Asked
from assoc_synth.gate.reference import Reference, as_rows
from assoc_synth.gate.resampling import Populations
from assoc_synth.gate.results import ScopeVerdict
from assoc_synth.gate.scope_part import ScopePart
from assoc_synth.gate.scopes.kinds import KINDS
from assoc_synth.gate.scopes.scope import EQUIVALENT, Block
from assoc_synth.gate.tier import Tier, _scope
from assoc_synth.gate.tolerance import TAU_GRID
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.transactions.arrays import Floats


def verdict_on(tier: Tier, observed: Floats, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """The verdict on given discrepancies."""
    monkeypatch.setattr(Tier, "_distances", lambda *_: observed[None, :])
    return tier._verdict(np.zeros((1, len(tier.parts[0].counts))), Asked())


def test_tau_bounds_nothing_that_independent_draws_keep(reference: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference in a control pair or a degree fails, however small the share that the associations suggest."""
    tier = reference.tiers[0]
    names = tier.block_names
    observed = tier.null.mean(axis=(0, 1))
    observed[[k for k, name in enumerate(names) if name.startswith("association_loss")]] = -0.5
    assert verdict_on(tier, observed, monkeypatch).status is Status.PASS
    assert 0 < (verdict_on(tier, observed, monkeypatch).tau_high or 0) < 0.15  # what the gate cannot see at this size
    observed[names.index("control")] = 9.0
    assert verdict_on(tier, observed, monkeypatch).status is Status.FAIL
    observed[names.index("control")] = 0.0
    observed[names.index("triples")] = 9.0
    assert verdict_on(tier, observed, monkeypatch).tau_high == 1


@pytest.fixture(scope="module")
def tier(draw: Any) -> Tier:
    training, held_out = (as_rows(draw(size, seed)) for size, seed in ((800, 1), (200, 2)))
    populations = Populations.of(training, held_out, KINDS, np.random.default_rng(0))
    return Tier.simulate(populations, KINDS, 150, np.random.default_rng(1), 99, 50)


def test_a_simulated_tier_has_the_shapes_it_says(tier: Tier) -> None:
    assert (tier.size, tier.num_reference) == (150, 200)
    (part,) = (part for part in tier.parts if part.watched.name == "links")
    blocks = len(part.blocks)
    assert tier.null.shape == (2, 99, sum(len(own.blocks) for own in tier.parts))
    assert part.counts.shape == (part.watched.num_features,)
    assert part.bounds.shape == (2, len(TAU_GRID), blocks)
    assert part.losses.shape == (len(TAU_GRID), 50, len(part.signed))
    assert part.destroyed.shape == (50, blocks)
    assert part.counts[-1] == 0, "candidates are looked at in the sample alone"


def test_mixtures_are_farther_away_the_more_is_randomised(tier: Tier) -> None:
    part = tier.parts[0]
    weight = np.array([part.blocks[k].weight for k in part.signed])
    lost = (part.losses @ (weight / weight.sum())).mean(axis=1)
    assert (np.diff(lost[[0, 4, 6, 9]]) > 0).all()
    assert lost[-1] == pytest.approx(1.0, abs=0.2)


def test_a_tier_judges_so_many_subjects_by_either_null(tier: Tier, draw: Any) -> None:
    fresh, held_out = as_rows(draw(300, 3)), as_rows(draw(200, 2))
    for verdict in (
        tier.judge(fresh, np.random.default_rng(0)),
        tier.judge_exactly(fresh, held_out, np.random.default_rng(0), 99),
    ):
        assert verdict.num_subjects == 150
        assert verdict.status is not Status.FAIL
        assert [block.name for block in verdict.blocks] == list(tier.block_names)


def test_only_what_is_asked_for_is_looked_at(tier: Tier, draw: Any) -> None:
    rows = as_rows(draw(300, 3))
    rng = np.random.default_rng(0)
    assert tier.judge(rows, rng, Asked(("visits",))).blocks == ()
    some = tier.judge_groups({(1,): as_rows(draw(150, 3))}, Asked())
    assert {block.name.partition("[")[2] for block in some.blocks} == {"1]"}
    both = tier.judge_groups({(0,): as_rows(draw(150, 3)), (1,): as_rows(draw(150, 4))}, Asked())
    assert {block.name.partition("[")[2] for block in both.blocks} == {"0]", "1]"}
    alone = tier.judge_groups({(0,): as_rows(draw(150, 3))}, Asked())
    seen = {block.name: block.observed for block in both.blocks}
    assert all(seen[block.name] == pytest.approx(block.observed) for block in alone.blocks)


def test_blocks_and_pairs_are_called_by_their_names(tier: Tier, draw: Any) -> None:
    rng, rows = np.random.default_rng(0), as_rows(draw(300, 3))
    named = Asked(verb_names=["buys", "returns"], object_names=[f"thing {k}" for k in range(40)])
    names = [block.name for block in tier.judge(rows, rng, named).blocks]
    assert "pairs_within[buys]" in names
    assert "association_loss[buys, returns]" in names
    spoilt = tier.judge(as_rows(draw(300, 3).take(np.zeros(300, int))), rng, named)
    assert spoilt.status is Status.FAIL
    assert len(spoilt.pairs) == 3
    assert spoilt.pairs[0].left.startswith(("buys thing ", "returns thing "))


def test_a_difference_that_no_share_explains_fails_unless_it_is_small_for_certain() -> None:
    """Two blocks that a destroyed table keeps: the hours, a tenth of which may be elsewhere, and what is never seen."""

    def verdict(observed: tuple[float, float], adjusted: tuple[float, float]) -> ScopeVerdict:
        blocks = [
            Block(f"rows.{name}", False, _no_measure, tolerated=tolerated)
            for name, tolerated in (("times", EQUIVALENT), ("never", 0.0))
        ]
        part = SimpleNamespace(
            blocks=blocks,
            tolerance=lambda *_: (0.0, 0.05),
            watched=SimpleNamespace(name="rows", watched=(("hours", 24),)),
        )
        null = np.random.default_rng(0).uniform(0.02, 0.04, (500, 2))
        kept = np.ones(2, bool)
        return _scope(cast(ScopePart, part), np.array(observed), np.array(adjusted), kept, 1.0, null)

    assert verdict((0.03, 0.03), (0.5, 0.5)).status is Status.PASS
    small = verdict((0.08, 0.03), (0.001, 0.5))
    assert small.status is Status.PASS
    assert small.note == "more than chance, but less than 10 %, is elsewhere in: Hours and weekdays"
    assert verdict((0.14, 0.03), (0.001, 0.5)).status is Status.FAIL
    assert verdict((0.08, 0.05), (0.001, 0.001)).status is Status.FAIL


def _no_measure(*_: object) -> Floats:
    raise AssertionError("nothing is measured here")
