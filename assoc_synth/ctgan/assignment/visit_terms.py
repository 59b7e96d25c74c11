"""Terms of pairs of (verb, object) tokens by where their links are: in one visit, in the next one, earlier or later.

A low-rank association carries what many pairs have in common. A pair that stands out — a drug and its diagnosis, a
cancellation and the subscription before it — has parameters of its own: one for each place of the right link, seen from
the left one, and one for each range of days between them.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.assignment.kernel import (
    EARLIER,
    LAGS,
    LATER,
    NEXT,
    ORDER_BINS,
    PLACES,
    PREVIOUS,
    SAME,
    Pairs,
)
from assoc_synth.transactions.arrays import Bools, Ints, Singles
from assoc_synth.transactions.distinct import positions

TURNED = np.array(
    [SAME, PREVIOUS, NEXT, EARLIER, LATER, *range(PLACES + LAGS, ORDER_BINS), *range(PLACES, PLACES + LAGS)]
)
"""Where each term is, seen from the other link of a pair."""


class VisitTerms(nn.Module):
    """Parameters of pairs of tokens, (P, `ORDER_BINS`); a pair of two different tokens is stored once.

    The buffers are the T tokens with terms, ascending, and the pairs as positions among them, left < right.

    Shape:
        tokens (T,), left (P,), right (P,), ordered (P,): whether the pair has more than its term of one visit.
    """

    tokens: Tensor
    left: Tensor
    right: Tensor
    ordered: Tensor

    def __init__(self, num_tokens: int = 0, num_pairs: int = 0) -> None:
        super().__init__()
        self.register_buffer("tokens", torch.zeros(num_tokens, dtype=torch.int64))
        self.register_buffer("left", torch.zeros(num_pairs, dtype=torch.int64))
        self.register_buffer("right", torch.zeros(num_pairs, dtype=torch.int64))
        self.register_buffer("ordered", torch.zeros(num_pairs, dtype=torch.bool))
        self.weight = nn.Parameter(torch.zeros(num_pairs, ORDER_BINS))

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def num_tokens(self) -> int:
        return len(self.tokens)

    @torch.no_grad()
    def set(self, left: Ints, right: Ints, ordered: Bools, weight: Singles | None = None) -> None:
        """Take pairs of different tokens, (P,) each, and terms, (P, `ORDER_BINS`), seen from the left, or 0."""
        weight = np.zeros((len(left), ORDER_BINS), np.float32) if weight is None else weight
        device = self.weight.device
        swapped = left > right
        low, high = np.where(swapped, right, left), np.where(swapped, left, right)
        turned = np.where(swapped[:, None], weight[:, TURNED], weight)
        tokens = np.unique(np.concatenate([low, high])).astype(np.int64)
        order = np.lexsort((high, low))
        self.tokens = torch.from_numpy(tokens).to(device)
        self.left = torch.from_numpy(np.searchsorted(tokens, low[order])).to(device)
        self.right = torch.from_numpy(np.searchsorted(tokens, high[order])).to(device)
        self.ordered = torch.from_numpy(ordered[order]).to(device)
        self.weight = nn.Parameter(torch.from_numpy(turned[order].astype(np.float32)).to(device))

    def fits(self, num_tokens: int) -> bool:
        """Whether the pairs, as read from a file, are pairs of known tokens, in order.

        Args:
            num_tokens: of the table, verbs times objects.
        """
        known = bool(((self.tokens >= 0) & (self.tokens < num_tokens)).all()) and bool((self.tokens.diff() > 0).all())
        inside = bool(((self.left >= 0) & (self.left < self.right) & (self.right < self.num_tokens)).all())
        return known and inside

    def partners(self, *, ordered: bool = False) -> Pairs:
        """The pairs of each token; with `ordered` only those that have more than a term of one visit."""
        left, right, keep = (part.cpu().numpy() for part in (self.left, self.right, self.ordered))
        pair = np.flatnonzero(keep) if ordered else np.arange(len(left))
        row, other = np.concatenate([left[pair], right[pair]]), np.concatenate([right[pair], left[pair]])
        order = np.lexsort((other, row))
        ends = np.cumsum(np.bincount(row, minlength=self.num_tokens))
        code = np.concatenate([2 * pair, 2 * pair + 1])[order]
        return Pairs(np.concatenate([[0], ends]).astype(np.int64), other[order].astype(np.int64), code.astype(np.int64))

    def places(self, token: Ints) -> Ints:
        """Where tokens are among those with terms: (K,) → (K,), −1 for a token without."""
        return positions(token, self.tokens.cpu().numpy())
