"""Several processes that train one network together, each on batches of its own: gradients are averaged.

A training asks for its team by the context that it runs in, as for its keeper; by itself it is alone. All members see
the same batches come by and take turns; what depends on a clock or on a validation is what the first member says, so
that all make the same steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import torch
from torch import Tensor, nn


class Team(Protocol):
    """The members of a training, as one of them sees them."""

    @property
    def rank(self) -> int:
        """Which member this is, from 0."""
        ...

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def begin(self, tensors: Sequence[Tensor]) -> None:
        """Give all members the first one's values, in place."""

    def average(self, parameters: Sequence[nn.Parameter], weight: float) -> None:
        """Replace the gradients by their mean over the members, by their weights."""

    def mean(self, value: float) -> float:
        """The mean of a number over all members; not a number where one is none."""
        ...

    def first(self, value: float) -> float:
        """The first member's number."""
        ...


class Alone:
    """One process."""

    rank, size = 0, 1

    def begin(self, tensors: Sequence[Tensor]) -> None:
        """As `Team`."""

    def average(self, parameters: Sequence[nn.Parameter], weight: float) -> None:
        """As `Team`."""

    def mean(self, value: float) -> float:
        """As `Team`."""
        return value

    def first(self, value: float) -> float:
        """As `Team`."""
        return value


class Gathered:
    """The processes of PyTorch's default group, which is there already (`torch.distributed`)."""

    def __init__(self) -> None:
        self.rank, self.size = torch.distributed.get_rank(), torch.distributed.get_world_size()

    def begin(self, tensors: Sequence[Tensor]) -> None:
        """As `Team`."""
        for tensor in tensors:
            torch.distributed.broadcast(tensor.detach(), 0)

    @torch.no_grad()
    def average(self, parameters: Sequence[nn.Parameter], weight: float) -> None:
        """As `Team`; a parameter without a gradient counts as one of 0."""
        parts = [(own.grad if own.grad is not None else torch.zeros_like(own)).flatten() for own in parameters]
        total = torch.cat([*(weight * part for part in parts), parts[0].new_tensor([weight])])
        torch.distributed.all_reduce(total)
        means, begin = total[:-1] / total[-1].clamp(min=1e-12), 0
        for own in parameters:
            own.grad = means[begin : begin + own.numel()].view_as(own)
            begin += own.numel()

    def mean(self, value: float) -> float:
        """As `Team`."""
        total = torch.tensor([value], dtype=torch.float64)
        torch.distributed.all_reduce(total)
        return float(total) / self.size

    def first(self, value: float) -> float:
        """As `Team`."""
        own = torch.tensor([value], dtype=torch.float64)
        torch.distributed.broadcast(own, 0)
        return float(own)


_ALONE = Alone()
_TEAM: ContextVar[Team] = ContextVar("team", default=_ALONE)


@contextmanager
def training_with(own: Team) -> Iterator[None]:
    """Trainings inside the block are made with this team.

    Example:
        >>> with training_with(Alone()):
        ...     team().size
        1
    """
    token = _TEAM.set(own)
    try:
        yield
    finally:
        _TEAM.reset(token)


def team() -> Team:
    """The team of the trainings that run here."""
    return _TEAM.get()
