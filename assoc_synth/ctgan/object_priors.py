"""What single objects are known to cost, and how often they occur: each object's own shares of a column's classes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from assoc_synth.coded import CodedColumn, ColumnSpec

MAX_CELLS = 10_000_000
SMOOTHING = 10.0
"""Rows of the whole table that an object's own shares are mixed with."""


class ObjectPriors(nn.Module):
    """Log-odds of each column's classes that an object adds to those of all: log (n_oc + α·p_c) / ((n_o + α)·p_c).

    A network alone learns slowly that one object in two thousand costs 2.49. Where objects are so many that a table of
    all would be large, the frequent ones have a row of their own and the others none.

    Shape:
        object: (n,) int64 → per column (n, classes).
    """

    def __init__(self, columns: tuple[ColumnSpec, ...], num_objects: int) -> None:
        super().__init__()
        self.columns = columns
        self.rows = min(num_objects, MAX_CELLS // max(sum(column.classes for column in columns), 1))
        self.row: Tensor
        self.register_buffer("row", torch.zeros(num_objects, dtype=torch.int32))
        for index, column in enumerate(columns):
            self.register_buffer(f"table{index}", torch.zeros(self.rows + 1, column.classes))

    def learn(self, columns: tuple[CodedColumn, ...], object: npt.NDArray[np.integer]) -> None:
        """Count the classes of each object: columns (n,) each, object (n,)."""
        occurs = np.bincount(object, minlength=len(self.row))
        row = np.zeros(len(self.row), np.int64)
        row[np.argsort(-occurs, kind="stable")[: self.rows]] = np.arange(1, self.rows + 1)
        self.row.copy_(torch.from_numpy(row))
        for index, column in enumerate(columns):
            classes = column.spec.classes
            found = np.bincount(row[object] * classes + column.code, minlength=(self.rows + 1) * classes)
            counts = found.reshape(-1, classes).astype(np.float64)
            share = (counts.sum(0) + 0.5) / (counts.sum() + 0.5 * classes)
            own = (counts + SMOOTHING * share) / (counts.sum(1, keepdims=True) + SMOOTHING)
            odds = np.log(own / share)
            odds[0] = 0.0
            getattr(self, f"table{index}").copy_(torch.from_numpy(odds))

    def forward(self, object: Tensor) -> list[Tensor]:
        row = self.row[object].long()
        return [getattr(self, f"table{index}")[row] for index in range(len(self.columns))]

    def is_sound(self) -> bool:
        """Whether every object's row exists."""
        return not len(self.row) or (int(self.row.min()) >= 0 and int(self.row.max()) <= self.rows)
