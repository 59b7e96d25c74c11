"""Checks of the sizes that the user asks of a built-in table."""

from __future__ import annotations

import numpy as np

from assoc_synth.errors import InputError


def check_size(name: str, size: int) -> None:
    """Refuse a size that is not a whole number from 1 on.

    Raises:
        InputError: with the argument's name and the value.
    """
    if not is_whole(size) or size < 1:
        raise InputError(f"{name} must be at least 1 and a whole number, not {str(size)[:40]!r}")


def is_whole(size: object) -> bool:
    """Whether a value is a whole number; True and 1.0 are not."""
    return isinstance(size, int | np.integer) and not isinstance(size, bool)
