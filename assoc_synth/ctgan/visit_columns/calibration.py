"""Calibration of the columns of visits: their shares of classes by the decisive link of drawn visits."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.ctgan.visit_columns.model import VisitColumnModel
from assoc_synth.transactions.arrays import Floats

PRIOR = 10.0
"""A link's training shares are mixed with this many visits that have the model's own shares."""


def calibrate_visit_columns(
    model: VisitColumnModel,
    groups: VisitGroups,
    columns: Sequence[CodedColumn],
    drawn: Callable[[], list[Floats]],
    *,
    rounds: int,
    deadline: float = math.inf,
) -> list[float]:
    """Move the logits of decisive links until their drawn visits have their training shares of classes.

    Args:
        groups, columns: of the training table, (G,) each.
        drawn: gives how many drawn visits each decisive link is expected to have in each class, (T + 1, classes) by
            column.
        deadline: `time.monotonic()` after which no further round begins.

    Returns:
        Σ|p_real − p_expected| over the classes, mean over the columns and the decisive links by their training visits,
        before each round's correction.
    """
    rows, errors = model.decisive.rows(groups), list[float]()
    for _ in range(rounds):
        if time.monotonic() > deadline:
            break
        of_columns = []
        for index, (column, expected) in enumerate(zip(columns, drawn(), strict=True)):
            known, classes = column.code >= 0, column.spec.classes
            cell = rows[known, index] * classes + column.code[known]
            real = np.bincount(cell, minlength=expected.size).reshape(expected.shape).astype(np.float64)
            visits, made = real.sum(1, keepdims=True), expected.sum(1, keepdims=True)
            shares = (expected + 1e-9) / (made + 1e-9 * classes)
            shift = np.log((real + PRIOR * shares) / ((visits + PRIOR) * shares))
            shift[(expected == 0) | (made == 0)] = 0.0  # what is never drawn has no share to correct
            seen = (made > 0) * visits
            of_columns.append(float(np.abs(real - visits * shares)[made[:, 0] > 0].sum() / max(seen.sum(), 1.0)))
            table = model.decisive.table(index)
            table += torch.from_numpy(shift).to(table)
        errors.append(float(np.mean(of_columns)))
    return errors
