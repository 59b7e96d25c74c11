"""Commands that are killed at random moments; as a script it does so often and prints the figures.

    OMP_NUM_THREADS=1 python tests/functional/test_kills.py --fits 20 --commands 1000

A killed fit is resumed, and killed again, until it ends: its model is that of a fit that was left alone, but for times.
Files of a killed command are the old ones or the new ones, and the next command leaves nothing of it behind. Processes
are forked from one that has imported the package, so that most moments are those of the work.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from assoc_synth.cli.commands import run_command  # what is imported here, each of the processes has from its start
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import toy_shop
from assoc_synth.gate.verdict import Status
from assoc_synth.model.directory import CONTENTS, read_files, write_files
from assoc_synth.model.fitting import fit_model  # noqa: F401
from assoc_synth.model.resuming import Checkpoint

STORED = Path(__file__).parents[2] / "models" / "toy-shop"
TIMES = {"seconds", "links_per_second", "step_seconds", "validation_seconds"}
"""What a history says of time."""
MOST_KILLS, SHARES = 4, {"save": 0.6, "export": 0.3, "sample": 0.1}
"""Of one fit; and of the killed commands."""
TRIES = 5
"""For each kill: a command may be over before it comes."""


@dataclass(frozen=True)
class Operation:
    """A command that writes files.

    Attributes:
        run: writes its files into a folder, those of a number; the exit code.
        files: what a reader finds of them.
    """

    run: Callable[[Path, int], int]
    files: Callable[[Path], tuple[bytes, ...]]


def forked(work: Callable[[], int], after: float | None = None) -> int:
    """Do a piece of work in a process that is killed after so many seconds; its exit code, −9 where it was."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            code = work()
        finally:
            os._exit(code)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def timed(work: Callable[[], int]) -> float:
    """Seconds of a piece of work that is left alone."""
    began = time.monotonic()
    code = forked(work)
    if code:
        raise RuntimeError(f"exit code {code}")
    return time.monotonic() - began


def fit(folder: Path, *options: str) -> int:
    """A fit of two short epochs a stage that keeps its training after each; on an error the exit code is not 0."""
    rounds = dict.fromkeys(("calibration", "count", "link", "order", "visit"), 1)
    brief: dict[str, Any] = {f"{name}_rounds": number for name, number in rounds.items()} | {"epochs": 2}
    brief |= {"hidden_dim": 16, "context_dim": 8, "association_dim": 8, "blocks": 1}
    arguments = ["fit", str(folder.parent / "shop.csv"), "-m", str(folder / "model"), "--quiet", *options]
    with (
        patch("assoc_synth.model.fitting.CTGANConfig", lambda: CTGANConfig(**brief)),
        patch.dict(Checkpoint.__init__.__kwdefaults__, every=0.0),  # type: ignore[arg-type]
        patch("assoc_synth.model.resuming.COST", 0.0),
        patch("assoc_synth.ctgan.assignment.training.SMALL_SWEEPS", 6),
        patch("assoc_synth.ctgan.assignment.calibration.FIRST_SWEEPS", 6),
        patch("assoc_synth.ctgan.assignment.training.EPOCH", 20),
    ):
        return run_command(arguments)


def model_of(folder: Path) -> dict[str, object]:
    """All that a fit has written, but for times."""
    found: dict[str, object] = dict(read_files(folder / "model"))
    config = json.loads(str(found["config.json"], "utf-8"))  # type: ignore[arg-type, call-overload]
    for facts in config["history"].values():
        for name in TIMES & set(facts):
            del facts[name]
    return found | {"config.json": config}


def killed_fit(folder: Path, seconds: float, rng: random.Random, whole: object, found: Counter[str]) -> int:
    """How often a fit was killed until it ended: it may be over before the first one. What became of it is counted."""
    folder.mkdir()
    code, kills = -9, 0
    while code == -9:
        options = ("--resume",) if (folder / ".model.training" / "finished").is_file() else ()
        after = rng.uniform(0, seconds) if kills < rng.randint(1, MOST_KILLS) else None
        code = forked(partial(fit, folder, *options), after)
        kills += code == -9
        found["kills of fits"] += code == -9
        found["resumed"] += bool(options)
    found["fits that differ"] += code != 0 or model_of(folder) != whole
    found["fits that leave something behind"] += sorted(os.listdir(folder)) != ["model"]
    return kills


