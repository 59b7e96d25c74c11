"""Names for the arrays that everything is made of: a type each, so that signatures read alike everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Array:
    """How an array is read from a model's JSON values, see `transactions.stored`: finite numbers of its own kind."""

    def __init__(self, dtype: type[np.generic], most_dimensions: int = 1) -> None:
        self.dtype, self.most_dimensions = dtype, most_dimensions

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)

    def read(self, value: object) -> Values:
        """An array of a list of numbers, or of nested ones where it may have more dimensions; an array stays as it is.

        Raises:
            ValueError: it is something else.

        Example:
            >>> Array(np.int64).read((1, 2)).dtype
            dtype('int64')
        """
        if isinstance(value, np.ndarray):
            return value
        found = np.asarray(value) if isinstance(value, list | tuple) else np.array(None)
        known = {np.bool_: "b", np.int64: "i"}.get(self.dtype, "iuf")
        if not 1 <= found.ndim <= self.most_dimensions:
            raise ValueError("input should be a list of numbers")
        if found.size and (found.dtype.kind not in known or not np.isfinite(found).all()):
            raise ValueError("input should be a list of numbers")
        return found.astype(self.dtype)


Ints: TypeAlias = Annotated[npt.NDArray[np.int64], Array(np.int64)]
"""Codes, counts and indices."""
Codes: TypeAlias = npt.NDArray[np.int32]
"""Codes of a vocabulary as a table stores them."""
Floats: TypeAlias = Annotated[npt.NDArray[np.float64], Array(np.float64)]
FloatTables: TypeAlias = Annotated[npt.NDArray[np.float64], Array(np.float64, 2)]
"""Rows and columns of them; without any row a plain list."""
Singles: TypeAlias = Annotated[npt.NDArray[np.float32], Array(np.float32)]
Bools: TypeAlias = Annotated[npt.NDArray[np.bool_], Array(np.bool_)]
Times: TypeAlias = npt.NDArray[np.datetime64]
"""datetime64[ns] in UTC, NaT where unknown."""
Values: TypeAlias = npt.NDArray[Any]
"""Cells of any kind."""
