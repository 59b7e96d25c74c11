"""How alike single columns are: verbs, objects, hours, weekdays, months, amounts, and what is missing.

Total variation of classes and Kolmogorov–Smirnov of amounts (`distances`). The unit of the intervals is the subject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assoc_synth.evaluation.comparison import halved
from assoc_synth.evaluation.distances import kolmogorov_smirnov, total_variation_of_codes
from assoc_synth.evaluation.figures import Figure, Subjects, interval, jackknife, known
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.transactions.arrays import Floats, Ints, Times
from assoc_synth.transactions.days import has_time_of_day, hours, months, weekdays
from assoc_synth.transactions.table import TransactionTable


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
        one, other = halved(first.num_subjects, real.clusters, rng)
        floor = _distances(first.of(one), first.of(other))
    values = _distances(first, second)
    errors = jackknife(
        lambda i, j: _distances(first.of(i), second.of(j)),
        first.num_subjects,
        second.num_subjects,
        rng,
        clusters=(real.clusters, None),
    )
    figures = []
    for name, value in values.items():
        low, high = interval(value, errors[name][1] if name in errors else None, 1.0)
        figures.append(Figure(name, known(value), low, high, known(floor.get(name))))
    return tuple(figures)


def _coded(tables: list[TransactionTable]) -> list[_Rows]:
    verbs, objects = Vocabulary(), Vocabulary()
    timed = all(table.time is not None for table in tables)
    valued = all(table.amount is not None for table in tables)
    clocked = any(table.time is not None and has_time_of_day(table.time) for table in tables) and timed
    readers: dict[str, Callable[[Times], Ints]] = {"hour": hours} if clocked else {}
    readers |= {"weekday": weekdays, "month": months} if timed else {}
    rows = []
    for table in tables:
        verb, object = verbs.extend(table.verbs), objects.extend(table.objects)
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


def _distances(first: _Rows, second: _Rows) -> dict[str, float]:
    found = {"verb_tv": total_variation_of_codes(first.verb, second.verb)}
    found["object_tv"] = total_variation_of_codes(first.object, second.object)
    for name in first.classes:
        x, y = first.classes[name], second.classes[name]
        found[f"{name}_tv"] = total_variation_of_codes(x, y)
    if "weekday" in first.classes:
        gone = [float((side.classes["weekday"] < 0).mean()) if len(side.verb) else np.nan for side in (first, second)]
        found["time_missing"] = abs(gone[0] - gone[1])
    if first.amount is not None and second.amount is not None:
        missing = np.isnan(first.amount), np.isnan(second.amount)
        found["amount_ks"] = kolmogorov_smirnov(first.amount[~missing[0]], second.amount[~missing[1]])
        if len(missing[0]) and len(missing[1]):
            found["amount_missing"] = abs(float(missing[0].mean()) - float(missing[1].mean()))
    return found
