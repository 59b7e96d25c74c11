"""What holds for a subject as a whole: its classes, beside each other and beside its links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.gate.scopes.parts.bins import frequent
from assoc_synth.gate.scopes.parts.part import Compared, Counted, check_positions, lacking
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.distinct import positions

MAX_BY_OBJECT, MAX_TOGETHER = 800, 600
"""Features of classes beside links, and of classes beside classes."""
MAX_TOKENS = 200


@dataclass(frozen=True, eq=False)
class SubjectColumns:
    """The classes of each attribute: of all subjects, of those with a link, and of those in a class of another one.

    Attributes:
        labels: of all classes, as `Attributes.labels`.
        owner: the attribute of each class, ascending.
        tokens: links, sorted.
        beside_link: (attribute, position in `tokens`) that are compared, (links, 2), sorted.
        beside_class: (attribute, class of another one) that are compared, (classes, 2), sorted.
    """

    labels: tuple[str, ...]
    owner: Ints
    tokens: Ints
    beside_link: Ints
    beside_class: Ints

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.owner) or self.beside_link.shape[1:] != (2,):
            raise ValueError("the classes of attributes do not fit together")
        if self.beside_class.shape[1:] != (2,):
            raise ValueError("the classes beside each other do not fit together")
        check_positions(self.owner, len(self.labels), "attributes")
        for beside, size in ((self.beside_link, len(self.tokens)), (self.beside_class, len(self.labels))):
            check_positions(beside[:, 0], len(self._sizes), "attributes")
            check_positions(beside[:, 1], size, "links or classes beside attributes")

    @classmethod
    def choose(cls, training: Rows, least: int) -> SubjectColumns | None:
        """The links, and the classes, beside which attributes differ most from those of all subjects."""
        own = training.attributes
        if not own.names:
            return None
        tokens = frequent(
            training.subject, training.token, training.num_verbs * training.num_objects, MAX_TOKENS, least
        )
        has = own.has.astype(np.float64)
        linked = np.asarray(training.edges.tokens()[:, tokens].toarray(), np.float64)
        beside_link = _strongest(has, own.owner, linked, MAX_BY_OBJECT)
        beside_class = _strongest(has, own.owner, has, MAX_TOGETHER, own_of=own.owner, least=least)
        return cls(own.labels, own.owner, tokens, beside_link, beside_class)

    @property
    def _sizes(self) -> Ints:
        return np.bincount(self.owner).astype(np.int64)

    @property
    def group(self) -> Ints:
        sizes = self._sizes
        every = [sizes, np.full(len(sizes), 2), sizes[self.beside_link[:, 0]], sizes[self.beside_class[:, 0]]]
        joined = np.concatenate(every)
        return np.repeat(np.arange(len(joined)), joined).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        starts = np.cumsum([2 * len(self._sizes), len(self.beside_link), len(self.beside_class)])
        part = np.searchsorted(starts, self.group, side="right")
        names = ("attributes", "attributes_by_object", "attributes_together")
        return tuple(Compared(name, np.flatnonzero(part == at)) for at, name in enumerate(names))

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ("attributes", len(self._sizes)), ("objects beside attributes", len(self.beside_link))

    def count(self, rows: Rows) -> Counted:
        if rows.attributes.labels != self.labels:
            raise lacking("attributes of subjects in these classes")
        has, sizes = rows.attributes.has, self._sizes
        subject, code = np.nonzero(has)
        parts = [Counted(subject.astype(np.int64), code.astype(np.int64))]
        first = int(sizes.sum())
        several = np.stack([has[:, self.owner == at].sum(axis=1) > 1 for at in range(len(sizes))], axis=1)
        everyone = np.repeat(np.arange(len(has)), len(sizes))
        column = np.tile(np.arange(len(sizes)), len(has))
        parts.append(Counted(everyone, first + 2 * column + several.ravel()))
        first += 2 * len(sizes)
        linked = np.zeros((rows.num_subjects, len(self.tokens)), bool)
        at = positions(rows.token, self.tokens)
        linked[rows.subject[at >= 0], at[at >= 0]] = True
        for pairs, given in ((self.beside_link, linked), (self.beside_class, has)):
            for attribute, other in pairs.tolist():
                parts.append(self._given(has, attribute, given[:, other], first))
                first += int(sizes[attribute])
        return Counted.joined(parts)

    def _given(self, has: Bools, attribute: int, given: Bools, first: int) -> Counted:
        """The classes of an attribute among the subjects of whom something holds."""
        chosen = np.flatnonzero(given)
        row, code = np.nonzero(has[np.ix_(chosen, np.flatnonzero(self.owner == attribute))])
        return Counted(chosen[row].astype(np.int64), first + code.astype(np.int64))


def _strongest(
    has: Floats, owner: Ints, given: Floats, most: int, *, own_of: Ints | None = None, least: int = 1
) -> Ints:
    """(attribute, thing) in which classes differ most from those of all subjects, within a number of features.

    Args:
        has: 0/1, (subjects, classes). owner: the attribute of each class.
        given: 0/1, (subjects, things).
        own_of: the attribute of each thing, which is not compared with itself; None where things are none.
        least: subjects that a thing needs.
    """
    sizes, size = np.bincount(owner), given.sum(axis=0)
    share = has.mean(axis=0)[:, None]
    expected = share * size[None, :]
    variance = np.maximum(expected * (1 - share), 1.0)
    squares = (has.T @ given - expected) ** 2 / variance
    strength = np.stack([squares[owner == at].sum(axis=0) / sizes[at] for at in range(len(sizes))])
    strength[:, size < least] = 0.0
    if own_of is not None:
        strength[own_of, np.arange(len(own_of))] = 0.0
    order = np.argsort(-strength.ravel(), kind="stable")
    attribute = order // max(given.shape[1], 1)
    fits = (np.cumsum(sizes[attribute]) <= most) & (strength.ravel()[order] > 0)
    chosen = np.sort(order[fits])
    return np.stack(np.divmod(chosen, max(given.shape[1], 1)), axis=1).astype(np.int64)
