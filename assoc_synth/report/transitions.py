"""Facts of order: what comes after what in a visit, and from one visit to the next."""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.rows import UNDATED, Rows, share_visits
from assoc_synth.report.facts import Transition, Transitions
from assoc_synth.transactions.arrays import Floats, Ints

MOST_STEPS = 10
_Z95 = 1.96


def transitions(
    real: Rows, synthetic: Rows, verbs: tuple[str, ...], objects: tuple[str, ...]
) -> tuple[Transitions, ...]:
    """The real table's most frequent steps and their share in both tables; none where there is no order.

    A step inside a visit goes from a row to the next row of a later time. A step between visits goes from the last
    event of a visit to the first one of its subject's next visit; events of one time are taken in the order of the
    file.

    Args:
        verbs, objects: names by code.
    """
    if not share_visits(real, synthetic) or real.time is None:
        return ()
    names = [f"{shown(verb)} {shown(object)}" for verb in verbs for object in objects]
    found = []
    for kind in ("row", "visit"):
        sides = [steps_of(rows, between=kind == "visit") for rows in (real, synthetic)]
        if len(sides[0][0]):
            found.append(_compared(kind, real, synthetic, sides, names))
    return tuple(found)


Steps = tuple[Ints, Ints]
"""Positions of the rows before and after each step."""


def steps_of(rows: Rows, *, between: bool) -> Steps:
    """Steps between consecutive visits of a subject, or inside visits."""
    assert rows.time is not None
    inside = np.flatnonzero((rows.visits.of_row >= 0) & (rows.time != UNDATED))
    # lexsort is stable: rows of one time stay in the order of the file.
    order = inside[np.lexsort((rows.time[inside], rows.visits.of_row[inside]))]
    before, after = order[:-1], order[1:]
    visit = rows.visits.of_row
    later = rows.time[after] > rows.time[before]
    if between:
        chosen = (rows.subject[before] == rows.subject[after]) & (visit[before] != visit[after]) & later
    else:
        chosen = (visit[before] == visit[after]) & later
    return before[chosen], after[chosen]


def _compared(kind: str, real: Rows, synthetic: Rows, sides: list[Steps], names: list[str]) -> Transitions:
    size = real.num_verbs * real.num_objects
    keys = [
        rows.token[steps[0]] * size + rows.token[steps[1]] for rows, steps in zip((real, synthetic), sides, strict=True)
    ]
    key, count = np.unique(keys[0], return_counts=True)
    top = key[np.lexsort((key, -count))][:MOST_STEPS]
    share, error = _share(keys[0], real.subject[sides[0][0]], top, real.num_subjects)
    other, _ = _share(keys[1], synthetic.subject[sides[1][0]], top, synthetic.num_subjects)
    steps = tuple(
        Transition(
            names[int(code // size)],
            names[int(code % size)],
            float(share[at]),
            float(other[at]),
            max(float(share[at] - _Z95 * error[at]), 0.0),
            min(float(share[at] + _Z95 * error[at]), 1.0),
        )
        for at, code in enumerate(top)
    )
    return Transitions(kind, steps, len(keys[0]), len(keys[1]))


def _share(keys: Ints, subject: Ints, top: Ints, num_subjects: int) -> tuple[Floats, Floats]:
    """Share of the steps that are each of `top`, and its standard error with subjects as the unit (ratio estimate).

    With m_i steps of subject i, x_i of them of one kind, and the share p = Σx / Σm: ``se² = Σ (x_i − p·m_i)² / (Σm)²``
    (Cochran 1977, section 6.4).
    """
    total = max(len(keys), 1)
    shares, errors = np.zeros(len(top)), np.zeros(len(top))
    steps = np.bincount(subject, minlength=num_subjects)
    for at, code in enumerate(top):
        own = np.bincount(subject[keys == code], minlength=num_subjects)
        shares[at] = own.sum() / total
        errors[at] = np.sqrt(((own - shares[at] * steps) ** 2).sum()) / total
    return shares, errors
