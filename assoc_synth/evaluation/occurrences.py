"""How alike the rows of two tables are beyond their links: amounts, times, baskets, what is missing, order of verbs.

    amount_ks           KS of the amounts within a verb, mean over the verbs by their real rows
    amount_ks_objects   KS of the amounts of an object, mean over the 50 most frequent ones
    hour_tv, weekday_tv TV of the hours and of the days of the week
    gap_ks              KS of the time between successive visits of one subject
    basket_size_ks      KS of the links of a visit
    time_missing, amount_missing   difference of the shares of missing values, the largest of all verbs'
    verb_order          of objects that a subject has under two verbs: difference of the share where the first link of
                        one verb is before that of the other, mean over pairs of verbs by their real number

All are 0 for equal tables. A visit is a basket, or one of a subject's distinct timestamps.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from assoc_synth.evaluation.distances import kolmogorov_smirnov, total_variation_of_codes
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times
from assoc_synth.transactions.days import DAY, hours, weekdays
from assoc_synth.transactions.table import TransactionTable

TOP_OBJECTS = 50
FEWEST = 30
"""Objects that a subject has under two verbs, in the real table, that make a share worth comparing."""


def occurrence_figures(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    """Distances of the rows of two tables by name; only what both tables have columns for.

    Verbs and objects are matched by the text of their names.
    """
    x, y = (_Rows.of(table, real) for table in (real, other))
    found: dict[str, float] = {}
    if real.amount is not None and other.amount is not None:
        found["amount_ks"] = _by_class(x.amount, x.verb, y.amount, y.verb, np.arange(len(real.verbs)), weighted=True)
        top = np.argsort(-np.bincount(x.object, minlength=1), kind="stable")[:TOP_OBJECTS]
        found["amount_ks_objects"] = _by_class(x.amount, x.object, y.amount, y.object, top, weighted=False)
        found["amount_missing"] = _missing(np.isnan(x.amount), x.verb, np.isnan(y.amount), y.verb)
    if real.time is not None and other.time is not None:
        found["hour_tv"] = total_variation_of_codes(hours(x.time), hours(y.time))
        found["weekday_tv"] = total_variation_of_codes(weekdays(x.time), weekdays(y.time))
        found["time_missing"] = _missing(np.isnat(x.time), x.verb, np.isnat(y.time), y.verb)
        found["gap_ks"] = kolmogorov_smirnov(x.gaps(), y.gaps())
        found["verb_order"] = _order(x, y, len(real.verbs))
    if x.visit is not None and y.visit is not None:
        found["basket_size_ks"] = kolmogorov_smirnov(x.sizes(), y.sizes())
    return found


@dataclass(frozen=True, eq=False)
class _Rows:
    """Columns (n,) by the codes of the real table, −1 unknown; visit: −1 without one, None where there are none."""

    subject: Ints
    verb: Ints
    object: Ints
    time: Times
    amount: Floats
    visit: Ints | None

    @classmethod
    def of(cls, table: TransactionTable, real: TransactionTable) -> _Rows:
        verb = Vocabulary(real.verbs).codes(table.verbs)[table.verb]
        object = Vocabulary(real.objects).codes(table.objects)[table.object]
        n = len(table)
        time = table.time if table.time is not None else np.full(n, np.datetime64("NaT"), "datetime64[ns]")
        amount = table.amount if table.amount is not None else np.full(n, np.nan)
        grouped = table.basket is not None or table.time is not None
        visit = LinkGraph.from_table(table).baskets if grouped else None
        return cls(table.subject.astype(np.int64), verb, object, time, amount, visit)

    def sizes(self) -> Floats:
        """Links of each visit."""
        assert self.visit is not None
        counts = np.bincount(self.visit[self.visit >= 0])
        return counts[counts > 0].astype(np.float64)

    def gaps(self) -> Floats:
        """Days between successive visits of one subject, each as early as its earliest link."""
        dated = ~np.isnat(self.time) & (self.visit >= 0 if self.visit is not None else True)
        visit = self.visit[dated] if self.visit is not None else self.time[dated]
        frame = pd.DataFrame({"subject": self.subject[dated], "visit": visit, "time": self.time[dated]})
        first = frame.groupby(["subject", "visit"]).agg(time=("time", "min")).reset_index()
        order = np.lexsort((first["time"], first["subject"]))
        between = np.diff(first["time"].to_numpy().astype(np.int64)[order]) / DAY
        result: Floats = between[np.diff(first["subject"].to_numpy()[order]) == 0]
        return result


def _by_class(
    x: Floats,
    x_class: Ints,
    y: Floats,
    y_class: Ints,
    classes: Ints,
    *,
    weighted: bool,
) -> float:
    total = weight = 0.0
    for code in classes:
        first, second = (side[(own == code) & ~np.isnan(side)] for side, own in ((x, x_class), (y, y_class)))
        if len(first):
            own_weight = float(len(first)) if weighted else 1.0
            total += own_weight * (kolmogorov_smirnov(first, second) if len(second) else 1.0)
            weight += own_weight
    return total / weight if weight else float("nan")


def _missing(x: Bools, x_verb: Ints, y: Bools, y_verb: Ints) -> float:
    differences = [
        abs(float(x[x_verb == verb].mean()) - float(y[y_verb == verb].mean()))
        for verb in np.intersect1d(x_verb, y_verb)
        if (x_verb == verb).sum() >= FEWEST and (y_verb == verb).sum() >= FEWEST
    ]
    return max(differences, default=float("nan"))


def _order(x: _Rows, y: _Rows, num_verbs: int) -> float:
    tables = [_first_times(side, num_verbs) for side in (x, y)]
    total = weight = 0.0
    for one, other in combinations(range(num_verbs), 2):
        shares, counts = [], []
        for times in tables:
            both = times.loc[:, [one, other]].dropna()
            counts.append(len(both))
            shares.append(float((both[one] < both[other]).mean()) if len(both) else 0.0)
        if counts[0] >= FEWEST and counts[1]:
            total += counts[0] * abs(shares[0] - shares[1])
            weight += counts[0]
    return total / weight if weight else float("nan")


def _first_times(rows: _Rows, num_verbs: int) -> pd.DataFrame:
    """The first time of each (subject, object) under each verb: one column per verb, NaN without."""
    dated = ~np.isnat(rows.time) & (rows.verb >= 0) & (rows.object >= 0)
    frame = pd.DataFrame(
        {
            "subject": rows.subject[dated],
            "object": rows.object[dated],
            "verb": rows.verb[dated],
            "time": rows.time[dated].astype(np.int64).astype(np.float64),
        }
    )
    first = frame.groupby(["subject", "object", "verb"]).agg(time=("time", "min"))["time"].unstack("verb")
    return first.reindex(columns=range(num_verbs))
