"""Enforcement: drawing in which the implications hold by construction.

What would break a rule has probability 0. A link that needs another one is drawn only while the plan has room for it,
and what is owed comes before the room is gone.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.edges.pair_terms import PairTerms
from assoc_synth.ctgan.losses import BROKEN
from assoc_synth.transactions.arrays import Ints


class Needs(nn.Module):
    """Pairs of tokens, (verb, object) as one number: a subject with the first has the second too.

    Attributes:
        tokens: (R, 2) int64.
    """

    tokens: Tensor

    def __init__(self, num_verbs: int, num_objects: int, count: int = 0) -> None:
        super().__init__()
        self.num_verbs, self.num_objects = num_verbs, num_objects
        self.register_buffer("tokens", torch.zeros(count, 2, dtype=torch.int64))

    def __len__(self) -> int:
        return len(self.tokens)

    def set(self, tokens: Ints) -> None:
        """Take these pairs: (R, 2)."""
        self.tokens = torch.from_numpy(np.ascontiguousarray(tokens, np.int64)).to(self.tokens.device)

    def is_sound(self) -> bool:
        """Whether the tokens, as read from a file, are tokens."""
        return bool(((self.tokens >= 0) & (self.tokens < self.num_verbs * self.num_objects)).all())


class Owed:
    """What subjects that are drawn together have, and what they owe.

    Symbols: A subjects, V link verbs, R rules, X and Y distinct first and second tokens.

    Args:
        needs: the rules.
        subjects: A.
        link_verbs: V; tokens of later verbs are attributes.
        class_of: (objects,) the class of each object.
    """

    def __init__(self, needs: Needs, subjects: int, link_verbs: int, class_of: Tensor) -> None:
        device, objects = needs.tokens.device, needs.num_objects
        self.objects, self.link_verbs = objects, link_verbs
        self.first, self.x = torch.unique(needs.tokens[:, 0], return_inverse=True)
        self.second, self.y = torch.unique(needs.tokens[:, 1], return_inverse=True)
        self.class_of_x, self.class_of_y = class_of[self.first % objects], class_of[self.second % objects]
        self.verb_of_y = self.second // objects
        self.verbs_of_y = torch.unique(self.verb_of_y).tolist()
        self.has = torch.zeros(subjects, len(self.second), dtype=torch.bool, device=device)
        self.owes = torch.zeros_like(self.has)
        self.place_x = self._places(self.first, needs)
        self.place_y = self._places(self.second, needs)
        self.rules_of_x = torch.zeros(len(self.first) + 1, len(self.second), dtype=torch.bool, device=device)
        self.rules_of_x[self.x, self.y] = True
        self.of_verb = nn.functional.one_hot(self.verb_of_y, link_verbs).float()

    def mask(self, logits: Tensor, rows: Tensor, verb: Tensor, left: Tensor) -> Tensor:
        """Exclude what would break a rule from the logits of one object each, in place: (P, objects).

        Args:
            rows: (P,) the subjects; verb: (P,) the verb of the link that is drawn.
            left: (P, V) links of each verb that are still to come, this one among them.
        """
        owes = self.owes[rows]
        owed = owes.float() @ self.of_verb
        is_link = verb < self.link_verbs
        own = verb.clamp(max=self.link_verbs - 1)[:, None]
        must = is_link & (owed.gather(1, own) >= left.gather(1, own)).squeeze(1) & (owed.gather(1, own) > 0).squeeze(1)
        self._only_what_is_owed(logits, must, owes, verb)
        missing = (~(self.has[rows] | owes)).float()
        room = left - owed
        room.scatter_add_(1, own, -is_link.float()[:, None])
        for x_verb in torch.unique(verb).tolist():
            self._what_has_room(logits, (verb == x_verb).nonzero().squeeze(1), x_verb, missing, room, owes)
        return logits

    def take(self, verb: Tensor, object: Tensor) -> None:
        """Let the first A subjects have these links: (A,), (A,)."""
        active, token = len(verb), verb * self.objects + object
        y = self.place_y[token]
        known = (y < len(self.second)).nonzero().squeeze(1)
        self.has[known, y[known]] = True
        self.owes[known, y[known]] = False
        self.owes[:active] |= self.rules_of_x[self.place_x[token]] & ~self.has[:active]

    def _only_what_is_owed(self, logits: Tensor, must: Tensor, owes: Tensor, verb: Tensor) -> None:
        rows = must.nonzero().squeeze(1)
        if not len(rows):
            return
        payable = owes[rows] & (self.verb_of_y[None, :] == verb[rows][:, None])
        row, y = payable.nonzero(as_tuple=True)
        kept = torch.full((len(rows), logits.shape[1]), BROKEN, device=logits.device)
        kept[row, self.class_of_y[y]] = 0.0
        logits[rows] += kept

    def _what_has_room(
        self, logits: Tensor, at: Tensor, verb: int, missing: Tensor, room: Tensor, owes: Tensor
    ) -> None:
        """Exclude the tokens of a verb whose needs the plan has no room for, in the rows `at`."""
        x = (self.first // self.objects == verb).nonzero().squeeze(1)
        if not len(x):
            return
        lacks = torch.zeros(len(at), len(x), dtype=torch.bool, device=logits.device)
        # A token that is owed itself has its room already.
        y = self.place_y[self.first[x]]
        paid = torch.cat([owes[at], owes.new_zeros(len(at), 1)], 1)[:, y].float()
        of_x = self.first[self.x] // self.objects == verb
        for other in self.verbs_of_y:
            rules = (of_x & (self.verb_of_y[self.y] == other)).nonzero().squeeze(1)
            needed = paid.new_zeros(len(at), len(x))
            needed.index_add_(1, self.x[rules] - x[0], missing[at].index_select(1, self.y[rules]))
            free = room[at, other][:, None] + (paid if other == verb else 0.0)
            lacks |= (needed > 0) & (needed > free)
        row, column = lacks.nonzero(as_tuple=True)
        logits[at[row], self.class_of_x[x[column]]] += BROKEN

    def _places(self, tokens: Tensor, needs: Needs) -> Tensor:
        place = torch.full((needs.num_verbs * needs.num_objects,), len(tokens), device=tokens.device)
        place[tokens] = torch.arange(len(tokens), device=tokens.device)
        return place


class Room:
    """How many objects of each verb the values of attributes leave: what leaves too few for the plan is excluded.

    Symbols: V link verbs, T values of attributes that exclude links.

    Args:
        excluded: pairs of tokens that never come together.
        possible: (V, objects) which links there are at all.
        class_of: (objects,) the class of each object.
    """

    def __init__(self, excluded: PairTerms, possible: Tensor, class_of: Tensor) -> None:
        verbs, objects = possible.shape
        value = torch.repeat_interleave(torch.arange(excluded.num_tokens).to(possible.device), excluded.offsets.diff())
        verb, object = (
            part(excluded.tokens[excluded.other], objects) for part in (torch.floor_divide, torch.remainder)
        )
        counts = (excluded.tokens[value] >= verbs * objects) & (verb < verbs)
        value, verb, object = (part[counts] for part in (value, verb, object))
        own = possible[verb, object]
        gone = torch.zeros(excluded.num_tokens, verbs, device=possible.device)
        gone.index_put_((value[own], verb[own]), torch.ones_like(value[own], dtype=gone.dtype), accumulate=True)
        used = gone.any(1).nonzero().squeeze(1)
        self.verb, self.left = excluded.tokens[used] // objects, possible.sum(1) - gone[used]
        self.class_of_value = class_of[excluded.tokens[used] % objects]

    def mask(self, logits: Tensor, verb: Tensor, plan: Tensor) -> None:
        """Exclude values from the logits of attributes, in place: (P, classes), (P,) verbs, (P, V) links to come."""
        for code in torch.unique(verb).tolist():
            at, own = (verb == code).nonzero().squeeze(1), (self.verb == code).nonzero().squeeze(1)
            row, column = (plan[at][:, None, :] > self.left[own][None]).any(2).nonzero(as_tuple=True)
            logits[at[row], self.class_of_value[own[column]]] += BROKEN


def exclusions(never: Ints) -> tuple[Ints, sp.csr_matrix]:
    """Pairs of tokens as the terms of `PairTerms`: the tokens, (T,), and the terms of each two, (T, T)."""
    tokens, place = np.unique(never, return_inverse=True)
    left, right = place.reshape(-1, 2).T
    at = np.concatenate([left, right]), np.concatenate([right, left])
    terms = np.full(2 * len(never), BROKEN, np.float32)
    return tokens, sp.csr_matrix((terms, at), shape=(len(tokens), len(tokens)))
