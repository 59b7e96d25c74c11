"""Which links never share their time with the link after them, and which always do.

A page is opened with its cart at once, and things are bought together; nothing else happens at the same second. Such
rules are found by two verbs, and by a verb and a frequent kind of link, and no drawn time breaks one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assoc_synth.ctgan.interface import RowOrder
from assoc_synth.ctgan.order.rules import FEWEST, LEVEL
from assoc_synth.link_graph.edges import ragged
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MOST_PAIRS = 10_000_000
"""Pairs of links of one time in random order, and of one time and the next, up to which rules are looked for."""
NEVER, ALWAYS = -1, 1


@dataclass(frozen=True, eq=False)
class Coded:
    """What rules tell links by, (N,) each, as the order has them: see `CodedLinks`."""

    verb: Ints
    object: Ints
    slot: Ints


@dataclass(frozen=True, eq=False)
class TieRules:
    """Rules of the time between a link and the next: `NEVER` zero, `ALWAYS` zero, or without a rule, 0.

    Attributes:
        verbs: (2, V, V), [whether they share their object, before, after].
        kind_verb, verb_kind: (slots, V), (V, slots), [before, after].
    """

    verbs: Ints
    kind_verb: Ints
    verb_kind: Ints


def find_tie_rules(order: RowOrder, links: Coded, num_verbs: int, slots: int) -> TieRules:
    """The rules of a table's visits, which no subject breaks and chance would have broken.

    Args:
        slots: rows of the tables of kinds, row 0 is all infrequent ones together and has no rule.

    Example: of two verbs, the second always follows the first at once, and the first never the second.
        >>> from assoc_synth.ctgan.interface import CodedColumn
        >>> gap, visit = np.tile([0, 0, 1], 40), np.repeat(np.arange(40), 3)
        >>> coded = CodedColumn.discrete("gap", gap, 2)
        >>> order = RowOrder(visit, visit, visit, gap < 0, True, coded, np.array([0.0, 1.0], np.float32))
        >>> none = np.zeros(120, np.int64)
        >>> find_tie_rules(order, Coded(np.tile([0, 1, 0], 40), none, none), 2, 1).verbs[1].tolist()
        [[0, 1], [-1, 0]]
    """
    found = TieRules(
        np.zeros((2, num_verbs, num_verbs), np.int64),
        np.zeros((slots, num_verbs), np.int64),
        np.zeros((num_verbs, slots), np.int64),
    )
    steps = _Steps.of(order)
    if steps is None or not steps.tied.any():
        return found
    by_verbs, by_kind_verb, by_verb_kind = _cells(links, num_verbs, slots)
    verbs, share = steps.rules(by_verbs, found.verbs.size, np.full(len(steps.first), steps.tied.mean()))
    kind_verb, _ = steps.rules(by_kind_verb, found.kind_verb.size, share)
    verb_kind, _ = steps.rules(by_verb_kind, found.verb_kind.size, share)
    found.verbs[:] = verbs.reshape(found.verbs.shape)
    found.kind_verb[1:] = kind_verb.reshape(found.kind_verb.shape)[1:]
    found.verb_kind[:, 1:] = verb_kind.reshape(found.verb_kind.shape)[:, 1:]
    return found


Cell = Callable[[Ints, Ints], Ints]
"""A number for each two links, of which the second follows the first: (m,), (m,) → (m,)."""


def _cells(links: Coded, num_verbs: int, slots: int) -> tuple[Cell, Cell, Cell]:
    verb, object, slot = links.verb, links.object, links.slot

    def by_verbs(first: Ints, second: Ints) -> Ints:
        same: Ints = (object[first] == object[second]).astype(np.int64)
        return (same * num_verbs + verb[first]) * num_verbs + verb[second]

    return (
        by_verbs,
        lambda first, second: slot[first] * num_verbs + verb[second],
        lambda first, second: verb[first] * slots + slot[second],
    )


@dataclass(frozen=True, eq=False)
class _Steps:
    """Links that follow one another, (m,) each.

    Attributes:
        first, second: the links; tied: whether no time is between them; subject: whose.
        alike, apart: all pairs of links that may follow one another without and with time between them, as (pairs,) and
            (pairs,): where those of one time are in random order they are more than those of the file's order.
    """

    first: Ints
    second: Ints
    tied: Bools
    subject: Ints
    alike: tuple[Ints, Ints]
    apart: tuple[Ints, Ints]

    @classmethod
    def of(cls, order: RowOrder) -> _Steps | None:
        """Those of a table; None where nothing is known of the times, or there are too many pairs."""
        if order.gap is None:
            return None
        second = np.flatnonzero(order.follows)
        first, tied = second - 1, order.gap_level[order.gap.code[second]] <= 0
        alike, apart = (first[tied], second[tied]), (first[~tied], second[~tied])
        if not order.by_file and order.tied.any():
            pairs = _in_any_order(order)
            if pairs is None:
                return None
            alike, apart = pairs
        return cls(first, second, tied, order.subject[second], alike, apart)

    def rules(self, cell: Cell, size: int, share: Floats) -> tuple[Ints, Floats]:
        """The rule of each cell, (size,), and the share of steps without time in the cell of each step, (m,).

        Args:
            share: (m,) of the steps, as expected.
        """
        own = cell(self.first, self.second)
        alike, apart = (np.bincount(cell(*pair), minlength=size) for pair in (self.alike, self.apart))
        share = share.clip(0.0, 1.0)
        never = np.bincount(own, np.log1p(-np.minimum(share, 1 - 1e-12)), size)
        always = np.bincount(own, np.log(np.maximum(share, 1e-12)), size)
        width = int(self.subject.max(initial=0)) + 1
        shown = np.bincount(np.unique(own * width + self.subject) // width, minlength=size)
        clear = np.log(LEVEL / max(int((shown >= FEWEST).sum()), 1))
        enough = shown >= FEWEST
        rule = np.where(enough & (alike == 0) & (never <= clear), NEVER, 0)
        rule = np.where(enough & (apart == 0) & (always <= clear), ALWAYS, rule)
        total = np.bincount(own, minlength=size)
        found = np.bincount(own, self.tied, size) / np.maximum(total, 1)
        return rule, found[own]


def _in_any_order(order: RowOrder) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]] | None:
    """All pairs of links of one time, and of one time and the next of the visit; None where they are too many."""
    run = np.cumsum(~(order.tied & order.follows)) - 1
    begins = np.searchsorted(run, np.arange(int(run[-1]) + 2))
    size = np.diff(begins)
    visit = order.visit[begins[:-1]]
    goes_on = np.append(visit[1:] == visit[:-1], False)
    before = np.flatnonzero(goes_on)
    if int((size**2).sum()) + int((size[before] * size[before + 1]).sum()) > MOST_PAIRS:
        return None
    first, second = np.repeat(np.arange(len(run)), size[run]), ragged(begins, run)
    other = first != second
    left = np.flatnonzero(goes_on[run])
    apart = np.repeat(left, size[run[left] + 1]), ragged(begins, run[left] + 1)
    return (first[other], second[other]), apart
