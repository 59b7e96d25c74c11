"""Whether what holds for a subject goes with what the subject does, and with what else holds for it.

    attribute_tv         mean |P_x(o | a) − P_y(o | a)| over the objects o (under a verb) that most subjects have and
                         the classes a of all attributes that `FEWEST` reference subjects have, weight P_x(a); P(o | a)
                         is the share of the subjects with a that have o, 0 where nobody has a
    attribute_joint_tv   ½ Σ |P_x(a, b) − P_y(a, b)| over the classes of two attributes, mean over the pairs of them

Both are 0 for equal tables. Read them beside the floor: the shares of few subjects differ by chance. Attributes and
their classes are those of `subject_attributes`.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from assoc_synth.link_graph.rows import Rows, frequent_tokens
from assoc_synth.transactions.arrays import Floats, Ints

FEWEST = 30
"""Subjects with a class, in the reference, that make a share worth comparing; half of all in a small table."""
TOP_TOKENS = 200


def attribute_distances(x: Rows, y: Rows) -> dict[str, float]:
    """The figures of this module; without an attribute none, and with a single one no joint figure."""
    found: dict[str, float] = {}
    if not x.attributes.names or not x.num_subjects or not y.num_subjects:
        return found
    first, second = (side.attributes.has.astype(np.float64) for side in (x, y))
    share = first.mean(axis=0)
    often = first.sum(axis=0) >= min(FEWEST, x.num_subjects / 2)
    if often.any():
        tokens = frequent_tokens(x, TOP_TOKENS)
        given = np.abs(_given(x, first, tokens) - _given(y, second, tokens)).mean(axis=1)
        found["attribute_tv"] = float(np.average(given[often], weights=share[often]))
    if len(x.attributes.names) > 1:
        apart = np.abs(first.T @ first / len(first) - second.T @ second / len(second))
        member = np.eye(len(x.attributes.names))[x.attributes.owner]
        between = 0.5 * member.T @ apart @ member
        found["attribute_joint_tv"] = float(np.minimum(between, 1.0)[np.triu_indices(len(between), 1)].mean())
    return found


def _given(rows: Rows, has: Floats, tokens: Ints) -> Floats:
    """P(token | class): (classes, tokens)."""
    incidence: sp.csr_matrix = rows.edges.tokens()[:, tokens].astype(np.float64)
    together = (incidence.T @ has).T
    shares: Floats = together / np.maximum(has.sum(axis=0), 1)[:, None]
    return shares
