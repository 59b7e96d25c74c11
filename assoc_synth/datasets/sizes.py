"""Checks of the sizes that a generated table is asked for."""

from __future__ import annotations

from assoc_synth.errors import InputError


def check_positive(name: str, size: int) -> None:
    if size < 1:
        raise InputError(f"{name} must be at least 1, not {size}")
