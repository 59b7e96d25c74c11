"""Where two vocabularies meet: the one place in which the names of several tables are matched, by their text.

The same product is `7` in a Parquet file and `"7"` in a CSV file: two names are the same if their texts are equal,
whatever their types.
"""

from __future__ import annotations

import difflib
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

    def find(self, name: object, kind: str, of: str = "table") -> int:
        """The code of a name that must exist.

        Args:
            kind: "verb" or "object", for the message.
            of: what has the names, for the message.

        Raises:
            InputError: there is no such name; the message has the closest ones, or some.

        Example:
            >>> Vocabulary(["tea", "kettle"]).find("kettel", "object")
            Traceback (most recent call last):
            assoc_synth.errors.InputError: no object 'kettel' in this table; did you mean 'kettle'?
        """
        code = self.code(name)
        if code >= 0:
            return code
        near = difflib.get_close_matches(str(name), self._code, n=3)
        if near:
            hint = f"did you mean {' or '.join(shortened(other) for other in near)}?"
        elif len(self) <= 12:
            hint = f"it has: {', '.join(shortened(other) for other in self) or 'none'}"
        else:
            hint = f"it has {len(self):,} {kind}s, such as {', '.join(shortened(other) for other in [*self][:3])}"
        raise InputError(f"no {kind} {shortened(name)} in this {of}; {hint}")

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

    def check_shared(self, first: int, second: int, called: tuple[str, str]) -> None:
        """Two tables without a common verb or object cannot be compared.

        Args:
            first, second: positions of the tables.
            called: what they are called in the message.

        Raises:
            InputError: no verb, or no object, occurs in both tables; a table without links passes.
        """
        one, other = self.edges[first], self.edges[second]
        if not len(one) or not len(other):
            return
        for kind, names, codes in (
            ("verb", self.verbs, (one.verb, other.verb)),
            ("object", self.objects, (one.object, other.object)),
        ):
            if not np.intersect1d(*codes).size:
                mine, theirs = (shortened(names[int(own[0])]) for own in codes)
                raise InputError(
                    f"the {called[0]} table and the {called[1]} table share no {kind}: one has {mine}, the other "
                    f"{theirs}; name the same column as the {kind} of both, and write its names alike"
                )


def _extended(vocabulary: Vocabulary, names: pd.Index | Sequence[object]) -> Ints:
    codes = vocabulary.extend(names)
    if len(np.unique(codes)) < len(codes):
        texts = pd.Series([str(name) for name in names])
        raise InputError(f"two names of one table read {shortened(texts[texts.duplicated()].iloc[0])} when written out")
    return codes


def shortened(name: object) -> str:
    """A name for a message: quoted, at most 40 characters of it."""
    return repr(str(name)[:40])
