"""Partners: how often an edge occurs follows how often another of its subject does, where their links share visits.

A drug that is prescribed whenever its diagnosis is made occurs as often as the diagnosis. Of each token (verb, object)
the *anchor* is the token that most of its visits have too. Anchors' edges are counted first, and the others given them.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.distinct import distinct, positions

LEAST_VISITS, LEAST_SHARE = 20, 0.5
"""Visits of a token, at least, and the share of them that its anchor is in, at least."""
CLEAR_SHARES = np.array([0.8, 0.95])
"""Shares from which a token follows its anchor more closely: each a level of its own."""
COUNTS, PRIOR = 8, 3.0
"""Numbers of an anchor's links that are told apart, and pseudo-counts that shrink shares to what they would be."""
GROUPS = (len(CLEAR_SHARES) + 1) * COUNTS


class Partners(nn.Module):
    """The anchors of tokens, and what an anchor's number of links adds to the logits of a token's.

    Attributes:
        tokens: (P, 3) a token, its anchor, and how closely it follows it, ascending.
        logits: (groups, classes).
    """

    tokens: Tensor
    logits: Tensor

    def __init__(self, count: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("tokens", torch.zeros(count, 3, dtype=torch.int64))
        self.register_buffer("logits", torch.zeros(GROUPS, classes))

    def __len__(self) -> int:
        return len(self.tokens)

    def is_sound(self) -> bool:
        """Whether the levels, as read from a file, are ones."""
        level = self.tokens[:, 2]
        return bool(((level >= 0) & (level <= len(CLEAR_SHARES))).all())

    def anchors(self, edges: Edges) -> tuple[Ints, Ints]:
        """The edge that each edge follows, −1 for none, and how closely: (E,), (E,)."""
        known, anchor, level = self.tokens.cpu().numpy().T
        at = positions(edges.token, known)
        follows = np.flatnonzero(at >= 0)
        width = edges.num_verbs * edges.num_objects
        keys = edges.subject.astype(np.int64) * width + edges.token
        wanted = edges.subject[follows].astype(np.int64) * width + anchor[at[follows]]
        place = positions(wanted, keys)
        found = place >= 0
        result, closely = np.full(len(edges), -1), np.zeros(len(edges), np.int64)
        result[follows[found]] = place[found]
        closely[follows[found]] = level[at[follows[found]]]
        return result, closely

    def groups(self, edges: Edges, counts: Ints) -> Ints:
        """The row of `logits` for each edge, −1 for none, given how often the edges before it occur: (E,), (E,)."""
        anchor, level = self.anchors(edges)
        number = np.clip(counts[np.maximum(anchor, 0)], 1, COUNTS) - 1
        return np.where(anchor >= 0, level * COUNTS + number, -1)

    def forward(self, group: Tensor) -> Tensor:
        """Logits of how often edges occur: (E,) → (E, classes), 0 for −1."""
        return torch.where((group >= 0)[:, None], self.logits[group.clamp(min=0)], 0.0)

    @torch.no_grad()
    def learn(self, found: Ints, group: Ints, code: Ints, expected: Tensor) -> None:
        """Take the anchors, and count the shares of classes beyond what is expected without them.

        Args:
            found: as `find_partners` gives them.
            group, code: of the training edges, (E,) each.
            expected: (E, classes) shares without anchors.
        """
        self.tokens.copy_(torch.from_numpy(found))
        used = np.flatnonzero(group >= 0)
        real = np.zeros(tuple(self.logits.shape))
        np.add.at(real, (group[used], code[used]), 1.0)
        usual = np.zeros_like(real)
        np.add.at(usual, group[used], expected[torch.from_numpy(used)].double().cpu().numpy())
        prior = PRIOR * usual.sum(0) / max(usual.sum(), 1e-9)
        ratio = np.log((real + prior + 1e-9) / (usual + prior + 1e-9))
        self.logits.copy_(torch.from_numpy(ratio.astype(np.float32)))


def find_partners(data: Occurrences) -> Ints:
    """Tokens, their anchors and how closely they follow them: (P, 3); none where no subject has several visits."""
    edges, inside = data.edges, np.flatnonzero(data.link_visit >= 0)
    if data.visits is None or not len(inside) or data.visits.per_subject.max(initial=1) == 1:
        return np.zeros((0, 3), np.int64)
    tokens = edges.num_verbs * edges.num_objects
    visit, token = np.divmod(distinct(data.link_visit[inside] * tokens + edges.token[data.link_edge[inside]]), tokens)
    used, place, visits = np.unique(token, return_inverse=True, return_counts=True)
    has = sp.csr_matrix((np.ones(len(place), np.float32), (visit, place)), shape=(len(data.visits), len(used)))
    share = _shares(has, visits)
    best = np.asarray(share.argmax(axis=1)).ravel()
    strength = np.asarray(share.max(axis=1).todense()).ravel()
    best[(strength < LEAST_SHARE) | (visits < LEAST_VISITS)] = -1
    root = _roots(best, visits)
    follows = np.flatnonzero(root != np.arange(len(used)))
    if not len(follows):
        return np.zeros((0, 3), np.int64)
    own = np.asarray(share[follows, root[follows]]).ravel()
    follows, own = follows[own >= LEAST_SHARE], own[own >= LEAST_SHARE]
    level = np.searchsorted(CLEAR_SHARES, own, side="right")
    return np.stack([used[follows], used[root[follows]], level], axis=1).astype(np.int64)


def _shares(has: sp.csr_matrix, visits: Ints) -> sp.csr_matrix:
    """Share of a token's visits that another one is in too, itself left out: (T, T)."""
    together = (has.T @ has).tocsr()
    together.setdiag(0)
    together.eliminate_zeros()
    scale: Floats = 1.0 / np.maximum(visits, 1)
    return sp.diags(scale).dot(together).tocsr()


def _roots(best: Ints, visits: Ints) -> Ints:
    """Each token's best partner, that one's, and so on up to one that has none; of a circle, its most frequent token.

    Example:
        >>> _roots(np.array([1, -1, 0, 4, 3]), np.array([5, 9, 3, 7, 8])).tolist()
        [1, 1, 1, 4, 4]
    """
    root = np.empty(len(best), np.int64)
    for token in range(len(best)):
        path = [token]
        while (following := int(best[path[-1]])) >= 0 and following not in path:
            path.append(following)
        circle = path[path.index(following) :] if following >= 0 else path[-1:]
        root[token] = max(circle, key=lambda one: (visits[one], -one))
    return root
