"""What days of the month, months, hours and parts of the table's time add to the embeddings of visits.

A visit's season, weekday and hour are smooth features; a rent is due on the third, a product is sold from one spring on
and an office closes at five. So each class of these has a row of its own, which is 0 until it is learned.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.days import HOUR, month_days, months

ERAS = 24
"""Equal parts of the time that a table covers."""
_DAYS, _MONTHS, _HOURS = 31, 12, 24
CLASSES = _DAYS + _MONTHS + _HOURS + ERAS
UNDATED = CLASSES
"""The row of visits without a date: it stays 0."""


def calendar_classes(visits: Visits, horizon: Horizon) -> Ints:
    """The rows of visits, (M, 4): of the day of the month, the month, the hour and the part of the table's time.

    Example:
        >>> one = np.zeros(1, np.int64)
        >>> calendar_classes(Visits(one, one + 40, one + 8 * HOUR, one + 1), Horizon(0, 95)).tolist()  # 10 February
        [[9, 32, 51, 77]]
    """
    day = np.maximum(visits.day, 0)
    date = (horizon.first_day + day).astype("datetime64[D]")
    found = np.stack(
        [
            month_days(date) - 1,
            _DAYS + months(date),
            _DAYS + _MONTHS + visits.clock // HOUR,
            _DAYS + _MONTHS + _HOURS + (day * ERAS // (horizon.last_day + 1)).clip(max=ERAS - 1),
        ],
        axis=1,
    )
    return np.where(visits.day[:, None] < 0, UNDATED, found).astype(np.int64)


class CalendarTerms(nn.Module):
    """Rows of the classes, summed.

    Shape:
        classes (M, 4) → (M, visit_dim).
    """

    def __init__(self, visit_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(CLASSES, visit_dim))

    def forward(self, classes: Tensor) -> Tensor:
        rows = functional.pad(self.weight, (0, 0, 0, 1))
        found: Tensor = functional.embedding_bag(classes, rows, mode="sum")
        return found
