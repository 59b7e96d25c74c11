"""How alike single columns are: verbs, objects, hours, weekdays, months, amounts, and what is missing.

    total variation       TV = ½ Σ |p_x − p_y|            of shares by class
    Kolmogorov-Smirnov    KS = max |F_x − F_y|            of numbers

Both are 0 for equal distributions and 1 for disjoint ones. The unit of the intervals is the subject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assoc_synth.evaluation.figures import Figure, Subjects, interval, jackknife, known
from assoc_synth.transactions.table import TransactionTable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DAY = 86_400


def hours(time: npt.NDArray[Any]) -> Ints:
    """Hour of the day, 0 to 23, −1 where missing: shape (n,)."""
    seconds = _seconds(time)
    return np.where(np.isnat(time), -1, seconds % DAY // 3_600)


def weekdays(time: npt.NDArray[Any]) -> Ints:
    """Day of the week, 0 is Monday, −1 where missing: shape (n,)."""
    # 1 January 1970 was a Thursday.
    return np.where(np.isnat(time), -1, (_seconds(time) // DAY + 3) % 7)


def months(time: npt.NDArray[Any]) -> Ints:
    """Month of the year, 0 is January, −1 where missing: shape (n,)."""
    return np.where(np.isnat(time), -1, time.astype("datetime64[M]").astype(np.int64) % 12)


def _seconds(time: npt.NDArray[Any]) -> Ints:
    return np.asarray(time.astype("datetime64[s]").astype(np.int64))


def total_variation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """TV of two rows of counts of the same classes; NaN where one has no count."""
    x, y = np.asarray(first, float), np.asarray(second, float)
    if not x.sum() or not y.sum():
        return float("nan")
    return float(0.5 * np.abs(x / x.sum() - y / y.sum()).sum())


def kolmogorov_smirnov(first: Floats, second: Floats) -> float:
    """KS of two samples without NaN; NaN where one is empty."""
    if not len(first) or not len(second):
        return float("nan")
    x, y = np.sort(first), np.sort(second)
    at = np.concatenate([x, y])
    below = (np.searchsorted(side, at, side="right") / len(side) for side in (x, y))
    return float(np.abs(np.subtract(*below)).max())


@dataclass(frozen=True, eq=False)
class _Rows:
    """One table, row by row, in common codes: arrays of shape (rows,)."""

    subject: Ints
    verb: Ints
    object: Ints
    classes: dict[str, Ints]
    amount: Floats | None
    num_subjects: int

    def of(self, subjects: Subjects) -> _Rows:
        kept = np.zeros(self.num_subjects, bool)
        kept[subjects] = True
        rows = kept[self.subject]
        return _Rows(
            self.subject[rows],
            self.verb[rows],
            self.object[rows],
            {name: codes[rows] for name, codes in self.classes.items()},
            None if self.amount is None else self.amount[rows],
            self.num_subjects,
        )


def marginal_figures(
    real: TransactionTable, synthetic: TransactionTable, heldout: TransactionTable | None, rng: np.random.Generator
) -> tuple[Figure, ...]:
    """Distances of single columns, with intervals; the floor is the held-out part's, or that of two real halves.

    Names: `verb_tv`, `object_tv`, and where both tables have the columns `hour_tv` (unless no time has a time of day),
    `weekday_tv`, `month_tv`, `time_missing` (difference of the shares without a time), `amount_ks`, `amount_missing`.
    There is no independent column: an independent generator keeps single columns.
    """
    tables = [real, synthetic] + ([heldout] if heldout is not None else [])
    first, second, *rest = _coded(tables)
    if rest:
        floor = _distances(first, rest[0])
    else:
        order = rng.permutation(first.num_subjects)
        half = first.num_subjects // 2
        floor = _distances(first.of(order[:half]), first.of(order[half:]))
    values = _distances(first, second)
    errors = jackknife(lambda i, j: _distances(first.of(i), second.of(j)), first.num_subjects, second.num_subjects, rng)
    figures = []
    for name, value in values.items():
        low, high = interval(value, errors[name][1] if name in errors else None, 1.0)
        figures.append(Figure(name, known(value), low, high, known(floor.get(name))))
    return tuple(figures)


def _coded(tables: list[TransactionTable]) -> list[_Rows]:
    verbs: dict[str, int] = {}
    objects: dict[str, int] = {}
    timed = all(table.time is not None for table in tables)
    valued = all(table.amount is not None for table in tables)
    clocked = timed and not all(_date_only(table.time) for table in tables)
    readers: dict[str, Callable[[npt.NDArray[Any]], Ints]] = {"hour": hours} if clocked else {}
    readers |= {"weekday": weekdays, "month": months} if timed else {}
    rows = []
    for table in tables:
        verb, object = (
            np.array([codes.setdefault(str(name), len(codes)) for name in names], np.int64)
            for codes, names in ((verbs, table.verbs), (objects, table.objects))
        )
        time = np.zeros(0, "datetime64[ns]") if table.time is None else table.time
        rows.append(
            _Rows(
                table.subject.astype(np.int64),
                verb[table.verb],
                object[table.object],
                {name: read(time) for name, read in readers.items()},
                table.amount if valued else None,
                table.num_subjects,
            )
        )
    return rows


def _date_only(time: npt.NDArray[Any] | None) -> bool:
    return time is None or not bool((hours(time) > 0).any() or (_seconds(time[~np.isnat(time)]) % DAY).any())


def _distances(first: _Rows, second: _Rows) -> dict[str, float]:
    found = {"verb_tv": _tv(first.verb, second.verb), "object_tv": _tv(first.object, second.object)}
    for name in first.classes:
        x, y = first.classes[name], second.classes[name]
        found[f"{name}_tv"] = _tv(x[x >= 0], y[y >= 0])
    if "weekday" in first.classes:
        gone = [float((side.classes["weekday"] < 0).mean()) if len(side.verb) else np.nan for side in (first, second)]
        found["time_missing"] = abs(gone[0] - gone[1])
    if first.amount is not None and second.amount is not None:
        missing = np.isnan(first.amount), np.isnan(second.amount)
        found["amount_ks"] = kolmogorov_smirnov(first.amount[~missing[0]], second.amount[~missing[1]])
        if len(missing[0]) and len(missing[1]):
            found["amount_missing"] = abs(float(missing[0].mean()) - float(missing[1].mean()))
    return found


def _tv(first: Ints, second: Ints) -> float:
    size = int(max(first.max(initial=-1), second.max(initial=-1))) + 1
    return total_variation(np.bincount(first, minlength=size), np.bincount(second, minlength=size))
