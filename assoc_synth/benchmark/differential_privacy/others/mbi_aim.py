"""AIM (McKenna et al. 2022) on a yes or no for each object, with the package mbi: `python mbi_aim.py RHO FOLDER`.

Its pins differ from ours, so it lives in an environment of its own and this file is run there as a script, with the
files that `assoc_synth/benchmark/peers/job.py` describes. It needs pandas and mbi only. The workload is every pair. As
in the paper, marginals are chosen by the exponential mechanism and measured with Gaussian noise, and the noise is
halved where a measurement tells nothing new; what differs is that each of `ROUNDS` rounds chooses `BATCH` marginals,
since the model is estimated anew after each round.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np
import pandas as pd

ROUNDS, BATCH, ITERATIONS = 12, 12, 500
MOST_MB = 40.0
"""Of the junction tree: marginals that would make it larger are not chosen."""
CHOOSING = 0.1
"""Share of the budget that choosing costs, as in the paper."""


class Counts(Protocol):
    """A table of counts."""

    def datavector(self) -> np.ndarray: ...


class Rows(Protocol):
    """Drawn rows."""

    def to_dict(self) -> dict[str, np.ndarray]: ...


class Measured(Protocol):
    """A noisy table of counts of some attributes."""

    clique: tuple[str, ...]


class Model(Protocol):
    """What counts of attributes can be asked of: rows, or a distribution."""

    domain: tuple[str, ...]
    cliques: list[tuple[str, ...]]
    potentials: object
    marginals: Model
    total: float

    def project(self, clique: tuple[str, ...]) -> Counts: ...

    def synthetic_data(self, rows: int) -> Rows: ...


def main(rho: float, folder: Path) -> None:
    """Do the job in `folder`; an error is written to its error.json and is not raised."""
    try:
        work(rho, folder)
    except Exception as error:
        write(folder, "error", {"error": f"{type(error).__name__}: {error}", "verdict": None})


def work(rho: float, folder: Path) -> None:
    """Fit and sample, each with its clock, and write what came of it to the job's files."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_enable_compilation_cache", False)  # mbi makes many small programs, and advises so
    mbi = importlib.import_module("mbi")
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    rng, began = np.random.default_rng(int(job["seed"])), time.perf_counter()
    rows = pd.read_parquet(folder / "train.parquet")
    names, cells = one_hot(rows)
    domain = mbi.Domain([str(at) for at in range(len(names))], [2] * len(names))
    data = mbi.Dataset({str(at): cells[:, at] for at in range(len(names))}, domain)
    model, measured = aim(mbi, data, rho, rng)
    seconds = time.perf_counter() - began
    notes = [f"{measured} marginals of one or two of {len(names)} objects measured"]
    fitted: dict[str, object] = {
        "fit_seconds": seconds,
        "fit_links_per_second": None,
        "library": "mbi 2.0.0",
        "notes": notes,
    }
    write(folder, "fitted", fitted)
    began = time.perf_counter()
    made = model.synthetic_data(rows=len(cells)).to_dict()
    drawn = np.column_stack([np.asarray(made[str(at)]) for at in range(len(names))])
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


