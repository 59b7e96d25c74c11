"""A competitor in a process of its own: its wall time and its peak memory are nobody else's, and it can be stopped."""

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
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.benchmark.peers.job import LINK, Job, role_frame
from assoc_synth.errors import AssocSynthError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.table import TransactionTable

MARGIN = 1.25
"""A fit, or a sampling, may take this many times the budget …"""
GRACE_SECONDS = 60.0
"""… and this long beside, for starting, reading and encoding, before it is stopped."""
_POLL_SECONDS = 0.1
_LONGEST_MESSAGE = 400


class PeerSkippedError(AssocSynthError):
    """What the competitor needs is not there: no row of figures, and nobody's fault."""


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
    """What a competitor's process handed in: the synthetic table by the training table's codes, and what it told."""

    edges: Edges
    baskets: Edges | None
    table: TransactionTable | None
    num_rows: int
    facts: dict[str, Any]


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
        role_frame(train).to_parquet(job.train, index=False)
        job.write("job", {"seed": seed, "seconds": seconds})
        with job.log.open("wb") as log:
            # A session of its own: whatever it starts is stopped with it.
            process = subprocess.Popen(
                [*command, folder], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
            try:
                _watch(process, job, None if seconds is None else MARGIN * seconds + GRACE_SECONDS, seconds)
            finally:
                _stop(process)
        return _delivery(process.returncode, job, train)


def _watch(process: subprocess.Popen[bytes], job: Job, limit: float | None, budget: float | None) -> None:
    """Wait for the end of the process; each of its two phases may take `limit` seconds."""
    phase, began = "fit", time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            return
        if phase == "fit" and (job.folder / "fitted.json").exists():
            phase, began = "sampling", time.monotonic()
        if limit is not None and budget is not None and time.monotonic() - began > limit:
            took, allowed = time.monotonic() - began, f"{budget / 60:.3g} min allowed"
            raise PeerStoppedError(f"stopped: its {phase} was not over after {took / 60:.2g} min, {allowed}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _delivery(code: int, job: Job, train: TransactionTable) -> Delivery:
    told = job.read("error")
    if told is not None:
        raise PeerFailedError(_line(str(told["error"])), told.get("verdict"))
    fitted, result = job.read("fitted"), job.read("result")
    if code != 0 or fitted is None or result is None:
        raise PeerFailedError(_ending(code, job.log))
    rows = pd.read_parquet(job.synthetic)
    notes = [*fitted.pop("notes"), *result.pop("notes")]
    edges, unknown = coded(rows, train)
    if unknown:
        notes.append(f"{unknown:,} of {len(rows):,} sampled links are of no known verb or object: left out")
    if not edges.num_links:
        raise PeerFailedError("it sampled no link of a known verb and object")
    baskets = None
    if job.baskets.exists():
        baskets, _ = coded(pd.read_parquet(job.baskets), train)
    elif "basket" in rows:
        baskets, _ = coded(rows, train, by="basket")
    return Delivery(edges, baskets, _table(rows), len(rows), {**fitted, **result, "notes": tuple(notes)})


def _table(rows: pd.DataFrame) -> TransactionTable | None:
    """The rows with their times, amounts and baskets; None where there is nothing but links."""
    more = [role for role in ("time", "amount", "basket") if role in rows and rows[role].notna().any()]
    if not more:
        return None
    roles = {role: role if role in (*LINK, *more) else "" for role in (*LINK, "time", "amount", "basket")}
    return TransactionTable.from_frame(rows[[*LINK, *more]], **roles)


def coded(rows: pd.DataFrame, train: TransactionTable, by: str = "subject") -> tuple[Edges, int]:
    """A synthetic table by the codes of the training table, and how many of its rows have none.

    Args:
        rows: columns subject, verb, object, and `by`; names as text.
        by: the column in the subject's place.
    """
    codes = {}
    for role, column in zip(LINK, (by, "verb", "object"), strict=True):
        names = pd.Index([str(name) for name in getattr(train, f"{role}s")]) if role != "subject" else None
        cells = rows[column].astype(object)
        codes[role] = pd.factorize(cells, sort=True)[0] if names is None else names.get_indexer(pd.Index(cells))
    known = np.logical_and.reduce([code >= 0 for code in codes.values()])
    subjects, subject = np.unique(codes["subject"][known], return_inverse=True)
    edges = Edges.from_links(
        subject,
        codes["verb"][known],
        codes["object"][known],
        num_subjects=len(subjects),
        num_verbs=train.num_verbs,
        num_objects=train.num_objects,
    )
    return edges, int((~known).sum())


def _ending(code: int, log: Path) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        return f"its process was killed by {name}" + (", maybe for want of memory" if name == "SIGKILL" else "")
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return _line(f"its process ended with code {code}: {lines[-1] if lines else 'it said nothing'}")


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…"
