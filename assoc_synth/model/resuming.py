"""Checkpoints: what a fit has trained so far, in a hidden folder, from which the same fit goes on.

A checkpoint has weights, aggregates and random states; no row, no subject, no name. `finished` has what the finished
steps left, `running` the last epoch of the one that runs. Both are safetensors behind a line with their SHA-256. Where
the folder cannot be written to, as its disk is full, they go to one of the user's own among the temporary files.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from assoc_synth import __version__
from assoc_synth.ctgan.trainer_state import Tensors, TrainerState, module_tensors, replace_tensors, under
from assoc_synth.errors import InputError
from assoc_synth.model import checkpoint_files as files
from assoc_synth.model.checkpoint_files import FINISHED, RUNNING
from assoc_synth.transactions.table import TransactionTable

__all__ = ["FINISHED", "Checkpoint", "identity"]
EVERY, COST = 60.0, 20.0
"""Seconds between two checkpoints of a running step, and at least so many times what the last one took to write."""


def identity(table: TransactionTable, settings: Mapping[str, object], device: str) -> dict[str, str]:
    """What must be the same for a training to go on: by what it is, a digest or a word.

    Args:
        settings: everything beside the table that decides what is trained; `max_minutes` does not.
    """
    sums = hashlib.sha256()
    for name in ("subject", "verb", "object", "time", "amount", "basket"):
        values = getattr(table, name)
        sums.update(name.encode() + (b"" if values is None else np.ascontiguousarray(values).tobytes()))
    for names in (table.subjects, table.verbs, table.objects):
        sums.update("\0".join(map(str, names)).encode("utf-8", "surrogatepass"))
    for column in table.extras.columns:
        hashed = pd.util.hash_pandas_object(table.extras[column].astype("string"), index=False)
        sums.update(str(column).encode("utf-8", "surrogatepass") + hashed.to_numpy().tobytes())
    own = {name: value for name, value in settings.items() if name != "max_minutes"}
    return {
        "table": sums.hexdigest(),
        "settings": json.dumps(own, sort_keys=True, default=str),
        "device": device,
        "version": f"{__version__}, PyTorch {torch.__version__}",
    }


class Checkpoint:
    """Keeps the training of one fit, see `ctgan.keeping.Keeper`.

    Args:
        path: the folder; made when something is kept, and another one where it cannot be written to.
        own: see `identity`.
        resume: go on from what is there; else begin anew and replace it.
        every: seconds between two checkpoints of a running step.

    Attributes:
        failure: why the last file could not be written; "" where it was.

    Raises:
        InputError: the path is something else, there is nothing to go on from, or it is of another table or other
            settings.
        ModelFileError: it is damaged.
    """

    def __init__(
        self, path: str | os.PathLike[str], own: Mapping[str, str], *, resume: bool = False, every: float = EVERY
    ) -> None:
        files.check(path)
        self.path, self.own, self.every = Path(path), dict(own), every
        self.places, self.failure = (self.path, files.spare(self.path)), ""
        self.done: dict[str, Any] = {}
        self.noted: dict[str, Any] = {}
        self.tensors: Tensors = {}
        self.running: tuple[str, TrainerState] | None = None
        self.waiting: tuple[str, TrainerState] | None = None
        self.used, self.began = 0.0, time.monotonic()
        self.written, self.took, self.is_new = self.began, 0.0, True
        if resume:
            self._load()

    @property
    def seconds(self) -> float:
        """That the fit has taken so far, in all of its parts."""
        return self.used + time.monotonic() - self.began

    @property
    def is_complete(self) -> bool:
        """Whether all that was to be kept is written."""
        return not self.failure and not self.is_new

    def is_done(self, step: str) -> bool:
        """Whether a step is finished."""
        return step in self.done

    def finish(self, step: str, facts: Any, networks: Mapping[str, nn.Module]) -> None:
        """Keep what a finished step leaves: JSON values, and networks by name; they are written."""
        self.done[step], self.running, self.waiting = facts, None, None
        self.tensors = {}
        for name, network in networks.items():
            self.tensors |= module_tensors(network, f"{name}/")
        self._write_finished()

    def note(self, name: str, facts: Any) -> None:
        """Keep JSON values that are no step's; they are written, and `noted` has them."""
        self.noted[name] = facts
        self._write_finished()

    def restore(self, name: str, network: nn.Module) -> None:
        """Give a network what the finished steps left of it."""
        replace_tensors(network, under(self.tensors, f"{name}/"))

    def resumed(self, stage: str) -> TrainerState | None:
        """The state that a stage's training goes on from; None where it begins."""
        return self.running[1] if self.running is not None and self.running[0] == stage else None

    def keep(self, stage: str, state: TrainerState) -> None:
        """Take the state after an epoch; it is written where the last time was long ago."""
        self.waiting = stage, state
        if time.monotonic() - self.written >= max(self.every, COST * self.took):
            self.write_waiting()

    def write_waiting(self) -> None:
        """Write the last epoch, if it is not written."""
        if self.waiting is None:
            return
        if self.is_new:
            self._write_finished()
        stage, state = self.waiting
        self._write(RUNNING, state.tensors, {"stage": stage, "after": sorted(self.done), "facts": state.facts})
        self.waiting = None

    def discard(self) -> None:
        """Remove the files, and the folder where nothing else is in it: the model is saved."""
        for place in self.places:
            files.remove(place)

    def _write_finished(self) -> None:
        if self.is_new:
            with suppress(OSError):  # what cannot be written to is told below
                (self.path / RUNNING).unlink(missing_ok=True)
        self._write(FINISHED, self.tensors, self._facts())
        self.is_new = False

    def _facts(self) -> dict[str, Any]:
        return {"own": self.own, "done": self.done, "noted": self.noted}

    def _write(self, name: str, tensors: Tensors, facts: dict[str, Any]) -> None:
        started = time.monotonic()
        content = files.content(tensors, facts | {"seconds": self.seconds})
        self.failure = files.put(self.path / name, content)
        if self.failure and self.path != self.places[-1]:
            self._move(name, content)
        if self.failure:  # the training goes on
            warnings.warn(f"the training could not be kept in {self.path.name!r}: {self.failure}", stacklevel=2)
        self.written = time.monotonic()
        self.took = self.written - started

    def _move(self, name: str, content: bytes) -> None:
        """Go on in the other folder, which needs what is finished too; not where that cannot be written to either."""
        before, self.path = self.path, self.places[-1]
        failure = "" if files.is_trusted(self.path, make=True) else "another user's folder"
        if not failure and name == RUNNING:
            failure = files.put(
                self.path / FINISHED, files.content(self.tensors, self._facts() | {"seconds": self.seconds})
            )
        failure = failure or files.put(self.path / name, content)
        if failure:
            self.path = before
        else:
            self.failure = ""

    def _load(self) -> None:
        kept = files.newest(self.path)
        if kept is None:
            raise InputError(
                f"there is no training to go on from in {self.path.name!r}: leave --resume out, or name its folder by "
                "--checkpoint"
            )
        self.path = kept
        try:
            self._go_on()
        except (KeyError, TypeError, AttributeError):
            raise files.damaged(self.path / FINISHED) from None

    def _go_on(self) -> None:
        self.tensors, facts = files.read(self.path / FINISHED)
        different = [name for name, value in self.own.items() if facts["own"].get(name) != value]
        if different:
            raise InputError(
                f"the training in {self.path.name!r} is of another {different[0]}: give the same table and options as "
                "then, or leave --resume out to begin anew"
            )
        self.done, self.noted, self.is_new = dict(facts["done"]), dict(facts.get("noted", {})), False
        self.used = float(facts["seconds"])
        if (self.path / RUNNING).is_file():
            tensors, running = files.read(self.path / RUNNING)
            if running["after"] == sorted(self.done):  # else the step was finished after it
                self.running = running["stage"], TrainerState(tensors, running["facts"])
                self.used = float(running["seconds"])
