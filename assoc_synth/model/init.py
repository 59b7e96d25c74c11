"""A stored model that training starts from: which of its names the table has, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assoc_synth.ctgan.edges.pretrained import Pretrained
from assoc_synth.errors import InputError
from assoc_synth.link_graph.alignment import Vocabulary, shortened
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.model.fitted import FittedModel


def pretrained_for(edges: Edges, table: TransactionTable, model: FittedModel) -> Pretrained:
    """A stored model's generator with its codes for the table's names, which are matched by their text.

    Args:
        edges: the table's links; its last verbs and objects are attributes, which have no names.
        model: on the CPU, where a start is worked out.

    Raises:
        InputError: no object is in both.
    """
    verb = _codes(Vocabulary(model.verbs).codes(table.verbs), edges.num_verbs)
    object = _codes(Vocabulary(model.objects).codes(table.objects), edges.num_objects)
    if not (object >= 0).any():
        mine, theirs = (shortened(next(iter(names), "")) for names in (table.objects, model.objects))
        raise InputError(
            f"the table and the model of init share no object: one has {mine}, the other {theirs}; leave init out, or "
            f"write their names alike"
        )
    return Pretrained(model.edge_generator, verb, object)


def init_notes(pretrained: Pretrained | None) -> tuple[str, ...]:
    """What the user should know of the names that were found."""
    if pretrained is None:
        return ()
    verbs, objects = len(pretrained.shared_verbs), len(pretrained.shared)
    return (
        f"training starts from the model of init where names are in both: {verbs:,} of its "
        f"{pretrained.generator.num_link_verbs:,} verbs and {objects:,} of its "
        f"{pretrained.generator.num_link_objects:,} objects; what it has learned of its own subjects can be in this "
        f"model too",
    )


def _codes(found: Ints, size: int) -> Ints:
    """With −1 for the attributes behind the names."""
    return np.concatenate([found, np.full(size - len(found), -1, np.int64)])
