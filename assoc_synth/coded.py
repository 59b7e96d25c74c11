"""Coded columns: what the networks know of a column — classes, and within a class a number between −1 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class ColumnSpec:
    """The shape of a coded column.

    Attributes:
        name: which column it is.
        classes: categories, or modes of a number's mixture; missing is a class of its own where it occurs.
        continuous: whether a number within the class goes with it.
    """

    name: str
    classes: int
    continuous: bool

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> ColumnSpec:
        return cls(str(state["name"]), int(state["classes"]), bool(state["continuous"]))


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A column in the networks' terms.

    Attributes:
        code: (n,) int64 class of each entry.
        value: (n,) float32 number within the class, 0 where the column or the class has none.
    """

    spec: ColumnSpec
    code: npt.NDArray[np.int64]
    value: npt.NDArray[np.float32]

    @classmethod
    def discrete(cls, name: str, code: npt.NDArray[Any], classes: int) -> CodedColumn:
        return cls(ColumnSpec(name, classes, False), code.astype(np.int64), np.zeros(len(code), np.float32))

    def __len__(self) -> int:
        return len(self.code)

    def take(self, at: npt.NDArray[Any]) -> CodedColumn:
        return CodedColumn(self.spec, self.code[at], self.value[at])
