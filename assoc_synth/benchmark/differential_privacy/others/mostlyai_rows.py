"""TabularARGN of mostlyai-engine with DP-SGD, on a yes or no for each object: `mostlyai_rows.py EPSILON DELTA FOLDER`.

Its pins differ from ours, so it lives in an environment of its own and this file is run there as a script, with the
files that `assoc_synth/benchmark/peers/job.py` describes. A row is a subject, which is what its promise is to.
Everything is at the engine's defaults except the ε at which training stops, and value protection, which would hide rare
values: here every column has the same two.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd


def main(epsilon: float, delta: float, folder: Path) -> None:
    """Do the job in `folder`; an error is written to its error.json and is not raised."""
    try:
        work(epsilon, delta, folder)
    except Exception as error:
        write(folder, "error", {"error": f"{type(error).__name__}: {error}", "verdict": None})


def work(epsilon: float, delta: float, folder: Path) -> None:
    """Fit and sample, each with its clock, and write what came of it to the job's files."""
    engine = importlib.import_module("mostlyai.engine")
    private = importlib.import_module("mostlyai.engine.domain").DifferentialPrivacyConfig
    joblib = importlib.import_module("joblib")
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    rows, workspace = pd.read_parquet(folder / "train.parquet"), folder / "workspace"
    table = pd.crosstab(rows["subject"], rows["object"]).clip(upper=1)
    names = np.asarray(table.columns, object)
    cells = pd.DataFrame(table.to_numpy(), columns=[f"c{at}" for at in range(len(names))]).astype(str)
    with joblib.parallel_config(backend="threading"):
        began = time.perf_counter()
        engine.set_random_state(int(job["seed"]))
        engine.split(cells, workspace_dir=workspace)
        engine.analyze(value_protection=False, workspace_dir=workspace)
        engine.encode(workspace_dir=workspace)
        left = None if job["seconds"] is None else job["seconds"] / 60
        promise = private(max_epsilon=epsilon, delta=delta)
        engine.train(max_training_time=left, differential_privacy=promise, workspace_dir=workspace)
        seconds = time.perf_counter() - began
        library = f"mostlyai-engine {engine.__version__}"
        notes = [reached(workspace)]
        fitted: dict[str, object] = {
            "fit_seconds": seconds,
            "fit_links_per_second": None,
            "library": library,
            "notes": notes,
        }
        write(folder, "fitted", fitted)
        began = time.perf_counter()
        engine.generate(sample_size=len(cells), workspace_dir=workspace)
    drawn = pd.read_parquet(workspace / "SyntheticData")[list(cells.columns)].astype(str).to_numpy() == "1"
    subject, place = np.nonzero(drawn)
    links = pd.DataFrame({"subject": subject.astype(str), "verb": rows["verb"].iloc[0], "object": names[place]})
    links.astype(object).to_parquet(folder / "synthetic.parquet", index=False)
    result: dict[str, object] = {
        "sample_seconds": time.perf_counter() - began,
        "model_bytes": None,
        "verdict": None,
        "notes": [],
    }
    write(folder, "result", {**result, "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})


def reached(workspace: Path) -> str:
    """A note on the epochs and the ε that training reached, from the engine's own log."""
    log = pd.read_csv(workspace / "ModelStore" / "model-data" / "progress-messages.csv")
    kept = log[log["is_checkpoint"] == 1] if "is_checkpoint" in log else log
    last = (kept if len(kept) else log).iloc[-1]
    spent = f", epsilon {float(last['dp_eps']):.2f}" if "dp_eps" in log else ""
    return f"epochs: {float(last['epoch']):.3g}{spent}"


def write(folder: Path, name: str, values: Mapping[str, object]) -> None:
    """Write `name`.json whole: a reader that finds it may read it."""
    (folder / f".{name}.json").write_text(json.dumps(values), encoding="utf-8")
    os.replace(folder / f".{name}.json", folder / f"{name}.json")


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
