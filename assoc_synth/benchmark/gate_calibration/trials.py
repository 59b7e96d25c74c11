"""One run of the calibration: every kind of table, judged once and by the whole rule of three attempts.

A run draws training subjects T, the gate's own subjects H and synthetic subjects S, and judges every kind of table with
the reference of that run, so that the chance of the watchlist, of H and of S all count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from assoc_synth.benchmark.gate_calibration import samplers
from assoc_synth.benchmark.gate_calibration.populations import population, random_svo
from assoc_synth.benchmark.gate_calibration.samplers import Sampler, contaminated
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.scopes import NAMES
from assoc_synth.gate.verdict import ALPHA, Status, Verdict
from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.rows import Rows, rows_of_edges

TRAINING = 4
"""Training subjects per evaluated one, as where the gate has a fifth of a table."""
PERMUTATIONS, REPLICATES = 199, 100
ATTEMPTS = 3
"""As `sample` makes: after a refusal only PASS lets a later one through."""
SHARES = (0.1, 0.3, 0.5)
PERFECT = "perfect sampler"
EXACT = "perfect sampler, labels permuted"
TRUTH: dict[str, tuple[str, float]] = {
    f"{100 * share:.0f} % of the subjects without their {scope}": (scope, share) for scope in NAMES for share in SHARES
}
"""What is known of the contaminated tables: the scope and the share of the subjects that have lost it."""
SAMPLERS: dict[str, Sampler] = {
    PERFECT: samplers.perfect,
    "bootstrap of the training subjects": samplers.bootstrapped,
    **{kind: contaminated(*truth) for kind, truth in TRUTH.items()},
    "independent draws": contaminated("links", 1.0),
    "shuffled across verbs": samplers.shuffled_across,
    "planted lifts × 1.5": samplers.lifted,
    "substitutes raised to lift 1": samplers.substitutes,
    "XOR triples flattened": samplers.flattened,
    "minor verb randomised": samplers.minor_randomised,
    "30 invented rare pairs": samplers.invented,
    "baskets re-dealt": contaminated("visits", 1.0),
    "order shuffled": contaminated("order", 1.0),
    "amounts shuffled within a verb": samplers.amounts_shuffled,
    "rows doubled": samplers.doubled,
    "mode collapse to 2|H| subjects": samplers.collapsed,
}
RANDOM: dict[str, Sampler] = {
    "random-svo": lambda training, subjects, seed: rows_of_edges(random_svo(seed)),
    "random-svo, half of the links gone": samplers.thinned,
    "random-svo, 20 invented pairs": samplers.paired,
}
RANDOM_SIZE = 200
CLAIMED = "random-svo: a rule is claimed"
Bounds = dict[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class Outcome:
    """What the gate said of one kind of table in one run.

    Attributes:
        size: subjects that it looked at; kind: of table.
        status: of the first attempt.
        rejected: whether the difference test of the first attempt rejects.
        failed: the scopes of the first attempt that fail.
        tau: by scope, the bounds of the first attempt; empty where there are none.
        certificate: by scope.
        emitted: whether an attempt is let through, and by its status; "" where none is.
        attempts: how many were made.
        emitted_tau: by scope, the bounds of the attempt that is let through.
    """

    size: int
    kind: str
    status: str
    rejected: bool
    failed: tuple[str, ...]
    tau: Bounds
    certificate: dict[str, float | None]
    emitted: str
    attempts: int
    emitted_tau: Bounds

    @classmethod
    def of(cls, size: int, kind: str, first: Verdict, last: Verdict | None, attempts: int) -> Outcome:
        """From the verdict on the first attempt and on the one that is let through, if any is."""
        return cls(
            size,
            kind,
            first.status.value,
            first.p_value is not None and first.p_value <= ALPHA,
            tuple(scope.name for scope in first.scopes if scope.status is Status.FAIL),
            _bounds(first),
            {scope.name: scope.certificate for scope in first.scopes},
            "" if last is None else last.status.value,
            attempts,
            {} if last is None else _bounds(last),
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Outcome:
        """Inverse of `dataclasses.asdict` and JSON."""
        taus = {name: {scope: tuple(own) for scope, own in values[name].items()} for name in ("tau", "emitted_tau")}
        return cls(**{**values, **taus, "failed": tuple(values["failed"])})

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def run(size: int, number: int) -> list[Outcome]:
    """Every kind of table at one size, seeded by the run's number."""
    training, held_out = population(TRAINING * size, 3 * number), population(size, 3 * number + 1)
    reference = _reference(training, held_out, number)
    copies = Copies.of(training.edges)
    found = [_judged(kind, sampler, reference, copies, training, size, number) for kind, sampler in SAMPLERS.items()]
    fresh = samplers.perfect(training, size, 3 * number + 2)
    rng = np.random.default_rng([number, 7])
    exact = reference.tiers[0].judge_exactly(fresh, held_out, rng, PERMUTATIONS)
    return [*found, Outcome.of(size, EXACT, exact, exact if exact.status is not Status.FAIL else None, 1)]


def random_run(number: int) -> list[Outcome]:
    """Tables without associations, and whether any rule is claimed of one."""
    real = rows_of_edges(random_svo(3 * number))
    held_out, training = real.take(np.arange(RANDOM_SIZE)), real.take(np.arange(RANDOM_SIZE, real.num_subjects))
    reference = _reference(training, held_out, number)
    copies = Copies.of(training.edges)
    found = [
        _judged(kind, sampler, reference, copies, training, RANDOM_SIZE, number) for kind, sampler in RANDOM.items()
    ]
    claims = len(rules(real.edges, min_lift=1.0, min_count=5)) > 0
    return [*found, Outcome(RANDOM_SIZE, CLAIMED, "", claims, (), {}, {}, "", 1, {})]


def _reference(training: Rows, held_out: Rows, number: int) -> Reference:
    return Reference.learn(
        training,
        held_out,
        np.random.default_rng(number),
        permutations=PERMUTATIONS,
        replicates=REPLICATES,
        num_tiers=1,
    )


def _judged(
    kind: str, sampler: Sampler, reference: Reference, copies: Copies, training: Rows, size: int, number: int
) -> Outcome:
    """By the rule of `model.attempts`: the first attempt that is not refused, after a refusal the first PASS."""
    first: Verdict | None = None
    for attempt in range(ATTEMPTS):
        seed = 3 * number + 2 + 1_000_003 * attempt
        drawn = sampler(training, size, seed)
        verdict = reference.judge(drawn, np.random.default_rng([seed, 5]))
        if copies.too_many(Copies.of(drawn.edges)):
            verdict = replace(verdict, status=Status.FAIL)
        first = verdict if first is None else first
        if verdict.status is Status.PASS or (attempt == 0 and verdict.status is not Status.FAIL):
            return Outcome.of(size, kind, first, verdict, attempt + 1)
    assert first is not None
    return Outcome.of(size, kind, first, None, ATTEMPTS)


def _bounds(verdict: Verdict) -> Bounds:
    return {scope.name: (scope.tau_low, scope.tau_high) for scope in verdict.scopes if scope.tau_high is not None}
