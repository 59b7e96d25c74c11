"""Extra columns of rows: their classes by verb and by frequent link, and what one column or a link says of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.gate.scopes.parts.bins import VerbGroups, frequent
from assoc_synth.gate.scopes.parts.part import Compared, Counted, check_positions, lacking
from assoc_synth.gate.scopes.parts.visit_columns import KEPT, USUAL, columns_of_visits, several_in_visit
from assoc_synth.link_graph.rows import Extras, Rows
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.distinct import positions

MAX_FEATURES, MAX_BY_OBJECT = 900, 800
MAX_OBJECTS = 30
MAX_KNOWN_LINKS = 1_000
TOLERATED = 0.01
"""Breaks of a dependency that refute none."""


def extra_codes(rows: Rows, names: tuple[str, ...], sizes: tuple[int, ...]) -> Ints:
    """The classes of some columns: (rows, columns).

    Raises:
        InputError: the rows lack a column, or have other classes.
    """
    extras = Extras((), (), np.zeros((len(rows), 0), np.int64)) if rows.extras is None else rows.extras
    known = dict(zip(extras.names, extras.sizes, strict=True))
    for name, size in zip(names, sizes, strict=True):
        if known.get(name) != size:
            raise lacking(f"the column {name[:40]!r} in {size} classes")
    return extras.codes[:, [extras.names.index(name) for name in names]]


@dataclass(frozen=True, eq=False)
class ExtraColumns:
    """The classes of each extra column, missing values among them, by verb, and by link for frequent ones.

    Attributes:
        names, sizes: the columns and how many classes each has.
        of_verb, count_groups: see `VerbGroups`; one group where a table has very many columns.
        tokens: links that are compared by themselves, sorted.
        left_out: columns that are not compared, because a table has too many.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    of_verb: Ints
    count_groups: int
    tokens: Ints
    left_out: int

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups, least: int) -> ExtraColumns | None:
        """All columns, as far as their classes are few enough."""
        extras = training.extras
        if extras is None or not extras.names:
            return None
        if sum(extras.sizes) * verbs.count > MAX_FEATURES:
            verbs = VerbGroups(np.zeros(training.num_verbs, np.int64), 1)
        fitting = max(int((np.cumsum(extras.sizes) <= MAX_FEATURES).sum()), 1)
        names, sizes = extras.names[:fitting], extras.sizes[:fitting]
        most = min(MAX_BY_OBJECT // sum(sizes), MAX_OBJECTS)
        size = training.num_verbs * training.num_objects
        tokens = frequent(training.subject, training.token, size, most, least)
        return cls(names, sizes, verbs.of_verb, verbs.count, tokens, len(extras.names) - fitting)

    @property
    def _classes(self) -> int:
        """Groups of one column."""
        return self.count_groups + len(self.tokens)

    @property
    def group(self) -> Ints:
        sizes = np.repeat(self.sizes, self._classes)
        return np.repeat(np.arange(len(sizes)), sizes).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        column, own = self.group // self._classes, self.group % self._classes
        by_verb = own < self.count_groups
        found = [
            Compared(f"column[{name}]", np.flatnonzero((column == at) & by_verb)) for at, name in enumerate(self.names)
        ]
        return (*found, Compared("columns_by_object", np.flatnonzero(~by_verb)))

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ("extra columns", len(self.names)), ("extra columns left out", self.left_out)

    def count(self, rows: Rows) -> Counted:
        codes = extra_codes(rows, self.names, self.sizes)
        at = positions(rows.token, self.tokens)
        own = np.flatnonzero(at >= 0)
        subject = np.concatenate([rows.subject, rows.subject[own]])
        group = np.concatenate([self.of_verb[rows.verb], at[own] + self.count_groups])
        row = np.concatenate([np.arange(len(rows)), own])
        parts, first = [], 0
        for column, size in enumerate(self.sizes):
            parts.append(Counted(subject, first + group * size + codes[row, column]))
            first += size * self._classes
        return Counted.joined(parts)


@dataclass(frozen=True, eq=False)
class Dependencies:
    """What one thing says of a column: a link, another column, or the visit; rows keep it or break it.

    Attributes:
        names, sizes: the columns.
        tokens: links that say something, sorted.
        by_link: columns that depend on the link, (d,); their class by link, −1 unknown, (d, tokens).
        class_of_link: see `by_link`.
        by_column: (one column, the one that depends on it), (e, 2).
        class_of_class: the class by the class of the other column, −1 unknown, (e, largest size).
        in_visit: columns that have one class in a visit, (f,).
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    tokens: Ints
    by_link: Ints
    class_of_link: Ints
    by_column: Ints
    class_of_class: Ints
    in_visit: Ints

    def __post_init__(self) -> None:
        if (
            self.class_of_link.shape != (len(self.by_link), len(self.tokens))
            or self.by_column.shape != (len(self.class_of_class), 2)
            or self.class_of_class.shape[1:] != (max(self.sizes, default=0),)
            or len(self.sizes) != len(self.names)
        ):
            raise ValueError("the dependencies of columns do not fit together")
        for columns in (self.by_link, self.by_column, self.in_visit):
            check_positions(columns, len(self.names), "columns that depend on something")

    @classmethod
    def choose(cls, training: Rows, least: int) -> Dependencies | None:
        """What holds in 99.5 % of the training subjects' rows, and not because one value is usual anyway."""
        extras = training.extras
        if extras is None or not extras.names:
            return None
        codes, sizes, columns = extras.codes, extras.sizes, range(len(extras.names))
        size = training.num_verbs * training.num_objects
        tokens = frequent(training.subject, training.token, size, MAX_KNOWN_LINKS, least)
        at = positions(training.token, tokens)
        own = at >= 0
        links = {column: _usual(at[own], codes[own, column], len(tokens), sizes[column]) for column in columns}
        by_link = [column for column in columns if _holds(*links[column][1:])]
        pairs, classes = [], []
        for one in columns:
            for other in columns:
                if one != other:
                    usual = _usual(codes[:, one], codes[:, other], sizes[one], sizes[other])
                    if _holds(*usual[1:]):
                        pairs.append((one, other))
                        classes.append(np.pad(usual[0], (0, max(sizes) - sizes[one]), constant_values=-1))
        found = cls(
            extras.names,
            sizes,
            tokens,
            np.array(by_link, np.int64),
            np.array([links[column][0] for column in by_link], np.int64).reshape(len(by_link), len(tokens)),
            np.array(pairs, np.int64).reshape(-1, 2),
            np.array(classes, np.int64).reshape(len(pairs), max(sizes)),
            np.array(columns_of_visits(training), np.int64),
        )
        return found if len(found.group) else None

    @property
    def group(self) -> Ints:
        return np.repeat(np.arange(len(self.by_link) + len(self.by_column) + len(self.in_visit)), 2).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        return (Compared("dependencies", np.arange(len(self.group)), tolerated=TOLERATED),)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return (("dependencies of columns", len(self.group) // 2),)

    def count(self, rows: Rows) -> Counted:
        codes = extra_codes(rows, self.names, self.sizes)
        at = positions(rows.token, self.tokens)
        known = np.flatnonzero(at >= 0)
        parts, first = [], 0
        for column, usual in zip(self.by_link, self.class_of_link, strict=True):
            parts.append(_kept(rows.subject[known], usual[at[known]], codes[known, column], first))
            first += 2
        for (one, other), usual in zip(self.by_column, self.class_of_class, strict=True):
            parts.append(_kept(rows.subject, usual[codes[:, one]], codes[:, other], first))
            first += 2
        for column in self.in_visit:
            subject, several = several_in_visit(rows, codes[:, column])
            parts.append(Counted(subject, first + several.astype(np.int64)))
            first += 2
        return Counted.joined(parts)


def _usual(of: Ints, code: Ints, size: int, classes: int) -> tuple[Ints, float, float]:
    """The usual class beside each of `size` things, −1 without rows; the share that has it; that of the usual one."""
    table = np.bincount(of * classes + code, minlength=size * classes).reshape(size, classes).astype(np.float64)
    total = table.sum()
    usual = np.where(table.sum(axis=1) > 0, table.argmax(axis=1), -1).astype(np.int64)
    if not total:
        return usual, 0.0, 1.0
    return usual, float(table.max(axis=1).sum() / total), float(table.sum(axis=0).max() / total)


def _holds(kept: float, usual: float) -> bool:
    return kept >= KEPT and usual <= USUAL


def _kept(subject: Ints, usual: Ints, code: Ints, first: int) -> Counted:
    known = usual >= 0
    return Counted(subject[known], first + (usual[known] != code[known]).astype(np.int64))
