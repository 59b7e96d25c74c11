"""Coded columns: what the networks know of a column — classes, and within a class a number between −1 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assoc_synth.graph import Edges


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


@dataclass(frozen=True, eq=False)
class Occurrences:
    """How often, in which moments and with which columns the edges of subjects occur, by code: what stage 2 learns
    from.

    A *moment* is a basket, or one of a subject's distinct timestamps.

    Attributes:
        edges: S subjects, E edges.
        repeat: (S,) class of links per edge.
        repeat_level: (classes,) log links per edge that each class stands for.
        count: (E,) class of the number of occurrences.
        link_edge: (L,) the edge of each link, ascending.
        link: columns of the links, (L,) each.
        in_moment: (S,) links of each subject that belong to a moment.
        moments: (S,) class of the number of moments; None where the table has neither times nor baskets.
        first: (S,) when the first moment is; None without times.
        gap: (G,) time from a moment to the next one, by subject and then by time; gap_subject: (G,) whose, ascending.
        gap_center, gap_scale: (classes,) the level of a gap is gap_center[class] + gap_scale[class] · number.
    """

    edges: Edges
    repeat: CodedColumn
    repeat_level: npt.NDArray[np.float32]
    count: CodedColumn
    link_edge: npt.NDArray[np.int64]
    link: tuple[CodedColumn, ...]
    in_moment: npt.NDArray[np.int64]
    moments: CodedColumn | None
    first: CodedColumn | None
    gap: CodedColumn | None
    gap_subject: npt.NDArray[np.int64]
    gap_center: npt.NDArray[np.float32]
    gap_scale: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DrawnOccurrences:
    """What stage 2 draws, still by code.

    Attributes:
        link_edge: (L,) the edge of each link, ascending.
        link: the links' columns.
        moment: (L,) the moment of each link, −1 for none; moments are numbered subject after subject, in time.
        timed: subjects with a moment, ascending; moments: how many each of them has.
        first: when the first moment of each subject in `timed` is; None without times.
        gap: the gaps before all moments but each subject's first; None without times or second moments.
    """

    link_edge: npt.NDArray[np.int64]
    link: tuple[CodedColumn, ...]
    moment: npt.NDArray[np.int64]
    timed: npt.NDArray[np.int64]
    moments: npt.NDArray[np.int64]
    first: CodedColumn | None
    gap: CodedColumn | None
