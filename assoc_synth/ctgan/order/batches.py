"""Batches of visits for the order model: padded, those of about equal length together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assoc_synth.ctgan.interface import RowOrder
from assoc_synth.transactions.arrays import Bools, Ints, Singles

WINDOW = 1024
"""Links of a visit that are looked at together; a longer one is several windows."""


@dataclass(frozen=True, eq=False)
class Group:
    """Some windows of visits, (B, n), padded.

    Attributes:
        link: positions in the order's arrays, rows of one time in the order of this batch.
        slot: positions too, where they are by time: what gaps are looked up by.
        valid: what is not padding.
        step: how many links of the visit came before.
        length: links of the visit.
    """

    link: Ints
    slot: Ints
    valid: Bools
    step: Ints
    length: Ints


@dataclass(frozen=True, eq=False)
class Steps:
    """The links of some groups one after another, and those of them that follow another one.

    Attributes:
        link: (L,) positions in the order's arrays; visit: (L,) numbers of the windows.
        at: (m,) which of these links follow the one before them.
        slot, step, length: (m,) of these, as `Group` has them.
    """

    link: Ints
    visit: Ints
    at: Ints
    slot: Ints
    step: Ints
    length: Ints

    @classmethod
    def of(cls, groups: list[Group]) -> Steps:
        """The links of groups without their padding."""
        parts = [[part[group.valid] for part in (group.link, group.slot, group.step, group.length)] for group in groups]
        link, slot, step, length = (np.concatenate(part) for part in zip(*parts, strict=True))
        sizes = np.concatenate([group.valid.sum(1) for group in groups])
        visit = np.repeat(np.arange(len(sizes)), sizes)
        at = np.flatnonzero(np.diff(visit, prepend=-1) == 0)
        return cls(link, visit, at, slot[at], step[at], length[at])


class Batches:
    """The windows of a table's visits.

    Args:
        subjects: only the visits of these.

    Attributes:
        own: (N,) which links are in them.
    """

    def __init__(self, order: RowOrder, subjects: Ints) -> None:
        self.order = order
        first = np.flatnonzero(~order.follows)
        size = np.diff(np.append(first, len(order.link)))
        self.step = np.arange(len(order.link)) - np.repeat(first, size)
        self.length = np.repeat(size, size)
        begins = np.flatnonzero(self.step % WINDOW == 0)
        ends = np.append(begins[1:], len(order.link))
        own = np.isin(order.subject[begins], subjects)
        self.own = np.repeat(own, ends - begins)
        self.begin, self.size = begins[own], (ends - begins)[own]
        self.links = int(self.size.sum())

    def positions(self, rng: np.random.Generator) -> Ints:
        """(N,) which link is where: links of one time are in random order, unless the file's order is learned."""
        if self.order.by_file or not self.order.tied.any():
            return np.arange(len(self.order.link))
        return in_random_order(self.order, rng)

    def epoch(self, links: int, rng: np.random.Generator) -> Iterator[list[Group]]:
        """All windows once, in random order, in batches of about so many links; groups of like length in each."""
        position, order = self.positions(rng), rng.permutation(len(self.begin))
        ends = np.cumsum(self.size[order])
        for part in np.split(order, np.flatnonzero(np.diff(ends // links)) + 1):
            if len(part):
                yield self._groups(part, position)

    def _groups(self, windows: Ints, position: Ints) -> list[Group]:
        kind = np.ceil(np.log2(np.maximum(self.size[windows], 1)) * 2).astype(np.int64)
        return [self._group(windows[kind == own], position) for own in np.unique(kind)]

    def _group(self, windows: Ints, position: Ints) -> Group:
        size = self.size[windows]
        across = np.arange(int(size.max()))
        valid = across[None, :] < size[:, None]
        slot = np.where(valid, self.begin[windows][:, None] + across[None, :], self.begin[windows][:, None])
        return Group(position[slot], slot, valid, self.step[slot], self.length[slot])


def in_random_order(order: RowOrder, rng: np.random.Generator) -> Ints:
    """(N,) which link is where if those of one time are in random order."""
    run = np.cumsum(~(order.tied & order.follows))
    return np.lexsort((rng.random(len(run)), run))


def gap_history(order: RowOrder, residual: Singles) -> tuple[Singles, Singles]:
    """What the last time and the mean of all times before say about the next one, for each place: (N,) each, 0 without.

    Args:
        residual: (N,) what the time before each link says about later ones; it is not looked at for a visit's first.
    """
    own = np.where(order.follows, residual, 0.0).astype(np.float64)
    first = np.flatnonzero(~order.follows)
    size = np.diff(np.append(first, len(own)))
    step = np.arange(len(own)) - np.repeat(first, size)
    total = np.cumsum(own) - own
    before = total - np.repeat(total[first], size)
    last = np.where(step >= 2, np.append(0.0, own[:-1]), 0.0)
    mean = before / np.maximum(step - 1, 1)
    return last.astype(np.float32), mean.astype(np.float32)
