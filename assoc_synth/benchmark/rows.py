"""The run: prepare the work, measure the floor, let every competitor do it, judge what it hands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assoc_synth.benchmark.measures import Measures, measure, measure_floor
from assoc_synth.benchmark.peers import Peer, peers_named
from assoc_synth.benchmark.work import Work
from assoc_synth.errors import AssocSynthError

FLOOR = "floor"
DEFAULT_PEERS = ("independent", "assoc-synth")


@dataclass(frozen=True)
class Speed:
    """Wall clock: seconds, and links per second of a training pass and of sampling; None where there is none."""

    fit_seconds: float
    fit_links_per_second: float | None
    sample_seconds: float
    sample_links_per_second: float


@dataclass(frozen=True)
class Row:
    """One competitor on one data set.

    Attributes:
        dataset, name, seed: what was run.
        measures: None when the competitor failed.
        speed: None for the floor, and when the competitor failed.
        verdict: of the competitor's own gate, if it has one.
        error: one line, why there are no measures.
    """

    dataset: str
    name: str
    seed: int
    measures: Measures | None
    speed: Speed | None = None
    verdict: str | None = None
    error: str | None = None


def run(
    dataset: str,
    *,
    seed: int = 0,
    max_minutes: float | None = None,
    peers: Sequence[str] = DEFAULT_PEERS,
    progress: Callable[[str], None] | None = None,
) -> list[Row]:
    """Benchmark on a named data set.

    Args:
        dataset: one of `datasets.NAMES`.
        seed: of the competitors and of the judge.
        max_minutes: training time that a competitor may take; its own default where None.
        peers: names from `PEERS`.
        progress: told the name of each row before it is worked on.

    Returns:
        The floor's row first, then one row per peer, in the order given.

    Raises:
        InputError: the data set or a peer is unknown.
        MissingExtraError: the data set's package is not installed.
    """
    chosen = peers_named(list(peers))
    return run_on(Work.load(dataset, seed=seed), chosen, seed=seed, max_minutes=max_minutes, progress=progress)


def run_on(
    work: Work,
    peers: Sequence[Peer],
    *,
    seed: int = 0,
    max_minutes: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Row]:
    """Benchmark on any two halves. Args as in `run`; a peer that fails on purpose gets a row with its error."""
    tell = progress or (lambda _: None)
    tell(FLOOR)
    rows = [Row(work.name, FLOOR, seed, measure_floor(work))]
    for peer in peers:
        tell(peer.name)
        rows.append(_row(work, peer, seed, max_minutes))
    return rows


def _row(work: Work, peer: Peer, seed: int, max_minutes: float | None) -> Row:
    try:
        done = peer.run(work.train, seed=seed, max_minutes=max_minutes)
    except AssocSynthError as error:
        return Row(work.name, peer.name, seed, None, error=f"{type(error).__name__}: {error}")
    speed = Speed(done.fit_seconds, done.fit_links_per_second, done.sample_seconds, done.sample_links_per_second)
    return Row(work.name, peer.name, seed, measure(work, done.edges, done.baskets), speed, done.verdict)
