"""The session: everything that one open page knows, kept by the server, so that the page survives a reload."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assoc_synth.errors import InputError
from assoc_synth.studio.janitor import watched
from assoc_synth.studio.jobs import Job, StageSeen, environment

if TYPE_CHECKING:
    from assoc_synth.attributes import Plan
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.studio.sources import Source

STEPS = ("data", "associations", "train", "verdict", "take-away")
"""The five steps by the names of their places on the page."""
PREFIX = "assoc-synth-studio-"


@dataclass
class Data:
    """The table of the session.

    Attributes:
        source: where it comes from; kinds: what the user says that extra columns are.
        columns, first: its columns and first rows as text.
        graph, plan: what it holds and what will be done with it; None while roles have no column.
        notes: how it was read.
        heats: heat maps that were drawn, by verb.
        find: what the names of the columns that are shown have in them, where there are many.
    """

    source: Source
    kinds: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    first: list[list[str]] = field(default_factory=list)
    graph: LinkGraph | None = None
    plan: Plan | None = None
    notes: tuple[str, ...] = ()
    heats: dict[str, str] = field(default_factory=dict)
    find: str = ""


@dataclass
class Reading:
    """A file that is being read by a child process: its job, and the table that it becomes."""

    job: Job
    data: Data


@dataclass
class Draw:
    """One sample that was asked for: its job, the wish in words, and the lines that do the same."""

    job: Job
    words: str
    promises: list[str]
    shell: str
    python: str


@dataclass
class Session:
    """The state of one page.

    Attributes:
        folder: where everything lies until the session ends.
        seed: of everything random.
        errors: by step the sentence that is shown there.
        data: the table; None before one is chosen. reading: the file that becomes it; None where none does.
        explored: what the associations step shows, as its view takes it.
        power, training: jobs; None before they are asked for. `training` ends in a verdict, see `tasks`.
        asked: what the last training was asked, as JSON values.
        draws: samples that were asked for, the last one first.
        changes: how many actions there were: a second tab sees by it that the first has done something.
    """

    folder: Path
    seed: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    data: Data | None = None
    reading: Reading | None = None
    explored: dict[str, Any] = field(default_factory=dict)
    power: Job | None = None
    training: Job | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    draws: list[Draw] = field(default_factory=list)
    changes: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    _folders: int = 0

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Session]:
        """A session whose jobs and files end with the block."""
        sweep()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        session = cls(folder)
        with watched(folder, environment()):
            try:
                yield session
            finally:
                session.close()

    def new_folder(self, name: str) -> Path:
        """The path of a folder that is not there yet."""
        self._folders += 1
        return self.folder / f"{self._folders:04d}-{name}"

    def start(self, kind: str, **spec: Any) -> Job:
        """A job in a folder of its own."""
        return Job(self.new_folder(kind), kind, spec)

    @property
    def jobs(self) -> list[Job]:
        """Every job that is known."""
        reading = None if self.reading is None else self.reading.job
        found = [reading, self.power, self.training, *(draw.job for draw in self.draws)]
        return [job for job in found if job is not None]

    @property
    def table(self) -> Data:
        """The table.

        Raises:
            InputError: there is none whose roles are known.
        """
        if self.data is None or self.data.graph is None:
            raise InputError("choose a table first: the step Data is above")
        return self.data

    @property
    def verdict(self) -> dict[str, Any] | None:
        """What came of the last training or judging; None where there is nothing yet."""
        job = self.training
        return job.result if job is not None and job.state == "done" else None

    @property
    def model(self) -> str:
        """The model of the last training.

        Raises:
            InputError: there is none.
        """
        found = self.verdict
        if found is None:
            raise InputError("there is no model yet: the step Train is above")
        return str(found["model"])

    @property
    def version(self) -> str:
        """Text that changes when something is done, and when a job begins or ends: the page then has something new."""
        return " ".join([str(self.changes), *(f"{job.folder.name}:{job.state}" for job in self.jobs)])

    @property
    def is_training(self) -> bool:
        """Whether a training runs."""
        return self.training is not None and self.training.state == "running"

    @property
    def checkpoint(self) -> Path:
        """Where a training is kept that is paused."""
        return self.folder / "checkpoint"

    def train(self, spec: dict[str, Any], stages: dict[str, StageSeen] | None = None, seconds: float = 0.0) -> None:
        """Begin a training, or go on with one that has said `stages` and taken `seconds`."""
        if self.training is not None:
            self._remove(self.training)
        self.training = self.start("train", checkpoint=str(self.checkpoint), **spec)
        self.training.stages.update(stages or {})
        self.training.seconds_before = seconds

    def forget_model(self) -> None:
        """Stop and forget the training and what was drawn of it."""
        for job in (self.training, *(draw.job for draw in self.draws)):
            if job is not None:
                self._remove(job)
        shutil.rmtree(self.checkpoint, ignore_errors=True)
        self.training, self.asked, self.draws = None, {}, []
        for step in ("train", "verdict", "take-away"):
            self.errors.pop(step, None)

    def forget(self) -> None:
        """Stop and forget everything: the page is as it was when it was opened."""
        self.forget_model()
        self.stop_reading()
        if self.power is not None:
            self._remove(self.power)
        self.power, self.data, self.explored, self.errors = None, None, {}, {}
        for path in self.folder.iterdir():
            shutil.rmtree(path, ignore_errors=True)

    def stop_reading(self) -> None:
        """Stop and forget the file that is being read."""
        if self.reading is not None:
            self._remove(self.reading.job)
        self.reading = None

    def close(self) -> None:
        """End the jobs and remove the folder."""
        for job in self.jobs:
            job.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _remove(job: Job) -> None:
        job.stop()
        shutil.rmtree(job.folder, ignore_errors=True)


def sweep(where: Path | None = None) -> None:
    """Remove what a session left behind whose process was killed before it could."""
    for path in (where or Path(tempfile.gettempdir())).glob(f"{PREFIX}*-*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdigit() and path.is_dir() and not path.is_symlink() and not _runs(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    if os.name != "posix":  # elsewhere `os.kill` ends what it looks at
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
