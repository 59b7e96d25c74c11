"""The nodes of an exported graph: one for each entity.

A name that is both a subject and an object is one node where the two vocabularies share names, else two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.exports.source import names_of
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

SHARED, APART = "shared", "apart"
SUBJECT, OBJECT, BOTH = "subject", "object", "both"


@dataclass(frozen=True)
class Entities:
    """Names, kinds and keys of nodes: subjects in the order of their codes, then the objects that are no subject.

    Attributes:
        names: of each node.
        kinds: "subject", "object" or "both", of each node.
        subject, object: the node of each code of the table.
        shared: whether a subject and an object of one name are one node.
    """

    names: list[str]
    kinds: list[str]
    subject: Ints
    object: Ints
    shared: bool

    @classmethod
    def of(cls, table: TransactionTable, entities: str | None = None) -> Entities:
        """The nodes of a table.

        Args:
            table: the table.
            entities: "shared", "apart", or None for what `shares_names` says.

        Raises:
            InputError: another word.

        Example:
            >>> import pandas as pd
            >>> frame = pd.DataFrame({"subject": ["ann", "bob"], "verb": "knows", "object": ["bob", "eve"]})
            >>> table = TransactionTable.from_frame(frame)
            >>> Entities.of(table).names, Entities.of(table, "apart").names
            (['ann', 'bob', 'eve'], ['ann', 'bob', 'bob', 'eve'])
        """
        if entities not in (None, SHARED, APART):
            raise InputError(f"--entities is shared or apart, not {str(entities)[:40]!r}")
        subjects, objects = names_of(table.subjects), names_of(table.objects)
        shared = shares_names(table) if entities is None else entities == SHARED
        first = {name: code for code, name in enumerate(subjects)} if shared else {}
        node = np.empty(len(objects), np.int64)
        names, kinds = subjects, [SUBJECT] * len(subjects)
        for code, name in enumerate(objects):
            known = first.get(name)
            if known is None:
                known = len(names)
                names.append(name)
                kinds.append(OBJECT)
            else:
                kinds[known] = BOTH
            node[code] = known
        return cls(names, kinds, np.arange(len(table.subjects)), node, shared)

    def keys(self) -> list[str]:
        """A short key of each node: s0, s1, … for subjects and nodes of both kinds, o0, o1, … for other objects."""
        made = [f"s{code}" for code in range(len(self.subject))] + [""] * (len(self.names) - len(self.subject))
        for code, node in enumerate(self.object.tolist()):
            if node >= len(self.subject):
                made[node] = f"o{code}"
        return made


def shares_names(table: TransactionTable) -> bool:
    """Whether subjects and objects are entities of one kind: the same name is in both, and it is more than a number.

    Numbers count rows of two different lists more often than they name one thing: user 5 is not film 5.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> shares_names(toy_shop(subjects=5))
        False
    """
    return any(not is_number(name) for name in both_names(table))


def both_names(table: TransactionTable) -> list[str]:
    """The names that are subjects and objects, in the order of the objects."""
    subjects = set(names_of(table.subjects))
    return [name for name in names_of(table.objects) if name in subjects]


def entity_notes(table: TransactionTable, entities: str | None = None) -> tuple[str, ...]:
    """What was decided about names that are subjects and objects, for people; nothing where there are none."""
    count = 0 if entities is not None else len(both_names(table))
    if not count:
        return ()
    what = f"{count:,} names are both subject and object"
    if shares_names(table):
        return (f"{what}: each is one node; --entities apart makes two of it",)
    return (f"{what}, numbers all of them: each is two nodes; --entities shared makes one of it",)


def is_number(name: str) -> bool:
    """Whether a name is a bare number.

    Example:
        >>> is_number("17"), is_number("4.0"), is_number("B17")
        (True, True, False)
    """
    try:
        float(name)
    except ValueError:
        return False
    return name.strip().lower().lstrip("+-") not in ("nan", "inf", "infinity")
