"""VisitGroups: links by the visit that shares its columns, and what is known of each visit when these are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.ctgan.interface import Horizon, Visits, groups_of_links
from assoc_synth.ctgan.visit_features import PHASES, visit_phases
from assoc_synth.link_graph.edges import Edges, ragged
from assoc_synth.transactions.arrays import Ints, Singles
from assoc_synth.transactions.distinct import distinct

FEATURES = PHASES + 7
"""What is known of a visit beside its links: its phases; how many links it has, how many visits come before it, how
long ago the last one was, how far its day is in the table; whether it is dated, the first, and a visit at all."""


@dataclass(frozen=True, eq=False)
class VisitGroups:
    """The links of visits; a link outside of visits is a group of its own.

    Attributes:
        subject: (G,) whose.
        offsets: (G + 1,) where the links of each group begin.
        token: (N,) verb · num_objects + object of the links, group after group, each token once in a group.
        num_objects: how many objects there are.
        features: (G, `FEATURES`).
        previous: (G,) the subject's visit before, −1 for none.
        rank: (G,) how many visits of the subject come before.
    """

    subject: Ints
    offsets: Ints
    token: Ints
    num_objects: int
    features: Singles
    previous: Ints
    rank: Ints

    @classmethod
    def of(cls, edges: Edges, link_edge: Ints, link_visit: Ints, visits: Visits, horizon: Horizon) -> VisitGroups:
        """The groups of links.

        Args:
            link_edge, link_visit: (L,) the edge and the visit of each link, −1 for none.
            visits: M of them, whose sizes are not looked at.
        """
        group = groups_of_links(link_visit, len(visits))
        outside = edges.subject[link_edge[link_visit < 0]].astype(np.int64)
        subject = np.concatenate([visits.subject, outside])
        kinds = edges.num_verbs * edges.num_objects
        own, token = np.divmod(distinct(group * kinds + edges.token[link_edge]), kinds)
        sizes = np.bincount(own, minlength=len(subject))
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rank = np.zeros(len(subject), np.int64)
        rank[: len(visits)] = np.arange(len(visits)) - np.repeat(visits.first, visits.per_subject)
        previous = np.where(rank > 0, np.arange(len(subject)) - 1, -1)
        links = np.bincount(group, minlength=len(subject))
        features = _features(visits, links, rank, previous, horizon)
        return cls(subject, offsets, token, edges.num_objects, features, previous, rank)

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def group(self) -> Ints:
        """(N,) the group of each link."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def links_of(self, groups: Ints) -> tuple[Ints, Ints]:
        """The places in `token` of the links of some groups, (n,), and where each group begins in them, (g + 1,)."""
        sizes = np.diff(self.offsets)[groups]
        return ragged(self.offsets, groups), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _features(visits: Visits, links: Ints, rank: Ints, previous: Ints, horizon: Horizon) -> Singles:
    groups, inside = len(links), len(visits)
    day, clock = np.full(groups, -1, np.int64), np.zeros(groups, np.int64)
    day[:inside], clock[:inside] = visits.day, visits.clock
    dated = day >= 0
    follows = dated & (previous >= 0) & (day[previous] >= 0)
    gap = np.where(follows, np.maximum(day - day[previous], 0), 0)
    span = np.where(dated, day / max(horizon.last_day, 1) - 0.5, 0.0)
    counts = [np.log1p(links), np.log1p(rank), np.log1p(gap), span]
    kinds = [dated, rank == 0, np.arange(groups) < inside]
    more = np.stack([*counts, *kinds], axis=1)
    return np.concatenate([visit_phases(horizon, day, clock), more], axis=1).astype(np.float32)
