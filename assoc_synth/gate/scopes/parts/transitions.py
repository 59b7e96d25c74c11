"""What comes after what, inside a visit and from one visit to the next, and what visits begin and end with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from assoc_synth.gate.scopes.parts.bins import VerbGroups, frequent, least_z
from assoc_synth.gate.scopes.parts.part import Compared, Counted, check_positions, lacking
from assoc_synth.gate.scopes.parts.sequences import Units
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MAX_TOKENS = 150
MAX_TRANSITIONS = 400
MIN_UNSEEN = 14.0
"""Steps that random order has, where training subjects have none: never by chance in any of all pairs."""
MAX_ENDS = 40
"""Links whose share of the first and of the last things of visits is compared."""
_CHUNK = 256

Kind = Literal["inside", "between"]


def units_of(rows: Rows, kind: str) -> Units:
    """The units of a kind of step."""
    if rows.visit_kind is None or rows.time is None:
        raise lacking("visits at times")
    return Units.moments(rows) if kind == "inside" else Units.visits(rows)


@dataclass(frozen=True, eq=False)
class Transitions:
    """Steps from one thing to the next: inside visits, or from one visit to the next.

    A subject's steps count one in all; a step between several things and several others is shared out among all their
    pairs. Two more classes are steps that no training subject makes although random order would, and all others.

    Attributes:
        kind: "inside" visits, from one time to the next, or "between" visits.
        tokens: frequent links, sorted.
        pairs: steps that are watched, as positions in `tokens`, (steps, 2).
        unseen: positions in `tokens` between which no training subject makes a step, although random order
            would, (unseen, 2).
        of_verb, count_groups: see `VerbGroups`; steps from verb to verb are compared given the verb before.
    """

    kind: Kind
    tokens: Ints
    pairs: Ints
    unseen: Ints
    of_verb: Ints
    count_groups: int

    def __post_init__(self) -> None:
        if self.kind not in ("inside", "between"):
            raise ValueError(f"no kind of step is called {self.kind!r}")
        if self.pairs.shape[1:] != (2,) or self.unseen.shape[1:] != (2,):
            raise ValueError("the steps do not fit together")
        for steps in (self.pairs, self.unseen):
            check_positions(steps, len(self.tokens), "links of steps")

    @classmethod
    def choose(
        cls, kind: Kind, training: Rows, copies: Sequence[Rows], verbs: VerbGroups, least: int
    ) -> Transitions | None:
        """Half of the steps that are watched are the most frequent ones, half those that differ most from random order.

        Args:
            training: some training subjects.
            copies: the same ones in random order.
            least: training subjects that a link needs.
        """
        tokens = frequent(
            training.subject, training.token, training.num_verbs * training.num_objects, MAX_TOKENS, least
        )
        units = units_of(training, kind)
        if not len(units.before) or not len(tokens):
            return None
        found = _steps(units, training.token, tokens)
        other = np.zeros(found.shape)
        for copy in copies:
            other += _steps(units_of(copy, kind), copy.token, tokens) / len(copies)
        z = ((found - other) / np.sqrt(np.maximum(other, 1.0) * (1 + 1 / len(copies)))).ravel()
        often = np.argsort(-found.ravel(), kind="stable")[: MAX_TRANSITIONS // 2]
        rest = np.argsort(-np.abs(z), kind="stable")
        rest = rest[~np.isin(rest, often)]
        unseen = np.flatnonzero((found.ravel() == 0) & (other.ravel() >= MIN_UNSEEN))
        rest = rest[(np.abs(z[rest]) >= least_z(int((np.maximum(found, other) >= 1).sum()))) & ~np.isin(rest, unseen)]
        rest = rest[: MAX_TRANSITIONS - len(often)]
        chosen = np.sort(np.concatenate([often[found.ravel()[often] > 0], rest]))
        size = len(tokens)
        pairs, none = (np.stack(np.divmod(own, size), axis=1).astype(np.int64) for own in (chosen, unseen))
        return cls(kind, tokens, pairs, none, verbs.of_verb, verbs.count)

    @property
    def group(self) -> Ints:
        verbs = np.repeat(np.arange(self.count_groups), self.count_groups) + 1
        own = verbs if self.count_groups > 1 else verbs[:0]
        return np.concatenate([np.zeros(len(self.pairs) + 2, np.int64), own]).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        by_token = len(self.pairs) + 2
        name = "steps" if self.kind == "inside" else "visit_steps"
        verbs = np.arange(by_token, len(self.group))
        return Compared(name, np.arange(by_token)), Compared(f"{name}_of_verbs", verbs)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ((f"steps {self.kind} visits", len(self.pairs)),)

    def count(self, rows: Rows) -> Counted:
        units = units_of(rows, self.kind)
        events = units.events(rows.token, self.tokens)
        before, after = events[units.before].tocsc(), events[units.after].tocsc()
        subject = units.subject[units.after]
        of_subject = sp.csr_matrix(
            (np.ones(len(subject)), (subject, np.arange(len(subject)))), shape=(rows.num_subjects, len(subject))
        )
        parts, known = [], np.zeros(rows.num_subjects)
        for first in range(0, len(self.pairs), _CHUNK):
            left, right = self.pairs[first : first + _CHUNK].T
            made = (of_subject @ before[:, left].multiply(after[:, right])).tocoo()
            parts.append(Counted(made.row.astype(np.int64), made.col.astype(np.int64) + first, made.data))
            known += np.bincount(made.row, weights=made.data, minlength=rows.num_subjects)
        new = np.bincount(subject, weights=self._unseen_share(before, after), minlength=rows.num_subjects)
        total = np.bincount(subject, minlength=rows.num_subjects)
        everyone, last = np.arange(rows.num_subjects), len(self.pairs)
        others = np.maximum(total - known - new, 0.0)
        parts.append(Counted(everyone, np.full(len(everyone), last), np.asarray(new, np.float64)))
        parts.append(Counted(everyone, np.full(len(everyone), last + 1), np.asarray(others, np.float64)))
        if self.count_groups > 1:
            parts.append(self._verbs(rows, units, last + 2))
        return Counted.joined(parts)

    def _unseen_share(self, before: sp.csc_matrix, after: sp.csc_matrix) -> Floats:
        """How much of each step is between links that no training subject goes from and to: (steps,)."""
        size = len(self.tokens) + 1
        table = sp.csr_matrix((np.ones(len(self.unseen)), tuple(self.unseen.T)), shape=(size, size))
        share: Floats = np.asarray((before @ table).multiply(after).sum(axis=1), np.float64).ravel()
        return share

    def _verbs(self, rows: Rows, units: Units, first: int) -> Counted:
        events = units.events(self.of_verb[rows.verb], np.arange(self.count_groups))[:, : self.count_groups].toarray()
        steps = events[units.before][:, :, None] * events[units.after][:, None, :]
        steps = steps.reshape(len(steps), steps.shape[1] * steps.shape[2])
        at, column = np.nonzero(steps)
        return Counted(units.subject[units.after][at], column + first, steps[at, column])


@dataclass(frozen=True, eq=False)
class Ends:
    """What visits begin and end with, of those that have two times: links, and verbs.

    Attributes:
        tokens: those that are told from others, sorted.
        of_verb, count_groups: see `VerbGroups`.
    """

    tokens: Ints
    of_verb: Ints
    count_groups: int

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups, least: int) -> Ends | None:
        """The links that most training subjects' visits begin or end with."""
        units = units_of(training, "inside")
        at_end = _at(units, units.opens | units.closes)
        if not at_end.any():
            return None
        size = training.num_verbs * training.num_objects
        tokens = frequent(training.subject[at_end], training.token[at_end], size, MAX_ENDS, least)
        return cls(tokens, verbs.of_verb, verbs.count)

    @property
    def group(self) -> Ints:
        return np.repeat(np.arange(4), [len(self.tokens) + 1] * 2 + [self.count_groups] * 2).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        return (Compared("first_and_last", np.arange(len(self.group))),)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ()

    def count(self, rows: Rows) -> Counted:
        units = units_of(rows, "inside")
        parts, first = [], 0
        for code, known in (
            (rows.token, self.tokens),
            (self.of_verb[rows.verb], np.arange(self.count_groups)),
        ):
            events = units.events(code, known)
            width = events.shape[1] if known is self.tokens else self.count_groups
            for ends in (units.opens, units.closes):
                chosen = np.flatnonzero(ends)
                held = events[chosen].tocoo()
                subject = units.subject[chosen][held.row]
                parts.append(Counted(subject, held.col.astype(np.int64) + first, held.data))
                first += width
        return Counted.joined(parts)


def _steps(units: Units, token: Ints, tokens: Ints) -> Floats:
    """How many steps go from each link to each other one: (tokens, tokens)."""
    events = units.events(token, tokens)[:, : len(tokens)]
    found: Floats = np.asarray((events[units.before].T @ events[units.after]).toarray(), np.float64)
    return found


def _at(units: Units, chosen: Bools) -> Bools:
    """Which rows are in the chosen units."""
    return np.asarray((units.of_row >= 0) & np.append(chosen, False)[units.of_row])
