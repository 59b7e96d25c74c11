"""Log ratios of counts, those of rare things shrunk towards 0."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

_Real = TypeVar("_Real", np.float32, np.float64)


def log_ratio(real: npt.NDArray[_Real], drawn: npt.NDArray[_Real], prior: float) -> npt.NDArray[_Real]:
    """log((real + prior) / (drawn + prior)), elementwise, `prior` in pseudo-counts.

    Example:
        >>> log_ratio(np.array([30.0, 0.0]), np.array([10.0, 10.0]), prior=10.0).round(2).tolist()
        [0.69, -0.69]
    """
    ratio: npt.NDArray[_Real] = np.log((real + prior) / (drawn + prior))
    return ratio
