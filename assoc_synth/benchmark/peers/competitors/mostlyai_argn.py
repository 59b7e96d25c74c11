"""TabularARGN of mostlyai-engine, sequential: the links of a subject are one sequence, the subject is its context key.

Its pins differ from ours, so it lives in an environment of its own and this file is run there as a script:
`python mostlyai_argn.py FOLDER`, with the files that `assoc_synth/benchmark/peers/job.py` describes. It needs pandas
and mostlyai.engine only. Everything is at the engine's defaults except value protection, which would hide rare verbs
and objects: no other peer hides them.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pandas as pd

COLUMNS = ("subject", "verb", "object", "time", "amount")
NOT_THE_MODEL = ("optimizer.pt", "lr-scheduler.pt", "progress-messages.csv")


def main(folder: Path) -> None:
    """Do the job in `folder`; an error is written to its error.json and is not raised."""
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    try:
        engine = importlib.import_module("mostlyai.engine")
        work(engine, importlib.import_module("joblib"), folder)
    except Exception as error:
        write(folder, "error", {"error": f"{type(error).__name__}: {error}", "verdict": None})


def end_with_parent(parent: int) -> None:
    """End this process as soon as its parent is gone: nobody waits for a competitor whose benchmark was killed."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def work(engine: ModuleType, joblib: ModuleType, folder: Path) -> None:
    """Fit and sample, each with its clock, and write what came of it to the job's files."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    train = pd.read_parquet(folder / "train.parquet")
    rows = train[[name for name in COLUMNS if name in train]]
    rows = rows.sort_values(["subject", "time"] if "time" in rows else ["subject"], kind="stable", ignore_index=True)
    subjects = pd.DataFrame({"subject": rows["subject"].drop_duplicates()})
    workspace = folder / "workspace"
    # Threads, not worker processes: what it needs in memory is then this process's own.
    with joblib.parallel_config(backend="threading"):
        began = time.perf_counter()
        prepare(engine, rows, subjects, workspace, int(job["seed"]))
        trained = time.perf_counter()
        left = None if job["seconds"] is None else max(job["seconds"] - (trained - began), 1.0) / 60
        engine.train(max_training_time=left, workspace_dir=workspace)
        fit_seconds = time.perf_counter() - began
        rate, epochs = progress(workspace, len(rows) / len(subjects))
        library = f"mostlyai-engine {engine.__version__}"
        fitted = {"fit_seconds": fit_seconds, "fit_links_per_second": rate, "library": library, "notes": [epochs]}
        write(folder, "fitted", fitted)
        began = time.perf_counter()
        engine.generate(sample_size=len(subjects), workspace_dir=workspace)
    sampled = pd.read_parquet(workspace / "SyntheticData")
    result: dict[str, object] = {"sample_seconds": time.perf_counter() - began, "peak_memory_bytes": peak_memory()}
    names = {name: sampled[name].astype(object) for name in ("subject", "verb", "object")}
    sampled.assign(**names).to_parquet(folder / "synthetic.parquet", index=False)
    files = [path for path in (workspace / "ModelStore").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files if path.name not in NOT_THE_MODEL)
    write(folder, "result", {**result, "model_bytes": size, "verdict": None, "notes": []})


def prepare(engine: ModuleType, rows: pd.DataFrame, subjects: pd.DataFrame, workspace: Path, seed: int) -> None:
    """What the engine wants done before training."""
    engine.set_random_state(seed)
    engine.split(rows, ctx_data=subjects, ctx_primary_key="subject", tgt_context_key="subject", workspace_dir=workspace)
    engine.analyze(value_protection=False, workspace_dir=workspace)
    engine.encode(workspace_dir=workspace)


def progress(workspace: Path, links_per_subject: float) -> tuple[float | None, str]:
    """Links per second of training, and a note on the epochs, from the engine's own log, which counts subjects."""
    last = pd.read_csv(workspace / "ModelStore" / "model-data" / "progress-messages.csv").iloc[-1]
    seconds = float(last["total_time"])
    rate = float(last["samples"]) * links_per_subject / seconds if seconds > 0 else None
    return rate, f"epochs: {float(last['epoch']):.3g} of at most 100"


def peak_memory() -> int | None:
    """The most memory that this process has held at once, in bytes; None where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii", errors="replace").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


def write(folder: Path, name: str, values: Mapping[str, object]) -> None:
    """Write `name`.json whole: a reader that finds it may read it."""
    (folder / f".{name}.json").write_text(json.dumps(values), encoding="utf-8")
    os.replace(folder / f".{name}.json", folder / f"{name}.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
