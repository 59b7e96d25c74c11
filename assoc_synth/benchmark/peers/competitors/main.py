"""Let one competitor do one job, in a process of its own."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from assoc_synth.benchmark.peers.competitors import Competitor
from assoc_synth.benchmark.peers.job import Job

HOMES = {
    "independent": "independent:Independent",
    "copy": "bootstrap:Bootstrap",
    "sdv-ctgan": "sdv_ctgan:SdvCtgan",
    "sdv-par": "sdv_par:SdvPar",
    "assoc-synth": "ours:Ours",
}
"""Where each competitor's class is."""


def main(name: str, folder: str) -> None:
    """Do the job in `folder` as competitor `name`, or as `name/part`, without that part.

    An error is written there and is not raised.
    """
    warnings.simplefilter("ignore")
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    job = Job(Path(folder))
    try:
        home, _, without = name.partition("/")
        module, _, cls = HOMES[home].partition(":")
        made = getattr(importlib.import_module(f"assoc_synth.benchmark.competitors.{module}"), cls)
        competitor: Competitor = made(without) if without else made()
        work(competitor, job)
    except Exception as error:
        verdict = getattr(error, "verdict", None)
        said = {"error": f"{type(error).__name__}: {error}", "verdict": verdict and str(verdict.status.value)}
        job.write("error", said)


def end_with_parent(parent: int) -> None:
    """Nobody waits for a competitor whose benchmark was killed."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def work(competitor: Competitor, job: Job) -> None:
    """Fit and sample, each with its clock, and write down what there is to tell."""
    given = job.read("job")
    if given is None:
        raise FileNotFoundError("job.json")
    seconds: float | None = given["seconds"]
    train = pd.read_parquet(job.train)
    began = time.perf_counter()
    fit = competitor.fit(train, seed=int(given["seed"]), seconds=seconds)
    fitted = {"fit_seconds": time.perf_counter() - began, "fit_links_per_second": fit.links_per_second}
    job.write("fitted", {**fitted, "library": fit.library, "notes": fit.notes})
    began = time.perf_counter()
    sample = competitor.sample(seconds=seconds)
    sampled: dict[str, Any] = {"sample_seconds": time.perf_counter() - began, "peak_memory_bytes": peak_memory()}
    sample.rows.to_parquet(job.synthetic, index=False)
    if sample.baskets is not None:
        sample.baskets.to_parquet(job.baskets, index=False)
    told = {"model_bytes": model_bytes(competitor), "verdict": sample.verdict, "notes": sample.notes}
    job.write("result", {**sampled, **told})


def model_bytes(competitor: Competitor) -> int | None:
    """What the model takes on disk."""
    with tempfile.TemporaryDirectory() as folder:
        if not competitor.save(Path(folder)):
            return None
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def peak_memory() -> int | None:
    """The most memory that this process has held at once, in bytes; None where the system does not tell.

    Linux' `ru_maxrss` will not do: it outlives `exec`, so that a small child of a large benchmark would look as large.
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
