"""In which order the links of a visit come, and how long after one another: a Plackett–Luce model with transitions.

The links of a visit are given. One after another is drawn out of those that are left (Plackett 1975, Luce 1959): link j
at step t with probability ∝ exp(score), where the score sums

- a position term p_j · f_t: which links come first, late, or last but one;
- a transition term of the link before and j: low-rank in the links' embeddings, a table of their verbs, and a table of
  the frequent kinds of links, so that the transitions of these are as exact as the data;
- a term of j and of every link that would still be left after it, of the same form: what has to wait for what.

Then the time since the link before is drawn, a class out of `OrderSpec.gaps`, given both links, the position, and the
times that came before it in the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import RowOrder
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.order.rules import MOST_RULES, find_rules
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

RANK, PACE, HIDDEN = 16, 16, 64
"""Rank of the pair terms; widths of the links' embedding for gaps and of the layer behind it."""
MOST_KINDS, LEAST_ROWS = 400, 10
"""Kinds of links with table terms of their own: the most frequent ones, of at least so many rows."""
POSITIONS, GAP_FEATURES = 4, 7


@dataclass(frozen=True)
class OrderSpec:
    """The sizes of an order model.

    Attributes:
        kinds: kinds of links, (verb, object), with terms of their own.
        gaps: classes of the time between two links; 0 where the links of a visit share their time.
        rules: of what never comes before what.
    """

    kinds: int
    gaps: int
    rules: int = 0

    @classmethod
    def of(cls, order: RowOrder | None, edges: Edges, link_edge: Ints) -> OrderSpec | None:
        """The sizes for a table; None where no order is learned."""
        if order is None:
            return None
        kinds, rules = frequent_kinds(order, edges, link_edge), rules_of(order, edges, link_edge)
        return cls(len(kinds), order.gap.spec.classes if order.gap is not None else 0, len(rules))

    @classmethod
    def from_dict(cls, state: Any) -> OrderSpec | None:
        """Stored sizes, None for none; KeyError, TypeError or ValueError if it is neither."""
        if state is None:
            return None
        kinds, gaps, rules = int(state["kinds"]), int(state["gaps"]), int(state["rules"])
        if not 0 <= kinds <= MOST_KINDS or not 0 <= gaps <= 2**16 or not 0 <= rules <= MOST_RULES:
            raise ValueError("absurd sizes of an order model")
        return cls(kinds, gaps, rules)


def frequent_kinds(order: RowOrder, edges: Edges, link_edge: Ints) -> Ints:
    """The (verb, object) tokens, ascending, that have terms of their own."""
    found, counts = np.unique(edges.token[link_edge[order.link]].astype(np.int64), return_counts=True)
    top = np.argsort(-counts, kind="stable")[:MOST_KINDS]
    return np.sort(found[top[counts[top] >= LEAST_ROWS]])


def rules_of(order: RowOrder, edges: Edges, link_edge: Ints) -> Ints:
    """The rules of a table, see `rules`: (rules, 2) rows of the tables."""
    kinds, token = frequent_kinds(order, edges, link_edge), edges.token[link_edge[order.link]].astype(np.int64)
    place = np.searchsorted(kinds, token).clip(max=max(len(kinds) - 1, 0))
    slot = np.where(kinds[place] == token, place + 1, 0) if len(kinds) else np.zeros(len(token), np.int64)
    # Links of one time are in no order, unless it is the file's that is learned.
    learned = order.by_file and order.gap is None
    apart = ~(order.tied & order.follows) | learned
    times = np.cumsum(apart).astype(np.int64)
    return find_rules(slot, times, order.visit, order.subject, kinds=kinds, num_objects=edges.num_objects)


@dataclass(frozen=True)
class Embedded:
    """What scores are made of, of the links of B visits, n each: (B, n, …).

    Attributes:
        before, after: sides of the transition term; left, right: of the term of what is left.
        position: position terms.
        slot: which row of the tables, 0 for an infrequent kind; verb: codes.
    """

    before: Tensor
    after: Tensor
    left: Tensor
    right: Tensor
    position: Tensor
    slot: Tensor
    verb: Tensor


