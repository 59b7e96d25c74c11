"""RESULTS.md: the benchmark's figures as published, losses as plain as wins."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from assoc_synth.benchmark.measures import ACROSS, ALL, BASKETS, FIDELITIES
from assoc_synth.benchmark.run import CONTAMINATED, DESTROYED, FLOOR, Row
from assoc_synth.benchmark.show.lines import (
    Line,
    fidelity_lines,
    other_lines,
    privacy_lines,
    row_lines,
    sdv_lines,
    with_links,
    with_rows,
)
from assoc_synth.benchmark.show.records import from_dict
from assoc_synth.benchmark.show.rendering import remarks, scopes
from assoc_synth.errors import InputError
from assoc_synth.evaluation.directions import direction
from assoc_synth.transactions.files import replacing

OURS = "assoc-synth"
_PUBLISHED = (ALL, ACROSS, BASKETS)
_LOW, _HIGH = (", ".join(name for name in FIDELITIES if direction(name) == which) for which in ("low", "high"))
_INTRODUCTION = f"""\
# Benchmark results

Every competitor learns the same training half of a data set, has the same time for it, runs in a process of its own,
and is evaluated by the same measures (`assoc_synth/evaluation/`). Four rows do not compete. `floor` is the held-out
real half in the synthetic table's place: the score of a perfect sampler. `copy` is real training subjects drawn with
replacement: closeness must reveal it. `tenth-random` is held-out real subjects with a tenth of them replaced by
independent ones: it shows how far that moves a figure. `destroyed` is held-out real rows without what a measure of rows
looks at (`evaluation/destroyed.py`): a subject's rows in random order, objects dealt anew among all visits, or times,
amounts and attributes dealt anew among all rows. `independent` draws objects by popularity alone.

The gate of these tables belongs to no competitor: the same held-out subjects, which no competitor has seen, evaluate
all of them: the links of those that hand in nothing else, else every scope that their rows have columns for. τ is the
share of destroyed subjects in a real table that looks like this one in a scope, 95 % on each side. Subjects of one
cluster, such as the trips of a household in `journey-baskets`, are in one half; `journey-trips` are split one by one.

