"""Shares of the links: by verb, and of those that repeat an earlier one."""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats


def verb_shares(edges: Edges) -> Floats:
    """The share of links (occurrences, not distinct edges) of each verb: shape (num_verbs,), all 0 without links."""
    links = np.bincount(edges.verb, weights=edges.count, minlength=edges.num_verbs)
    return np.asarray(links / max(edges.num_links, 1), np.float64)


def repeat_share(edges: Edges) -> float:
    """The share of links that repeat a (subject, object) pair by any verb: 1 − distinct pairs / links, or 0."""
    if not edges.num_links:
        return 0.0
    return 1.0 - int(edges.incidence().nnz) / edges.num_links
