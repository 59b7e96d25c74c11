"""Drawing the order of the links of visits, one visit after another, and the times between them, many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from assoc_synth.ctgan.column_chain import categories, stratified
from assoc_synth.ctgan.order.kernel import Scores, draw_orders
from assoc_synth.ctgan.order.model import OrderModel, gap_features
from assoc_synth.ctgan.order.rules import first_visits
from assoc_synth.ctgan.threads import in_threads, threads_for
from assoc_synth.transactions.arrays import Ints, Values

CELLS = 1 << 20
"""Links of visits, padded, whose times are drawn at once."""
PARTS = 8
"""Parts of the visits for each thread, of equally many links."""


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
    token, of_link = np.unique(verb.astype(np.int64) * model.num_objects + object, return_inverse=True)
    scores = _scores(model, token)
    owner = visit if subject is None else subject
    begins, new = (first_visits(part, visit, owner) for part in (scores.slot[of_link], scores.object[of_link]))
    by_visit = np.argsort(visit, kind="stable")
    first = np.flatnonzero(np.diff(visit[by_visit], prepend=-1 if not len(visit) else visit[by_visit[0]] - 1))
    ends = np.append(first, len(visit))
    uniform = torch.rand(len(visit), generator=random, device=random.device).cpu().numpy()
    step = np.zeros(len(visit), np.int64)
    known = of_link[by_visit], begins[by_visit], new[by_visit], ends
    threads = threads_for(torch.device("cpu"))
    parts = np.searchsorted(first, np.linspace(0, len(visit), threads * PARTS + 1)[1:-1])
    in_threads(
        lambda part: draw_orders(*known, part, scores, uniform, step),
        np.split(np.arange(len(first)), parts),
        threads,
    )
    place = np.empty(len(visit), np.int64)
    place[by_visit] = step
    gap = _gaps(model, verb, object, by_visit[np.lexsort((step, visit[by_visit]))], np.diff(ends), random)
    return DrawnOrder(place, gap)


def _scores(model: OrderModel, token: Ints) -> Scores:
    """What the scores of tokens are made of: (T,)."""
    verb, object = (torch.from_numpy(part).to(model.kinds.device) for part in divmod(token, model.num_objects))
    links = model.embed(verb, object)
    transition, waiting = model.tables()
    row = torch.where(links.slot > 0, links.slot, model.spec.kinds + 1 + links.verb)
    parts = links.before, links.after, links.left, links.right, links.position, row, links.verb, links.object
    if model.pairs is None:
        none = torch.zeros_like(model.verb_transition)
        same = none, none.expand(2, -1, -1)
    else:
        same = model.pairs.same_transition, model.pairs.same_waiting.transpose(1, 2)
    tables = transition, waiting.T, *same, model.all_rules
    arrays = (part.detach().cpu().contiguous().numpy() for part in (*parts, *tables))
    return Scores(model.spec.kinds + 1, *arrays)


def _gaps(
    model: OrderModel, verb: Values, object: Values, in_order: Ints, size: Ints, random: torch.Generator
) -> Ints | None:
    """(L,) class of the time before each link, −1 for the first of a visit; None where all share a time.

    Args:
        in_order: (L,) links, visit after visit, in the order that was drawn; size: (M,) of the visits.
    """
    if not model.spec.gaps:
        return None
    gap, first = np.full(len(verb), -1), np.cumsum(size) - size
    for group in _groups(size):
        across = np.arange(int(size[group[0]]))[None, :]
        link = in_order[first[group][:, None] + np.minimum(across, size[group][:, None] - 1)]
        within = across < size[group][:, None]
        gap[link[within]] = _Lockstep(model, verb[link], object[link], size[group], random).gaps()[within]
    return gap


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
    """Visits (B,) of which one time after another is drawn, all at the same step.

    Args:
        verb, object: (B, n) of the links in their order, padded.
        size: (B,) descending.
    """

    def __init__(self, model: OrderModel, verb: Values, object: Values, size: Ints, random: torch.Generator) -> None:
        self.model, self.random, self.device = model, random, random.device
        self.verb, self.object, self.counts = self._tensor(verb), self._tensor(object), size
        self.size = self._tensor(size)
        valid = torch.arange(self.verb.shape[1], device=self.device) < self.size.unsqueeze(1)
        self.pace = model.visit_pace(self.verb[valid], self.object[valid], valid.nonzero()[:, 0])

    def gaps(self) -> Ints:
        """(B, n) class of the time before the link of each step, −1 at the first: given all that come before."""
        verb, object, found = self.verb, self.object, torch.full_like(self.verb, -1)
        last, total, elapsed = (torch.zeros(len(self.size), device=self.device) for _ in range(3))
        terms = self.model.elapsed
        for step in range(1, verb.shape[1]):
            active = int(np.searchsorted(-self.counts, -step, side="left"))
            at = torch.full_like(self.size[:active], step)
            features = gap_features(at, self.size[:active], last[:active], total[:active] / max(step - 1, 1))
            pair = verb[:active, step - 1 : step + 1], object[:active, step - 1 : step + 1]
            logits = self.model.gap_logits(*pair, features, self.pace[:active])
            if terms is not None:
                logits = terms.add_to(logits, elapsed[:active], (self.size[:active] - step - 1).float())
            code = categories(logits, stratified(active, self.random))
            found[:active, step] = code
            last[:active] = self.model.gap_residual(code, *pair)
            total[:active] += last[:active]
            if terms is not None:
                elapsed[:active] += terms.seconds[code]
        result: Ints = found.cpu().numpy()
        return result

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)
