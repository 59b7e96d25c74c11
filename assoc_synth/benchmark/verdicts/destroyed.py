"""Real rows, a share of whose subjects have lost what one scope is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.gate.scopes.kinds import kind_of
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.rows import Rows
from assoc_synth.link_graph.subject_attributes import Attributes


def partly_destroyed(rows: Rows, scope: str, share: float, rng: np.random.Generator) -> Rows:
    """The rows of a table after the destroyer of a scope has been at a share of its subjects.

    All subjects are destroyed together and a part of them is taken, so that the destroyed ones have the popularity, the
    amounts and so on of the whole table.

    Args:
        scope: "links", "visits", "order" or "rows".
        share: of the subjects, between 0 and 1.

    Raises:
        KeyError: there is no such scope.
    """
    lost = without_links(rows, rng) if scope == "links" else kind_of(scope).destroy(rows, rng)
    chosen = np.zeros(rows.num_subjects, bool)
    chosen[rng.permutation(rows.num_subjects)[: round(share * rows.num_subjects)]] = True
    at = chosen[rows.subject]
    own, extras = rows.attributes, rows.extras
    if extras is not None and lost.extras is not None:
        extras = replace(extras, codes=np.where(at[:, None], lost.extras.codes, extras.codes))
    return replace(
        rows,
        verb=np.where(at, lost.verb, rows.verb),
        object=np.where(at, lost.object, rows.object),
        time=None if rows.time is None or lost.time is None else np.where(at, lost.time, rows.time),
        amount=None if rows.amount is None or lost.amount is None else np.where(at, lost.amount, rows.amount),
        attributes=Attributes(
            own.names, own.owner, own.labels, np.where(chosen[:, None], lost.attributes.has, own.has)
        ),
        extras=extras,
    )


def without_links(rows: Rows, rng: np.random.Generator) -> Rows:
    """The independent generator's links in the place of a subject's own: its rows, visits and times stay.

    Every row of a link becomes a row of the same new link, which has the same verb.

    Example:
        >>> from assoc_synth.link_graph.edges import Edges
        >>> from assoc_synth.link_graph.rows import rows_of_edges
        >>> sizes = {"num_subjects": 2, "num_verbs": 2, "num_objects": 3}
        >>> edges = Edges.from_links([0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 2, 0], **sizes)
        >>> found = without_links(rows_of_edges(edges), np.random.default_rng(0))
        >>> found.verb.tolist(), bool(found.object[0] == found.object[1])
        ([0, 0, 1, 0], True)
    """
    edges = rows.edges
    drawn = independent_draw(edges, rng)
    # Both have as many links of each subject and verb; which one becomes which is left to chance.
    dealt = drawn.object[np.lexsort((rng.random(len(drawn)), drawn.verb, drawn.subject))].astype(np.int64)
    key, tokens = edges.subject.astype(np.int64), np.int64(max(rows.num_verbs * rows.num_objects, 1))
    of_row = np.searchsorted(key * tokens + edges.token, rows.subject * tokens + rows.token)
    return replace(rows, object=dealt[of_row])
