"""Whether rows of a verb have an amount at all, and which sign it has.

    presence_error   |difference| of the share of a verb's rows that have an amount
    sign_error       total variation of the signs (negative, zero, positive) of a verb's amounts; 1 where only the
                     reference has amounts under the verb

Each is a mean over the verbs that both tables have, weighted by the reference's rows; with ": worst verb" behind its
name the largest of the verbs with at least `FEWEST` reference rows. 0 for equal tables.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats

FEWEST = 30


def amount_distances(x: Rows, y: Rows) -> dict[str, float]:
    """The figures of this module by name; none where a table has no amounts."""
    if x.amount is None or y.amount is None:
        return {}
    first, second = _signs(x), _signs(y)
    rows, present = first.sum(axis=1), first[:, :3].sum(axis=1)
    both = (rows > 0) & (second.sum(axis=1) > 0)
    presence = np.abs(_share(present, rows) - _share(second[:, :3].sum(axis=1), second.sum(axis=1)))
    signs = 0.5 * np.abs(_shares(first[:, :3]) - _shares(second[:, :3])).sum(axis=1)
    gone = second[:, :3].sum(axis=1) == 0
    found: dict[str, float] = {}
    for name, error, weight in (
        ("presence_error", presence, rows),
        ("sign_error", np.where(gone, 1.0, signs), present),
    ):
        used = both & (weight > 0)
        if used.any():
            found[name] = float(np.average(error[used], weights=weight[used]))
        often = used & (weight >= FEWEST)
        if often.any():
            found[f"{name}: worst verb"] = float(error[often].max())
    return found


def _signs(rows: Rows) -> Floats:
    """Rows by verb and negative, zero, positive or missing amount: (verbs, 4)."""
    assert rows.amount is not None
    missing = np.isnan(rows.amount)
    kind = np.where(missing, 3, np.sign(np.where(missing, 0.0, rows.amount)).astype(np.int64) + 1)
    counts = np.bincount(rows.verb * 4 + kind, minlength=4 * rows.num_verbs)
    return counts.reshape(-1, 4).astype(np.float64)


def _share(part: Floats, whole: Floats) -> Floats:
    return part / np.maximum(whole, 1)


def _shares(counts: Floats) -> Floats:
    shares: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares
