"""AttributeEncoder: a table's occurrences in the networks' terms, and drawn occurrences back as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.counts import CountCode
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.coded import CodedColumn, DrawnOccurrences, Occurrences
from assoc_synth.graph import LinkGraph

if TYPE_CHECKING:
    from assoc_synth.table import TransactionTable

Index = npt.NDArray[np.int64]
SECOND = 1_000_000_000
RESOLUTIONS = (86_400 * SECOND, 3_600 * SECOND, 60 * SECOND, SECOND)
REPEAT_CLASSES = 16
OUTSIDE = "outside of moments"
UNDATED = "undated"


@dataclass(frozen=True)
class DrawnColumns:
    """Attributes of drawn links: None where the table has no such column.

    Attributes:
        time: (L,) datetime64[ns], NaT missing.
        amount: (L,) float64, NaN missing.
        basket: (L,) int64, −1 missing.
        extras: the modelled further columns by name.
    """

    time: npt.NDArray[np.datetime64] | None
    amount: npt.NDArray[np.float64] | None
    basket: Index | None
    extras: dict[str, Any]


@dataclass(frozen=True, eq=False)
class AttributeEncoder:
    """How a table's occurrences are coded. `learn` it from a training table; it holds no row and no subject.

    Attributes:
        repeat_level: (classes,) log links per edge of each class of subjects.
        start, resolution: the earliest time and the unit of time, nanoseconds; None without times.
        horizon: seconds from the earliest to the latest time.
        left_out: further columns that are not modelled (free text, identifiers, dates).
    """

    count: CountCode
    repeat_level: npt.NDArray[np.float32]
    moments: CountCode | None
    first: NumberCode | None
    gap: NumberCode | None
    amount: NumberCode | None
    numbers: tuple[NumberCode, ...]
    categories: tuple[CategoryCode, ...]
    has_basket: bool
    has_outside: bool
    has_undated: bool
    start: int | None
    resolution: int
    horizon: float
    left_out: tuple[str, ...]

    @classmethod
    def learn(cls, graph: LinkGraph, rng: np.random.Generator) -> AttributeEncoder:
        """Learn every code from a training table's graph."""
        table, moments = graph.table, _Moments.of(graph)
        sizes = np.diff(graph.edges.offsets)
        links = np.bincount(graph.edges.subject, weights=graph.edges.count, minlength=len(sizes))
        ratio = np.log(links[sizes > 0] / sizes[sizes > 0])
        levels = np.unique(np.quantile(ratio, np.linspace(0, 1, REPEAT_CLASSES))) if len(ratio) else np.zeros(1)
        known = table.time[~np.isnat(table.time)].astype(np.int64) if table.time is not None else np.zeros(0, np.int64)
        has_time = len(known) > 0
        start = int(known.min()) if has_time else None
        resolution = next((r for r in RESOLUTIONS if not (known % r).any()), 1) if has_time else SECOND
        numbers, categories, left_out = [], [], []
        for name in table.extras.columns:
            column = table.extras[name]
            if (
                pd.api.types.is_numeric_dtype(column)
                and not pd.api.types.is_bool_dtype(column)
                and not _identifies(column)
            ):
                numbers.append(NumberCode.learn(str(name), _as_float(column), rng))
            elif CategoryCode.fits(column):
                categories.append(CategoryCode.learn(str(name), column))
            else:
                left_out.append(str(name))
        return cls(
            count=CountCode.learn("count", graph.edges.count),
            repeat_level=levels.astype(np.float32),
            moments=CountCode.learn("moments", moments.per_subject[moments.per_subject > 0])
            if len(moments.subject)
            else None,
            first=NumberCode.learn("first", moments.first(start), rng, atoms=False)
            if has_time and start is not None
            else None,
            gap=NumberCode.learn("gap", moments.gaps()[0], rng, log=True)
            if has_time and len(moments.gaps()[0])
            else None,
            amount=NumberCode.learn("amount", table.amount, rng) if table.amount is not None else None,
            numbers=tuple(numbers),
            categories=tuple(categories),
            has_basket=table.basket is not None,
            has_outside=bool((moments.of_row < 0).any()) and bool(len(moments.subject)),
            has_undated=table.basket is not None and table.time is not None and len(known) < len(table),
            start=start,
            resolution=resolution,
            horizon=float(known.max() - known.min()) / SECOND if has_time else 0.0,
            left_out=tuple(left_out),
        )

    def encode(self, graph: LinkGraph, rng: np.random.Generator) -> Occurrences:
        """A table's occurrences by code. The table's vocabularies must be those that were learned from."""
        table, edges = graph.table, graph.edges
        token = (table.subject.astype(np.int64) * edges.num_verbs + table.verb) * edges.num_objects + table.object
        order = np.argsort(token, kind="stable")
        moments = _Moments.of(graph)
        sizes = np.diff(edges.offsets)
        links = np.bincount(edges.subject, weights=edges.count, minlength=len(sizes))
        ratio = np.log(np.maximum(links, 1) / np.maximum(sizes, 1))
        nearest = np.abs(ratio[:, None] - self.repeat_level[None, :]).argmin(1)
        columns = [column.take(order) for column in self._link_columns(table, moments, rng)]
        gaps, gap_subject = moments.gaps()
        own = table.subject[moments.of_row >= 0]
        return Occurrences(
            edges=edges,
            repeat=CodedColumn.discrete("repeat", nearest, len(self.repeat_level)),
            repeat_level=self.repeat_level,
            count=self.count.encode(edges.count),
            link_edge=np.repeat(np.arange(len(edges)), edges.count),
            link=tuple(columns),
            in_moment=np.bincount(own, minlength=edges.num_subjects).astype(np.int64),
            moments=self.moments.encode(moments.per_subject) if self.moments is not None else None,
            first=self.first.encode(moments.first(self.start), rng) if self.first is not None else None,
            gap=self.gap.encode(gaps, rng) if self.gap is not None else None,
            gap_subject=gap_subject,
            gap_center=self.gap.centers if self.gap is not None else np.zeros(0, np.float32),
            gap_scale=self.gap.widths if self.gap is not None else np.zeros(0, np.float32),
        )

    def _link_columns(self, table: TransactionTable, moments: _Moments, rng: np.random.Generator) -> list[CodedColumn]:
        columns = []
        if self.has_outside:
            columns.append(CodedColumn.discrete(OUTSIDE, moments.of_row < 0, 2))
        if self.has_undated and table.time is not None:
            columns.append(CodedColumn.discrete(UNDATED, np.isnat(table.time), 2))
        if self.amount is not None and table.amount is not None:
            columns.append(self.amount.encode(table.amount, rng))
        columns += [number.encode(_as_float(table.extras[number.name]), rng) for number in self.numbers]
        columns += [category.encode(table.extras[category.name]) for category in self.categories]
        return columns

    def in_moment(self, link: tuple[CodedColumn, ...], links: int) -> npt.NDArray[np.bool_]:
        """Which drawn links belong to a moment: (L,)."""
        outside = next((column.code == 1 for column in link if column.spec.name == OUTSIDE), np.zeros(links, bool))
        return ~outside if self.moments is not None else np.zeros(links, bool)

    def decode(self, drawn: DrawnOccurrences) -> DrawnColumns:
        """Columns of the user's table from drawn occurrences."""
        by_name = {column.spec.name: column for column in drawn.link}
        extras: dict[str, Any] = {number.name: number.decode(by_name[number.name]) for number in self.numbers}
        extras |= {category.name: category.decode(by_name[category.name].code) for category in self.categories}
        time = self._times(drawn, by_name.get(UNDATED)) if self.start is not None else None
        amount = self.amount.decode(by_name["amount"]) if self.amount is not None else None
        return DrawnColumns(time, amount, drawn.moment if self.has_basket else None, extras)

    def _times(self, drawn: DrawnOccurrences, undated: CodedColumn | None) -> npt.NDArray[np.datetime64]:
        """(L,) a moment's time for each of its links: first + gaps, kept inside the observed range."""
        result = np.full(len(drawn.link_edge), np.datetime64("NaT"), "datetime64[ns]")
        if self.first is None or drawn.first is None or self.start is None:
            return result
        first = self.first.decode(drawn.first)
        begin = np.cumsum(drawn.moments) - drawn.moments
        steps = np.zeros(int(drawn.moments.sum()))
        if self.gap is not None and drawn.gap is not None:
            later = np.ones(len(steps), bool)
            later[begin] = False
            steps[later] = self.gap.decode(drawn.gap)
        elapsed = np.cumsum(steps)
        elapsed -= np.repeat(elapsed[begin], drawn.moments)
        # A subject whose gaps run over the end of the table keeps its rhythm, faster.
        last = elapsed[begin + drawn.moments - 1]
        room = np.maximum(self.horizon - first, 0.0)
        squeeze = np.minimum(1.0, room / np.maximum(last, 1e-9))
        seconds = np.repeat(first, drawn.moments) + elapsed * np.repeat(squeeze, drawn.moments)
        undatable = np.isnan(seconds)
        ticks = (
            np.round(np.nan_to_num(seconds) * (SECOND / self.resolution)).astype(np.int64) * self.resolution
            + self.start
        )
        placed = (drawn.moment >= 0) & ~undatable[drawn.moment]
        if undated is not None:
            placed = placed & (undated.code == 0)
        result[placed] = ticks[drawn.moment[placed]].astype("datetime64[ns]")
        return result

    def to_dict(self) -> dict[str, Any]:
        """The codes as JSON values."""
        coders = {name: getattr(self, name) for name in ("count", "moments", "first", "gap", "amount")}
        plain = ("has_basket", "has_outside", "has_undated", "start", "resolution", "horizon")
        return {
            **{name: coder.to_dict() if coder is not None else None for name, coder in coders.items()},
            **{name: getattr(self, name) for name in plain},
            "repeat_level": self.repeat_level.tolist(),
            "numbers": [number.to_dict() for number in self.numbers],
            "categories": [category.to_dict() for category in self.categories],
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> AttributeEncoder:
        def number(name: str) -> NumberCode | None:
            return NumberCode.from_dict(state[name]) if state[name] is not None else None

        return cls(
            count=CountCode.from_dict(state["count"]),
            repeat_level=np.asarray(state["repeat_level"], np.float32),
            moments=CountCode.from_dict(state["moments"]) if state["moments"] is not None else None,
            first=number("first"),
            gap=number("gap"),
            amount=number("amount"),
            numbers=tuple(NumberCode.from_dict(s) for s in state["numbers"]),
            categories=tuple(CategoryCode.from_dict(s) for s in state["categories"]),
            has_basket=bool(state["has_basket"]),
            has_outside=bool(state["has_outside"]),
            has_undated=bool(state["has_undated"]),
            start=state["start"],
            resolution=int(state["resolution"]),
            horizon=float(state["horizon"]),
            left_out=tuple(state["left_out"]),
        )


@dataclass(frozen=True, eq=False)
class _Moments:
    """The moments of a table, numbered by subject and then by time.

    Attributes:
        of_row: (rows,) the moment of each row, −1 for none.
        subject: (M,) whose; time: (M,) int64 nanoseconds of the moment's earliest link, None without times.
        per_subject: (S,) how many.
    """

    of_row: Index
    subject: Index
    time: Index | None
    per_subject: Index

    @classmethod
    def of(cls, graph: LinkGraph) -> _Moments:
        table, of_row = graph.table, graph.baskets
        inside = np.flatnonzero(of_row >= 0)
        frame = pd.DataFrame({"basket": of_row[inside], "subject": table.subject[inside]})
        if table.time is not None:
            frame["time"] = table.time[inside]
        first = frame.groupby(["subject", "basket"], sort=True, as_index=False).min()
        if table.time is not None:
            first = first.sort_values(["subject", "time", "basket"], na_position="last")
        number = pd.MultiIndex.from_arrays([first["subject"], first["basket"]])
        renumbered = np.full(len(of_row), -1, np.int64)
        renumbered[inside] = number.get_indexer(pd.MultiIndex.from_frame(frame[["subject", "basket"]]))
        time = first["time"].to_numpy("datetime64[ns]").astype(np.int64) if table.time is not None else None
        subject = first["subject"].to_numpy(np.int64)
        return cls(renumbered, subject, time, np.bincount(subject, minlength=graph.edges.num_subjects).astype(np.int64))

    def first(self, start: int | None) -> npt.NDArray[np.float64]:
        """(S,) seconds from `start` to each subject's first dated moment; NaN where there is none."""
        result = np.full(len(self.per_subject), np.nan)
        dated = self._dated()
        if self.time is not None and start is not None and dated.any():
            subjects, at = np.unique(self.subject[dated], return_index=True)
            result[subjects] = (self.time[dated][at] - start) / SECOND
        return result

    def gaps(self) -> tuple[npt.NDArray[np.float64], Index]:
        """(G,) seconds between successive dated moments of one subject, and (G,) whose."""
        dated = self._dated()
        if self.time is None or not dated.any():
            return np.zeros(0), np.zeros(0, np.int64)
        subject, time = self.subject[dated], self.time[dated]
        same = subject[1:] == subject[:-1]
        return np.diff(time)[same] / SECOND, subject[1:][same]

    def _dated(self) -> npt.NDArray[np.bool_]:
        nat = np.iinfo(np.int64).min
        return self.time != nat if self.time is not None else np.zeros(len(self.subject), bool)


def _as_float(column: pd.Series) -> npt.NDArray[np.float64]:
    return np.asarray(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), np.float64)


def _identifies(column: pd.Series) -> bool:
    """Whether whole numbers look like an identifier: nearly every row has its own."""
    return len(column) > 20 and pd.api.types.is_integer_dtype(column) and column.nunique() > 0.9 * len(column)
