"""The page: what is left of a table at each ε, and what the audit found."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from assoc_synth.benchmark.commit import commit_words
from assoc_synth.benchmark.differential_privacy.audit import CONFIDENCE, Audited
from assoc_synth.benchmark.differential_privacy.utility import FLOOR, NAMES, Left

_INTRODUCTION = """# Differential privacy: what it costs, and whether it holds

`python -m assoc_synth.benchmark.differential_privacy NAME` ({commit}; δ = 10⁻⁶, by subject). The
stand-in, which is all that a private fit learns from, is compared with the training half that it was measured on.
Beside it stands another real half of the table. Where there are several seeds, each cell has their mean and range. ∞ is
the same bounds and bins without noise.
"""


def page_of(left: Sequence[Left], audited: Sequence[Audited]) -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION.format(commit=commit_words())]
    for dataset in dict.fromkeys(one.dataset for one in left):
        parts.append(_utility([one for one in left if one.dataset == dataset]))
    if audited:
        parts.append(_audit(audited))
    return "\n".join(parts)


def _utility(left: Sequence[Left]) -> str:
    levels = list(dict.fromkeys(one.epsilon for one in left))
    columns = [[one for one in left if one.epsilon == level] for level in levels]
    heads = [FLOOR if level is None else f"ε = {'∞' if math.isinf(level) else f'{level:g}'}" for level in levels]
    known = "all names public" if left[0].public_names else "names released privately"
    seeds = max(len(column) for column in columns)
    lines = [
        f"## {left[0].dataset}",
        "",
        f"{known}; {seeds} {'seeds' if seeds > 1 else 'seed'}.",
        "",
        f"| | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        f"| subjects | {' | '.join(_counts([one.subjects for one in column]) for column in columns)} |",
        f"| named objects | {' | '.join(_counts([one.objects for one in column]) for column in columns)} |",
    ]
    for name, words in NAMES.items():
        cells = (_cell([one.figures[name] for one in column]) for column in columns)
        lines.append(f"| `{name}`: {words} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _audit(audited: Sequence[Audited]) -> str:
    first = audited[0]
    lines = [
        "## Audit",
        "",
        f"{first.trials:,} releases of a small table with a planted subject and {first.trials:,} without. Lower bounds "
        f"of ε hold together at {CONFIDENCE:.0%}; the second one knows that the noise is Gaussian. *norm*: the largest "
        "share of a stated sensitivity that the subject uses; *ρ*: the share of the account that it uses.",
        "",
        "| planted | claimed ε | norm | ρ | taken for it, with and without it | ε at least | Gaussian | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.canary} | {one.claimed:g} | {one.norm[0]:.3f} ({one.norm[1]}) | {one.used:.2f} | {one.hits:.3f}, "
        f"{one.alarms:.3f} | {one.low:.2f} | {one.low_gaussian:.2f} | {'holds' if one.holds else '**broken**'} |"
        for one in audited
    ]
    return "\n".join([*lines, ""])


def _counts(values: Sequence[int]) -> str:
    return f"{round(float(np.mean(values))):,}"


def _cell(values: Sequence[float]) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "–"
    mean = f"{np.mean(known):.3f}"
    return mean if len(known) == 1 else f"{mean} ({min(known):.3f}–{max(known):.3f})"
