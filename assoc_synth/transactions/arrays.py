"""Names for the arrays that everything is made of: a type each, so that signatures read alike everywhere."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
"""Codes, counts and indices."""
Codes: TypeAlias = npt.NDArray[np.int32]
"""Codes of a vocabulary as a table stores them."""
Floats: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]
Times: TypeAlias = npt.NDArray[np.datetime64]
"""datetime64[ns] in UTC, NaT where unknown."""
Values: TypeAlias = npt.NDArray[Any]
"""Cells of any kind."""
