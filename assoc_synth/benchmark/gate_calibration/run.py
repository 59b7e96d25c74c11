"""How often the gate is right: many runs on populations whose truth is known, and a table of its verdicts.

A run draws training subjects T, the gate's own subjects H and synthetic subjects S, and evaluates every kind of table
with the reference of that run, so that the chance of the watchlist, of H and of S all count.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from assoc_synth import __version__
from assoc_synth.benchmark.gate_calibration import populations
from assoc_synth.benchmark.gate_calibration.populations import Sampler, contaminated, population
from assoc_synth.evaluation.figures import clopper_pearson
from assoc_synth.gate.reference import Reference
from assoc_synth.gate.validate import judge_tables
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.associations import rules
from assoc_synth.transactions.arrays import Bools
from assoc_synth.transactions.files import replacing

SIZES = (150, 500, 2_000)
RUNS, RANDOM_RUNS = 400, 200
TRAINING = 4
"""Training subjects per evaluated one, as where the gate has a fifth of a table."""
PERMUTATIONS, REPLICATES = 199, 100
TRUTH = {"perfect sampler": 0.0, "10 % contaminated": 0.1, "30 % contaminated": 0.3, "50 % contaminated": 0.5}
"""The share of independent subjects in each kind of table where it is known."""
SAMPLERS: dict[str, Sampler] = {
    **{kind: contaminated(share) for kind, share in TRUTH.items()},
    "bootstrap of the training subjects": populations.bootstrapped,
    "independent draws": populations.independent,
    "shuffled across verbs": populations.shuffled_across,
    "planted lifts × 1.5": populations.lifted,
    "ten invented pairs": populations.spurious,
    "each subject ten times": populations.collapsed,
}
EXACT = "perfect sampler, labels permuted"


@dataclass(frozen=True)
class Outcome:
    """The verdict on one table of one run."""

    size: int
    kind: str
    status: Status
    rejected: bool
    tau_low: float | None
    tau_high: float | None

    @classmethod
    def of(cls, size: int, kind: str, verdict: Verdict) -> Outcome:
        rejected = verdict.p_value is not None and verdict.p_value <= 0.05
        return cls(size, kind, verdict.status, rejected, verdict.tau_low, verdict.tau_high)


def run(size: int, number: int) -> list[Outcome]:
    """Every kind of table at one size, seeded by the run's number."""
    training, held_out = population(TRAINING * size, 3 * number), population(size, 3 * number + 1)
    reference = Reference.from_edges(
        training,
        held_out,
        np.random.default_rng(number),
        permutations=PERMUTATIONS,
        replicates=REPLICATES,
        num_tiers=1,
    )
    found = [
        Outcome.of(size, kind, reference.judge(sampler(training, size, 3 * number + 2)))
        for kind, sampler in SAMPLERS.items()
    ]
    fresh = populations.perfect(training, size, 3 * number + 2)
    exact = judge_tables(
        training, held_out, fresh, np.random.default_rng(number), permutations=PERMUTATIONS, replicates=10
    )
    return [*found, Outcome.of(size, EXACT, exact)]


def claims_a_rule(number: int) -> bool:
    """Whether any rule is claimed for a table without associations, which is seeded by `number`."""
    return len(rules(populations.random_svo(number), min_lift=1.0, min_count=5)) > 0


def calibrate(path: Path, *, sizes: Sequence[int] = SIZES, runs: int = RUNS, processes: int = 2) -> None:
    """Do all runs and write a Markdown page of how often the gate said what.

    Args:
        path: the page to write.
        sizes: numbers of evaluated subjects.
        runs: at each size.
        processes: that share the runs.

    Raises:
        InputError: the page cannot be written.
    """
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [(size, number) for size in sizes for number in range(runs)]
        outcomes = [outcome for found in pool.map(run, *zip(*jobs, strict=True), chunksize=4) for outcome in found]
        claimed = sum(pool.map(claims_a_rule, range(RANDOM_RUNS), chunksize=8))
    with replacing(path) as temporary:
        temporary.write_text(_page(outcomes, sizes, runs, claimed), encoding="utf-8")


def _page(outcomes: Sequence[Outcome], sizes: Sequence[int], runs: int, claimed: int) -> str:
    found = pd.DataFrame([asdict(outcome) for outcome in outcomes])
    found["stopped"] = found["status"].isin([Status.FAIL, Status.UNDERPOWERED])
    watched = found[found["tau_high"].notna() & found["kind"].isin(TRUTH)]
    truth = watched["kind"].map(TRUTH)
    watched = watched.assign(low=watched["tau_low"] <= truth + 1e-9, high=watched["tau_high"] >= truth - 1e-9)
    return "\n".join(
        [
            "# Calibration of the gate",
            "",
            f"{runs} runs at each size, by `make calibrate` (assoc-synth {__version__}). A run draws new training "
            f"subjects ({TRAINING} per evaluated one), new subjects of the gate's own and new synthetic ones, from a "
            "population of three preferences, 60 objects of Zipf popularity, ten planted pairs and a second verb that "
            f"follows the first. {PERMUTATIONS} permutations, {REPLICATES} replicates per share. In brackets: 95 % "
            "interval (Clopper–Pearson).",
            "",
            "## Difference test: how often it rejects",
            "",
            "Required: a perfect sampler at most 31 of 400; half contaminated at least 95 %; shuffled across verbs, "
            "lifts × 1.5, invented pairs and repeated subjects at least 90 % each.",
            "",
            *_table(found, "rejected", sizes),
            "",
            "## Verdict: how often a table is stopped",
            "",
            "`FAIL`, or `UNDERPOWERED`, which claims nothing. Required: every independent draw from 500 subjects on.",
            "",
            *_table(found, "stopped", sizes),
            "",
            "## Tolerance: how often its bounds hold",
            "",
            "Of the share of independent subjects that was mixed in. Each bound is 95 % one-sided; required: 93 %.",
            "",
            "### τ_L is not above the share",
            "",
            *_table(watched, "low", sizes),
            "",
            "### τ_U is not below the share",
            "",
            *_table(watched, "high", sizes),
            "",
            "## Tables without associations",
            "",
            f"`random-svo`: a rule was claimed in {claimed} of {RANDOM_RUNS} runs (required: at most 18).",
            "",
        ]
    )


def _table(found: pd.DataFrame, column: str, sizes: Sequence[int]) -> list[str]:
    """How often something held, by kind of table and size, as lines of Markdown."""
    lines = [f"| | {' | '.join(f'{size:,} subjects' for size in sizes)} |", f"|---|{'---|' * len(sizes)}"]
    for kind, own in found.groupby("kind", sort=False):
        cells = [_share(own.loc[own["size"] == size, column].to_numpy(bool)) for size in sizes]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return lines


def _share(flags: Bools) -> str:
    """Such as "12 of 400 (1.6–5.2 %)"."""
    if not len(flags):
        return "–"
    count, total = int(flags.sum()), len(flags)
    low, high = clopper_pearson(count, total)
    return f"{count} of {total} ({100 * low:.1f}–{100 * high:.1f} %)"
