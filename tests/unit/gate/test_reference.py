"""The gate's reference: its tiers, its verdicts, and the way to disk and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw


def test_tiers_halve_and_certify(reference: Reference) -> None:
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
    found = reference.judge(draw(400, 3)).blocks
    assert {block.scope for block in found} == {"links", "rows"}, "a graph knows how often its links occur"
    blocks = {block.name: block for block in found if block.scope == "links"}
    assert {name for name in blocks if "[" not in name} == {
        "association_loss",
        "pairs_within",
        "pairs_across",
        "log_lift",
        "also_buy",
        "triples",
        "avoided_pairs",
        "worst_pair",
        "control",
        "new_rules",
        "shares",
        "degrees",
    }
    for block in blocks.values():
        assert block.floor < block.limit
        assert block.floor > 0 or block.name.startswith(("association_loss", "avoided_pairs"))
        assert (block.observed <= block.limit) == (not block.differs)
    assert abs(blocks["association_loss"].floor) < 0.02
    assert blocks["association_loss"].independent == pytest.approx(1, abs=0.1)
    assert blocks["log_lift"].limit < blocks["log_lift"].independent
    assert blocks["degrees"].tau_high is None


def test_tau_is_near_the_truth(reference: Reference, draw: Any) -> None:
    """Where no block of absolute differences differs, the association loss alone bounds τ, and tightly."""
    fresh = reference.judge(draw(400, 3))
    assert fresh.status is Status.PASS
    assert fresh.tau_low == 0
    assert (fresh.tau_high or 1) < 0.15
    training, random = draw(1_600, 1), np.random.default_rng(4)
    mixed = Edges.joined([draw(320, 3), independent_draw(training, random, num_subjects=80)])
    found = reference.judge(mixed)
    assert (found.tau_low or 0) <= 0.2 <= (found.tau_high or 0) <= 0.45


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
    assert all(array.dtype.kind in "bif" for array in arrays.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda arrays, scalars: arrays.pop("tier0.null"),
        lambda arrays, scalars: arrays.update({"tier0.links.counts": np.zeros(3)}),
        lambda arrays, scalars: arrays.update({"tier0.links.watch.within": np.full((2, 2), 10**6)}),
        lambda arrays, scalars: arrays.update({"tier0.links.watch.thresholds": np.zeros(1)}),
        lambda arrays, scalars: arrays.update({"tier1.links.losses": np.zeros((2, 5, 4))}),
        lambda arrays, scalars: arrays.update({"tier1.links.bounds": np.zeros((2, 5, 4))}),
        lambda arrays, scalars: scalars["tiers"][0]["scopes"].update(privacy={}),
        lambda arrays, scalars: scalars["tiers"][0]["scopes"].pop("links"),
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
