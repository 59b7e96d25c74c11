"""Terms of company: how many links that go with it a link meets in its visit.

Terms of pairs ask for a number of pairs, and so do associations. The same number lies in few visits that have many of
them as well as in many that have one, and a chain prefers the few: a search would have no view of its section beside
it far more often than in the table, and six of them more often too. So a frequent token has terms of its own of how
many of its companions a link of it meets: none, one, two, or more. Companions are those that a trained model says go
with it, so that rare ones are known by what they are like, as many as a link meets about two of. The terms are not
learned from moves: calibration moves them until the chains have the table's numbers.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.assignment.kernel import MEETINGS, Company
from assoc_synth.transactions.arrays import Floats, Ints, Singles
from assoc_synth.transactions.distinct import distinct, positions

MOST_TOKENS, LEAST_SUBJECTS = 1_000, 10
"""The most frequent tokens may have company, those that so many subjects have."""
LEAST_ALIKE, MOST_MET = 0.1, 2.0
"""What companions add to each other's energy in one visit, at least, before the visit's size scales it; and of how many
of them, taken from the likest on, a link meets so many in the table, on average: who has company in every visit is told
nothing by it."""
PRIOR, MOST = 3.0, 6.0
"""Pseudo-counts of a ratio of counts, and the largest term."""


class CompanyTerms(nn.Module):
    """Parameters of T tokens, (T, `MEETINGS`), and which of them are companions.

    Shape:
        tokens (T,) ascending, pairs (P, 2) places among them, left < right, weight (T, `MEETINGS`).

    Example:
        >>> terms = CompanyTerms.of(np.array([3, 9]), np.array([5, 5]))
        >>> terms.tokens.tolist(), terms.pairs.tolist()
        ([3, 5, 9], [[0, 1], [1, 2]])
    """

    tokens: Tensor
    pairs: Tensor
    weight: Tensor

    def __init__(self, tokens: int = 0, pairs: int = 0) -> None:
        super().__init__()
        if pairs and not tokens:
            raise ValueError("companions without tokens")
        # What no file fills is not left without memory while a model is read.
        device, stored = None if tokens else "cpu", tokens > 0
        self.register_buffer("tokens", torch.zeros(tokens, dtype=torch.int64, device=device), persistent=stored)
        self.register_buffer("pairs", torch.zeros(pairs, 2, dtype=torch.int64, device=device), persistent=stored)
        self.register_buffer("weight", torch.zeros(tokens, MEETINGS, device=device), persistent=stored)

    def __len__(self) -> int:
        return len(self.tokens)

    @classmethod
    def of(cls, left: Ints, right: Ints) -> CompanyTerms:
        """Terms of the tokens of some pairs, (P,) each, all 0."""
        tokens = np.unique(np.concatenate([left, right])).astype(np.int64)
        places = np.stack(
            [np.searchsorted(tokens, np.minimum(left, right)), np.searchsorted(tokens, np.maximum(left, right))]
        )
        found = cls(len(tokens), len(left))
        found.tokens.copy_(torch.from_numpy(tokens))
        found.pairs.copy_(torch.from_numpy(places[:, np.lexsort(places[::-1])].T.astype(np.int64)))
        return found

    def fits(self, num_tokens: int) -> bool:
        """Whether tokens and pairs, as read from a file, are ones.

        Args:
            num_tokens: of the table, verbs times objects.
        """
        known = bool(((self.tokens >= 0) & (self.tokens < num_tokens)).all() and (self.tokens.diff() > 0).all())
        left, right = self.pairs.unbind(1)
        return known and bool(((left >= 0) & (left < right) & (right < len(self.tokens))).all())

    def company(self, token: Ints) -> Company:
        """What the loops look companions up in.

        Args:
            token: (K,) of the kinds of links.
        """
        tokens, (left, right) = self.tokens.cpu().numpy(), self.pairs.cpu().numpy().T
        row, other = np.concatenate([left, right]), np.concatenate([right, left])
        offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(tokens)))]).astype(np.int64)
        return Company(positions(token, tokens), offsets, other[np.lexsort((other, row))])

    @torch.no_grad()
    def match(self, real: Floats, drawn: Floats, step: float) -> None:
        """Move the terms by a share of the log ratio of how many links meet so many: (T, `MEETINGS`) each."""
        shift = torch.from_numpy(step * np.log((real + PRIOR) / (drawn + PRIOR))).to(self.weight)
        self.weight.add_(shift).clamp_(-MOST, MOST)


def frequent_companions(token: Ints, subject: Ints) -> Ints:
    """The tokens, ascending, that may have company, of links, (L,) each."""
    most = int(subject.max(initial=0)) + 1
    found, subjects = np.unique(distinct(token * most + subject) // most, return_counts=True)
    order = np.argsort(-subjects, kind="stable")[:MOST_TOKENS]
    return np.sort(found[order[subjects[order] >= LEAST_SUBJECTS]])


def find_companions(tokens: Ints, alike: Singles, token: Ints, visit: Ints) -> tuple[Ints, Ints]:
    """Pairs of companions, (P,) each: of each token the others that are most like it, until links meet `MOST_MET`.

    Who is chosen has the one who chose it, too.

    Args:
        tokens: (T,) ascending; alike: (T, T) symmetric, what two links in one visit add to the energy.
        token, visit: (L,) of the table's links.

    Example: 1 and 3 go with 2, and not with each other.
        >>> alike = np.array([[0.0, 0.5, -0.5], [0.5, 0.0, 0.2], [-0.5, 0.2, 0.0]], np.float32)
        >>> token, visit = np.array([1, 2, 2, 3]), np.array([0, 0, 1, 1])
        >>> [part.tolist() for part in find_companions(np.array([1, 2, 3]), alike, token, visit)]
        [[1, 2], [2, 3]]
    """
    place = positions(token, tokens)
    known = place >= 0
    links = sp.csr_matrix(
        (np.ones(known.sum()), (visit[known], place[known])), shape=(visit.max(initial=-1) + 1, len(tokens))
    )
    met = (links.T @ links).toarray() / np.maximum(np.asarray(links.sum(0)).ravel(), 1.0)[:, None]
    others = alike.copy()
    np.fill_diagonal(others, -np.inf)
    order = np.argsort(-others, axis=1, kind="stable")
    before = np.take_along_axis(met, order, axis=1)
    before = np.cumsum(before, axis=1) - before
    chosen = np.zeros(alike.shape, bool)
    np.put_along_axis(chosen, order, before < MOST_MET, axis=1)
    chosen &= others >= LEAST_ALIKE
    left, right = np.nonzero(np.triu(chosen | chosen.T))
    return tokens[left], tokens[right]
