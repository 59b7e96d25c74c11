"""The order of the rows of visits, and the time between them, as the order model learns them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.attributes.gaps import GapCode
from assoc_synth.ctgan.interface import RowOrder
from assoc_synth.ctgan.order.ties import rows_are_ordered
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.sessions import NOTE, come_in_sessions
from assoc_synth.transactions.table import TransactionTable

TOLD = 5
"""Rules of the order that a note names."""


@dataclass(frozen=True, eq=False)
class RowSequences:
    """The rows of visits, visit after visit, in each by time and then as the table has them.

    Of a table without visits each subject's rows are one. Rows without a time in a visit that has one are left out.

    Attributes:
        row: (N,) places in the table.
        visit: (N,) ascending.
        gap: (N,) nanoseconds since the row before, 0 for a visit's first.
    """

    row: Ints
    visit: Ints
    gap: Ints

    @classmethod
    def of(cls, graph: LinkGraph, of_row: Ints) -> RowSequences:
        """The sequences of a table whose rows are in the visits `of_row`, −1 for none."""
        table = graph.table
        visit = of_row if (of_row >= 0).any() else table.subject.astype(np.int64)
        row = np.flatnonzero(visit >= 0)
        time = np.zeros(len(table), np.int64)
        if table.time is not None and len(row):
            known = ~np.isnat(table.time)
            has_time = np.bincount(visit[row], weights=known[row]) > 0
            row = row[known[row] | ~has_time[visit[row]]]
            time[known] = table.time[known].astype("datetime64[ns]").astype(np.int64)
        row = row[np.lexsort((time[row], visit[row]))]
        gap = np.diff(time[row], prepend=0)
        gap[~_follows(visit[row])] = 0
        return cls(row, visit[row], gap)

    def code(self, graph: LinkGraph, resolution: int, fewest: int = 1) -> GapCode:
        """The code of the times between rows; see `GapCode.learn`."""
        follows = self.follows
        return GapCode.learn(self.gap[follows], resolution, graph.table.subject[self.row[follows]], fewest)

    @property
    def follows(self) -> Bools:
        """(N,) which rows come after another one of their visit."""
        return _follows(self.visit)

    @property
    def tied(self) -> Bools:
        """(N,) which rows have the time of the one before them in their visit."""
        result: Bools = self.follows & (self.gap == 0)
        return result

    def are_ordered(self, graph: LinkGraph, rng: np.random.Generator) -> bool:
        """Whether rows of one time have an order in the table that can be learned."""
        table = graph.table
        token = table.verb.astype(np.int64) * graph.edges.num_objects + table.object
        run = np.cumsum(~self.tied) - 1
        return rows_are_ordered(token[self.row], run, table.subject[self.row].astype(np.int64), rng)

    def coded(self, graph: LinkGraph, order: Ints, code: GapCode | None, *, by_file: bool) -> RowOrder:
        """As the networks see it.

        Args:
            order: (rows,) the row of each link.
        """
        link = np.empty(len(order), np.int64)
        link[order] = np.arange(len(order))
        return RowOrder(
            link=link[self.row],
            visit=self.visit,
            subject=graph.table.subject[self.row].astype(np.int64),
            tied=self.tied,
            by_file=by_file,
            gap=code.encode(self.gap) if code is not None else None,
            gap_level=code.level if code is not None else np.zeros(1, np.float32),
        )

    def notes(self, graph: LinkGraph, *, by_file: bool) -> tuple[str, ...]:
        """What the user should know of visits and of the order of rows."""
        table, follows = graph.table, self.follows
        found = []
        if table.basket is None and table.time is not None and come_in_sessions(table.subject, table.time):
            found.append(NOTE)
        if not follows.any():
            return tuple(found)
        what = "basket" if table.basket is not None else "visit" if table.time is not None else "subject"
        apart = float((self.gap[follows] > 0).mean())
        if apart > 0:
            others = f"{apart:.1%} of the rows of a {what} come after the row before them, the others at the same time"
            every = f"the rows of a {what} come one after another"
            found.append(f"{others if apart < 1 else every}: their order and the times between them are drawn")
        if apart < 1:
            when = "at the same time" if table.time is not None else f"of a {what}"
            learned = "follow an order in the table, which is learned" if by_file else "come in random order"
            found.append(f"rows {when} {learned}")
        return tuple(found)


def rule_notes(rules: Ints, table: TransactionTable, of_visits: Ints | None = None) -> tuple[str, ...]:
    """What the user should know of the rules of the order: a sentence for each kind of rule that there is.

    Args:
        rules: (rules, 2) of (verb, object) tokens y and x: no y before the subject's first x in the same visit.
        of_visits: (rules, 5) verb and object of y and of x, −1 for any, whether of one object: no y before the first
            x of any visit; None for none.
    """
    verbs, objects = (index.astype(str) for index in (table.verbs, table.objects))

    def name(verb: int, object: int) -> str:
        if object < 0:
            return f"{verbs[verb][:40]} anything"
        return f"{objects[object][:40]!r}" if len(verbs) == 1 else f"{verbs[verb][:40]} {objects[object][:40]!r}"

    first = [" not before ".join(name(*divmod(token, len(objects))) for token in pair) for pair in rules.tolist()]
    every = [
        f"{verbs[y[0]][:40]} not before {verbs[x[0]][:40]} the same" if same else f"{name(*y)} not before {name(*x)}"
        for *both, same in (np.zeros((0, 5), np.int64) if of_visits is None else of_visits).tolist()
        for y, x in [(both[:2], both[2:])]
    ]
    found = []
    for what, named in (("in a visit", first), ("in whichever visit", every)):
        if named:
            more = f", and {len(named) - TOLD} more" if len(named) > TOLD else ""
            told = ", ".join(named[:TOLD])
            found.append(f"{what}, no subject breaks these orders and no drawn one does: {told}{more}")
    return tuple(found)


def _follows(visit: Ints) -> Bools:
    result = np.zeros(len(visit), bool)
    result[1:] = visit[1:] == visit[:-1]
    return result
