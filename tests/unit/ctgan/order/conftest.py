"""Visits with a planted order: open, then any of three things each followed by its own echo, then close; with gaps."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Horizon, Occurrences, RowOrder
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

SUBJECTS, VISITS, OBJECTS = 60, 4, 8
OPEN, CLOSE = 0, 7
"""Objects 1, 2 and 3 are followed by 4, 5 and 6."""


@dataclass(frozen=True)
class Planted:
    """The links of all visits, in their true order.

    Attributes:
        object, visit, subject: (N,).
        gap: (N,) class: 0 before an echo, else 1; before the last one 2.
    """

    object: Ints
    visit: Ints
    subject: Ints
    gap: Ints

    def data(self, *, by_file: bool = True, tied: bool = False, gaps: bool = True) -> Occurrences:
        """As the networks see it; `tied` for links of one time."""
        n = len(self.object)
        edges = Edges.from_links(
            np.arange(n), np.zeros(n, np.int64), self.object, num_subjects=n, num_verbs=1, num_objects=OBJECTS
        )
        follows = np.append(False, self.visit[1:] == self.visit[:-1])
        order = RowOrder(
            link=np.arange(n),
            visit=self.visit,
            subject=self.subject,
            tied=follows if tied else np.zeros(n, bool),
            by_file=by_file,
            gap=CodedColumn(ColumnSpec("gap", 3, False), self.gap, np.zeros(n, np.float32)) if gaps else None,
            gap_level=np.array([0.0, 2.0, 5.0], np.float32),
        )
        once = CodedColumn.discrete("count", np.zeros(n, np.int64), 1)
        return Occurrences(
            edges=edges,
            repeat=once,
            repeat_level=np.zeros(1, np.float32),
            count=once,
            link_edge=np.arange(n),
            link=(),
            link_visit=self.visit,
            visits=None,
            num_visits=None,
            start=(),
            step=(),
            horizon=Horizon(),
            order=order,
        )


@pytest.fixture(scope="session")
def planted() -> Planted:
    rng = np.random.default_rng(0)
    objects, visits, gaps = [], [], []
    for visit in range(SUBJECTS * VISITS):
        pairs = rng.permutation(3)[: rng.integers(1, 4)]
        own = [OPEN, *(code for pair in pairs for code in (1 + pair, 4 + pair)), CLOSE]
        objects += own
        visits += [visit] * len(own)
        gaps += [0, *(1 if code < 4 else 0 for code in own[1:-1]), 2]
    object, visit = np.array(objects), np.array(visits)
    return Planted(object, visit, visit // VISITS, np.array(gaps))


@pytest.fixture
def beginning(planted: Planted) -> OrderModel:
    """A model of the planted table that is not trained."""
    torch.manual_seed(0)
    data = planted.data()
    spec = OrderSpec.of(data.order, data.edges, data.link_edge)
    assert spec is not None
    model = OrderModel(1, OBJECTS + 1, spec, 0.0)
    assert data.order is not None
    model.start_at(data.order, data.edges, data.link_edge)
    return model
