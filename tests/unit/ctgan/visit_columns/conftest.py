"""Visits of which one link, wherever it is, decides the ward, and others say nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Horizon, Occurrences, Visits
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.ctgan.visit_columns.model import EdgeEmbedding, VisitColumnModel
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

OBJECTS, DECIDES, WIDTH = 12, 7, 8


@dataclass(frozen=True)
class Table:
    """Occurrences of visits, their groups, and what stage 1 would know of them: nothing."""

    data: Occurrences
    groups: VisitGroups
    known: EdgeEmbedding

    @property
    def has_it(self) -> np.ndarray:
        """(G,) which visits have the link that decides."""
        return np.isin(np.arange(len(self.groups)), self.groups.group[self.groups.token == DECIDES])

    def model(self) -> VisitColumnModel:
        torch.manual_seed(0)
        columns = tuple(column.spec for column in self.data.visit_columns)
        return VisitColumnModel(columns, 1, OBJECTS, WIDTH, 0.1)


Make = Callable[..., Table]


def occurrences(edges: Edges, visits: Visits, link_edge: Ints, link_visit: Ints, ward: CodedColumn) -> Occurrences:
    once = CodedColumn.discrete("count", np.zeros(len(edges), np.int64), 1)
    return Occurrences(
        edges=edges,
        repeat=CodedColumn.discrete("repeat", np.zeros(edges.num_subjects, np.int64), 1),
        repeat_level=np.zeros(1, np.float32),
        count=once,
        link_edge=link_edge,
        link=(),
        link_visit=link_visit,
        visits=visits,
        num_visits=None,
        start=(),
        step=(),
        horizon=Horizon(0, 100),
        visit_columns=(ward,),
    )


@pytest.fixture(scope="session")
def made() -> Make:
    def make(subjects: int = 150, visits: int = 4, *, persists: bool = False, seed: int = 0) -> Table:
        """Each visit has 1 to 6 links; ward 2 where one of them decides, else 0 or 1.

        Args:
            persists: whether wards 0 and 1 are a subject's own.
        """
        rng = np.random.default_rng(seed)
        owner = np.repeat(np.arange(subjects), visits)
        things = [np.sort(rng.choice(OBJECTS, rng.integers(1, 7), replace=False)) for _ in owner]
        visit = np.repeat(np.arange(len(owner)), [len(own) for own in things])
        object = np.concatenate(things)
        edges = Edges.from_links(
            owner[visit], np.zeros(len(visit)), object, num_subjects=subjects, num_verbs=1, num_objects=OBJECTS
        )
        edge = np.searchsorted(edges.subject.astype(np.int64) * OBJECTS + edges.object, owner[visit] * OBJECTS + object)
        order = np.argsort(edge, kind="stable")
        decided = np.array([DECIDES in own for own in things])
        free = rng.integers(2, size=subjects)[owner] if persists else rng.integers(2, size=len(owner))
        day = np.sort(rng.integers(0, 100, (subjects, visits)), axis=1).ravel()
        sizes = np.bincount(visit, minlength=len(owner))
        kept = Visits(owner, day, np.zeros(len(owner), np.int64), sizes)
        ward = CodedColumn.discrete("ward", np.where(decided, 2, free), 3)
        data = occurrences(edges, kept, edge[order], visit[order], ward)
        groups = VisitGroups.of(edges, data.link_edge, data.link_visit, kept, data.horizon)
        known = EdgeEmbedding(torch.zeros(subjects, WIDTH), lambda verb, object: torch.zeros(len(verb), WIDTH))
        return Table(data, groups, known)

    return make


@pytest.fixture
def prices() -> ColumnSpec:
    """A single value, two modes, and missing."""
    return ColumnSpec("total", 4, True, exact=1, missing=1)
