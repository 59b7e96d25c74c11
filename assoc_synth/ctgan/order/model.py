"""In which order the links of a visit come, and how long after one another: a Plackett–Luce model with transitions.

The links of a visit are given. One after another is drawn out of those that are left (Plackett 1975, Luce 1959): link j
at step t with probability ∝ exp(score), where the score sums

- a position term p_j · f_t: which links come first, late, or last but one;
- a transition term of the link before and j: low-rank in the links' embeddings, a table of their verbs, one more of
  them where both links are to the same object, and a table of the frequent kinds of links, so that the transitions of
  these are as exact as the data;
- a term of j and of every link that would still be left after it, of the same form: what has to wait for what.

Then the time since the link before is drawn, a class out of `OrderSpec.gaps`, given both links, the position, what else
is in the visit, and how much longer or shorter than usual the times before it in the visit were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import RowOrder
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.order.elapsed import ElapsedTerms
from assoc_synth.ctgan.order.pair_terms import PairTerms
from assoc_synth.ctgan.order.rules import MOST_RULES, find_rules
from assoc_synth.ctgan.order.tie_rules import Coded, find_tie_rules
from assoc_synth.ctgan.order.visit_rules import MOST_VISIT_RULES, find_visit_rules
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.distinct import positions

RANK, PACE, HIDDEN = 16, 16, 64
"""Rank of the pair terms; widths of the links' embedding for gaps and of the layer behind it."""
MOST_KINDS, LEAST_ROWS = 400, 10
"""Kinds of links with table terms of their own: the most frequent ones, of at least so many rows."""
POSITIONS, GAP_FEATURES = 4, 7
OF_VERBS = 0.02
"""Precision of the prior of tables of verbs, as a share of that of all other terms: every link tells them something."""


@dataclass(frozen=True)
class OrderSpec:
    """The sizes of an order model.

    Attributes:
        kinds: kinds of links, (verb, object), with terms of their own.
        gaps: classes of the time between two links; 0 where the links of a visit share their time.
        rules: of what never comes before what.
        pairs: whether it has `PairTerms`; models of earlier releases have none.
        visit_rules: of what never comes before what in any visit.
        ties: whether it has rules of links of one time, see `TieRules`; models of earlier releases have none.
        elapsed: whether it has `ElapsedTerms`; models of earlier releases have none.
    """

    kinds: int
    gaps: int
    rules: int = 0
    pairs: bool = False
    visit_rules: int = 0
    ties: bool = False
    elapsed: bool = False

    @classmethod
    def of(cls, order: RowOrder | None, edges: Edges, link_edge: Ints) -> OrderSpec | None:
        """The sizes for a table; None where no order is learned."""
        if order is None:
            return None
        kinds, rules = frequent_kinds(order, edges, link_edge), rules_of(order, edges, link_edge)
        gaps, of_visits = (
            order.gap.spec.classes if order.gap is not None else 0,
            visit_rules_of(order, edges, link_edge),
        )
        return cls(len(kinds), gaps, len(rules), True, len(of_visits), ties=gaps > 0, elapsed=gaps > 0)

    @classmethod
    def from_dict(cls, state: Any) -> OrderSpec | None:
        """Stored sizes, None for none; KeyError, TypeError or ValueError if it is neither."""
        if state is None:
            return None
        kinds, gaps, rules = int(state["kinds"]), int(state["gaps"]), int(state["rules"])
        of_visits = int(state.get("visit_rules", 0))
        most = (kinds, MOST_KINDS), (gaps, 2**16), (rules, MOST_RULES), (of_visits, 2 * MOST_VISIT_RULES)
        if not all(0 <= size <= limit for size, limit in most):
            raise ValueError("absurd sizes of an order model")
        pairs, ties, elapsed = (bool(state.get(name, False)) for name in ("pairs", "ties", "elapsed"))
        return cls(kinds, gaps, rules, pairs, of_visits, pairs and ties, elapsed and gaps > 0)


def frequent_kinds(order: RowOrder, edges: Edges, link_edge: Ints) -> Ints:
    """The (verb, object) tokens, ascending, that have terms of their own."""
    found, counts = np.unique(edges.token[link_edge[order.link]].astype(np.int64), return_counts=True)
    top = np.argsort(-counts, kind="stable")[:MOST_KINDS]
    return np.sort(found[top[counts[top] >= LEAST_ROWS]])


def rules_of(order: RowOrder, edges: Edges, link_edge: Ints) -> Ints:
    """The rules of a table, see `rules`: (rules, 2) rows of the tables."""
    kinds, token = frequent_kinds(order, edges, link_edge), edges.token[link_edge[order.link]].astype(np.int64)
    slot = positions(token, kinds) + 1
    return find_rules(slot, _times(order), order.visit, order.subject, kinds=kinds, num_objects=edges.num_objects)