class OrderModel(nn.Module):
    """The terms of the scores and the network of the gaps.

    Shape:
        verb, object: (B, n) int64, the links of B visits.
    """

    def __init__(self, num_verbs: int, num_objects: int, spec: OrderSpec, dropout: float) -> None:
        super().__init__()
        self.spec, self.num_objects, size = spec, num_objects, spec.kinds + 1
        self.dropout = nn.Dropout(dropout)
        self.embedding = LinkEmbedding(num_verbs, num_objects, 4 * RANK + POSITIONS, std=0.1)
        self.position = nn.Parameter(torch.zeros(size, POSITIONS))
        self.transition = nn.Parameter(torch.zeros(size, size))
        self.waiting = nn.Parameter(torch.zeros(size, size))
        self.verb_transition = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.verb_waiting = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.kinds: Tensor
        self.gap_level: Tensor
        self.rules: Tensor
        self.register_buffer("rules", torch.zeros(spec.rules, 2, dtype=torch.int64))
        self.register_buffer("kinds", torch.zeros(spec.kinds, dtype=torch.int64))
        self.register_buffer("gap_level", torch.zeros(max(spec.gaps, 1)))
        self.pace = LinkEmbedding(num_verbs, num_objects, PACE, std=0.1) if spec.gaps else None
        layers = nn.Linear(3 * PACE + GAP_FEATURES, HIDDEN), nn.GELU(), nn.Dropout(dropout)
        self.gap = nn.Sequential(*layers, nn.Linear(HIDDEN, spec.gaps)) if spec.gaps else None

    @torch.no_grad()
    def start_at(self, order: RowOrder, edges: Edges, link_edge: Ints) -> None:
        """Take the table's frequent kinds, its rules and the levels of its gaps, and let gaps begin at their shares."""
        self.rules.copy_(torch.from_numpy(rules_of(order, edges, link_edge)))
        self.kinds.copy_(torch.from_numpy(frequent_kinds(order, edges, link_edge)))
        if order.gap is not None and self.gap is not None:
            level = torch.from_numpy(order.gap_level)
            self.gap_level.copy_((level - level.mean()) / level.std(unbiased=False).clamp(min=1e-6))
            counts = np.bincount(order.gap.code[order.follows], minlength=self.spec.gaps) + 0.5
            self.gap[-1].get_parameter("bias").copy_(torch.from_numpy(np.log(counts / counts.sum())))
            self.gap[-1].get_parameter("weight").mul_(0.1)

    def embed(self, verb: Tensor, object: Tensor) -> Embedded:
        """(B, n), (B, n) → the parts of their scores."""
        slot = self.slots(verb, object)
        embedded = self.dropout(self.embedding(verb, object))
        before, after, left, right, position = embedded.split([RANK] * 4 + [POSITIONS], dim=-1)
        return Embedded(before, after, left, right, position + self.position[slot], slot, verb)

    def slots(self, verb: Tensor, object: Tensor) -> Tensor:
        """Rows of the tables: one more than the place among the frequent kinds, 0 for the others."""
        if not len(self.kinds):
            return torch.zeros_like(verb)
        token = verb * self.num_objects + object
        at = torch.searchsorted(self.kinds, token.contiguous()).clamp(max=len(self.kinds) - 1)
        return torch.where(self.kinds[at] == token, at + 1, 0)

    @property
    def rule_tokens(self) -> Ints:
        """The rules, as (verb, object) tokens: (rules, 2)."""
        found: Ints = self.kinds[self.rules - 1].cpu().numpy()
        return found

    def transitions(self, first: Embedded, second: Embedded) -> Tensor:
        """How much each of `second` is wanted right after each of `first`: (B, m, …), (B, n, …) → (B, m, n)."""
        table = self.transition[first.slot.unsqueeze(2), second.slot.unsqueeze(1)]
        verbs = self.verb_transition[first.verb.unsqueeze(2), second.verb.unsqueeze(1)]
        return first.before @ second.after.transpose(1, 2) + table + verbs

    def waits(self, first: Embedded, second: Embedded) -> Tensor:
        """How much each of `first` is wanted while each of `second` is left: (B, m, …), (B, n, …) → (B, m, n)."""
        table = self.waiting[first.slot.unsqueeze(2), second.slot.unsqueeze(1)]
        verbs = self.verb_waiting[first.verb.unsqueeze(2), second.verb.unsqueeze(1)]
        return first.left @ second.right.transpose(1, 2) + table + verbs

    def gap_logits(self, verb: Tensor, object: Tensor, features: Tensor) -> Tensor:
        """Logits of the time between two links: (m, 2), (m, 2), (m, `GAP_FEATURES`) → (m, gaps)."""
        if self.pace is None or self.gap is None:
            return features.new_zeros((len(features), 0))
        embedded = self.dropout(self.pace(verb, object))
        before, after = embedded[:, 0], embedded[:, 1]
        found: Tensor = self.gap(torch.cat([before, after, before * after, features], dim=1))
        return found


def position_features(step: Tensor, length: Tensor) -> Tensor:
    """f_t of step t, from 0, in visits of so many links: (…), (…) → (…, `POSITIONS`)."""
    left = length - step
    progress = step / (length - 1).clamp(min=1)
    return torch.stack([torch.ones_like(progress), (step == 0).float(), progress - 0.5, (left == 2).float()], dim=-1)


def gap_features(step: Tensor, length: Tensor, last: Tensor, mean: Tensor) -> Tensor:
    """What the time before the link of a step, from 1, is drawn by: (m,) each → (m, `GAP_FEATURES`).

    Args:
        last, mean: levels of the gap before it, and of all before it; 0 at step 1.
    """
    size, progress = torch.log1p(length.float()), step / (length - 1).clamp(min=1)
    ends = [(step == 1).float(), (step == length - 1).float()]
    steps = torch.log1p(step.float())
    return torch.stack([size - 2.0, progress - 0.5, *ends, steps - 1.0, last, mean], dim=-1)


def squares(model: OrderModel) -> Tensor:
    """Sum of the squares of all terms: what the normal prior is about."""
    tables = (model.position, model.transition, model.waiting, model.verb_transition, model.verb_waiting)
    embeddings = [*model.embedding.parameters(), *(model.pace.parameters() if model.pace is not None else ())]
    return torch.stack([part.square().sum() for part in (*tables, *embeddings)]).sum()
