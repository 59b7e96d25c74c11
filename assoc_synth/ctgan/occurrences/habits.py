"""Habits: at which hours and on which days of the week a subject comes, drawn once for all of its visits.

A network that draws each visit given the one before it spreads everybody's visits over the day like all visits
together: one who always comes at eight is followed by one who comes whenever. What single subjects have in common
beyond that cannot be known from their links. So it is a random effect on the logits of the visits' columns (a mixed
logit, McFadden & Train 2000): a normal vector per subject, along a few directions of the classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import ColumnSpec, Occurrences

HABITUAL = ("weekday", "clock")
"""Columns of visits that have habits, by name."""
DIRECTIONS = 8
"""Along how many directions habits differ in one column, at most."""
FEWEST_VISITS, FEWEST_SUBJECTS = 3, 50
"""Visits of a subject that tell of a habit, at least, and of how many subjects there must be so many."""


class Habits(nn.Module):
    """The distribution of the subjects' habits. Without learning nobody has any.

    Args:
        columns: of the visits; those without habits are left out.

    Attributes:
        place, along: by column, its classes and its directions among those of all columns.
        directions: (classes of all columns, K) what a habit adds to the logits.
        offset: (classes of all columns,) by which the shares of all subjects together stay as they are.
        mean, factor: (K,), (K, K) of the normal distribution: its mean, and the Cholesky factor of its covariance.
    """

    directions: Tensor
    offset: Tensor
    mean: Tensor
    factor: Tensor

    def __init__(self, columns: tuple[ColumnSpec, ...]) -> None:
        super().__init__()
        self.place, self.along = dict[str, slice](), dict[str, slice]()
        classes = size = 0
        for column in columns:
            if column.name in HABITUAL:
                # One direction less than classes: what all logits have in common changes nothing.
                own = min(DIRECTIONS, column.classes - 1)
                self.place[column.name] = slice(classes, classes + column.classes)
                self.along[column.name] = slice(size, size + own)
                classes, size = classes + column.classes, size + own
        self.size = size
        self.register_buffer("directions", torch.zeros(classes, size))
        self.register_buffer("offset", torch.zeros(classes))
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("factor", torch.zeros(size, size))

    def draw(self, subjects: int, random: torch.Generator) -> Tensor:
        """Habits of new subjects: (S, K)."""
        normal = torch.randn(subjects, self.size, generator=random, device=self.mean.device)
        return self.mean + normal @ self.factor.T

    def add_to(self, logits: list[Tensor], columns: tuple[ColumnSpec, ...], habits: Tensor) -> list[Tensor]:
        """Logits with what habits add to them: per column (n, classes) or (n, 1), and (n, K)."""
        added = []
        for column, own in zip(columns, logits, strict=True):
            if column.name in self.place:
                place = self.place[column.name]
                own = own + habits @ self.directions[place].T + self.offset[place]
            added.append(own)
        return added


def has_habits(data: Occurrences) -> bool:
    """Whether visits have times, and enough subjects come again."""
    if data.visits is None or (data.visits.per_subject >= FEWEST_VISITS).sum() < FEWEST_SUBJECTS:
        return False
    return any(column.spec.name in HABITUAL and column.spec.classes > 1 for column in data.step)
