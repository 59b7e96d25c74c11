"""How often a subject's edges occur together: each number is drawn given those of its subject that are drawn before.

Whoever opens the payment page ten times has opened the cart as often; who never pays has not. A number's own logits
know which links the subject has and how many links per edge; beyond that the logits of the classes, of log number v,
become

    logits(v) + tilt · v + bend · v²,        tilt and bend linear in features x

and the features x are: how far the numbers of up to `PARTNERS` other tokens were above what they usually are, those of
links to the same object by other verbs, and the sums over each verb's edges; in which directions the subject's links
lie, and how many of each verb there are; the subject's place along a few directions in which numbers vary together (a
random effect, whose mean is updated by each number drawn); and how much of the subject's total is left. Numbers that
never exceed others in training never do.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.joint_kernel import Block, Terms
from assoc_synth.ctgan.occurrences.level_logits import frequent_tokens
from assoc_synth.ctgan.occurrences.partners import COUNTS, Partners
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints, Singles, Values
from assoc_synth.transactions.distinct import positions

PARTNERS, BOUNDS, DIRECTIONS, SCORES, LEVEL_SCORES = 4, 4, 8, 8, 1
"""Of a token: partners and bounds at most. Of a subject: directions in which numbers vary together, in which links lie
that say something of numbers, and of links per edge.
"""
VISIT_DIRECTIONS = 24
"""Directions in which numbers vary together where visits say which."""
MOST_TOKENS, MOST_VERBS = 2_000, 16
"""Tokens with rows of their own, at most; and verbs up to which numbers are told apart by verb."""
LEVEL_STATISTICS = 3
"""What the logits of links per edge are moved along: its logarithm, the square of it, and whether it is the least."""
MOST_VALUE = 43.0
"""A logarithm of a number of rows, beyond all that 64 bits count."""


class JointCounts(nn.Module):
    """The terms by which numbers of one subject depend on each other. Without learning they do not.

    Args:
        tokens: T, how many have rows of their own.
        num_verbs, num_objects: V, O.
        classes: C, of the number of occurrences.
        directions: R, in which numbers vary together.

    Attributes:
        tokens: (T,) verb · O + object, in the order in which they are drawn; others are drawn after them.
        directions: (T, P) what a link adds to the features of its subject; center: (P + V,) their means.
        level_tilts: (`LEVEL_STATISTICS`, P + V + 1) of the logits of links per edge by these features.

    The others are those of `Terms`.
    """

    tokens: Tensor
    value: Tensor
    partners: Tensor
    tilts: Tensor
    bends: Tensor
    loadings: Tensor
    at_most: Tensor
    at_least: Tensor
    ordered: Tensor
    directions: Tensor
    center: Tensor
    level_tilts: Tensor

    def __init__(
        self, tokens: int, num_verbs: int, num_objects: int, classes: int, directions: int = DIRECTIONS
    ) -> None:
        super().__init__()
        self.num_verbs, self.num_objects = num_verbs, num_objects
        verbs = num_verbs if num_verbs <= MOST_VERBS else 0
        known = SCORES + LEVEL_SCORES + verbs
        rows, width = tokens + num_verbs, PARTNERS + 2 * verbs + known + 3
        self.register_buffer("tokens", torch.zeros(tokens, dtype=torch.int64))
        self.register_buffer("value", torch.zeros(classes))
        for name, places in (("partners", PARTNERS), ("at_most", BOUNDS), ("at_least", BOUNDS)):
            self.register_buffer(name, torch.full((tokens, places), -1, dtype=torch.int64))
        for name in ("tilts", "bends"):
            self.register_buffer(name, torch.zeros(rows, width))
        self.register_buffer("loadings", torch.zeros(rows, directions))
        self.register_buffer("ordered", torch.zeros(verbs, verbs, dtype=torch.bool))
        self.register_buffer("directions", torch.zeros(tokens, SCORES + LEVEL_SCORES))
        self.register_buffer("center", torch.zeros(known))
        self.register_buffer("level_tilts", torch.zeros(LEVEL_STATISTICS, known + 1))

    def set(self, **terms: Values) -> None:
        """Take terms by name."""
        for name, own in terms.items():
            buffer = self.get_buffer(name)
            buffer.copy_(torch.from_numpy(np.ascontiguousarray(own)).to(buffer.dtype))

    def terms(self, partners: Partners | None) -> Terms:
        """As the loop takes them, with the logits of anchors."""
        anchors = np.zeros((1, len(self.value)), np.float32) if partners is None else partners.logits.cpu().numpy()
        return Terms(
            self.value.cpu().numpy(),
            self.partners.cpu().numpy(),
            self.tilts.cpu().numpy(),
            self.bends.cpu().numpy(),
            self.loadings.cpu().numpy(),
            self.at_most.cpu().numpy(),
            self.at_least.cpu().numpy(),
            self.ordered.cpu().numpy(),
            anchors,
        )

    def block(self, edges: Edges, partners: Partners | None, total: Floats) -> Block:
        """Edges as the loop takes them.

        Args:
            total: (S,) links that each subject is to have.
        """
        token = self._places(edges.token)
        anchor, closely = np.full(len(edges), -1), np.zeros(len(edges), np.int64)
        rank = np.where(token >= 0, token, len(self.tokens) + edges.token)
        if partners is not None:
            anchor, closely = partners.anchors(edges)
            rank[np.isin(edges.token, followers(partners))] += len(self.tokens) + edges.num_verbs * edges.num_objects
        objects, object = np.unique(edges.object, return_inverse=True)
        return Block(
            edges.offsets,
            np.lexsort((rank, edges.subject)),
            token,
            np.where(token >= 0, token, len(self.tokens) + edges.verb),
            edges.verb.astype(np.int64),
            object.astype(np.int64),
            len(objects),
            anchor.astype(np.int64),
            closely * COUNTS,
            total,
            self.known(edges),
        )

    def known(self, edges: Edges) -> Singles:
        """The features of subjects that their links decide: (S, P + V)."""
        scores = np.asarray(self.has(edges) @ self.directions.cpu().numpy())
        parts = [scores]
        if len(self.ordered):
            parts.append(np.log1p(edges.degrees_by_verb()))
        centered: Singles = (np.hstack(parts) - self.center.cpu().numpy()).astype(np.float32)
        return centered

    def has(self, edges: Edges) -> sp.csr_matrix:
        """Which subjects have which tokens: 0/1, (S, T)."""
        token = self._places(edges.token)
        at = np.flatnonzero(token >= 0)
        shape = edges.num_subjects, len(self.tokens)
        return sp.csr_matrix((np.ones(len(at), np.float32), (edges.subject[at], token[at])), shape=shape)

    def level_logits(self, edges: Edges, level: Tensor) -> Tensor:
        """What the subjects' links add to the logits of links per edge, whose logarithms are `level`: (S, classes)."""
        known = torch.from_numpy(np.pad(self.known(edges), ((0, 0), (0, 1)), constant_values=1.0)).to(level.device)
        return known @ self.level_tilts.T @ torch.from_numpy(level_statistics(level.cpu().numpy())).to(known).T

    def is_sound(self) -> bool:
        """Whether all tokens exist, those that are looked at are drawn before, and values are logarithms of counts."""
        if not len(self.value) or float(self.value.min()) < 0 or float(self.value.max()) > MOST_VALUE:
            return False
        size, own = self.num_verbs * self.num_objects, torch.arange(len(self.tokens))
        if not len(own):
            return True
        before = torch.cat([self.partners, self.at_most, self.at_least], dim=1).cpu()
        inside = int(self.tokens.min()) >= 0 and int(self.tokens.max()) < size
        return inside and bool(((before >= -1) & (before < own[:, None])).all())

    def _places(self, token: Ints) -> Ints:
        """Where tokens are among those with rows, −1 for others: (n,)."""
        tokens = self.tokens.cpu().numpy()
        if not len(tokens):
            return np.full(len(token), -1)
        by_token = np.argsort(tokens)
        at = positions(token, tokens[by_token])
        return np.where(at >= 0, by_token[at], -1)


def joint_tokens(edges: Edges, classes: int, last: Ints | None = None) -> Ints:
    """Tokens that have rows of their own, the most frequent first, but those in `last` after all others: (T,)."""
    frequent = frequent_tokens(edges, classes)
    often = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)[frequent]
    chosen: Ints = frequent[np.argsort(-often, kind="stable")][:MOST_TOKENS]
    return chosen if last is None else chosen[np.argsort(np.isin(chosen, last), kind="stable")]


def joint_directions(data: Occurrences) -> int:
    """In how many directions numbers vary together at most: more where subjects have several visits."""
    several = data.visits is not None and data.visits.per_subject.max(initial=1) > 1
    return VISIT_DIRECTIONS if several else DIRECTIONS


def followers(partners: Partners | None) -> Ints:
    """Tokens that follow anchors, after which they are drawn."""
    return np.zeros(0, np.int64) if partners is None else partners.tokens[:, 0].cpu().numpy()


def level_statistics(level: Singles) -> Singles:
    """(classes,) log links per edge → (classes, `LEVEL_STATISTICS`)."""
    return np.stack([level, level**2, np.arange(len(level)) == 0], axis=1).astype(np.float32)
