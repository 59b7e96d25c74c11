"""How many visits a subject has, by everything that it has links to: a ridge regression of the logarithm.

Who buys bread and milk comes every week, who buys furniture comes twice a year, and how many links a person has does
not tell the two apart. A network of a thousand subjects learns little of it, and what it learns is partly chance. A
ridge regression (Hoerl & Kennard 1970) on the composition of the links, the square roots of the tokens' shares, uses
all tokens at once, and leaving out one subject at a time has a closed form: its strength is chosen by that, and what
numbers spread around the predictions is counted with each subject left out (see `size_logits`).
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.distinct import positions

MOST_TOKENS, LEAST_EDGES = 1_000, 20
"""Tokens that are part of the composition: the most frequent ones, of at least so many subjects."""
MOST_SUBJECTS, FEWEST_SUBJECTS = 5_000, 100
"""Subjects that are learned from at most, evenly spaced, and at least."""
MOST_VERBS = 16
"""Verbs up to which links are counted by verb."""
COMPOSITION = 3.0
"""How large the composition is beside the standardised totals."""
STRENGTHS = np.logspace(-1, 4, 16)
MOST_LOG = 20.0
"""Of what is expected of new subjects."""


class VisitNumbers(nn.Module):
    """The regression. Without learning it is not used.

    Args:
        tokens: T, see `number_tokens`; num_verbs, num_objects: V, O.

    Attributes:
        tokens: (T,) verb · O + object, ascending; weight: (F + T,) of the totals and the composition.
        bias: () what is added; used: () whether it says more than totals alone.

    Example: who has the first object comes eight times, who has the second one twice.
        >>> object, everybody = np.arange(200) % 2, np.arange(200)
        >>> table = {"num_subjects": 200, "num_verbs": 1, "num_objects": 2}
        >>> edges, counts = Edges.from_links(everybody, 0 * object, object, **table), np.full(200, 8)
        >>> numbers = VisitNumbers(2, 1, 2)
        >>> numbers.learn(edges, counts, everybody, np.where(object == 0, 8, 2)).round()[:3].tolist()
        [8.0, 2.0, 8.0]
        >>> numbers.expected(edges, counts, everybody[:2]).round().tolist()
        [8.0, 2.0]
    """

    tokens: Tensor
    weight: Tensor
    bias: Tensor
    used: Tensor

    def __init__(self, tokens: int, num_verbs: int, num_objects: int) -> None:
        super().__init__()
        self.num_verbs, self.num_objects = num_verbs, num_objects
        totals = 2 + (2 * num_verbs if num_verbs <= MOST_VERBS else 1)
        self.register_buffer("tokens", torch.zeros(tokens, dtype=torch.int64))
        self.register_buffer("weight", torch.zeros(totals + tokens))
        self.register_buffer("bias", torch.zeros(()))
        self.register_buffer("used", torch.tensor(False))

    @torch.no_grad()
    def learn(self, edges: Edges, counts: Ints, subjects: Ints, visits: Ints) -> Floats:
        """Find the weights.

        Args:
            edges, counts: of all subjects, and how many links of each edge are in visits, (E,).
            subjects, visits: (n,) those with visits, and how many each has.

        Returns:
            (n,) the numbers that are expected of each subject, itself left out.
        """
        self.tokens.copy_(torch.from_numpy(number_tokens(edges)))
        totals, composition = self._features(edges, counts, subjects)
        y = np.log(visits)
        scale = np.where(totals.std(0) > 1e-9, totals.std(0), np.inf)
        at = np.unique(np.linspace(0, len(y) - 1, min(len(y), MOST_SUBJECTS)).astype(np.int64))
        x = np.hstack([totals[at] / scale, COMPOSITION * composition[at].toarray()])
        weight, left_out = ridge(x, y[at])
        weight = np.concatenate([weight[: len(scale)] / scale, COMPOSITION * weight[len(scale) :]])
        self.weight.copy_(torch.from_numpy(weight))
        found = totals @ weight[: len(scale)] + composition @ weight[len(scale) :]
        bias = float(np.mean(y[at] - found[at]))
        self.bias.fill_(bias)
        expected: Floats = found + bias
        expected[at] = left_out
        numbers: Floats = np.exp(expected.clip(0.0, y.max(initial=0.0)))
        return numbers

    def expected(self, edges: Edges, counts: Ints, subjects: Ints) -> Floats:
        """How many visits subjects, (n,), are expected to have: (n,); arguments as of `learn`."""
        totals, composition = self._features(edges, counts, subjects)
        weight = self.weight.double().cpu().numpy()
        found: Floats = totals @ weight[: totals.shape[1]] + composition @ weight[totals.shape[1] :]
        numbers: Floats = np.exp((found + float(self.bias)).clip(0.0, MOST_LOG))
        return numbers

    def is_sound(self) -> bool:
        """Whether all tokens exist, in order."""
        size = self.num_verbs * self.num_objects
        inside = bool(((self.tokens >= 0) & (self.tokens < size)).all())
        return inside and bool((self.tokens.diff() > 0).all())

    def _features(self, edges: Edges, counts: Ints, subjects: Ints) -> tuple[Floats, sp.csr_matrix]:
        """Totals, (n, F), and composition, (n, T)."""
        verbs, tokens = edges.num_verbs, self.tokens.cpu().numpy()
        by_verb, has = (np.zeros((edges.num_subjects, verbs)) for _ in range(2))
        np.add.at(by_verb, (edges.subject, edges.verb), counts)
        np.add.at(has, (edges.subject, edges.verb), counts > 0)
        total = np.maximum(by_verb.sum(1), 1.0)
        more = [np.log1p(by_verb), np.log1p(has)] if verbs <= MOST_VERBS else [np.log1p(has.sum(1, keepdims=True))]
        totals = np.column_stack([np.log(total), np.log(total) ** 2, *more])
        place = positions(edges.token, tokens)
        at = np.flatnonzero(place >= 0)
        share = np.sqrt(counts[at] / total[edges.subject[at]])
        shape = edges.num_subjects, len(tokens)
        composition = sp.csr_matrix((share, (edges.subject[at], place[at])), shape=shape)
        return totals[subjects], composition[subjects]


def number_tokens(edges: Edges) -> Ints:
    """The tokens of the composition, ascending: (T,)."""
    often = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
    chosen = np.argsort(-often, kind="stable")[:MOST_TOKENS]
    found: Ints = np.sort(chosen[often[chosen] >= LEAST_EDGES]).astype(np.int64)
    return found


def has_numbers(data: Occurrences) -> bool:
    """Whether enough subjects have visits, and not all as many."""
    if data.visits is None or data.num_visits is None or data.num_visits.spec.classes == 1:
        return False
    return len(data.visits.first) >= FEWEST_SUBJECTS


def ridge(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Weights of the strength that predicts subjects best that are left out, and what is predicted of each of these.

    (n, F), (n,) → (F,), (n,). A subject that is left out has the error (y − ŷ) / (1 − h), where h is its leverage
    (Allen 1974).

    Example:
        >>> x = np.random.default_rng(0).normal(size=(200, 3))
        >>> weight, left_out = ridge(x, 2.0 * x[:, 0] + 1.0)
        >>> weight.round(2).tolist() == [2.0, 0.0, 0.0], bool(np.abs(left_out - 2.0 * x[:, 0] - 1.0).max() < 0.01)
        (True, True)
    """
    mean, level = x.mean(0), float(y.mean())
    centered, known = x - mean, y - level
    values, vectors = np.linalg.eigh(centered.T @ centered)
    along, values = centered @ vectors, np.maximum(values, 0.0)
    slope, squares, best = along.T @ known, along**2, np.inf
    for strength in STRENGTHS:
        own = slope / (values + strength)
        leverage = (squares @ (1.0 / (values + strength)) + 1.0 / len(y)).clip(max=1.0 - 1e-6)
        error = (known - along @ own) / (1.0 - leverage)
        if (error**2).mean() < best:
            best, weight, left_out = float((error**2).mean()), vectors @ own, y - error
    return weight, left_out
