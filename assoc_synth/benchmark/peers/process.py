"""A competitor in a process of its own: its wall time and its peak memory are its own, and it can be stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from assoc_synth.benchmark.peers.job import LINK, Fitted, Job, Result, extra_names, role_frame, roles_of
from assoc_synth.errors import AssocSynthError
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

MARGIN = 1.25
"""A fit, or a sampling, may take this many times the budget …"""
GRACE_SECONDS = 60.0
"""… plus this long, for starting, reading and encoding, before it is stopped."""
_POLL_SECONDS = 0.1
_LONGEST_MESSAGE = 400


class PeerSkippedError(AssocSynthError):
    """A library that the competitor needs is not installed; it is skipped, not failed."""


class PeerStoppedError(AssocSynthError):
    """The competitor overran its time and was stopped."""


class PeerFailedError(AssocSynthError):
    """The competitor's process ended without a table.

    Args:
        verdict: of its own gate, where that refused.
    """

    def __init__(self, message: str, verdict: str | None = None) -> None:
        super().__init__(message)
        self.verdict = verdict


@dataclass(frozen=True, eq=False)
class Delivery:
    """What a competitor's process hands in.

    Attributes:
        edges: the synthetic table by the training table's codes.
        baskets: the same with the basket in the subject's place; None where there are no baskets.
        table: its rows; None where there is nothing but links.
        num_rows: how many it sampled, those without a code included.
        fitted, result: what the two phases took.
        notes: of the fit, of the sampling, and of how many rows have no code.
    """

    edges: Edges
    baskets: Edges | None
    table: TransactionTable | None
    num_rows: int
    fitted: Fitted
    result: Result
    notes: tuple[str, ...]


def in_own_process(command: Sequence[str], train: TransactionTable, *, seed: int, seconds: float | None) -> Delivery:
    """Let a command do a job.

    Args:
        command: what to run; the job's folder is added as last argument.
        train: what the competitor may see.
        seed: of everything random.
        seconds: the budget of the fit, and again of the sampling; no limit where None.

    Raises:
        PeerStoppedError: it took too long.
        PeerFailedError: it ended without a table.
    """
    with tempfile.TemporaryDirectory(prefix="assoc-synth-peer-") as folder:
        job = Job(Path(folder))
        role_frame(train, extras=True).to_parquet(job.train, index=False)
        job.write_request(seed, seconds)
        with job.log.open("wb") as log:
            # A session of its own: whatever it starts is stopped with it.
            process = subprocess.Popen(
                [*command, folder], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
            try:
                _watch(process, job, seconds)
            finally:
                _stop(process)
        return _delivery(process.returncode, job, train)


def _watch(process: subprocess.Popen[bytes], job: Job, budget: float | None) -> None:
    """Wait for the end of the process; each of its two phases may take the budget and a margin."""
    phase, began = "fit", time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            return
        if phase == "fit" and job.is_fitted:
            phase, began = "sampling", time.monotonic()
        took = time.monotonic() - began
        if budget is not None and took > MARGIN * budget + GRACE_SECONDS:
            allowed = f"{budget / 60:.3g} min allowed"
            raise PeerStoppedError(f"stopped: its {phase} was not over after {took / 60:.2g} min, {allowed}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _delivery(code: int, job: Job, train: TransactionTable) -> Delivery:
    try:
        failure, fitted, result = job.failure(), job.fitted(), job.result()
    except ValueError as error:
        raise PeerFailedError(f"its files are not those of a job: {_one_line(str(error))}") from error
    if failure is not None:
        raise PeerFailedError(_one_line(str(failure["error"])), failure["verdict"])
    if code != 0 or fitted is None or result is None:
        raise PeerFailedError(_how_it_ended(code, job.log))
    rows = pd.read_parquet(job.synthetic)
    edges, unknown = coded(rows, train)
    if not edges.num_links:
        raise PeerFailedError("it sampled no link of a known verb and object")
    baskets = None
    if job.baskets.exists():
        baskets, _ = coded(pd.read_parquet(job.baskets), train)
    elif "basket" in rows:
        baskets, _ = coded(rows, train, by="basket")
    notes = [*fitted["notes"], *result["notes"]]
    if unknown:
        notes.append(f"{unknown:,} of {len(rows):,} sampled links have an unknown verb or object and are left out")
    return Delivery(edges, baskets, _table(rows), len(rows), fitted, result, tuple(notes))


def _table(delivered: pd.DataFrame) -> TransactionTable | None:
    """The rows with their times, amounts, baskets and extra columns; None where there is nothing but links."""
    rows = delivered.rename(columns=extra_names(delivered))
    more = [role for role in ("time", "amount", "basket") if role in rows and rows[role].notna().any()]
    more += list(extra_names(delivered).values())
    if not more:
        return None
    return TransactionTable.from_frame(rows[[*LINK, *more]], **roles_of([*LINK, *more]))


def coded(rows: pd.DataFrame, train: TransactionTable, by: str = "subject") -> tuple[Edges, int]:
    """A synthetic table by the codes of the training table, and how many of its rows have none.

    Args:
        rows: columns subject, verb, object, and `by`; names as text.
        train: its names, whatever their type, are matched by their text.
        by: the column in the subject's place.
    """
    verb, object = _codes(rows["verb"], train.verbs), _codes(rows["object"], train.objects)
    subject = pd.factorize(rows[by].astype("object"), sort=True)[0]
    known = (subject >= 0) & (verb >= 0) & (object >= 0)
    names, subject = np.unique(subject[known], return_inverse=True)
    edges = Edges.from_links(
        subject,
        verb[known],
        object[known],
        num_subjects=len(names),
        num_verbs=train.num_verbs,
        num_objects=train.num_objects,
    )
    return edges, int((~known).sum())


def _codes(cells: pd.Series, names: pd.Index) -> Ints:
    """Code of each cell, −1 where it is missing or no such name."""
    place, distinct = pd.factorize(cells.astype("object"))
    # A missing cell has place −1, which picks the −1 at the end.
    return np.append(Vocabulary(names).codes(distinct), -1)[place]


def _how_it_ended(code: int, log: Path) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        return f"its process was killed by {name}" + (", maybe for want of memory" if name == "SIGKILL" else "")
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return _one_line(f"its process ended with code {code}: {lines[-1] if lines else 'it said nothing'}")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…"
