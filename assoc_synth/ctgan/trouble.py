"""What a training can fail by, and how it is recognised."""

from __future__ import annotations

import math

import torch

from assoc_synth.errors import TrainingError


class NotANumber(TrainingError):
    """A loss is infinite or NaN."""


def checked(loss: float, stage: str) -> float:
    """The loss of a stage.

    Raises:
        NotANumber: it is infinite or NaN.
    """
    if not math.isfinite(loss):
        raise NotANumber(
            f"the loss of the {stage} is no longer a number: look for absurd times or amounts in the table"
        )
    return loss


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that memory is short: Python's, or one of PyTorch's allocators.

    Example:
        >>> is_out_of_memory(MemoryError()), is_out_of_memory(RuntimeError("sizes do not fit"))
        (True, False)
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and ("allocate memory" in words or "out of memory" in words)
