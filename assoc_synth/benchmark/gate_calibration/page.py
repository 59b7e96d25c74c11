"""The page of the calibration: how often the gate said what, beside what is required."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth import __version__
from assoc_synth.benchmark.gate_calibration.trials import (
    ATTEMPTS,
    CLAIMED,
    EXACT,
    PERFECT,
    PERMUTATIONS,
    RANDOM,
    REPLICATES,
    SAMPLERS,
    TRAINING,
    TRUTH,
    Outcome,
)
from assoc_synth.evaluation.figures import clopper_pearson
from assoc_synth.gate.scopes import NAMES
from assoc_synth.transactions.arrays import Bools

SILENT = (PERFECT, EXACT, "random-svo")
"""Kinds that have nothing wrong."""
COPIED = "bootstrap of the training subjects"
"""What it does is shown, nothing is required: its shares are right, but subjects come again."""
MOST_REFUSED, COVERAGE, CAUGHT, HALF_CAUGHT = 31 / 400, 0.93, 0.9, 0.95


@dataclass(frozen=True)
class Required:
    """What is required of one kind of table: the least or the most share, from which size on."""

    least: float | None = None
    most: float | None = None
    size: int = 0

    def words(self) -> str:
        """In words, such as "≥ 90 % at 2,000"."""
        if self.least is None and self.most is None:
            return "–"
        bound = f"≤ {100 * self.most:.2g} %" if self.most is not None else f"≥ {100 * (self.least or 0):.0f} %"
        return f"{bound} from {self.size:,} on" if self.size else bound

    def holds(self, share: float, size: int) -> bool:
        """Whether a share at a size is as it should be."""
        if size < self.size:
            return True
        return (self.least is None or share >= self.least) and (self.most is None or share <= self.most)


def required(kind: str) -> Required:
    """What is required of the whole rule for a kind of table.

    Example:
        >>> required("perfect sampler").words(), required("rows doubled").words()
        ('≤ 7.8 %', '≥ 90 % from 2,000 on')
    """
    if kind in SILENT:
        return Required(most=MOST_REFUSED)
    if kind in RANDOM:
        return Required(least=CAUGHT)
    if kind == "independent draws":
        return Required(least=1.0, size=500)
    if kind == COPIED:
        return Required()
    if kind in TRUTH:
        return Required(least=HALF_CAUGHT, size=500) if TRUTH[kind][1] == 0.5 else Required()
    return Required(least=CAUGHT, size=2_000)


def page_of(found: Sequence[Outcome], sizes: Sequence[int], runs: int, random_runs: int) -> str:
    """The whole page as Markdown."""
    frame = pd.DataFrame([outcome.to_dict() for outcome in found])
    frame["refused"] = frame["status"] == "FAIL"
    frame["stopped"] = frame["emitted"] == ""
    main = frame[frame["kind"].isin([*SAMPLERS, EXACT])]
    other = frame[frame["kind"].isin([*RANDOM])]
    claimed = int(frame.loc[frame["kind"] == CLAIMED, "rejected"].sum())
    last = [str(outcome.size) for outcome in found if outcome.kind in RANDOM][:1]
    return "\n".join(
        [
            "# Calibration of the gate",
            "",
            f"{runs} runs at each size, by `make calibrate` (assoc-synth {__version__}). A run draws new training "
            f"subjects ({TRAINING} per evaluated one), new subjects of the gate's own and new synthetic ones, from a "
            "population with visits, times, amounts, a channel and an attribute (`gate_calibration/populations.py`). "
            f"{PERMUTATIONS} resamples, {REPLICATES} replicates per share. In brackets: 95 % interval "
            "(Clopper–Pearson). Requirements that are not met are in bold.",
            "",
            f"## The whole rule: nothing is emitted after {ATTEMPTS} attempts",
            "",
            *_table(main, "stopped", sizes, is_required=True),
            "",
            "## The first attempt is refused",
            "",
            *_table(main, "refused", sizes),
            "",
            *_tolerances(main, sizes),
            "",
            *_powers(main, sizes),
            "",
            "## Tables without associations",
            "",
            f"`random-svo`, {last[0] if last else '–'} evaluated subjects: a rule was claimed in {claimed} of "
            f"{random_runs} runs (required: at most 9 %).",
            "",
            *_table(other, "stopped", sorted(set(other["size"])), is_required=True),
            "",
        ]
    )


def _tolerances(main: pd.DataFrame, sizes: Sequence[int]) -> list[str]:
    """How often the bounds of τ hold, at first and of what is emitted."""
    lines = [
        "## Tolerance: how often its bounds hold",
        "",
        "Of the share of the subjects that had lost the scope; each bound is 95 % one-sided, required: 93 %. A table "
        "that is emitted was let through by one of the attempts.",
    ]
    known = [(kind, *truth) for kind, truth in TRUTH.items()] + [(PERFECT, scope, 0.0) for scope in NAMES]
    for heading, column, at in (
        ("τ_U is not below the share", "tau", 1),
        ("τ_U of what is emitted is not below the share", "emitted_tau", 1),
        ("τ_L is not above the share", "tau", 0),
    ):
        parts = []
        for kind, scope, share in known:
            own = main[main["kind"] == kind]
            bound = own[column].map(lambda tau, scope=scope, at=at: tau.get(scope, (None, None))[at])
            own = own[bound.notna()]
            bound = bound[bound.notna()].astype(float)
            holds = bound >= share - 1e-9 if at else bound <= share + 1e-9
            name = kind if kind != PERFECT else f"{PERFECT}: {scope}"
            parts.append(own.assign(kind=name, holds=holds))
        lines += ["", f"### {heading}", "", *_table(pd.concat(parts), "holds", sizes)]
    return lines


def _powers(main: pd.DataFrame, sizes: Sequence[int]) -> list[str]:
    """What a perfect sampler can get, by scope and size: what `power` tells of a table."""
    own = main[main["kind"] == PERFECT]
    lines = [
        "## Power: what a perfect sampler gets",
        "",
        "By evaluated subjects; a table needs five times as many. Median of τ_U; share of the draws with τ_U ≤ 20 % "
        "and a certificate of 99 % or more.",
        "",
        f"| | {' | '.join(f'{size:,} subjects' for size in sizes)} |",
        f"|---|{'---|' * len(sizes)}",
    ]
    for scope in NAMES:
        cells = []
        for size in sizes:
            rows = own[own["size"] == size]
            high = np.array([tau.get(scope, (None, None))[1] or np.nan for tau in rows["tau"]], float)
            sure = np.array([(given.get(scope) or 0.0) >= 0.99 for given in rows["certificate"]], bool)
            if not len(high) or np.isnan(high).all():
                cells.append("–")
                continue
            cells.append(f"τ_U {100 * np.nanmedian(high):.0f} %, PASS {100 * np.mean((high <= 0.2) & sure):.0f} %")
        lines.append(f"| {scope} | {' | '.join(cells)} |")
    return lines


def _table(found: pd.DataFrame, column: str, sizes: Sequence[int], *, is_required: bool = False) -> list[str]:
    """How often something held, by kind of table and size, as lines of Markdown."""
    names = [f"{size:,} subjects" for size in sizes] + (["required"] if is_required else [])
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for kind, own in found.groupby("kind", sort=False):
        rule = required(str(kind)) if is_required else Required()
        cells = []
        for size in sizes:
            flags = own.loc[own["size"] == size, column].to_numpy(bool)
            met = not len(flags) or rule.holds(float(flags.mean()), size)
            cells.append(share_of(flags) if met else f"**{share_of(flags)}**")
        end = f" {rule.words()} |" if is_required else ""
        lines.append(f"| {kind} | {' | '.join(cells)} |{end}")
    return lines


def share_of(flags: Bools) -> str:
    """Such as "12 of 400 (1.6–5.2 %)".

    Example:
        >>> share_of(np.arange(400) < 12)
        '12 of 400 (1.6–5.2 %)'
    """
    if not len(flags):
        return "–"
    count, total = int(flags.sum()), len(flags)
    low, high = clopper_pearson(count, total)
    return f"{count} of {total} ({100 * low:.1f}–{100 * high:.1f} %)"
