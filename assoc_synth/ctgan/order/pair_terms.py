"""Terms of two links of a visit that need few rows: of links to one object, of a kind and a verb, and of times.

What has been viewed is added to the cart afterwards, whichever thing it is: such an order shows in the verbs of links
to one object, where no single link is frequent enough to show it. Payment comes before a purchase, whatever is bought:
such an order shows between one kind of link and a verb.

The time from one link to the next is tilted (Efron 1981): the logits of its classes change by A · φ, where φ is whether
a class is "no time at all", and the level of the others and its square. So each pair of verbs, and each pair of
frequent kinds, has its own share of ties, its own typical time and its own spread by three numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from assoc_synth.ctgan.order.tie_rules import TieRules
from assoc_synth.transactions.arrays import Singles

SHAPES = 3
"""Features φ of a class of time."""
BARRED = 1e4
"""What rules of no time at all add to a logit, or take from it."""


class PairTerms(nn.Module):
    """Terms of two links: by their verbs where they share their object, by kind and verb, and for times by both.

    Args:
        slots: rows of the tables of kinds, see `OrderModel.slots`.
        gaps: classes of the time between two links; 0 where the links of a visit share their time.
        ties: whether it has rules of no time at all, see `TieRules`; models of earlier releases have none.

    Shape:
        same_transition: (V, V), [before, after].
        same_waiting: (2, V, V), [whether the visit is the subject's first with the object, what comes, what is left].
        kind_to_verb, verb_to_kind: (slots, V), (V, slots), [before, after].
        kind_for_verb, verb_for_kind: (slots, V), (V, slots), [what comes, what is left].
        gap_verbs: (2, V, V, `SHAPES`), [whether they share their object, before, after].
        gap_kinds: (slots, slots, `SHAPES`).
        tie_verbs, tie_kind_verb, tie_verb_kind: see `TieRules`.
    """

    def __init__(self, num_verbs: int, slots: int, gaps: int, *, ties: bool = False) -> None:
        super().__init__()
        shapes, verbs, own = (SHAPES, num_verbs, slots) if gaps else (0, 0, 0)
        self.same_transition = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.same_waiting = nn.Parameter(torch.zeros(2, num_verbs, num_verbs))
        self.kind_to_verb, self.kind_for_verb = (nn.Parameter(torch.zeros(slots, num_verbs)) for _ in range(2))
        self.verb_to_kind, self.verb_for_kind = (nn.Parameter(torch.zeros(num_verbs, slots)) for _ in range(2))
        self.gap_verbs = nn.Parameter(torch.zeros(2, verbs, verbs, shapes))
        self.gap_kinds = nn.Parameter(torch.zeros(own, own, shapes))
        self.shape: Tensor
        self.level_verbs: Tensor
        self.level_kinds: Tensor
        self.register_buffer("shape", torch.zeros(shapes, gaps))
        self.register_buffer("level_verbs", torch.zeros(2, verbs, verbs))
        self.register_buffer("level_kinds", torch.zeros(own, own))
        self.tie_verbs: Tensor
        self.tie_kind_verb: Tensor
        self.tie_verb_kind: Tensor
        self.ties = ties
        if ties:
            self.register_buffer("tie_verbs", torch.zeros(2, num_verbs, num_verbs))
            self.register_buffer("tie_kind_verb", torch.zeros(slots, num_verbs))
            self.register_buffer("tie_verb_kind", torch.zeros(num_verbs, slots))

    @property
    def of_verbs(self) -> list[nn.Parameter]:
        """The tables with an entry for each verb."""
        orders = [self.kind_to_verb, self.verb_to_kind, self.kind_for_verb, self.verb_for_kind]
        return [self.same_transition, self.same_waiting, *orders, self.gap_verbs]

    @torch.no_grad()
    def shape_by(self, level: Singles, shares: Singles) -> None:
        """Set φ: (gaps,) log seconds of each class, of which the class of no time has 0, and their shares."""
        tie = torch.from_numpy(level <= 0).float()
        weight = torch.from_numpy(shares).float() * (1 - tie)
        weight = weight / weight.sum().clamp(min=1e-6)
        own = torch.from_numpy(level).float()
        mean = (weight * own).sum()
        spread = (weight * (own - mean).square()).sum().sqrt().clamp(min=1e-3)
        z = ((own - mean) / spread).clamp(-4, 4) * (1 - tie)
        self.shape.copy_(torch.stack([tie, z, z.square()]))

    def gap_logits(self, verb: Tensor, same: Tensor, slot: Tensor) -> Tensor:
        """What two links add to the logits of the time between them: (m, 2), (m,), (m, 2) → (m, gaps)."""
        own = self.gap_verbs[same.long(), verb[:, 0], verb[:, 1]] + self.gap_kinds[slot[:, 0], slot[:, 1]]
        found = own @ self.shape
        if not self.ties:
            return found
        rule = self.tie_verbs[same.long(), verb[:, 0], verb[:, 1]]
        rule = rule + self.tie_kind_verb[slot[:, 0], verb[:, 1]] + self.tie_verb_kind[verb[:, 0], slot[:, 1]]
        return found + BARRED * rule.unsqueeze(1) * self.shape[0]

    @torch.no_grad()
    def set_ties(self, rules: TieRules) -> None:
        """Take the rules of a table."""
        for table, values in (
            (self.tie_verbs, rules.verbs),
            (self.tie_kind_verb, rules.kind_verb),
            (self.tie_verb_kind, rules.verb_kind),
        ):
            table.copy_(torch.from_numpy(values))

    def residual(self, code: Tensor, verb: Tensor, same: Tensor, slot: Tensor) -> Tensor:
        """How much longer a time is than is usual between its two links: (m,), (m, 2), (m,), (m, 2) → (m,).

        In standard deviations of all times; 0 where no time is between them, which says nothing about how fast a visit
        is.
        """
        usual = self.level_verbs[same.long(), verb[:, 0], verb[:, 1]] + self.level_kinds[slot[:, 0], slot[:, 1]]
        return torch.where(self.shape[0][code] > 0, 0.0, self.shape[1][code] - usual)