def visit_rules_of(order: RowOrder, edges: Edges, link_edge: Ints) -> Ints:
    """The rules of every visit, see `visit_rules`: (rules, 3), rows as in `OrderModel.tables`."""
    kinds, edge = frequent_kinds(order, edges, link_edge), link_edge[order.link]
    verb, object = (part[edge].astype(np.int64) for part in (edges.verb, edges.object))
    where = {"time": _times(order), "visit": order.visit, "subject": order.subject}
    return find_visit_rules(kinds, verb, object, **where, num_objects=edges.num_objects)


def _times(order: RowOrder) -> Ints:
    """Ascending numbers, equal for links of one time: they are in no order, unless it is the file's that is learned."""
    learned = order.by_file and order.gap is None
    apart = ~(order.tied & order.follows) | learned
    return np.cumsum(apart).astype(np.int64)


@dataclass(frozen=True)
class Embedded:
    """What scores are made of, of the links of B visits, n each: (B, n, …).

    Attributes:
        before, after: sides of the transition term; left, right: of the term of what is left.
        position: position terms.
        slot: which row of the tables, 0 for an infrequent kind; verb, object: codes.
        new: whether the visit is the subject's first one with the link's object.
    """

    before: Tensor
    after: Tensor
    left: Tensor
    right: Tensor
    position: Tensor
    slot: Tensor
    verb: Tensor
    object: Tensor
    new: Tensor


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
        self.visit_rules: Tensor
        self.register_buffer("rules", torch.zeros(spec.rules, 2, dtype=torch.int64))
        if spec.visit_rules:
            self.register_buffer("visit_rules", torch.zeros(spec.visit_rules, 3, dtype=torch.int64))
        self.register_buffer("kinds", torch.zeros(spec.kinds, dtype=torch.int64))
        self.register_buffer("gap_level", torch.zeros(max(spec.gaps, 1)))
        self.pairs = PairTerms(num_verbs, size, spec.gaps, ties=spec.ties) if spec.pairs else None
        self.elapsed = ElapsedTerms(spec.gaps) if spec.elapsed else None
        self.pace = LinkEmbedding(num_verbs, num_objects, PACE, std=0.1) if spec.gaps else None
        layers = nn.Linear((4 if spec.pairs else 3) * PACE + GAP_FEATURES, HIDDEN), nn.GELU(), nn.Dropout(dropout)
        self.gap = nn.Sequential(*layers, nn.Linear(HIDDEN, spec.gaps)) if spec.gaps else None

    @torch.no_grad()
    def start_at(self, order: RowOrder, edges: Edges, link_edge: Ints) -> None:
        """Take the table's frequent kinds, its rules and the levels of its gaps, and let gaps begin at their shares."""
        self.rules.copy_(torch.from_numpy(rules_of(order, edges, link_edge)))
        if self.spec.visit_rules:
            self.visit_rules.copy_(torch.from_numpy(visit_rules_of(order, edges, link_edge)))
        self.kinds.copy_(torch.from_numpy(frequent_kinds(order, edges, link_edge)))
        if order.gap is not None and self.gap is not None:
            level = torch.from_numpy(order.gap_level)
            self.gap_level.copy_((level - level.mean()) / level.std(unbiased=False).clamp(min=1e-6))
            counts = np.bincount(order.gap.code[order.follows], minlength=self.spec.gaps) + 0.5
            self.gap[-1].get_parameter("bias").copy_(torch.from_numpy(np.log(counts / counts.sum())))
            self.gap[-1].get_parameter("weight").mul_(0.1)
            if self.pairs is not None:
                self.pairs.shape_by(order.gap_level, counts.astype(np.float32))
            if self.elapsed is not None:
                self.elapsed.start_at(order.gap_level, order.gap.code, order.follows)
            if self.spec.ties:
                self._find_ties(order, edges, link_edge)

    def _find_ties(self, order: RowOrder, edges: Edges, link_edge: Ints) -> None:
        edge = link_edge[order.link]
        verb, object = (part[edge].astype(np.int64) for part in (edges.verb, edges.object))
        slot = self.slots(*(torch.from_numpy(part).to(self.kinds.device) for part in (verb, object))).cpu().numpy()
        rules = find_tie_rules(order, Coded(verb, object, slot), len(self.verb_transition), self.spec.kinds + 1)
        if self.pairs is not None:
            self.pairs.set_ties(rules)

    def is_sound(self) -> bool:
        """Whether the kinds, as read from a file, are tokens in order, and the rules are of kinds and verbs."""
        verbs, kinds = len(self.verb_transition), len(self.kinds)
        inside = bool(((self.kinds >= 0) & (self.kinds < verbs * self.num_objects)).all())
        known = inside and bool((self.kinds.diff() > 0).all() and ((self.rules >= 1) & (self.rules <= kinds)).all())
        if not self.spec.visit_rules:
            return known
        ends, same = self.visit_rules[:, :2], self.visit_rules[:, 2]
        return known and bool(((ends >= 1) & (ends <= kinds + verbs)).all() and ((same == 0) | (same == 1)).all())

    @property
    def tables_of_verbs(self) -> list[nn.Parameter]:
        """The terms that all links of two verbs share, and those of all links."""
        found = [self.verb_transition, self.verb_waiting, *(() if self.pairs is None else self.pairs.of_verbs)]
        return found if self.elapsed is None else [*found, self.elapsed.weight]

    def embed(self, verb: Tensor, object: Tensor, new: Tensor | None = None) -> Embedded:
        """(B, n), (B, n), (B, n) → the parts of their scores; `new` is True everywhere if it is left out."""
        slot = self.slots(verb, object)
        embedded = self.dropout(self.embedding(verb, object))
        before, after, left, right, position = embedded.split([RANK] * 4 + [POSITIONS], dim=-1)
        first = torch.ones_like(verb, dtype=torch.bool) if new is None else new
        return Embedded(before, after, left, right, position + self.position[slot], slot, verb, object, first)

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

    @property
    def all_rules(self) -> Tensor:
        """All rules, (R, 4): rows of y and x as in `tables`, whether of one object, whether in every visit."""
        found = nn.functional.pad(self.rules, (0, 2))
        return (
            torch.cat([found, nn.functional.pad(self.visit_rules, (0, 1), value=1)]) if self.spec.visit_rules else found
        )

    @property
    def visit_rule_links(self) -> Ints:
        """The rules of every visit, (rules, 5): verb and object of y and of x, −1 for any, whether of one object."""
        kinds, verbs = self.kinds.cpu().numpy(), np.arange(len(self.verb_transition))
        verb = np.concatenate([[-1], kinds // self.num_objects, verbs])
        object = np.concatenate([[-1], kinds % self.num_objects, np.full(len(verbs), -1)])
        if not self.spec.visit_rules:
            return np.zeros((0, 5), np.int64)
        y, x, same = self.visit_rules.cpu().numpy().T
        return np.stack([verb[y], object[y], verb[x], object[x], same], axis=1)

    def transitions(self, first: Embedded, second: Embedded) -> Tensor:
        """How much each of `second` is wanted right after each of `first`: (B, m, …), (B, n, …) → (B, m, n)."""
        table = self.transition[first.slot.unsqueeze(2), second.slot.unsqueeze(1)]
        found, own = first.before @ second.after.transpose(1, 2) + table, self.verb_transition[first.verb]
        if self.pairs is None:
            return found + own @ _one_hot(second.verb, own).transpose(1, 2)
        same, kind = self.pairs.same_transition[first.verb], self.pairs.kind_to_verb[first.slot]
        return found + _of_verbs(first, second, (own + kind, same), self.pairs.verb_to_kind)

    def waits(self, first: Embedded, second: Embedded) -> Tensor:
        """How much each of `first` is wanted while each of `second` is left: (B, m, …), (B, n, …) → (B, m, n)."""
        table = self.waiting[first.slot.unsqueeze(2), second.slot.unsqueeze(1)]
        found, own = first.left @ second.right.transpose(1, 2) + table, self.verb_waiting[first.verb]
        if self.pairs is None:
            return found + own @ _one_hot(second.verb, own).transpose(1, 2)
        same, kind = self.pairs.same_waiting[first.new.long(), first.verb], self.pairs.kind_for_verb[first.slot]
        return found + _of_verbs(first, second, (own + kind, same), self.pairs.verb_for_kind)

    def tables(self) -> tuple[Tensor, Tensor]:
        """All terms of kinds and verbs as tables of transitions and of waits, (slots + V)² each.

        An infrequent link of verb v has row slots + v in them; links to one object have further terms.
        """
        verb = torch.arange(len(self.verb_transition), device=self.kinds.device)
        slot = nn.functional.pad(torch.arange(1, self.spec.kinds + 1, device=verb.device), (1, len(verb)))
        verb = torch.cat([verb.new_zeros(1), self.kinds // self.num_objects, verb])
        found = []
        for kinds, verbs, mixed in (
            (self.transition, self.verb_transition, ("kind_to_verb", "verb_to_kind")),
            (self.waiting, self.verb_waiting, ("kind_for_verb", "verb_for_kind")),
        ):
            table = kinds[slot[:, None], slot] + verbs[verb[:, None], verb]
            if self.pairs is not None:
                left, right = (self.pairs.get_parameter(name) for name in mixed)
                table = table + left[slot[:, None], verb] + right[verb[:, None], slot]
            found.append(table)
        return found[0], found[1]

    def visit_pace(self, verb: Tensor, object: Tensor, visit: Tensor) -> Tensor:
        """What is in visits, as far as times depend on it: of L links → (M, `PACE`), width 0 in earlier models.

        Args:
            visit: (L,) ascending numbers of the M visits, from 0.
        """
        size = torch.bincount(visit)
        if self.pairs is None or self.pace is None:
            return size.new_zeros((len(size), 0), dtype=torch.float32)
        found = self.pace(verb, object)
        total: Tensor = found.new_zeros((len(size), PACE)).index_add(0, visit, found)
        return total / size.unsqueeze(1)

    def gap_logits(self, verb: Tensor, object: Tensor, features: Tensor, visit: Tensor) -> Tensor:
        """Logits of the time between two links: (m, 2), (m, 2), (m, `GAP_FEATURES`), (m, `PACE` or 0) → (m, gaps)."""
        if self.pace is None or self.gap is None:
            return features.new_zeros((len(features), 0))
        embedded = self.dropout(self.pace(verb, object))
        before, after = embedded[:, 0], embedded[:, 1]
        found: Tensor = self.gap(torch.cat([before, after, before * after, features, visit], dim=1))
        if self.pairs is None:
            return found
        return found + self.pairs.gap_logits(verb, object[:, 0] == object[:, 1], self.slots(verb, object))

    def gap_residual(self, code: Tensor, verb: Tensor, object: Tensor) -> Tensor:
        """What a time says about those after it in its visit: (m,), (m, 2), (m, 2) → (m,)."""
        if self.pairs is None:
            return self.gap_level[code]
        return self.pairs.residual(code, verb, object[:, 0] == object[:, 1], self.slots(verb, object))


def _of_verbs(first: Embedded, second: Embedded, rows: tuple[Tensor, Tensor], by_kind: Tensor) -> Tensor:
    """Terms of pairs of links, (B, m, …) and (B, n, …), of which one side is told by its verb: → (B, m, n).

    Args:
        rows: (B, m, V) of each of `first`, of any other one and of one to the same object; by_kind: (V, slots).
    """
    verb = _one_hot(second.verb, by_kind).transpose(1, 2)
    is_same = first.object.unsqueeze(2) == second.object.unsqueeze(1)
    own = torch.where(is_same, rows[1] @ verb, 0.0)
    return rows[0] @ verb + own + _one_hot(first.verb, by_kind) @ by_kind.T[second.slot].transpose(1, 2)


def _one_hot(verb: Tensor, like: Tensor) -> Tensor:
    """(B, n) → (B, n, V)."""
    found: Tensor = nn.functional.one_hot(verb, like.shape[-1] if like.dim() == 3 else len(like)).to(like)
    return found


def position_features(step: Tensor, length: Tensor) -> Tensor:
    """f_t of step t, from 0, in visits of so many links: (…), (…) → (…, `POSITIONS`)."""
    left = length - step
    progress = step / (length - 1).clamp(min=1)
    return torch.stack([torch.ones_like(progress), (step == 0).float(), progress - 0.5, (left == 2).float()], dim=-1)


def gap_features(step: Tensor, length: Tensor, last: Tensor, mean: Tensor) -> Tensor:
    """What the time before the link of a step, from 1, is drawn by: (m,) each → (m, `GAP_FEATURES`).

    Args:
        last, mean: what `OrderModel.gap_residual` says of the gap before it, and of all before it; 0 at step 1.
    """
    size, progress = torch.log1p(length.float()), step / (length - 1).clamp(min=1)
    ends = [(step == 1).float(), (step == length - 1).float()]
    steps = torch.log1p(step.float())
    return torch.stack([size - 2.0, progress - 0.5, *ends, steps - 1.0, last, mean], dim=-1)


def squares(model: OrderModel) -> Tensor:
    """Sum of the squares of all terms, what the normal prior is about: those of tables of verbs count `OF_VERBS`."""
    verbs = model.tables_of_verbs
    fast = {id(part) for part in verbs}
    tables = [model.position, model.transition, model.waiting, *verbs]
    for part in (model.embedding, model.pace, model.pairs, model.elapsed):
        tables += [own for own in part.parameters() if id(own) not in fast] if part is not None else []
    weight = (OF_VERBS if id(part) in fast else 1.0 for part in tables)
    return torch.stack([factor * part.square().sum() for factor, part in zip(weight, tables, strict=True)]).sum()
