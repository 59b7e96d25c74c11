"""The one walk through nodes and links that the writers of graphs share: each adds but its own signs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from assoc_synth.exports.entities import Entities
from assoc_synth.exports.qualifiers import ExtraValues, Kind, Qualifier, Value, own_names, renamed_notes
from assoc_synth.exports.source import Clock, TimeUnit, links_of
from assoc_synth.transactions.table import TransactionTable

Edge: TypeAlias = tuple[int, str, str, str, tuple[Value | None, ...]]
"""Number of the row; subject, verb and object as the writer has them; and the values of `Walk.qualifiers`."""
Node: TypeAlias = tuple[str, str, str]
"""Key, kind and name."""


@dataclass(frozen=True)
class Walk:
    """Nodes and links of a table in the order of its codes and rows.

    Attributes:
        table: the rows.
        nodes: the entities.
        keys: of the nodes.
        qualifiers: what links say: the time, amount and basket that the table has, then its extra columns.
        extras: the values of the extra columns.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"subject": ["ann"], "verb": "buys", "object": "tea", "store": "north"})
        >>> walk = Walk.of(TransactionTable.from_frame(frame))
        >>> list(walk.edges(walk.nodes.names, ["buys"]))
        [(0, 'ann', 'buys', 'tea', ('north',))]
    """

    table: TransactionTable
    nodes: Entities
    keys: list[str]
    qualifiers: tuple[Qualifier, ...]
    extras: tuple[ExtraValues, ...]

    @classmethod
    def of(
        cls,
        table: TransactionTable,
        entities: str | None = None,
        *,
        taken: Collection[str] = (),
        words: Mapping[str, str] | None = None,
        plain: Callable[[str], str] = str,
        fold: bool = False,
    ) -> Walk:
        """The walk through a table.

        Args:
            table: the rows.
            entities: "shared" or "apart", see `Entities`.
            taken: names that the format has for other things.
            words: what it calls time, amount and basket, where these are not its names.
            plain, fold: see `own_names`.

        Raises:
            InputError: another word for `entities`.
        """
        nodes, called = Entities.of(table, entities), words or {}
        extras = tuple(ExtraValues.of(table, column) for column in table.schema.extras)
        names = own_names(table.schema.extras, {*taken, *called.values()}, plain, fold=fold)
        qualifiers = [
            Qualifier(role, column, called.get(role, role), *_kind(table, role))
            for role, column in table.schema.roles().items()
            if role in ("time", "amount", "basket")
        ]
        qualifiers.sort(key=lambda one: ("time", "amount", "basket").index(one.role))
        qualifiers += [
            Qualifier("", str(column), name, one.kind, one.unit)
            for column, name, one in zip(table.schema.extras, names, extras, strict=True)
        ]
        return cls(table, nodes, nodes.keys(), tuple(qualifiers), extras)

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for people on names that differ in the file."""
        return renamed_notes(self.qualifiers)

    def each_node(self) -> Iterator[Node]:
        """Key, kind and name of each node."""
        return zip(self.keys, self.nodes.kinds, self.nodes.names, strict=True)

    def edges(self, nodes: Sequence[str], verbs: Sequence[str], objects: Sequence[str] | None = None) -> Iterator[Edge]:
        """Row by row.

        Args:
            nodes: how each node is written.
            verbs: how each verb is.
            objects: how each object is, where objects are no nodes.
        """
        subjects = [nodes[node] for node in self.nodes.subject.tolist()]
        targets = [nodes[node] for node in self.nodes.object.tolist()] if objects is None else objects
        known = [role for role in ("time", "amount", "basket") if getattr(self.table, role) is not None]
        for part in links_of(self.table):
            rows = slice(part.start, part.start + len(part.subject))
            columns = [getattr(part, role) for role in known] + [one.values(rows) for one in self.extras]
            said = zip(*columns, strict=True) if columns else ((),) * len(part.subject)
            codes = zip(part.subject, part.verb, part.object, said, strict=True)
            for row, (s, v, o, values) in enumerate(codes, part.start):
                yield row, subjects[s], verbs[v], targets[o], values


def _kind(table: TransactionTable, role: str) -> tuple[Kind, TimeUnit | Literal[""]]:
    if role == "time":
        clock = Clock.of(table)
        return ("date" if clock.unit == "D" else "instant" if clock.zone else "datetime"), clock.unit
    return ("number" if role == "amount" else "text"), ""
