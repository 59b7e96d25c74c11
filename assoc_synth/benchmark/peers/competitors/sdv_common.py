"""What the two SDV peers share: a table's metadata, a training loop that keeps to its time, and a limit of memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sdv.metadata import Metadata

TABLE = "links"
COLUMNS = ("subject", "verb", "object", "time", "amount")
SDTYPES = {"verb": "categorical", "object": "categorical", "time": "datetime", "amount": "numerical"}
_MEMORY_SHARE = 0.5


def library() -> str:
    return f"sdv {version('sdv')}"


def metadata(rows: pd.DataFrame, *, subject: str, **keys: str) -> Metadata:
    """SDV's metadata of a single table.

    Args:
        rows: any of `COLUMNS`.
        subject: the subject's sdtype.
        keys: of the table, such as `sequence_key`.
    """
    from sdv.metadata import Metadata

    sdtypes = {"subject": subject, **SDTYPES}
    columns = {name: {"sdtype": sdtypes[str(name)]} for name in rows}
    return Metadata.load_from_dict({"tables": {TABLE: {"columns": columns, **keys}}})


def columns_of(train: pd.DataFrame) -> pd.DataFrame:
    """The columns that an SDV peer is given. The basket is not: it adds thousands of categories, or keys."""
    return train[[name for name in COLUMNS if name in train and train[name].notna().any()]]


def seed_everything(seed: int) -> None:
    """SDV, CTGAN and DeepEcho draw from global generators."""
    import torch

    np.random.seed(seed % 2**32)  # noqa: NPY002
    torch.manual_seed(seed)


def memory_limit() -> float:
    """Bytes that a competitor's largest matrices may take: half of the memory that is free now."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return _MEMORY_SHARE * free


class Epochs:
    """Takes the place of the progress bar around a library's epochs, and ends the loop before an epoch too many.

    The effect is that of a user who knows how long an epoch takes and asks for as many as there is time for, at least
    one.

    Attributes:
        done: epochs so far.
        seconds: what they took together.
    """

    def __init__(self, epochs: Iterable[int], deadline: float) -> None:
        self.epochs = epochs
        self.deadline = deadline
        self.done = 0
        self.seconds = 0.0

    def __iter__(self) -> Iterator[int]:
        for epoch in self.epochs:
            if self.done and time.monotonic() + self.seconds / self.done > self.deadline:
                return
            began = time.monotonic()
            yield epoch
            self.seconds += time.monotonic() - began
            self.done += 1

    def set_description(self, *_: Any) -> None:
        """Does nothing: a library asks its progress bar for this."""


class TrainingModule(Protocol):
    """A library's module that loops over its epochs through `tqdm`."""

    tqdm: Any


@contextmanager
def within(module: TrainingModule, deadline: float) -> Iterator[list[Epochs]]:
    """End the epochs of a library's module at `deadline`.

    Args:
        module: its `tqdm` is replaced within the block.
        deadline: seconds of the monotonic clock.

    Yields:
        The loops that began in the block.
    """
    loops: list[Epochs] = []

    def bar(epochs: Iterable[int], **_: Any) -> Epochs:
        loops.append(Epochs(epochs, deadline))
        return loops[-1]

    known, module.tqdm = module.tqdm, bar
    try:
        yield loops
    finally:
        module.tqdm = known
