"""Drawing the order of the links of visits and the times between them, many visits at once, the longest first."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.order.model import Embedded, OrderModel, gap_features, position_features
from assoc_synth.ctgan.order.rules import first_visits
from assoc_synth.transactions.arrays import Bools, Ints, Values

CELLS = 1 << 20
"""Links of visits, padded, that are drawn at once, and pairs of links that are looked at once."""
GONE, BARRED = -1e9, -1e6
"""Added to the score of a link that is placed, and of one that has to wait."""


@dataclass(frozen=True, eq=False)
class DrawnOrder:
    """The order of links and the times between them.

    Attributes:
        place: (L,) how many links of its visit come before a link.
        gap: (L,) class of the time since the link before, −1 for the first of a visit; None where all share a time.
    """

    place: Ints
    gap: Ints | None


@torch.inference_mode()
def draw_order(
    model: OrderModel,
    verb: Values,
    object: Values,
    visit: Ints,
    random: torch.Generator,
    *,
    subject: Ints | None = None,
) -> DrawnOrder:
    """Draw the order of the links of each visit.

    Args:
        verb, object, visit, subject: (L,) of links in any order; a subject's visits are numbered by time, and None
            stands for one visit each.
    """
    model.eval()
    slot = model.slots(*(_tensor(part, random.device) for part in (verb, object))).cpu().numpy()
    begins = first_visits(slot, visit, visit if subject is None else subject)
    by_visit = np.argsort(visit, kind="stable")
    first = np.flatnonzero(np.diff(visit[by_visit], prepend=-1 if not len(visit) else visit[by_visit[0]] - 1))
    size = np.diff(np.append(first, len(visit)))
    place = np.zeros(len(visit), np.int64)
    gap = np.full(len(visit), -1) if model.spec.gaps else None
    for group in _groups(size):
        at = first[group][:, None] + np.minimum(np.arange(int(size[group[0]]))[None, :], size[group][:, None] - 1)
        link = by_visit[at]
        lockstep = _Lockstep(model, verb[link], object[link], begins[link], size[group], random)
        chosen = lockstep.order()
        within = np.arange(link.shape[1])[None, :] < size[group][:, None]
        in_order = np.take_along_axis(link, chosen, axis=1)
        place[in_order[within]] = np.broadcast_to(np.arange(link.shape[1]), link.shape)[within]
        if gap is not None:
            gap[in_order[within]] = lockstep.gaps(chosen)[within]
    return DrawnOrder(place, gap)


def _groups(size: Ints) -> list[Ints]:
    """Visits of about equal size, the largest first in each: of one group there are at most `CELLS` links."""
    order = np.argsort(-size, kind="stable")
    kind = np.ceil(np.log2(np.maximum(size[order], 1)) * 2)
    found = []
    for part in np.split(order, np.flatnonzero(np.diff(kind)) + 1):
        if len(part):
            most = max(CELLS // max(int(size[part[0]]), 1), 1)
            found += [part[begin : begin + most] for begin in range(0, len(part), most)]
    return found


class _Lockstep:
    """Visits (B,) of which one link after another is drawn, all at the same step.

    Args:
        verb, object: (B, n) of the links, padded.
        begins: (B, n) whether it is the subject's first visit with a link of this kind.
        size: (B,) descending.
    """

    def __init__(
        self, model: OrderModel, verb: Values, object: Values, begins: Bools, size: Ints, random: torch.Generator
    ) -> None:
        self.model, self.random, self.device = model, random, random.device
        self.begins = torch.from_numpy(begins).to(self.device)
        self.verb, self.object, self.counts = self._tensor(verb), self._tensor(object), size
        self.size = self._tensor(size)
        self.rows = torch.arange(len(size), device=self.device)

    def order(self) -> Ints:
        """(B, n) which link comes at each step; padding stays at the end."""
        model, count = self.model, self.verb.shape[1]
        links = model.embed(self.verb, self.object)
        place = torch.arange(count, device=self.device)
        scores = self._waiting(links, place < self.size.unsqueeze(1))
        scores.masked_fill_(place >= self.size.unsqueeze(1), GONE)
        chosen = place.repeat(len(self.size), 1)
        open_ = self._open_rules(links)
        last = None
        for step in range(count):
            active = int(np.searchsorted(-self.counts, -step, side="left"))
            rows, own = self.rows[:active], _take(links, slice(active))
            features = position_features(torch.full_like(self.size[:active], step), self.size[:active])
            now = scores[:active] + (own.position @ features.unsqueeze(2)).squeeze(2)
            if last is not None:
                before = _take(links, (rows.unsqueeze(1), last[:active].unsqueeze(1)))
                now = now + model.transitions(before, own).squeeze(1)
            uniform = torch.rand(now.shape, generator=self.random, device=self.device).clamp_(1e-20, 1 - 1e-7)
            if len(model.rules):
                barred = (own.slot.unsqueeze(2) == model.rules[:, 0]) & open_[:active].unsqueeze(1)
                now = now + BARRED * barred.any(2)
            last = (now - torch.log(-torch.log(uniform))).argmax(1)
            open_[:active] &= own.slot[rows, last].unsqueeze(1) != model.rules[:, 1]
            chosen[:active, step] = last
            gone = _take(links, (rows.unsqueeze(1), last.unsqueeze(1)))
            scores[:active] -= model.waits(own, gone).squeeze(2)
            scores[rows, last] = GONE
        found: Ints = chosen.cpu().numpy()
        return found

    def _open_rules(self, links: Embedded) -> Tensor:
        """Which rules hold back their y: those whose x comes for the first time, until it has come: (B, rules)."""
        place = torch.arange(self.verb.shape[1], device=self.device)
        slot = torch.where(self.begins & (place < self.size.unsqueeze(1)), links.slot, -1)
        found = [(slot == own).any(1) for own in self.model.rules[:, 1]]
        none = torch.zeros((len(slot), 0), dtype=torch.bool, device=self.device)
        return torch.stack(found, dim=1) if found else none

    def _waiting(self, links: Embedded, valid: Tensor) -> Tensor:
        """Sum of the terms of each link and all others: (B, n)."""
        count = valid.shape[1]
        total = -torch.stack([self.model.waits(one, one)[:, 0, 0] for one in _columns(links, count)], dim=1)
        step = max(CELLS // max(valid.numel(), 1), 1)
        for begin in range(0, count, step):
            part = (slice(None), slice(begin, begin + step))
            total += (self.model.waits(links, _take(links, part)) * valid[part].unsqueeze(1)).sum(2)
        return total

    def gaps(self, chosen: Ints) -> Ints:
        """(B, n) class of the time before the link of each step, −1 at the first: given all that come before."""
        count = self.verb.shape[1]
        order = self._tensor(chosen)
        verb, object = self.verb.gather(1, order), self.object.gather(1, order)
        found = torch.full_like(order, -1)
        last, total = (torch.zeros(len(self.size), device=self.device) for _ in range(2))
        for step in range(1, count):
            active = int(np.searchsorted(-self.counts, -step, side="left"))
            at = torch.full_like(self.size[:active], step)
            features = gap_features(at, self.size[:active], last[:active], total[:active] / max(step - 1, 1))
            pair = slice(step - 1, step + 1)
            logits = self.model.gap_logits(verb[:active, pair], object[:active, pair], features)
            below = torch.softmax(logits, 1).cumsum(1)
            uniform = self._even(active).unsqueeze(1)
            code = (below < below[:, -1:] * uniform).sum(1).clamp_(max=logits.shape[1] - 1)
            found[:active, step] = code
            last[:active] = self.model.gap_level[code]
            total[:active] += last[:active]
        result: Ints = found.cpu().numpy()
        return result

    def _even(self, count: int) -> Tensor:
        """Uniform numbers in random order, one in each of `count` equal parts of [0, 1): together as even as can be."""
        place = torch.randperm(count, generator=self.random, device=self.device)
        return (place + torch.rand(count, generator=self.random, device=self.device)) / max(count, 1)

    def _tensor(self, array: Values) -> Tensor:
        return _tensor(array, self.device)


def _tensor(array: Values, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(device)


def _take(links: Embedded, at: object) -> Embedded:
    return Embedded(*(getattr(links, part.name)[at] for part in fields(Embedded)))


def _columns(links: Embedded, count: int) -> list[Embedded]:
    return [_take(links, (slice(None), slice(place, place + 1))) for place in range(count)]