def killed_fits(place: Path, number: int, rng: random.Random) -> Counter[str]:
    """Kill fits at random moments and resume them; what became of them."""
    toy_shop(subjects=40, seed=3).to_frame().to_csv(place / "shop.csv", index=False)
    (place / "whole").mkdir()
    timed(partial(fit, place / "whole"))  # what is compiled is kept for the others
    whole, found = model_of(place / "whole"), Counter[str]()
    (place / "again").mkdir()
    seconds = timed(partial(fit, place / "again"))
    found["fits that differ without a kill"] += model_of(place / "again") != whole
    for one in range(number):
        for turn in range(TRIES):
            if kills := killed_fit(place / f"fit{one}-{turn}", seconds, rng, whole, found):
                break
        found["fits killed and resumed to their end"] += kills > 0
    return found


def operations(place: Path) -> dict[str, Operation]:
    """The commands that are killed, each in a folder of its own; numbers 0 and 1 write different files."""
    files = {name: (STORED / name).read_bytes() for name in CONTENTS if (STORED / name).is_file()}
    files.pop("manifest.json")
    tables = [place / f"table{number}.csv" for number in (0, 1)]
    for number, table in enumerate(tables):
        toy_shop(subjects=200 + number, seed=number).to_frame().to_csv(table, index=False)

    def save(folder: Path, number: int) -> int:
        write_files(folder / "model", files | {"README.md": b"%d" % number * 1_000})
        return 0

    def export(folder: Path, number: int) -> int:
        return run_command(["export", str(tables[number]), "-f", "graphml", "-o", str(folder / "links.graphml")])

    def sample(folder: Path, number: int) -> int:
        asked = ["--subjects", "30", "--seed", str(number), "--json", str(folder / "facts.json")]
        with patch("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED):
            return run_command(["sample", str(STORED), "-o", str(folder / "rows.csv"), *asked])

    def of_model(folder: Path) -> tuple[bytes, ...]:
        return tuple(read_files(folder / "model").values())

    def of_names(*names: str) -> Callable[[Path], tuple[bytes, ...]]:
        return lambda folder: tuple((folder / name).read_bytes() for name in names)

    return {
        "save": Operation(save, of_model),
        "export": Operation(export, of_names("links.graphml")),
        "sample": Operation(sample, of_names("rows.csv", "facts.json")),
    }


def killed_commands(place: Path, number: int, rng: random.Random) -> Counter[str]:
    """Kill commands at random moments; what was found at their paths."""
    found = Counter[str]()
    for name, operation in operations(place).items():
        folder = place / name
        folder.mkdir()
        states = []
        for which in (1, 0):
            seconds = timed(partial(operation.run, folder, which))
            states.append(operation.files(folder))
        new, old = states
        wanted = round(SHARES[name] * number)
        for turn in range(TRIES * wanted):
            if found[f"{name}: killed"] == wanted:
                break
            code = forked(partial(operation.run, folder, 1), rng.uniform(0, seconds))
            now = operation.files(folder)
            found[f"{name}: {'killed' if code == -9 else 'over before'}"] += 1
            is_mixed = all(one in pair for one, *pair in zip(now, old, new, strict=True))
            state = "old" if now == old else "new" if now == new else "of both" if is_mixed else "broken"
            found[f"{name}: {state} files"] += 1
            if now != old or turn % 10 == 0:
                found[f"{name}: failed afterwards"] += bool(forked(partial(operation.run, folder, 0)))
                found[f"{name}: left behind"] += any(entry.startswith(".") for entry in os.listdir(folder))
    return found


def main(arguments: list[str]) -> int:
    """Print what was found; 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=1)
    parser.add_argument("--commands", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        found = killed_fits(Path(folder), asked.fits, rng)
        found.update(killed_commands(Path(folder), asked.commands, rng))
    for what, number in found.items():
        print(f"{number:6,}  {what}")
    lost = re.compile("differ|broken|failed|left behind|leave something")
    failed = sum(number for what, number in found.items() if lost.search(what))
    print(f"{failed:6,}  failed")
    return min(failed, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_killed_at_random_moments_nothing_is_lost() -> None:
    alone = os.environ | {"OMP_NUM_THREADS": "1"}
    line = [sys.executable, __file__, "--fits", "1", "--commands", "10"]
    done = subprocess.run(line, capture_output=True, text=True, env=alone, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0  failed\n" in done.stdout
    for what in (
        "1  fits killed and resumed to their end",
        "6  save: killed",
        "3  export: killed",
        "1  sample: killed",
    ):
        assert f" {what}\n" in done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
