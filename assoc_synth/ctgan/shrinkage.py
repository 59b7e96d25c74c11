"""Log ratios of counts, those of rare things shrunk towards 0."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

_Real = TypeVar("_Real", np.float32, np.float64)


def log_ratio(real: npt.NDArray[_Real], drawn: npt.NDArray[_Real], prior: float) -> npt.NDArray[_Real]:
    """log((real + prior) / (drawn + prior)), `prior` in pseudo-counts."""
    ratio: npt.NDArray[_Real] = np.log((real + prior) / (drawn + prior))
    return ratio
