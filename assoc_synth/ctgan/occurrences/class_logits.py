"""What an object and a verb by themselves contribute to a column's classes: what things cost, how often they occur."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.transactions.arrays import Codes, Floats, Ints

MAX_CELLS = 10_000_000
"""The most numbers in the tables of objects."""
SMOOTHING = 10.0
"""Rows of the whole table that an object's own shares are mixed with."""


class ClassLogits(nn.Module):
    """Logits of each column's classes that a link's object and verb add to the network's.

    Those of objects begin at log (n_oc + α·p_c) / ((n_o + α)·p_c): a network alone learns slowly that one object in two
    thousand costs 2.49. If a table of all objects would be too large, the frequent ones have a row of their own and the
    others share one. Those of verbs begin at 0. Neither is trained; `calibration` moves them.

    Shape:
        verb, object: (n,) int64 → per column (n, classes).
    """

    def __init__(self, columns: tuple[ColumnSpec, ...], num_verbs: int, num_objects: int) -> None:
        super().__init__()
        self.columns = columns
        self.rows = min(num_objects, MAX_CELLS // max(sum(column.classes for column in columns), 1))
        self.row: Tensor
        self.register_buffer("row", torch.zeros(num_objects, dtype=torch.int32))
        for index, column in enumerate(columns):
            self.register_buffer(f"objects{index}", torch.zeros(self.rows + 1, column.classes))
            self.register_buffer(f"verbs{index}", torch.zeros(num_verbs, column.classes))

    def learn(self, columns: tuple[CodedColumn, ...], object: Ints | Codes) -> None:
        """Count the classes of each object: columns (n,) each, object (n,)."""
        occurs = np.bincount(object, minlength=len(self.row))
        row = np.zeros(len(self.row), np.int64)
        row[np.argsort(-occurs, kind="stable")[: self.rows]] = np.arange(1, self.rows + 1)
        self.row.copy_(torch.from_numpy(row))
        for index, column in enumerate(columns):
            classes = column.spec.classes
            counts = class_counts(row[object], column.code, self.rows + 1, classes)
            share = (counts.sum(0) + 0.5) / (counts.sum() + 0.5 * classes)
            own = (counts + SMOOTHING * share) / (counts.sum(1, keepdims=True) + SMOOTHING)
            logits = np.log(own / share)
            logits[0] = 0.0
            self.table("objects", index).copy_(torch.from_numpy(logits))

    def forward(self, verb: Tensor, object: Tensor) -> list[Tensor]:
        row = self.row[object].long()
        return [self.table("objects", i)[row] + self.table("verbs", i)[verb] for i in range(len(self.columns))]

    def table(self, of: str, index: int) -> Tensor:
        """Logits of a column's classes by row of "objects" or by "verbs": (rows + 1 or V, classes)."""
        table: Tensor = self.get_buffer(f"{of}{index}")
        return table

    def is_sound(self) -> bool:
        """Whether every object's row exists."""
        return not len(self.row) or (int(self.row.min()) >= 0 and int(self.row.max()) <= self.rows)


def class_counts(group: Ints | Codes, code: Ints, groups: int, classes: int) -> Floats:
    """How often each group has each class: (n,), (n,) → (groups, classes)."""
    found = np.bincount(group.astype(np.int64) * classes + code, minlength=groups * classes)
    return found.reshape(groups, classes).astype(np.float64)
