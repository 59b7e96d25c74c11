"""How often the gate is right: many runs on populations whose truth is known, resumed where they were interrupted.

Each run is a line of a JSON Lines file; a run that is there is not made again. The page is written at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from assoc_synth import __version__
from assoc_synth.benchmark.gate_calibration import trials
from assoc_synth.benchmark.gate_calibration.page import page_of
from assoc_synth.benchmark.gate_calibration.trials import Outcome, random_run, run
from assoc_synth.gate.tier import NULLS
from assoc_synth.transactions.files import replacing

SIZES = (150, 500, 2_000)
RUNS, RANDOM_RUNS = 400, 200
Job = tuple[int, int]
"""Size and number of a run; size 0 is of the tables without associations."""
Progress = Callable[[int, int], None]


def calibrate(
    path: Path,
    *,
    sizes: Sequence[int] = SIZES,
    runs: int = RUNS,
    random_runs: int = RANDOM_RUNS,
    processes: int = 2,
    progress: Progress | None = None,
) -> None:
    """Make all runs that are not made yet, and write a Markdown page of how often the gate said what.

    Args:
        path: the page to write; the runs are kept beside it, with the suffix .jsonl.
        sizes: numbers of evaluated subjects.
        runs: at each size.
        random_runs: on tables without associations.
        processes: that share the runs.
        progress: called with the number of runs that are there and of all.

    Raises:
        InputError: the page cannot be written.
    """
    jobs = [(0, number) for number in range(random_runs)]
    jobs += [(size, number) for number in range(runs) for size in sizes]
    log = path.with_suffix(".jsonl")
    known = {job: outcomes for job, outcomes in read(log).items() if job in set(jobs)}
    left = [job for job in jobs if job not in known]
    with log.open("a", encoding="utf-8") as lines:
        for done, (job, outcomes) in enumerate(_made(left, processes), len(known) + 1):
            known[job] = outcomes
            lines.write(_line(job, outcomes))
            lines.flush()
            if progress is not None:
                progress(done, len(jobs))
    found = [outcome for job in jobs for outcome in known[job]]
    with replacing(path) as temporary:
        temporary.write_text(page_of(found, sizes, runs, random_runs), encoding="utf-8")


def read(log: Path) -> dict[Job, list[Outcome]]:
    """The runs of a file, by size and number; those of other settings, and a line that was cut off, are left out."""
    found: dict[Job, list[Outcome]] = {}
    if not log.exists():
        return found
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            values = json.loads(line)
        except ValueError:  # the process ended while it wrote
            continue
        if values["settings"] == _settings():
            outcomes = [Outcome.from_dict(outcome) for outcome in values["outcomes"]]
            found[values["size"], values["number"]] = outcomes
    return found


def _made(jobs: Sequence[Job], processes: int) -> Iterable[tuple[Job, list[Outcome]]]:
    """Runs as they come; in this process where one is enough."""
    if processes < 2:
        yield from ((job, _run(*job)) for job in jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(_run, *job): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _run(size: int, number: int) -> list[Outcome]:
    return run(size, number) if size else random_run(number)


def _line(job: Job, outcomes: Sequence[Outcome]) -> str:
    size, number = job
    values = {"settings": _settings(), "size": size, "number": number}
    return json.dumps(values | {"outcomes": [outcome.to_dict() for outcome in outcomes]}) + "\n"


def _settings() -> str:
    """What a run depends on beside its size and number."""
    numbers = (trials.TRAINING, trials.PERMUTATIONS, trials.REPLICATES, trials.ATTEMPTS)
    return f"{__version__}: {', '.join(map(str, numbers))}; {len(trials.SAMPLERS)} kinds; {len(NULLS)} nulls"
