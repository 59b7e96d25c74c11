"""Where two vocabularies meet: the one place in which the names of several tables are matched, by their text.

The same product is `7` in a Parquet file and `"7"` in a CSV file: what a table's names look like written out is what
they have in common, whatever their type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable


class Vocabulary:
    """Names by code, found by their text; names that are new to it get the next codes.

    Example:
        >>> names = Vocabulary(["tea", "7"])
        >>> names.codes([7, "milk"]).tolist(), names.extend(["milk"]).tolist(), list(names)
        ([1, -1], [2], ['tea', '7', 'milk'])
    """

    def __init__(self, names: Iterable[object] = ()) -> None:
        self._code: dict[str, int] = {}
        self.extend(names)

    def __len__(self) -> int:
        return len(self._code)

    def __iter__(self) -> Iterator[str]:
        return iter(self._code)

    def __contains__(self, name: object) -> bool:
        return str(name) in self._code

    def code(self, name: object) -> int:
        """The code of a name, −1 where there is none."""
        return self._code.get(str(name), -1)

    def codes(self, names: Iterable[object]) -> Ints:
        """The code of each name, −1 where there is none: shape (names,)."""
        return np.array([self._code.get(str(name), -1) for name in names], np.int64)

    def extend(self, names: Iterable[object]) -> Ints:
        """The code of each name, new ones added at the end in their order: shape (names,)."""
        return np.array([self._code.setdefault(str(name), len(self._code)) for name in names], np.int64)


@dataclass(frozen=True, eq=False)
class Aligned:
    """Several tables over the union of their verbs and objects.

    Attributes:
        edges: one graph per table, in the given order.
        verbs, objects: the names as text; those of the first table come first and keep their codes.
    """

    edges: tuple[Edges, ...]
    verbs: tuple[str, ...]
    objects: tuple[str, ...]

    @classmethod
    def of(cls, *tables: TransactionTable) -> Aligned:
        """Match verbs and objects by their text.

        Raises:
            InputError: two names of one table have the same text.
        """
        verbs, objects = Vocabulary(), Vocabulary()
        codes = [(_extended(verbs, table.verbs), _extended(objects, table.objects)) for table in tables]
        edges = tuple(
            Edges.from_links(
                table.subject,
                verb[table.verb],
                object[table.object],
                num_subjects=table.num_subjects,
                num_verbs=len(verbs),
                num_objects=len(objects),
            )
            for table, (verb, object) in zip(tables, codes, strict=True)
        )
        return cls(edges, tuple(verbs), tuple(objects))

    def nothing_shared(self, first: int = 0, second: int = 1) -> str | None:
        """ "verb" or "object" where no such name of one table occurs in the other, which no comparison survives."""
        one, other = self.edges[first], self.edges[second]
        if not len(one) or not len(other):
            return None
        if not np.intersect1d(one.verb, other.verb).size:
            return "verb"
        return None if np.intersect1d(one.object, other.object).size else "object"


def _extended(vocabulary: Vocabulary, names: pd.Index | Sequence[object]) -> Ints:
    codes = vocabulary.extend(names)
    if len(np.unique(codes)) < len(codes):
        texts = pd.Series([str(name) for name in names])
        raise InputError(f"two different names read {texts[texts.duplicated()].iloc[0][:40]!r} when written as text")
    return codes
