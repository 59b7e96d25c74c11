"""The gate is judged on populations whose truth is known. Quick form: 40 runs where `make calibrate` has 400.

A run draws fresh training subjects, held-out subjects and synthetic ones, so that the luck of the watchlist, of H
and of S all count.
"""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration import populations
from assoc_synth.benchmark.gate_calibration.populations import Sampler, contaminated, population
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.validate import judge_tables
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.edges import Edges

pytestmark = pytest.mark.statistical

JUDGED = 500
RUNS = 40
References = list[tuple[Edges, Reference]]


@pytest.fixture(scope="module")
def references() -> References:
    """Training subjects and reference of each run."""
    return [
        (
            training,
            Reference.from_edges(
                training,
                population(JUDGED, 3 * run + 1),
                np.random.default_rng(run),
                permutations=199,
                replicates=100,
                num_tiers=1,
            ),
        )
        for run in range(RUNS)
        for training in [population(2_000, 3 * run)]
    ]


def by_reference(references: References, sampler: Sampler) -> list[Verdict]:
    return [
        reference.judge(sampler(training, JUDGED, 3 * run + 2)) for run, (training, reference) in enumerate(references)
    ]


def by_permutation(sampler: Sampler, runs: int) -> list[Verdict]:
    return [
        judge_tables(
            training,
            population(JUDGED, 3 * run + 1),
            sampler(training, JUDGED, 3 * run + 2),
            np.random.default_rng(run),
            permutations=199,
            replicates=40,
        )
        for run in range(runs)
        for training in [population(2_000, 3 * run)]
    ]


def _rejected(found: list[Verdict]) -> int:
    return sum(verdict.p_value is not None and verdict.p_value <= 0.05 for verdict in found)


def test_a_perfect_sampler_is_rarely_rejected(references: References) -> None:
    found = by_reference(references, populations.perfect)
    assert _rejected(found) <= 6
    assert sum(verdict.passed for verdict in found) >= RUNS - 6


def test_a_perfect_sampler_is_rarely_rejected_by_permutation() -> None:
    assert _rejected(by_permutation(populations.perfect, RUNS)) <= 6


def test_a_copy_of_the_training_subjects_passes_the_reference(references: References) -> None:
    assert _rejected(by_reference(references, populations.bootstrapped)) <= 6


def test_independent_draws_are_always_stopped(references: References) -> None:
    found = by_reference(references, populations.independent) + by_permutation(populations.independent, 10)
    assert all(verdict.status is Status.FAIL for verdict in found)
    assert all((verdict.certificate or 0) >= 0.99 for verdict in found)


def test_half_contaminated_is_caught(references: References) -> None:
    found = by_reference(references, populations.half_independent)
    assert sum(verdict.status is Status.FAIL for verdict in found) >= 0.95 * RUNS


@pytest.mark.parametrize(
    "spoilt",
    [
        populations.shuffled_across,
        populations.lifted,
        populations.spurious,
        populations.collapsed,
    ],
)
def test_spoilt_associations_are_caught(references: References, spoilt: Sampler) -> None:
    found = by_reference(references, spoilt)
    assert sum(verdict.status is Status.FAIL for verdict in found) >= 0.9 * RUNS


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_tau_covers_the_contaminated_share(references: References, share: float) -> None:
    """One-sided 95 % bounds: 34 of 40 or fewer has probability 2 % under a coverage of 93 %."""
    found = by_reference(references, contaminated(share))
    assert sum((verdict.tau_high or 0) >= share for verdict in found) >= 35
    assert sum((verdict.tau_low or 0) <= share for verdict in found) >= 35
    assert np.median([verdict.tau_high or 1 for verdict in found]) <= share + 0.2


def test_no_rule_is_claimed_on_random_tables() -> None:
    """20,000 uniform rows each, as `random-svo`: at most 18 of 200 in the full form, 6 of 40 here."""
    claimed = 0
    for run in range(RUNS):
        claimed += len(rules(populations.random_svo(run), min_lift=1.0, min_count=5)) > 0
    assert claimed <= 6
