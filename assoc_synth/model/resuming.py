"""Checkpoints: what a fit has trained so far, in a hidden folder, from which the same fit goes on.

A checkpoint has weights, aggregates and random states; no row, no subject, no name. `finished` has what the finished
steps left, `running` the last epoch of the one that runs. Both are safetensors behind a line with their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from assoc_synth import __version__
from assoc_synth.ctgan.trainer_state import Tensors, TrainerState, module_tensors, replace_tensors, under
from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.transactions.files.atomic import replacing
from assoc_synth.transactions.table import TransactionTable

EVERY, COST = 60.0, 20.0
"""Seconds between two checkpoints of a running step, and at least so many times what the last one took to write."""
FINISHED, RUNNING = "finished", "running"
MARK = b"assoc-synth checkpoint 1 "


def checkpoint_beside(model: str | os.PathLike[str]) -> Path:
    """Where the training of a model directory is kept.

    Example:
        >>> checkpoint_beside("models/shop").name
        '.shop.training'
    """
    target = Path(model).resolve()
    return target.with_name(f".{target.name}.training")


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
        path: the folder; made when something is kept.
        own: see `identity`.
        resume: go on from what is there; else begin anew and replace it.
        every: seconds between two checkpoints of a running step.

    Raises:
        InputError: there is nothing to go on from, or it is of another table or other settings.
        ModelFileError: it is damaged.
    """

    def __init__(
        self, path: str | os.PathLike[str], own: Mapping[str, str], *, resume: bool = False, every: float = EVERY
    ) -> None:
        self.path, self.own, self.every = Path(path), dict(own), every
        self.done: dict[str, Any] = {}
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
        """Remove the folder: the model is saved."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _write_finished(self) -> None:
        if self.is_new:
            with suppress(OSError):  # what cannot be written to is told below
                (self.path / RUNNING).unlink(missing_ok=True)
        self._write(FINISHED, self.tensors, {"own": self.own, "done": self.done})
        self.is_new = False

    def _write(self, name: str, tensors: Tensors, facts: dict[str, Any]) -> None:
        started = time.monotonic()
        told = {"training": json.dumps(facts | {"seconds": self.seconds})}
        content = save({key: tensor.cpu().contiguous() for key, tensor in tensors.items()}, told)
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(self.path / name) as temporary:
                os.chmod(temporary, 0o600)
                temporary.write_bytes(MARK + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        except (OSError, InputError) as error:  # the training goes on
            reason = getattr(error, "strerror", None) or str(error)
            warnings.warn(f"the training could not be kept in {self.path.name!r}: {reason}", stacklevel=2)
        self.written = time.monotonic()
        self.took = self.written - started

    def _load(self) -> None:
        if not (self.path / FINISHED).is_file():
            raise InputError(f"there is no training to go on from in {self.path.name!r}: leave --resume out")
        self.tensors, facts = _read(self.path / FINISHED)
        different = [name for name, value in self.own.items() if facts["own"].get(name) != value]
        if different:
            raise InputError(
                f"the training in {self.path.name!r} is of another {different[0]}: give the same table and options as "
                "then, or leave --resume out to begin anew"
            )
        self.done, self.used, self.is_new = facts["done"], facts["seconds"], False
        if (self.path / RUNNING).is_file():
            tensors, running = _read(self.path / RUNNING)
            if running["after"] == sorted(self.done):  # else the step was finished after it
                self.running = running["stage"], TrainerState(tensors, running["facts"])
                self.used = running["seconds"]


def _read(path: Path) -> tuple[Tensors, dict[str, Any]]:
    """The tensors and the facts of a file.

    Raises:
        ModelFileError: it is not what was written.
    """
    content = path.read_bytes()
    head, _, rest = content.partition(b"\n")
    if head != MARK + hashlib.sha256(rest).hexdigest().encode():
        raise ModelFileError(f"the checkpoint {path.name!r} is damaged (checksum): leave --resume out to begin anew")
    try:
        length = int.from_bytes(rest[:8], "little")
        told = json.loads(rest[8 : 8 + length])["__metadata__"]["training"]
        return load(rest), json.loads(told)
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelFileError(f"the checkpoint {path.name!r} cannot be read: {type(error).__name__}") from None
