"""A part of a scope: one kind of class that subjects are in, chosen from the training subjects.

A subject counts one in each group of classes that it is in, shared out over them by how many of its rows, visits or
steps are in each. So a class's count is a sum over subjects, in which a long subject weighs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Ints

MIN_EXPECTED = 5.0
"""Evaluated subjects that a group needs."""
CHOOSE_ROWS, CHOOSE_SUBJECTS = 120_000, 500
"""Choices are made from so many rows of the training subjects, or from so many of these, whichever is more."""
COPIES = 3
"""How often training subjects are destroyed to find what a destroyer changes."""


@dataclass(frozen=True, eq=False)
class Counted:
    """How often subjects are in classes: one entry each, and the same ones may come again: arrays of shape (entries,).

    Attributes:
        subject: codes.
        column: the class, as a column of the part.
        times: how often; None for once.
    """

    subject: Ints
    column: Ints
    times: Floats | None = None

    @classmethod
    def joined(cls, parts: Sequence[Counted]) -> Counted:
        """All entries; columns stay as they are."""
        none = np.zeros(0, np.int64)
        return cls(
            np.concatenate([none, *(part.subject for part in parts)]),
            np.concatenate([none, *(part.column for part in parts)]),
            np.concatenate([none, *(times_of(part) for part in parts)]),
        )


@dataclass(frozen=True, eq=False)
class Compared:
    """Groups of a part that make a block.

    Attributes:
        name: behind the scope's, such as "pairs"; groups of the same name, of several parts too, make one block.
        columns: of the part, in whole groups.
        verbs: codes of the only verbs whose rows they look at; None for whole subjects.
        tolerated: of rules, whose groups have the classes kept and broken: the share of breaks that refutes none; None
            for classes of any other kind.
    """

    name: str
    columns: Ints
    verbs: tuple[int, ...] | None = None
    tolerated: float | None = None


class Part(Protocol):
    """One kind of class, chosen from the training subjects: a frozen dataclass of arrays and JSON values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def group(self) -> Ints:
        """The group of each column, ascending: (columns,)."""

    @property
    def compared(self) -> tuple[Compared, ...]:
        """The blocks that its groups make."""

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        """As `Watched.watched`."""

    def count(self, rows: Rows) -> Counted:
        """Which subjects are in which classes.

        Raises:
            InputError: the rows lack a column.
        """


Destroy = Callable[[Rows, np.random.Generator], Rows]
"""What takes from rows what a scope is about."""


def least_subjects(training: Rows, num_evaluated: int, expected: float = MIN_EXPECTED) -> int:
    """How many training subjects a group needs, so that `expected` of the evaluated ones can be expected in it."""
    return max(int(np.ceil(expected * training.num_subjects / max(num_evaluated, 1))), 1)


def some_subjects(rows: Rows, rng: np.random.Generator, most: int = CHOOSE_ROWS) -> Rows:
    """All subjects, or so many at random that they have about `most` rows, but at least 500."""
    count = max(int(rows.num_subjects * most / max(len(rows), 1)), CHOOSE_SUBJECTS)
    if count >= rows.num_subjects:
        return rows
    return rows.take(np.sort(rng.permutation(rows.num_subjects)[:count]))


def check_positions(codes: Ints, size: int, of: str) -> None:
    """Raises: ValueError: some codes are no positions in so many things, `of` says which."""
    if not ((codes >= 0) & (codes < size)).all():
        raise ValueError(f"there are no such {of}")


def lacking(what: str) -> InputError:
    """The error of rows that lack what the gate watches."""
    return InputError(f"the gate watches {what}, the rows have none; compare what both tables have")


def destroyed_copies(rows: Rows, destroy: Destroy, rng: np.random.Generator) -> Iterator[Rows]:
    """The same subjects destroyed, some times over."""
    for _ in range(COPIES):
        yield destroy(rows, rng)


def times_of(counted: Counted) -> Floats:
    return np.ones(len(counted.subject)) if counted.times is None else counted.times
