"""How often an edge occurs, by its token and by how many links per edge its subject has, both together.

Those who buy milk every week and those who buy it once a year differ more in milk than in soap: what the object adds
and what the subject's level adds do not simply go together.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

LEVELS = 4
"""Groups of subjects by links per edge; each has as many edges as another, about."""
LEAST_EDGES, MOST_NUMBERS = 40, 5_000_000
"""Edges of a token that has rows of its own, at least; the others of a verb share rows. And the largest table."""


class LevelLogits(nn.Module):
    """Logits of how often edges occur, by token and level. They begin at 0 and are set by calibration.

    Args:
        tokens: T, how many tokens have rows of their own.
        num_verbs, num_objects: V, O.
        classes: of the number of occurrences.

    Attributes:
        tokens: (T,) verb · O + object, ascending.
        bounds: (levels − 1,) log links per edge up to which a level reaches.
        table: ((T + V) · levels, classes).

    Shape:
        verb, object (n,) int64, level (n,) log links per edge → (n, classes).
    """

    tokens: Tensor
    bounds: Tensor
    table: Tensor

    def __init__(self, tokens: int, num_verbs: int, num_objects: int, classes: int) -> None:
        super().__init__()
        self.num_verbs, self.num_objects = num_verbs, num_objects
        self.register_buffer("tokens", torch.zeros(tokens, dtype=torch.int64))
        self.register_buffer("bounds", torch.zeros(LEVELS - 1))
        self.register_buffer("table", torch.zeros((tokens + num_verbs) * LEVELS, classes))

    @torch.no_grad()
    def start_at(self, data: Occurrences) -> None:
        """Take a table's tokens, and the bounds between its levels."""
        level = data.repeat_level[data.repeat.code[data.edges.subject]]
        bounds = np.quantile(level, np.arange(1, LEVELS) / LEVELS) if len(level) else np.zeros(LEVELS - 1)
        self.bounds.copy_(torch.from_numpy(bounds))
        self.tokens.copy_(torch.from_numpy(frequent_tokens(data.edges, data.count.spec.classes)))

    def cells(self, verb: Tensor, object: Tensor, level: Tensor) -> Tensor:
        """The row of `table` of each edge: (n,)."""
        token = verb * self.num_objects + object
        row = len(self.tokens) + verb
        if len(self.tokens):
            at = torch.searchsorted(self.tokens, token).clamp_(max=len(self.tokens) - 1)
            row = torch.where(self.tokens[at] == token, at, row)
        return row * LEVELS + torch.bucketize(level.contiguous(), self.bounds)

    def forward(self, verb: Tensor, object: Tensor, level: Tensor) -> Tensor:
        found: Tensor = self.table[self.cells(verb, object, level)]
        return found

    def is_sound(self) -> bool:
        """Whether the tokens exist."""
        size = self.num_verbs * self.num_objects
        return not len(self.tokens) or (int(self.tokens.min()) >= 0 and int(self.tokens.max()) < size)


def frequent_tokens(edges: Edges, classes: int) -> Ints:
    """Tokens that have rows of their own, ascending: (T,); none where every edge occurs once.

    Args:
        classes: of the number of occurrences.
    """
    if classes == 1:
        return np.zeros(0, np.int64)
    number = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
    most = MOST_NUMBERS // (LEVELS * classes)
    often = np.argsort(-number, kind="stable")[:most]
    chosen: Ints = np.sort(often[number[often] >= LEAST_EDGES]).astype(np.int64)
    return chosen
