"""Thresholds: how many subjects a value must have before a model may store it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import InputError

MIN_SUBJECTS = 5
"""The default: subjects that a value of a column has at least."""
WORDS = "words"


@dataclass(frozen=True)
class Thresholds:
    """What a model may store.

    Args:
        min_subjects: training subjects that a value of an extra column, an amount, a date or a word must have.
        min_subjects_objects: those that an object must be linked by; None keeps every object that one is linked by.
        text: "words" writes free text from words that enough subjects use; None leaves it empty.

    Raises:
        InputError: one of them is something else.

    Example:
        >>> Thresholds.of(3, None, "words")
        Thresholds(min_subjects=3, min_subjects_objects=None, text='words')
    """

    min_subjects: int = MIN_SUBJECTS
    min_subjects_objects: int | None = None
    text: str | None = None

    @classmethod
    def of(cls, min_subjects: object, min_subjects_objects: object, text: object) -> Thresholds:
        """Thresholds as a user gives them."""
        objects = None if min_subjects_objects is None else _count("min_subjects_objects", min_subjects_objects)
        if text is not None and text != WORDS:
            raise InputError(
                f"text must be {WORDS!r}, which writes free text from shared words, or None, not {str(text)[:40]!r}"
            )
        return cls(_count("min_subjects", min_subjects), objects, None if text is None else WORDS)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; None stays None."""
        return {
            "min_subjects": self.min_subjects,
            "min_subjects_objects": self.min_subjects_objects,
            "text": self.text,
        }

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> Thresholds:
        """Inverse of `to_dict`; the defaults where there is nothing.

        Raises:
            InputError: these are no thresholds.
        """
        return cls.of(state.get("min_subjects", MIN_SUBJECTS), state.get("min_subjects_objects"), state.get("text"))


def _count(name: str, value: object) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"{name} must be a whole number of subjects of at least 1, not {str(value)[:40]!r}")
    return int(value)
