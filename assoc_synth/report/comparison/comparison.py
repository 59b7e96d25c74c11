"""Comparison: what `compare` returns, and the forms in which it goes out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.comparison.groups import GROUPS, SCORED, group_of
from assoc_synth.report.comparison.latex import latex
from assoc_synth.report.comparison.page import page
from assoc_synth.report.comparison.standing import STANDINGS, score, standing
from assoc_synth.transactions.files.atomic import replacing
from assoc_synth.transactions.preview import preview
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    import altair

NUMBERS = ("value", "low", "high", "floor", "independent", "p_value")
LEFT_OUT = "left out"
COLUMNS = ("table", "group", "measure", *NUMBERS, "aim", "verdict", "why")


@dataclass(frozen=True, eq=False)
class Compared:
    """One table.

    Attributes:
        rows, subjects: how many it has.
        figures: every measure, group by group.
        verdict: the gate's; None where it was not asked.
    """

    rows: int
    subjects: int
    figures: tuple[Figure, ...]
    verdict: Verdict | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Tables of any generators beside a real one.

    Attributes:
        compared: by the table's name, in the order given.
        num_real: subjects of the real table.
        num_held: subjects held out; None where the floor is a half of the real table.
        seed: of everything drawn.
        tables: the tables themselves for pictures, "real" first; empty where the comparison was not made from tables.
        left_out: the tables that cannot be compared, by name, and why.
    """

    compared: Mapping[str, Compared]
    num_real: int
    num_held: int | None = None
    seed: int = 0
    tables: Mapping[str, TransactionTable] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each table and measure.

        Columns: table, group, measure, value, low and high (95 %), floor (other real subjects), independent (a table
        without associations; for order and cells, one that has lost what the measure looks at), p_value (of privacy),
        aim ("low", "high" or "half"), verdict (see `standing.STANDINGS`), why (what is missing where there is no
        value).
        """
        rows = [
            {"table": name, "group": group_of(figure.name), "measure": figure.name, "verdict": standing(figure)}
            | {name: getattr(figure, name) for name in (*NUMBERS, "aim", "why")}
            for name, one in self.compared.items()
            for figure in one.figures
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(NUMBERS, "float64"))

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The gate's verdict by table; empty where it was not asked."""
        return {name: one.verdict for name, one in self.compared.items() if one.verdict is not None}

    @property
    def summary(self) -> pd.DataFrame:
        """A row for each table: table, subjects, rows, gate, score, and how many measures have each verdict."""
        counts = Counter((name, standing(figure)) for name, one in self.compared.items() for figure in one.figures)
        every = [words for words in STANDINGS if any(counts[name, words] for name in self.compared)]
        rows = [
            {
                "table": name,
                "subjects": one.subjects,
                "rows": one.rows,
                "gate": "" if one.verdict is None else one.verdict.status.value,
                "score": self.get_score(name),
                **{words: counts[name, words] for words in every},
            }
            for name, one in self.compared.items()
        ]
        return pd.DataFrame(rows)

    def get_score(self, table: str | None = None) -> float:
        """How much of the real table one table keeps, from 0 to 1: the mean over the groups, as SDMetrics does it.

        A group's score is the mean over its measures: of single columns 1 − distance, of all others 1 for a table as
        good as other real subjects and 0 for one as good as a table without associations. Privacy is no part of it: a
        copy of the real table scores 1.

        Args:
            table: its name; it may be left out where there is one.

        Raises:
            InputError: there is no such table, or several and none is named.
        """
        scores = self.get_properties(table)["Score"].dropna()
        return float(scores.mean()) if len(scores) else float("nan")

    def get_properties(self, table: str | None = None) -> pd.DataFrame:
        """The score of each group of measures: columns Property and Score, in the manner of SDMetrics' reports.

        Raises:
            InputError: as `get_score`.
        """
        figures = self.compared[self._one(table)].figures
        found = {group: _mean(_whole(figures, group)) for group in SCORED}
        return pd.DataFrame({"Property": list(found), "Score": list(found.values())}).dropna(ignore_index=True)

    def get_details(self, property_name: str | None = None, table: str | None = None) -> pd.DataFrame:
        """The figures of one group, or of all: the columns of `frame`, and score (NaN where a figure has none).

        Raises:
            InputError: there is no such group or table.
        """
        figures = (figure for one in self.compared.values() for figure in one.figures)
        found = self.frame.assign(score=[_number(score(figure)) for figure in figures])
        if property_name is not None:
            found = found[found["group"] == self._group(property_name)]
        if table is not None:
            found = found[found["table"] == self._one(table)]
        return found.reset_index(drop=True)

    def get_visualization(self, property_name: str | None = None) -> altair.FacetChart:
        """As `plot`, by SDMetrics' name."""
        return self.plot(property_name)

    def plot(self, group: str | None = None) -> altair.FacetChart:
        """Every measure between other real subjects (0) and a table without associations (1), a mark for each table.

        Args:
            group: "Associations", "Columns", "Rows", "Own measures", "Use" or "Privacy"; None for all.

        Returns:
            A chart: show it in a notebook, or `chart.save("figure.svg")`.

        Raises:
            InputError: there is no such group.
            MissingExtraError: altair is not installed.
        """
        from assoc_synth.report.comparison.chart import comparison_chart

        return comparison_chart(self.frame if group is None else self.get_details(group))

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """One page that opens from disk, without a script; written to `path` where one is given.

        Raises:
            InputError: no such folder, or it may not be written to.
        """
        return self._written(page(self.compared, self._about, self.summary, self.left_out), path)

    def to_latex(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        measures: Sequence[str] | None = None,
        caption: str = "",
        label: str = "tab:compare",
    ) -> str:
        r"""A table for a paper, for `\usepackage{booktabs}`: a row per measure, a column per table, floor, independent.

        Args:
            path: where it is written; None for nowhere.
            measures: which ones, in this order; None for all but parts such as "transition_tv: verbs".
            caption, label: of the table; what the columns are is said if there is no caption.

        Raises:
            InputError: there is no such measure, or the file cannot be written.
        """
        chosen = self.frame
        if measures is not None:
            _check_known("measure", measures, chosen["measure"].unique())
            chosen = chosen[chosen["measure"].isin(measures)]
            chosen = chosen.sort_values("measure", key=lambda names: names.map(list(measures).index), kind="stable")
        else:
            chosen = chosen[~chosen["measure"].str.contains(":")]
        return self._written(latex(chosen, caption or f"{self._about}.", label, self.left_out), path)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """The frame as CSV; written to `path` where one is given.

        A table that is left out has a row of its own without a measure: its verdict is "left out", and why has the
        reason.

        Raises:
            InputError: the file cannot be written.
        """
        rows = [{"table": name, "verdict": LEFT_OUT, "why": why} for name, why in self.left_out.items()]
        every = pd.concat([self.frame, pd.DataFrame(rows, columns=list(COLUMNS))]) if rows else self.frame
        return self._written(every.to_csv(index=False, lineterminator="\n"), path)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; NaN is None."""
        return {
            "format_version": 1,
            "seed": self.seed,
            "num_real": self.num_real,
            "num_held": self.num_held,
            "tables": {
                name: {
                    "rows": one.rows,
                    "subjects": one.subjects,
                    "score": None if np.isnan(found := self.get_score(name)) else round(found, 6),
                    "verdict": None if one.verdict is None else one.verdict.to_dict(),
                    "figures": [figure.to_dict() | {"verdict": standing(figure)} for figure in one.figures],
                }
                for name, one in self.compared.items()
            },
            "left_out": dict(self.left_out),
        }

    def __repr__(self) -> str:
        names = ", ".join(name[:40] for name in list(self.compared)[:5]) + (", …" if len(self.compared) > 5 else "")
        gone = f"; {len(self.left_out)} left out" if self.left_out else ""
        return f"Comparison({len(self.compared)} tables: {names}; {self.frame['measure'].nunique()} measures{gone})"

    def _repr_html_(self) -> str:
        shown = self.summary.round(3)
        gone = {"left out": "; ".join(f"{name}: {why}" for name, why in self.left_out.items())} if self.left_out else {}
        return preview("Comparison", {"beside": self._about, **gone}, shown, most_rows=len(shown))

    @property
    def _about(self) -> str:
        """What the tables are compared with, in words."""
        if self.num_held is None:
            return f"{self.num_real:,} real subjects, halved: one half is the floor"
        return f"{self.num_real:,} real subjects; the floor is {self.num_held:,} held-out ones"

    def _one(self, table: str | None) -> str:
        if table is None and len(self.compared) > 1:
            raise InputError(f"there are several tables, name one of them: {', '.join(self.compared)}")
        name = next(iter(self.compared)) if table is None else str(table)
        if name in self.left_out:
            raise InputError(f"table {name[:40]!r} is left out: {self.left_out[name]}")
        _check_known("table", [name], self.compared)
        return name

    def _group(self, name: str) -> str:
        known = {group.lower(): group for group in GROUPS}
        _check_known("group", [str(name).lower()], known)
        return known[str(name).lower()]

    def _written(self, text: str, path: str | os.PathLike[str] | None) -> str:
        if path is not None:
            with replacing(path) as temporary:
                temporary.write_bytes(text.encode("utf-8", "replace"))
        return text


def _whole(figures: Sequence[Figure], group: str) -> list[float]:
    """The scores of a group's measures; parts such as "transition_tv: verbs" count where their whole does not."""
    own = [(figure.name, score(figure)) for figure in figures if group_of(figure.name) == group]
    whole = {name for name, found in own if found is not None and ":" not in name}
    return [
        found for name, found in own if found is not None and (name in whole or name.partition(":")[0] not in whole)
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _check_known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    every = list(known)
    for name in names:
        if name not in every:
            raise InputError(f"there is no {what} {str(name)[:40]!r}: there are {', '.join(every)}")