def one_hot(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The objects' names, (objects,), and which subject has which: (subjects, objects) of 0 and 1."""
    subject, own = pd.factorize(rows["subject"])
    place, names = pd.factorize(rows["object"], sort=True)
    cells = np.zeros((len(own), len(names)), np.int64)
    cells[subject, place] = 1
    return np.asarray(names, object), cells


def aim(mbi: ModuleType, data: Model, rho: float, rng: np.random.Generator) -> tuple[Model, int]:
    """The fitted model, and how many marginals it was fitted to."""
    attributes = list(data.domain)
    pairs: list[tuple[str, ...]] = list(itertools.combinations(attributes, 2))
    exact = {clique: np.asarray(data.project(clique).datavector()) for clique in pairs}
    planned = len(attributes) + ROUNDS * BATCH
    sigma, epsilon = np.sqrt(planned / (2 * (1 - CHOOSING) * rho)), np.sqrt(8 * CHOOSING * rho / planned)
    left, measurements = rho, list[Measured]()

    def measure(clique: tuple[str, ...]) -> None:
        nonlocal left
        counts = np.asarray(data.project(clique).datavector())
        noisy = counts + rng.normal(0, sigma, len(counts))
        measurements.append(mbi.LinearMeasurement(noisy, clique, stddev=float(sigma)))
        left -= 1 / (2 * sigma**2)

    for one in attributes:
        measure((one,))
    model = estimated(mbi, data, measurements, None)
    for round_ in range(ROUNDS):
        cost = 1 / (2 * sigma**2) + epsilon**2 / 8
        size = min(BATCH, int(left / cost + 1e-9))
        if round_ == ROUNDS - 1 and size:  # what is left is spent
            more = np.sqrt(left / (size * cost))
            sigma, epsilon = sigma / more, epsilon * more
        chosen = choose(mbi, model, exact, measurements, (sigma, epsilon), size, rng)
        before = marginals(mbi, model, chosen)
        left -= len(chosen) * epsilon**2 / 8
        for clique in chosen:
            measure(clique)
        model = estimated(mbi, data, measurements, model)
        after = marginals(mbi, model, chosen)
        news = [np.abs(after[clique] - old).sum() for clique, old in before.items()]
        if not chosen or np.mean(news) <= np.sqrt(2 / np.pi) * sigma * 4:
            sigma, epsilon = sigma / 2, epsilon * 2
    return model, len(measurements)


def choose(
    mbi: ModuleType,
    model: Model,
    exact: dict[tuple[str, ...], np.ndarray],
    measurements: list[Measured],
    noise: tuple[float, float],
    size: int,
    rng: np.random.Generator,
) -> list[tuple[str, ...]]:
    """So many pairs that the model errs on, by the exponential mechanism, one after the other; a count changes by 1."""
    sigma, epsilon = noise
    kept = [one.clique for one in measurements]
    bias = np.sqrt(2 / np.pi) * sigma * 4
    candidates = [clique for clique in exact if clique not in kept]
    held = marginals(mbi, model, candidates)
    score = {clique: float(np.abs(exact[clique] - held[clique]).sum() - bias) for clique in candidates}
    chosen: list[tuple[str, ...]] = []
    while len(chosen) < size and score:
        cliques = list(score)
        logits = epsilon * np.array([score[clique] for clique in cliques]) / 2
        share = np.exp(logits - logits.max())
        clique = cliques[int(rng.choice(len(cliques), p=share / share.sum()))]
        del score[clique]
        tree = mbi.junction_tree.hypothetical_model_size(model.domain, [*kept, *chosen, clique])
        if tree <= MOST_MB:
            chosen.append(clique)
    return chosen


def marginals(mbi: ModuleType, model: Model, cliques: list[tuple[str, ...]]) -> dict[tuple[str, ...], np.ndarray]:
    """The model's counts of pairs, all at once: one after the other each would be compiled.

    Attributes that nothing measured connects are independent in the model.
    """
    oracles, part = importlib.import_module("mbi.marginal_oracles"), _parts(model)
    inside = [clique for clique in cliques if len({part[one] for one in clique}) == 1]
    made = oracles.calculate_many_marginals(model.potentials, inside, model.total) if inside else {}
    found = {clique: np.asarray(made[clique].datavector()) for clique in inside}
    alone = {one: np.asarray(model.marginals.project((one,)).datavector()) for one in model.domain}
    for one, other in set(cliques) - set(inside):
        found[one, other] = np.outer(alone[one], alone[other]).ravel() / model.total
    return found


def _parts(model: Model) -> dict[str, str]:
    """An attribute of the same part for each attribute: parts are connected by what the model was fitted to."""
    part = {one: one for one in model.domain}
    for clique in model.cliques:
        joined = {part[one] for one in clique}
        part = {one: min(joined) if own in joined else own for one, own in part.items()}
    return part


def estimated(mbi: ModuleType, data: Model, measurements: list[Measured], model: Model | None) -> Model:
    """The model of largest entropy that fits the measurements."""
    made: Model = mbi.estimation.MirrorDescent().estimate(
        data.domain,
        measurements,
        iters=ITERATIONS,
        warm_start=model,
    )
    return made


def write(folder: Path, name: str, values: Mapping[str, object]) -> None:
    """Write `name`.json whole: a reader that finds it may read it."""
    (folder / f".{name}.json").write_text(json.dumps(values), encoding="utf-8")
    os.replace(folder / f".{name}.json", folder / f"{name}.json")


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
