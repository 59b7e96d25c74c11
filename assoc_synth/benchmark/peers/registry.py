"""The competitors by name, behind one interface."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import assoc_synth
from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.benchmark.peers.process import PeerSkippedError, in_own_process
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.table import TransactionTable

_MAIN = f"{__name__.rpartition('.')[0]}.competitors.main"
MOSTLYAI_PYTHON = "ASSOC_SYNTH_MOSTLYAI_PYTHON"
"""The environment variable that names the interpreter of an environment with mostlyai-engine."""


@dataclass(frozen=True)
class Cost:
    """What a competitor takes; None where there is no such figure, or the competitor cannot measure it.

    Attributes:
        fit_seconds, sample_seconds: wall clock, on data in memory, libraries loaded.
        fit_links_per_second: links seen per second while training.
        sample_links_per_second: links emitted per second of sampling.
        peak_memory_bytes: the most that its process holds at once, from its start to the end of sampling.
        model_bytes: its model on disk.
    """

    fit_seconds: float
    fit_links_per_second: float | None
    sample_seconds: float
    sample_links_per_second: float
    peak_memory_bytes: int | None = None
    model_bytes: int | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a competitor hands in.

    Attributes:
        edges: its synthetic table, by the codes of the training table's verbs and objects.
        baskets: the same with the basket in the subject's place, where it makes baskets.
        table: its rows, where it makes times, amounts or baskets.
        cost: what it takes.
        verdict: of the competitor's own gate, if it has one.
        library: name and version of the library that did the work.
        notes: what a reader of its figures should know.
    """

    edges: Edges
    baskets: Edges | None
    table: TransactionTable | None
    cost: Cost
    verdict: str | None = None
    library: str = ""
    notes: tuple[str, ...] = ()


class Peer(Protocol):
    """A generator that learns from the training table and hands in one of the same size."""

    @property
    def name(self) -> str: ...

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        """Fit and sample.

        Raises:
            AssocSynthError: it cannot do this work, or its library is not installed; its row then gives the reason.
        """
        ...


@dataclass(frozen=True)
class Spawned:
    """A competitor in a process of its own.

    Args:
        name: the competitor's.
        command: gives what to run; the folder of the job is added.
    """

    name: str
    command: Callable[[], Sequence[str]]

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        """Args and errors as in `Peer`; it is stopped when it overruns its time."""
        seconds = None if max_minutes is None else 60 * max_minutes
        delivery = in_own_process(self.command(), train, seed=seed, seconds=seconds)
        fitted, result = delivery.fitted, delivery.result
        cost = Cost(
            fitted["fit_seconds"],
            fitted["fit_links_per_second"],
            result["sample_seconds"],
            delivery.num_rows / max(result["sample_seconds"], 1e-9),
            result["peak_memory_bytes"],
            result["model_bytes"],
        )
        return Outcome(
            delivery.edges,
            delivery.baskets,
            delivery.table,
            cost,
            result["verdict"],
            fitted["library"],
            delivery.notes,
        )


def _own(name: str) -> list[str]:
    """A competitor that runs in this package's own environment, from this very copy of the package."""
    home = str(Path(assoc_synth.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {home!r}); from {_MAIN} import main; main(*sys.argv[1:])"
    return [sys.executable, "-P", "-c", code, name]


def _mostlyai() -> list[str]:
    python = os.environ.get(MOSTLYAI_PYTHON)
    if not python:
        raise PeerSkippedError(f"skipped: set {MOSTLYAI_PYTHON} to the python of an environment with mostlyai-engine")
    if not Path(python).is_file():
        raise PeerSkippedError(f"skipped: {MOSTLYAI_PYTHON} names {python[:80]!r}, which is not a file")
    script = Path(__file__).parent / "competitors" / "mostlyai_argn.py"
    # -P: the script's folder must not stand in for any of the engine's own modules.
    return [python, "-P", str(script)]


def _spawned(name: str) -> partial[Spawned]:
    return partial(Spawned, name, partial(_own, name))


PEERS: Mapping[str, Callable[[], Peer]] = {
    "independent": _spawned("independent"),
    "copy": _spawned("copy"),
    "sdv-ctgan": _spawned("sdv-ctgan"),
    "sdv-par": _spawned("sdv-par"),
    "mostlyai-argn": partial(Spawned, "mostlyai-argn", _mostlyai),
    "assoc-synth": _spawned("assoc-synth"),
}
"""The competitors that a benchmark of everything runs."""
WITHOUT: Mapping[str, Callable[[], Peer]] = {
    name: _spawned(name) for name in (f"assoc-synth/{part}" for part in ABLATIONS)
}
"""This package without one of its parts: run only when named."""


def peers_named(names: Sequence[str]) -> list[Peer]:
    """The competitors of the given names.

    Raises:
        InputError: there is no such competitor.
    """
    known = {**PEERS, **WITHOUT}
    for name in names:
        if name not in known:
            raise InputError(f"unknown peer {name[:40]!r}; there are: {', '.join(known)}")
    return [known[name]() for name in names]
