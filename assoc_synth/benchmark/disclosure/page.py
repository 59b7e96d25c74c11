"""The audit's page: what the files and the rows hold of too few subjects, and what the thresholds cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from assoc_synth.benchmark.commit import commit_words
from assoc_synth.benchmark.disclosure.audit import LEAST, Audit
from assoc_synth.benchmark.disclosure.emitted import Shares

_INTRODUCTION = """# Disclosure: what files and rows hold of single people

`python -m assoc_synth.benchmark.disclosure NAME` ({commit}). Each model is fitted to a table of its own seed. *Listed*
are the values that `assoc-synth privacy MODEL` shows. *Found* is what a search of all files finds that does not know
how a model is made: each text, date and number of fewer than {least} subjects, wherever it is, and the ends, frequent
values and numbers of links that are derived from rows. *Cells* are stored numbers of links that stand for fewer.
"""
MEASURES = (
    "attribute_tv", "attribute_joint_tv", "amount_ks", "hour_tv", "gap_ks", "pair_l1", "lift_r", "rule_f1",
    "also_buy_at_10", "visit_lift_r", "degree_ks", "implications_kept",
)  # fmt: skip


def page_of(audits: Sequence[Audit]) -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION.format(commit=commit_words(), least=LEAST)]
    for dataset in dict.fromkeys(one.dataset for one in audits):
        own = [one for one in audits if one.dataset == dataset]
        kinds = dict.fromkeys((one.min_subjects, one.min_subjects_objects) for one in own)
        groups = [[one for one in own if (one.min_subjects, one.min_subjects_objects) == kind] for kind in kinds]
        parts += [f"## {dataset}", "", *_files(own), "", *_columns(groups), ""]
        if any(one.figures for one in own):
            parts += [*_use(groups), ""]
    return "\n".join(parts)


def _files(audits: Sequence[Audit]) -> list[str]:
    lines = [
        "| `--min-subjects` | `--min-subjects-objects` | seed | listed | of fewer | found | cells | fit, CPU |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in audits:
        objects = "–" if one.min_subjects_objects is None else str(one.min_subjects_objects)
        spent = "–" if one.cpu_seconds is None else f"{one.cpu_seconds:.0f} s"
        below, found = len(one.listed_below), len({(own.column, own.value) for own in one.found})
        lines.append(
            f"| {one.min_subjects} | {objects} | {one.seed} | {one.listed:,} | {below:,} | {found:,} | {one.thin:,} "
            f"| {spent} |"
        )
    where = sorted({f"{own.column} ({own.where})" for one in audits if one.min_subjects >= LEAST for own in one.found})
    return [*lines, *(["", f"Found at {LEAST}: {'; '.join(where)}."] if where else [])]


def _columns(groups: Sequence[Sequence[Audit]]) -> list[str]:
    names = [one.column for one in groups[0][0].columns if any(_of(audit, one.column).values for audit in groups[0])]
    heads = [f"rows at {own[0].min_subjects}" for own in groups]
    lines = [
        f"Share of cells whose value fewer than {LEAST} real subjects have, mean of the seeds; other real subjects "
        "have such values by chance, and so have drawn ones.",
        "",
        f"| column | such values | real rows | {' | '.join(heads)} | other real rows |",
        f"|---|---|---|{'---|' * len(heads)}---|",
    ]
    for name in names:
        first = [_of(audit, name) for audit in groups[0]]
        values = f"{np.mean([one.values for one in first]):,.0f} of {np.mean([one.different for one in first]):,.0f}"
        cells = [_mean([_of(audit, name) for audit in own], lambda one: one.emitted) for own in groups]
        real, other = (_mean(first, take) for take in (lambda one: one.real, lambda one: one.other))
        lines.append(f"| `{name}` | {values} | {real} | {' | '.join(cells)} | {other} |")
    return lines


def _use(groups: Sequence[Sequence[Audit]]) -> list[str]:
    heads = [f"`--min-subjects {own[0].min_subjects}`" for own in groups]
    lines = [
        "What it costs: mean and range of the seeds, beside other real subjects.",
        "",
        f"| measure | {' | '.join(heads)} | other real subjects |",
        f"|---|{'---|' * len(heads)}---|",
    ]
    for name in MEASURES:
        own = [[one.figures[name] for one in group if name in one.figures] for group in groups]
        if not all(own):
            continue
        floors = [floor for group in own for _, floor in group if floor is not None]
        cells = [_ranged([value for value, _ in group]) for group in own]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {_ranged(floors) if floors else '–'} |")
    return lines


def _of(audit: Audit, column: str) -> Shares:
    return next(one for one in audit.columns if one.column == column)


def _mean(found: Sequence[Shares], take: Callable[[Shares], float]) -> str:
    value = float(np.mean([take(one) for one in found]))
    return f"{value:.4f}" if value else "0"


def _ranged(values: Sequence[float]) -> str:
    mean = f"{np.mean(values):.3f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.3f}–{max(values):.3f})"
