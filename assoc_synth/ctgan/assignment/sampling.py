"""Filling moments: links are exchanged between the moments of their subject until the filling is a typical one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.model import Exchange, Filling
from assoc_synth.ctgan.assignment.training import same_object_odds

Index = npt.NDArray[np.int64]
FEWEST, MOST, IN_ALL = 40, 240, 20_000_000
"""Exchanges that are proposed for each link, about: more in a small table, whose small moments mix slowly."""
MOST_SWEEPS = 1_500
REPAIRS = 100


@torch.inference_mode()
def exchange(model: Exchange, filling: Filling, rng: np.random.Generator) -> Index:
    """The moment of each link after the exchanges: (L,). The moments keep their sizes.

    In a sweep no moment takes part in two exchanges, so that each is judged by what is there.

    Args:
        filling: at the beginning, any.
    """
    state = _State(model, filling)
    links = np.flatnonzero(state.movable)
    if not len(links):
        return filling.moment
    exchanges = int(np.clip(IN_ALL // len(links), FEWEST, MOST))
    pairs = max(len(np.unique(filling.moment[links])) // 2, 1)
    sweeps = min(round(exchanges * len(links) / pairs), MOST_SWEEPS)
    for _ in range(sweeps):
        first, second = state.propose(links, pairs, rng)
        odds = state.odds(first, second)
        moved = rng.random(len(first)) < 1 / (1 + np.exp(np.clip(odds, -50, 50)))
        state.move(first[moved], second[moved])
    return state.moment


def part_repeats(
    token: Index, filling: Filling, moment: Index, rng: np.random.Generator
) -> tuple[Index, npt.NDArray[np.bool_]]:
    """No moment holds the same link twice, by further exchanges.

    Args:
        token: (L,) equal for equal links of one subject.

    Returns:
        The moments, (L,), and which links could stay: those that found no place are False.
    """
    counts = np.bincount(filling.subject)
    first = np.concatenate([[0], np.cumsum(counts)])
    moment = moment.copy()
    for _ in range(REPAIRS):
        again = _repeated(token, moment)
        if not again.any():
            break
        link = np.flatnonzero(again)
        own = filling.subject[link]
        other = first[own] + (rng.random(len(link)) * counts[own]).astype(np.int64)
        held = np.sort(_key(token, moment, len(filling.days)))
        fits = ~_within(held, _key(token[link], moment[other], len(filling.days)))
        fits &= ~_within(held, _key(token[other], moment[link], len(filling.days)))
        link, other = link[fits], other[fits]
        alone = _alone(moment[link], moment[other])
        link, other = link[alone], other[alone]
        moment[link], moment[other] = moment[other], moment[link]
    return moment, ~_repeated(token, moment)


class _State:
    """Where every link is, and the sum of the embeddings in every moment."""

    def __init__(self, model: Exchange, filling: Filling) -> None:
        self.model, self.filling = model, filling
        self.device = model.sign.device
        self.moment = filling.moment.copy()
        verb, object = (self._tensor(part) for part in filling.kinds.T)
        self.kind = self._tensor(filling.kind)
        self.embedded = model.association(verb, object)
        self.taste = model.taste(verb, object)
        self.feel = model.moment(torch.from_numpy(filling.features).to(self.device))
        order = np.argsort(self.moment, kind="stable")
        sizes = np.bincount(self.moment, minlength=len(filling.days))
        begins = self._tensor(np.cumsum(sizes) - sizes)
        self.sums = functional.embedding_bag(self.kind[self._tensor(order)], self.embedded, begins, mode="sum")
        counts = np.bincount(filling.subject)
        self.counts, self.first = counts, np.cumsum(counts) - counts
        elsewhere = self.moment != self.moment[self.first[filling.subject]]
        self.movable = (np.bincount(filling.subject, elsewhere) > 0)[filling.subject]

    def propose(self, links: Index, pairs: int, rng: np.random.Generator) -> tuple[Index, Index]:
        """Exchanges that may be made at once."""
        first = links[rng.integers(0, len(links), pairs)]
        own = self.filling.subject[first]
        second = self.first[own] + (rng.random(pairs) * self.counts[own]).astype(np.int64)
        apart = self.moment[first] != self.moment[second]
        first, second = first[apart], second[apart]
        alone = _alone(self.moment[first], self.moment[second])
        return first[alone], second[alone]

    def odds(self, first: Index, second: Index) -> npt.NDArray[np.float64]:
        """Log-odds of staying: (n,)."""
        a, b = self.kind[self._tensor(first)], self.kind[self._tensor(second)]
        here, there = self._tensor(self.moment[first]), self._tensor(self.moment[second])
        own, other = self.embedded[a], self.embedded[b]
        rest = (self.sums[here] - own) - (self.sums[there] - other)
        together = ((own - other) * self.model.sign * rest).sum(1)
        when = ((self.taste[a] - self.taste[b]) * (self.feel[here] - self.feel[there])).sum(1)
        same = same_object_odds(self.model, self.filling, self.moment, first, second)
        found: npt.NDArray[np.float64] = (together + when + same).double().cpu().numpy()
        return found

    def move(self, first: Index, second: Index) -> None:
        here, there = self._tensor(self.moment[first]), self._tensor(self.moment[second])
        change = self.embedded[self.kind[self._tensor(second)]] - self.embedded[self.kind[self._tensor(first)]]
        self.sums.index_add_(0, here, change)
        self.sums.index_add_(0, there, -change)
        self.moment[first], self.moment[second] = self.moment[second], self.moment[first]

    def _tensor(self, array: Index) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


def _alone(here: Index, there: Index) -> npt.NDArray[np.bool_]:
    """Which pairs of moments come before every other pair with one of the two: (n,)."""
    both = np.concatenate([here, there])
    pair = np.tile(np.arange(len(here)), 2)
    order = np.lexsort((pair, both))
    later = np.zeros(len(both), bool)
    later[order[1:]] = both[order[1:]] == both[order[:-1]]
    result: npt.NDArray[np.bool_] = ~(later[: len(here)] | later[len(here) :])
    return result


def _key(token: Index, moment: Index, num_moments: int) -> Index:
    return token * num_moments + moment


def _within(held: Index, wanted: Index) -> npt.NDArray[np.bool_]:
    at = np.searchsorted(held, wanted).clip(max=len(held) - 1)
    found: npt.NDArray[np.bool_] = held[at] == wanted
    return found


def _repeated(token: Index, moment: Index) -> npt.NDArray[np.bool_]:
    """Links of which their moment already holds one: (L,)."""
    order = np.lexsort((token, moment))
    again = np.zeros(len(order), bool)
    again[order[1:]] = (np.diff(token[order]) == 0) & (np.diff(moment[order]) == 0)
    return again
