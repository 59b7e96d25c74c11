"""The run: prepare the work, measure the floor, give every competitor the work, measure what it hands in."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from assoc_synth.benchmark.measures import Measures, measure, measure_contaminated, measure_destroyed, measure_floor
from assoc_synth.benchmark.peers.process import PeerSkippedError, PeerStoppedError
from assoc_synth.benchmark.peers.registry import Cost, Peer, peers_named
from assoc_synth.benchmark.work import Work
from assoc_synth.errors import AssocSynthError
from assoc_synth.scale.engines import side_by_side

FLOOR, CONTAMINATED, DESTROYED = "floor", "tenth-random", "destroyed"
"""Names of the rows of real subjects that no competitor has seen: as they are, with a tenth replaced, and without what
each measure of rows looks at."""
DEFAULT_PEERS = ("independent", "assoc-synth")
DEFAULT_MINUTES = 5.0
"""The time of a fit where none is given: the same for every competitor."""
_OVERRUN = 1.1
"""A fit that takes this many times the time allowed gets a note."""


@dataclass(frozen=True)
class Row:
    """One competitor on one data set.

    Attributes:
        dataset, name, seed, max_minutes: what was run.
        machine: where it was run.
        status: "done", or why there are no measures: "skipped", "stopped" or "failed".
        measures: None unless done.
        cost: None for the floor, and unless done.
        subjects, links: how many it sampled; 0 for "tenth-random" and "destroyed", and unless done.
        verdict: of the competitor's own gate, if it has one; `measures` holds that of a gate it has not seen.
        library: name and version of the library that did the work.
        notes: what a reader of its figures should know.
        error: why there are no measures, in one line.
    """

    dataset: str
    name: str
    seed: int
    measures: Measures | None
    max_minutes: float | None = None
    machine: str = ""
    status: str = "done"
    cost: Cost | None = None
    subjects: int = 0
    links: int = 0
    verdict: str | None = None
    library: str = ""
    notes: tuple[str, ...] = ()
    error: str | None = None


def run(
    dataset: str,
    *,
    seed: int = 0,
    max_minutes: float | None = None,
    peers: Sequence[str] = DEFAULT_PEERS,
    progress: Callable[[str], None] | None = None,
    engine: str | None = None,
) -> list[Row]:
    """Benchmark on a named data set.

    Args:
        dataset: one of `datasets.NAMES`.
        seed: of the competitors and of the evaluation.
        max_minutes: time that each fit may take, and again each sampling; `DEFAULT_MINUTES` where None.
        peers: names from `PEERS`.
        progress: called with the name of each row before the work on it begins, or is waited for.
        engine: what does the peers' work: None for this machine, one after the other; "ray" or "ray://HOST:PORT" for
            the tasks of a cluster, side by side, of which each has one processor.

    Returns:
        The floor's row, then those of real subjects with a tenth replaced and of destroyed rows, then one
        row per peer in the order given.

    Raises:
        InputError: the data set or a peer is unknown.
        MissingExtraError: the data set's package is not installed.
    """
    chosen = peers_named(list(peers))
    minutes = DEFAULT_MINUTES if max_minutes is None else max_minutes
    return run_on(
        Work.load(dataset, seed=seed), chosen, seed=seed, max_minutes=minutes, progress=progress, engine=engine
    )


def run_on(
    work: Work,
    peers: Sequence[Peer],
    *,
    seed: int = 0,
    max_minutes: float | None = None,
    progress: Callable[[str], None] | None = None,
    engine: str | None = None,
) -> list[Row]:
    """Benchmark on any two halves; a peer that fails gets a row that says why.

    Args:
        work: the two halves.
        peers: who does the work.
        seed, progress, engine: as in `run`.
        max_minutes: as in `run`, but no limit where None.
    """
    announce = progress or (lambda _: None)
    announce(FLOOR)
    edges = work.heldout_edges
    floor = measure_floor(work)
    rows = [
        Row(work.name, FLOOR, seed, floor, max_minutes, machine(), subjects=edges.num_subjects, links=edges.num_links)
    ]
    announce(CONTAMINATED)
    rows.append(Row(work.name, CONTAMINATED, seed, measure_contaminated(work), max_minutes, machine()))
    announce(DESTROYED)
    rows.append(Row(work.name, DESTROYED, seed, measure_destroyed(work), max_minutes, machine()))
    made = side_by_side(engine, [partial(_row, work, peer, seed, max_minutes) for peer in peers])
    for peer in peers:
        announce(peer.name)
        rows.append(next(made))
    return rows


def machine() -> str:
    """The machine in a few words, for speed and memory depend on it."""
    # The cores that this process may use: in a container fewer than the machine has.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = os.environ.get("OMP_NUM_THREADS")
    used = f", OMP_NUM_THREADS={threads}" if threads else ""
    return f"{platform.system()} {platform.machine()}, {cores} cores{used}, Python {platform.python_version()}"


def _row(work: Work, peer: Peer, seed: int, max_minutes: float | None) -> Row:
    try:
        done = peer.run(work.train, seed=seed, max_minutes=max_minutes)
    except AssocSynthError as error:
        return Row(
            work.name,
            peer.name,
            seed,
            None,
            max_minutes,
            machine(),
            _status(error),
            verdict=getattr(error, "verdict", None),
            error=_reason(error),
        )
    notes = done.notes
    if max_minutes is not None and done.cost.fit_seconds > _OVERRUN * 60 * max_minutes:
        notes = (*notes, f"its fit took {done.cost.fit_seconds / (60 * max_minutes):.2g} times the time allowed")
    measures = measure(work, done.edges, done.baskets, done.table)
    return Row(
        work.name,
        peer.name,
        seed,
        measures,
        max_minutes,
        machine(),
        cost=done.cost,
        subjects=done.edges.num_subjects,
        links=done.edges.num_links,
        verdict=done.verdict,
        library=done.library,
        notes=notes,
    )


def _status(error: AssocSynthError) -> str:
    if isinstance(error, PeerSkippedError | ImportError):
        return "skipped"
    return "stopped" if isinstance(error, PeerStoppedError) else "failed"


def _reason(error: AssocSynthError) -> str:
    """The message of our own process errors; of any other error its type as well."""
    ours = type(error).__module__ == PeerStoppedError.__module__
    return str(error) if ours else f"{type(error).__name__}: {error}"
