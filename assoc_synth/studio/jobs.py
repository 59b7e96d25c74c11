"""Jobs: long work in child processes, which a page can look at, leave, come back to, pause, and stop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import assoc_synth

State = Literal["running", "done", "failed", "stopped", "paused"]
SPEC, PROGRESS, RESULT, ERROR, SAID = "spec.json", "progress.jsonl", "result.json", "error.txt", "said.txt"
"""The files of a job's folder: what to do, how far it is, what came of it, why not, and what else was printed."""
PAUSE, PAUSED = b"pause", 3
"""The line that a job is told at its input, and its exit code then."""
PATIENCE, LONG_PATIENCE = 3.0, 60.0
"""Seconds that a job has to end by itself once it was told to stop, and once it was told to pause."""
MOST_POINTS = 240
"""Losses of a stage that are kept for its curve; beyond that every second one is dropped."""


@dataclass
class StageSeen:
    """What a training said of one stage.

    Attributes:
        epoch, epochs, share: where it is; losses: the last ones, by name.
        curve: the first loss of each report, thinned.
        rate: links per second.
    """

    epoch: int = 0
    epochs: int = 0
    share: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)
    curve: list[float] = field(default_factory=list)
    rate: float = 0.0

    @property
    def done(self) -> float:
        """How much of the stage is over at least, 0 to 1: it may end before its last epoch."""
        return min((max(self.epoch - 1, 0) + self.share) / max(self.epochs, 1), 1.0)

    def add(self, report: Mapping[str, Any]) -> None:
        """Take in one line of the progress."""
        self.epoch, self.epochs, self.share = int(report["epoch"]), int(report["epochs"]), float(report["share"])
        self.losses, self.rate = dict(report["losses"]), float(report["rate"])
        if self.losses:
            self.curve.append(next(iter(self.losses.values())))
        if len(self.curve) > MOST_POINTS:
            self.curve = self.curve[::2]


def environment(temporary: Path | None = None) -> dict[str, str]:
    """The environment of a child process: it imports this package as this process does.

    Args:
        temporary: where its temporary files go; None leaves that as it is.
    """
    home = str(Path(assoc_synth.__file__).parents[1])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    names = ("TMPDIR", "TEMP", "TMP") if temporary else ()
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | dict.fromkeys(names, str(temporary))


class Job:
    """One child process and its folder.

    Args:
        folder: where its files go; it is made.
        kind: one of `tasks.TASKS`.
        spec: what the task takes, as JSON values.

    Attributes:
        doing: what it said last; stages: what a training said of its stages, by name.
        seconds_before: of the parts of a training that was paused.
    """

    def __init__(self, folder: Path, kind: str, spec: Mapping[str, Any]) -> None:
        self.folder, self.kind, self.spec = folder, kind, dict(spec)
        self.began, self.ended, self.seconds_before = time.monotonic(), 0.0, 0.0
        self.doing, self.stages = "starting", dict[str, StageSeen]()
        self._read, self._stopped, self._told = 0, False, 0.0
        folder.mkdir(parents=True)
        (folder / SPEC).write_text(json.dumps({"kind": kind, **spec}), "utf-8")
        with (folder / SAID).open("wb") as said:
            # -P: a file beside the user's data is no module. Ctrl-C in the terminal does not reach another group.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "assoc_synth.studio.worker", str(folder)],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=environment(folder),  # what it leaves goes with the session
                start_new_session=True,
            )

    @property
    def state(self) -> State:
        """Whether it runs, and how it ended."""
        code = self._process.poll()
        if code is None and self._told and time.monotonic() - self._told > LONG_PATIENCE:
            self._end()
            code = PAUSED
        if code is None:
            return "running"
        self.ended = self.ended or time.monotonic()
        if self._stopped:
            return "stopped"
        if self._told and code != 0:
            return "paused"
        return "done" if code == 0 and (self.folder / RESULT).is_file() else "failed"

    @property
    def pauses(self) -> bool:
        """Whether it was told to pause."""
        return bool(self._told)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self.seconds_before + (self.ended or time.monotonic()) - self.began

    @property
    def result(self) -> dict[str, Any]:
        """What came of a job that is done, as the task wrote it."""
        found: dict[str, Any] = json.loads((self.folder / RESULT).read_text("utf-8"))
        return found

    @property
    def error(self) -> str:
        """Why a failed job failed, in one sentence."""
        path = self.folder / ERROR
        if path.is_file():
            return path.read_text("utf-8")
        return "The work was ended from outside, perhaps for lack of memory: try fewer rows."

    def look(self) -> None:
        """Read what the job has said since the last look."""
        path = self.folder / PROGRESS
        if not path.is_file():
            return
        with path.open("rb") as stream:
            stream.seek(self._read)
            new = stream.read()
        whole = new[: new.rfind(b"\n") + 1]  # the last line may still be in the making
        self._read += len(whole)
        for line in whole.splitlines():
            report = json.loads(line)
            self.doing = str(report["doing"])
            if report.get("stage"):
                self.stages.setdefault(str(report["stage"]), StageSeen()).add(report)

    def pause(self) -> None:
        """Ask it to end once what it has trained is written; nothing is waited for."""
        if self._told or self._process.poll() is not None or self._process.stdin is None:
            return
        self._told = time.monotonic()
        with suppress(OSError):  # it has just ended
            self._process.stdin.write(PAUSE + b"\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        """End it, if it runs; what it has written is of no use."""
        if self._process.poll() is None:
            self._stopped = True
            self._end()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
