"""One competitor does one job, in a process of its own."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import pandas as pd

from assoc_synth.benchmark.peers.competitors import Competitor
from assoc_synth.benchmark.peers.job import Job, without_extras

HOMES = {
    "independent": "independent:Independent",
    "copy": "bootstrap:Bootstrap",
    "sdv-ctgan": "sdv_ctgan:SdvCtgan",
    "sdv-par": "sdv_par:SdvPar",
    "assoc-synth": "ours:Ours",
}
"""Module and class of each competitor."""
_COMPETITORS = __name__.rpartition(".")[0]


def main(name: str, folder: str) -> None:
    """Do the job in `folder` as competitor `name`, or as `name/part`, without that part.

    An error is written to the job's error.json and is not raised.
    """
    warnings.simplefilter("ignore")
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    job = Job(Path(folder))
    try:
        work(competitor_named(name), job)
    except Exception as error:
        verdict = getattr(error, "verdict", None)
        status = None if verdict is None else str(verdict.status.value)
        job.write_failure({"error": f"{type(error).__name__}: {error}", "verdict": status})


def competitor_named(name: str) -> Competitor:
    """The competitor `name`, or `name/part`: without that part. Its module is imported here."""
    home, _, without = name.partition("/")
    module, _, cls = HOMES[home].partition(":")
    constructor = getattr(importlib.import_module(f"{_COMPETITORS}.{module}"), cls)
    competitor: Competitor = constructor(without) if without else constructor()
    return competitor


def end_with_parent(parent: int) -> None:
    """End this process as soon as its parent is gone: nobody waits for a competitor whose benchmark was killed."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def work(competitor: Competitor, job: Job) -> None:
    """Fit and sample, each with its clock, and write what came of it to the job's files."""
    request = job.request()
    if request is None:
        raise FileNotFoundError("job.json")
    seconds = request["seconds"]
    train = pd.read_parquet(job.train)
    if not getattr(competitor, "takes_extras", False):
        train = without_extras(train)
    began = time.perf_counter()
    fit = competitor.fit(train, seed=request["seed"], seconds=seconds)
    job.write_fitted(
        {
            "fit_seconds": time.perf_counter() - began,
            "fit_links_per_second": fit.links_per_second,
            "library": fit.library,
            "notes": fit.notes,
        }
    )
    began = time.perf_counter()
    sample = competitor.sample(seconds=seconds)
    sample_seconds, memory = time.perf_counter() - began, peak_memory()
    sample.rows.to_parquet(job.synthetic, index=False)
    if sample.baskets is not None:
        sample.baskets.to_parquet(job.baskets, index=False)
    job.write_result(
        {
            "sample_seconds": sample_seconds,
            "peak_memory_bytes": memory,
            "model_bytes": model_bytes(competitor),
            "verdict": sample.verdict,
            "notes": sample.notes,
        }
    )


def model_bytes(competitor: Competitor) -> int | None:
    """What the model takes on disk; None where there is no model."""
    with tempfile.TemporaryDirectory() as folder:
        if not competitor.save(Path(folder)):
            return None
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def peak_memory() -> int | None:
    """The most memory that this process has held at once, in bytes; None where the system does not say.

    Linux' `ru_maxrss` does not serve: it outlives `exec`, so that a small child of a large benchmark looks as large.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return None
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(largest if sys.platform == "darwin" else largest * 1024)
