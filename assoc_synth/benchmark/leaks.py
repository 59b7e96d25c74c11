"""Planted leaks: do the privacy figures see them, and do they keep quiet about an honest table?

    python -m assoc_synth.benchmark.leaks toy-shop clinic ratings journey-trips --runs 3 --honest 40

A real table is parted in three at random: one third is trained on, one is held out, and the last is emitted, which is
an honest sample. Into it are planted copies of training subjects in the places of others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from assoc_synth import datasets
from assoc_synth.benchmark.commit import commit_words
from assoc_synth.evaluation.disclosure import flagged, privacy_figures
from assoc_synth.evaluation.figures import Figure
from assoc_synth.link_graph.row_stacking import stacked
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

SUBJECTS = 10_000
"""Of a larger table, so many are drawn at random."""

Leak = Callable[[Rows, Rows, np.random.Generator], Rows]
"""From training and honest rows to emitted ones."""


def copied(train: Rows, honest: Rows, rng: np.random.Generator, *, share: float, rows_too: bool = True) -> Rows:
    """A share of the training subjects, in the places of as many honest ones.

    Args:
        share: of the training subjects.
        rows_too: with their times and amounts; else these are those of other rows.
    """
    number = max(1, round(share * train.num_subjects))
    chosen = np.sort(rng.permutation(train.num_subjects)[:number])
    taken = train.take(chosen)
    return _planted([taken if rows_too else _redated(taken, honest, rng)], honest, rng)


def changed(train: Rows, honest: Rows, rng: np.random.Generator, *, number: int = 60) -> Rows:
    """Training subjects with at least four links of which one has another object, its times and amounts kept."""
    able = np.flatnonzero(np.diff(train.edges.offsets) >= 4)
    taken = train.take(np.sort(rng.permutation(able)[:number]))
    edges = taken.edges
    place = edges.offsets[:-1] + (rng.random(taken.num_subjects) * np.diff(edges.offsets)).astype(np.int64)
    token = edges.token[place]
    moved = taken.token == token[taken.subject]
    other = rng.choice(train.object, taken.num_subjects)
    return _planted([replace(taken, object=np.where(moved, other[taken.subject], taken.object))], honest, rng)


def repeated(train: Rows, honest: Rows, rng: np.random.Generator, *, number: int = 20, times: int = 60) -> Rows:
    """Some training subjects with at least four links, each of them many times."""
    able = np.flatnonzero(np.diff(train.edges.offsets) >= 4)
    taken = train.take(np.sort(rng.permutation(able)[:number]))
    return _planted([taken] * times, honest, rng)


def honest_alone(train: Rows, honest: Rows, rng: np.random.Generator) -> Rows:
    """No leak."""
    return honest


LEAKS: dict[str, Leak] = {
    "honest": honest_alone,
    "half copied": partial(copied, share=0.5),
    "10 % copied": partial(copied, share=0.1),
    "5 % copied": partial(copied, share=0.05),
    "1 % copied": partial(copied, share=0.01),
    "half copied, links alone": partial(copied, share=0.5, rows_too=False),
    "10 % copied, links alone": partial(copied, share=0.1, rows_too=False),
    "5 % copied, links alone": partial(copied, share=0.05, rows_too=False),
    "1 % copied, links alone": partial(copied, share=0.01, rows_too=False),
    "60 with one link changed": changed,
    "20 subjects 60 times": repeated,
    "1 subject 1,000 times": partial(repeated, number=1, times=1_000),
}


@dataclass(frozen=True)
class Trial:
    """What the figures said of one emitted table: the leak, the flagged figures and the smallest p-value.

    Attributes:
        strongest: the flagged figure whose interval is farthest from its floor, with that interval; "" without one.
    """

    leak: str
    flags: tuple[str, ...]
    p_value: float
    strongest: str = ""


def trial(table: TransactionTable, leak: str, seed: int) -> Trial:
    """Part a table, plant a leak, and look at the figures.

    Example:
        >>> found = trial(datasets.toy_shop(subjects=300), "half copied", 0)
        >>> "row_copies" in found.flags
        True
    """
    rng = np.random.default_rng([seed, *leak.encode()])
    (rows,) = coded_rows(table)
    thirds, clusters = _thirds(table, rng)
    train, heldout, honest = (rows.take(part) for part in thirds)
    emitted = LEAKS[leak](train, honest, rng)
    figures = privacy_figures(train, heldout, emitted, rng, clusters=(clusters[0], clusters[1]))
    tested = [figure.p_value for figure in figures if figure.p_value is not None]
    flags = flagged(figures)
    return Trial(leak, flags, min(tested, default=1.0), _strongest([one for one in figures if one.name in flags]))


def _strongest(figures: Sequence[Figure]) -> str:
    """Of flagged figures that have an interval, the one that is most beyond its floor in widths of it."""
    known = [one for one in figures if one.value is not None and one.low is not None and one.high is not None]
    if not known:
        return ", ".join(f"{one.name} {one.value:.3g}" for one in figures[:1] if one.value is not None)
    most = max(
        known, key=lambda one: ((one.low or 0.0) - (one.floor or 0.0)) / max((one.high or 0) - (one.low or 0), 1e-9)
    )
    floor = "" if most.floor is None else f", floor {most.floor:.3f}"
    return f"{most.name} {most.value:.3f} ({most.low:.3f}–{most.high:.3f}{floor})"


def _thirds(table: TransactionTable, rng: np.random.Generator) -> tuple[list[Ints], list[Ints | None]]:
    own = np.arange(table.num_subjects) if table.clusters is None else table.clusters
    part = rng.permutation(np.arange(int(own.max()) + 1) % 3)[own]
    thirds = [np.flatnonzero(part == number) for number in range(3)]
    return thirds, [None if table.clusters is None else own[third] for third in thirds]


def _planted(leaked: Sequence[Rows], honest: Rows, rng: np.random.Generator) -> Rows:
    """Leaked subjects in the places of honest ones, as many as there are."""
    number = sum(rows.num_subjects for rows in leaked)
    kept = np.sort(rng.permutation(honest.num_subjects)[: max(honest.num_subjects - number, 0)])
    return stacked([honest.take(kept), *leaked])


def _redated(rows: Rows, honest: Rows, rng: np.random.Generator) -> Rows:
    at = rng.integers(0, len(honest), len(rows))
    return replace(
        rows,
        time=None if honest.time is None else honest.time[at],
        amount=None if honest.amount is None else honest.amount[at],
        attributes=replace(
            rows.attributes, has=honest.attributes.has[rng.integers(0, honest.num_subjects, rows.num_subjects)]
        ),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a Markdown table for each data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="+", choices=datasets.NAMES)
    parser.add_argument("--runs", type=int, default=3, help="of each leak")
    parser.add_argument("--honest", type=int, default=40, help="runs without a leak")
    asked = parser.parse_args(arguments)
    for name in asked.names:
        table = datasets.load(name)
        if table.num_subjects > SUBJECTS:
            table = datasets.load(name, sample=SUBJECTS)
        lines = [
            f"### {name}: {table.num_subjects:,} subjects ({commit_words()})",
            "",
            "| leak | flagged | figures | one of them in the first run |",
            "|---|---|---|---|",
        ]
        for leak in LEAKS:
            runs = asked.honest if leak == "honest" else asked.runs
            trials = [trial(table, leak, seed) for seed in range(runs)]
            found = sum(bool(one.flags) for one in trials)
            lines.append(f"| {leak} | {found} of {runs} | {_counted(trials)} | {_first(trials)} |")
        sys.stdout.write("\n".join(lines) + "\n\n")
        sys.stdout.flush()


def _first(trials: Sequence[Trial]) -> str:
    return next((one.strongest for one in trials if one.strongest), "–")


def _counted(trials: Sequence[Trial]) -> str:
    """The flagged figures and how often, most often first."""
    names = [name for one in trials for name in one.flags]
    often = sorted(set(names), key=lambda name: (-names.count(name), name))
    return ", ".join(f"{name} {names.count(name)}" for name in often) or "–"


if __name__ == "__main__":
    main()
