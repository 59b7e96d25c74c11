"""How alike the rows of two tables are beyond their links: amounts, times, baskets, what is missing, order of verbs.

    amount_ks           KS of the amounts within a verb, mean over the verbs by their real rows
    amount_ks_objects   KS of the amounts of an object, mean over the 50 most frequent ones
    hour_tv, weekday_tv TV of the hours and of the days of the week
    basket_size_ks      KS of the links of a visit
    time_missing, amount_missing   difference of the shares of missing values, the largest of all verbs'
    verb_order          of objects that a subject has under two verbs: difference of the share where the first link of
                        one verb is before that of the other, mean over pairs of verbs by their real number

All are 0 for equal tables. A visit is a basket, a session or one of a subject's distinct timestamps.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from assoc_synth.evaluation.distances import kolmogorov_smirnov, total_variation_of_codes
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.days import hours, weekdays

TOP_OBJECTS = 50
FEWEST = 30
"""Objects that a subject has under two verbs, in the real table, that make a share worth comparing."""


def occurrence_distances(x: Rows, y: Rows) -> dict[str, float]:
    """The figures of this module by name, of rows in common codes; the first are the real ones."""
    found: dict[str, float] = {}
    if x.amount is not None and y.amount is not None:
        found["amount_ks"] = _by_class(x.amount, x.verb, y.amount, y.verb, np.arange(x.num_verbs), weighted=True)
        top = np.argsort(-np.bincount(x.object, minlength=1), kind="stable")[:TOP_OBJECTS]
        found["amount_ks_objects"] = _by_class(x.amount, x.object, y.amount, y.object, top, weighted=False)
        found["amount_missing"] = _missing(np.isnan(x.amount), x.verb, np.isnan(y.amount), y.verb)
    if x.time is not None and y.time is not None:
        first, second = (time.view("datetime64[ns]") for time in (x.time, y.time))
        found["hour_tv"] = total_variation_of_codes(hours(first), hours(second))
        found["weekday_tv"] = total_variation_of_codes(weekdays(first), weekdays(second))
        found["time_missing"] = _missing(~x.dated, x.verb, ~y.dated, y.verb)
        found["verb_order"] = _order(x, y, x.num_verbs)
    if x.group is not None and y.group is not None:
        found["basket_size_ks"] = kolmogorov_smirnov(x.visits.sizes, y.visits.sizes)
    return found


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


def _order(x: Rows, y: Rows, num_verbs: int) -> float:
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


def _first_times(rows: Rows, num_verbs: int) -> pd.DataFrame:
    """The first time of each (subject, object) under each verb: one column per verb, NaN without."""
    assert rows.time is not None
    dated = rows.dated
    frame = pd.DataFrame(
        {
            "subject": rows.subject[dated],
            "object": rows.object[dated],
            "verb": rows.verb[dated],
            "time": rows.time[dated].astype(np.float64),
        }
    )
    first = frame.groupby(["subject", "object", "verb"]).agg(time=("time", "min"))["time"].unstack("verb")
    return first.reindex(columns=range(num_verbs))
