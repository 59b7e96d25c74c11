"""Keeping a running training: who is shown its state after each epoch, and gives back the one to go on from.

A training asks for its keeper by the context that it runs in, as its depth below a fit is nobody's business: two fits
in two threads have two keepers, and a training by itself has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from assoc_synth.ctgan.trainer_state import TrainerState


class Keeper(Protocol):
    """Keeps the states of the trainings of one fit."""

    def resumed(self, stage: str) -> TrainerState | None:
        """The state that a stage's training goes on from; None where it begins."""

    def keep(self, stage: str, state: TrainerState) -> None:
        """Take the state after an epoch of a stage. It is not changed later."""


class _Nobody:
    """Keeps nothing."""

    def resumed(self, stage: str) -> TrainerState | None:
        return None

    def keep(self, stage: str, state: TrainerState) -> None:
        pass


_NOBODY = _Nobody()
_KEEPER: ContextVar[Keeper] = ContextVar("keeper", default=_NOBODY)


@contextmanager
def kept_by(keeper: Keeper | None) -> Iterator[None]:
    """Trainings inside the block are kept by this keeper; None keeps nothing.

    Example:
        >>> with kept_by(None):
        ...     keeper().resumed("edges") is None
        True
    """
    token = _KEEPER.set(_NOBODY if keeper is None else keeper)
    try:
        yield
    finally:
        _KEEPER.reset(token)


def keeper() -> Keeper:
    """Who keeps the trainings that run here."""
    return _KEEPER.get()