In brackets: the ratio to the floor; for ndcg@10 the floor is another real sample of the size of the training half that
has none of the tested subjects. The aim is 1.00. After closer_to_train, the independent generator's share in brackets.
The best competitor in each column is **bold**. Low is better for {_LOW}; high is better for
{_HIGH}, ndcg@10; the aim of closer_to_train is .5. A figure better than the floor's may mean
that training subjects were memorised: read it together with closeness. Each figure comes from one run with one seed: a
difference in the last digit alone is no difference. The benchmark's JSON holds every scope.
"""


_PRIVACY = """\
By emitted rows alone. `floor` is what another real sample shows, `independent` what a table without associations does;
\\* gives somebody away at a level of 1 % over all figures. The attack of who has the model file: `validate --model`.
"""


def write_results(rows_by_dataset: Mapping[str, Sequence[Row]], path: str | os.PathLike[str]) -> None:
    """Write the figures as Markdown, the old file or the complete new one.

    Args:
        rows_by_dataset: what `run` returned, by the name of the data set.
        path: the file to write.

    Raises:
        InputError: the file cannot be written.
    """
    text = "\n".join([_INTRODUCTION, *(_section(name, rows) for name, rows in rows_by_dataset.items())])
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_results(paths: Sequence[str | os.PathLike[str]]) -> dict[str, list[Row]]:
    """The rows in files of `assoc-synth benchmark --json`, by data set; of a competitor's rows the last counts.

    Raises:
        InputError: a file is not such a file, or the rows of a data set differ in seed or budget.
    """
    found: dict[str, dict[str, Row]] = {}
    for path in paths:
        try:
            parts = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{os.fspath(path)!r} cannot be read: {type(error).__name__}") from error
        for row in (row for part in parts.values() for row in from_dict(part)):
            found.setdefault(row.dataset, {})[row.name] = row
    for name, rows in found.items():
        if len({(row.seed, row.max_minutes) for row in rows.values()}) > 1:
            raise InputError(f"the rows of {name} differ in seed or budget and cannot be compared: run them alike")
    return {name: _ordered(list(rows.values())) for name, rows in found.items()}


def _is_ablation(row: Row) -> bool:
    return row.name.startswith(f"{OURS}/")


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.name not in (FLOOR, CONTAMINATED, DESTROYED), row.name == OURS))


def _section(name: str, rows: Sequence[Row]) -> str:
    rows, ablated = [row for row in rows if not _is_ablation(row)], [row for row in rows if _is_ablation(row)]
    first = rows[0]
    budget = "no time limit" if first.max_minutes is None else f"{first.max_minutes:g} min for each fit"
    libraries = ", ".join(dict.fromkeys(row.library for row in rows if row.library))
    # One row may have been run elsewhere than another.
    machines = "; ".join(dict.fromkeys(row.machine for row in rows if row.machine))
    parts = [f"## {name}\n", f"{'. '.join(filter(None, (f'Seed {first.seed}, {budget}', machines, libraries)))}.\n"]
    published = [scope for scope in _PUBLISHED if scope in scopes(rows)]
    for scope in published:
        there = [row for row in rows if row.measures is not None and scope in row.measures.fidelity]
        parts += [f"### Associations, {scope}\n", _markdown(there, fidelity_lines(rows, scope))]
    measured = [row for row in rows if row.measures is not None]
    known = with_rows(measured)
    if known:
        parts += ["### Rows: order, visits, times, amounts, attributes\n", _markdown(known, row_lines(known))]
    if sdv_lines(known):
        parts += ["### SDV's quality report of verb, object, time and amount\n", _markdown(known, sdv_lines(known))]
    attacked = [row for row in measured if row.measures is not None and row.measures.privacy]
    if attacked:
        parts += ["### Privacy: copies, membership attacks, risks\n", _PRIVACY]
        parts += [_markdown(attacked, privacy_lines(attacked))]
    parts += ["### Use, closeness, cost\n", _markdown(with_links(measured), other_lines())]
    parts += ["### Wins and losses\n", _standings(measured, published), ""]
    if ablated:
        compared = [row for row in rows if row.name in (FLOOR, OURS)] + ablated
        there = [row for row in compared if row.measures is not None]
        parts += ["### What each part buys: one left out at a time\n"]
        parts += [_markdown(there, [*fidelity_lines(compared, ALL), *other_lines()[:3]])]
        parts += [_markdown(there, [*row_lines(compared), *sdv_lines(compared)])] if with_rows(there) else []
    said = remarks([*rows, *ablated])
    if said:
        parts += ["### Remarks\n", *(f"- {line}" for line in said), ""]
    return "\n".join(parts)


def _markdown(rows: Sequence[Row], lines: Sequence[Line]) -> str:
    best = {line.title: line.best(rows) for line in lines}
    out = [f"| |{'|'.join(f' {line.title} ' for line in lines)}|", f"|---|{'---|' * len(lines)}"]
    for row in rows:
        cells = (_cell(line.text(row), row.name in best[line.title]) for line in lines)
        out.append(f"| {row.name} | {' | '.join(cells)} |")
    return "\n".join([*out, ""])


def _cell(text: str, bold: bool) -> str:
    figure, ratio = _parts(text)
    text = f"{figure} ({ratio})" if ratio else figure
    return f"**{text}**" if bold else text


def _parts(text: str) -> tuple[str, str]:
    """A figure, and its ratio to the floor, empty where it has none."""
    figure, _, rest = text.partition(" ")
    is_ratio = rest.lstrip("-").replace(".", "").isdigit()
    return (figure, rest) if is_ratio else (text, "")


def _standings(rows: Sequence[Row], published: Sequence[str]) -> str:
    """Where this package is best and where it is not, figure by figure."""
    ours = next((row for row in rows if row.name == OURS), None)
    if ours is None:
        return f"{OURS} has no figures here: see the remarks."
    named = [(scope, line) for scope in published for line in fidelity_lines(rows, scope)]
    named += [(ALL, line) for line in [*row_lines(rows), *sdv_lines(rows)]]
    first, beaten = [], []
    for scope, line in [*named, *((ALL, line) for line in other_lines())]:
        title = line.title if scope == ALL else f"{line.title} {scope}"
        best, mine = line.best(rows), line.value(ours)
        if not best or mine is None:
            continue
        if OURS in best:
            first.append(title)
        else:
            winner = next(row for row in rows if row.name in best)
            figures = f"{_parts(line.text(ours))[0]} against {_parts(line.text(winner))[0]} of {winner.name}"
            beaten.append(f"  - {title}: {figures}")
    return "\n".join(
        [
            f"- {OURS} is best in {len(first)} of {len(first) + len(beaten)}: {', '.join(first) or 'none'}.",
            f"- {OURS} is beaten in {len(beaten)} of {len(first) + len(beaten)}{':' if beaten else '.'}",
            *beaten,
        ]
    )
