"""Terms of how many links a visit has: in all, and of each verb; and what each kind of link prefers.

A subject's links and the number of its visits are given, and how many links each visit has follows its contents. If
sizes were independent draws from a law p, a given assignment of N links to visits of n₁, n₂, … of them would have the
probability ∝ Π p(nᵥ) nᵥ!, since N! / Π nᵥ! assignments have these sizes. So a visit's energy has log n! and a
parameter of the class of n, which begins at log p(n); training moves it to what is left for it, beside pairs and
preferences. Where there are enough subjects, each group of them has its own (see `size_groups`). A verb's parameters
are of the class of the visit's links of that verb, with a class for none.

What two links in one visit have together counts less the more links the visit has: its theme shows in the first few of
them, and a sum over pairs, which grows with the square of the size, would say it again with each. So each class has a
scale. It begins at the reverse of the size, where a link feels the mean of the others and not their sum (a mean field),
and is learned.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.assignment.kernel import SizeClasses
from assoc_synth.ctgan.assignment.size_groups import SizeGroups, enough_groups
from assoc_synth.transactions.arrays import Floats, Ints

EXACT, GROWTH = 16, 1.25
"""Sizes with a class each, and how classes grow from there."""
MOST_VERBS = 32
"""Verbs with terms of their own: the most frequent ones."""
MIDDLE = 2.0
"""Size at which the scale of associations begins at 1; from there it falls with the size and one, see `SizeTerms`."""
DEALS, PRIOR = 4, 0.5
"""Random deals that say what visits a verb has by chance; and visits added to each class."""
GROUP_PRIOR = 20.0
"""Visits of all subjects together that are added to those of each group."""
LEAST_VISITS, LEAST_EXPECTED, BARRED = 100, 7.0, -30.0
"""Visits, and those of them without a verb by chance, from which on a verb that no visit lacks is one that none may
lack; and the term that says so.
"""


def dealt_anew(subject: Ints, visit: Ints, rng: np.random.Generator) -> Ints:
    """Each subject's links dealt to its visits at random, whose sizes stay: (L,) ascending, (L,) → (L,).

    Example:
        >>> dealt_anew(np.array([0, 0, 0, 1]), np.array([4, 4, 5, 6]), np.random.default_rng(0)).tolist()
        [5, 4, 4, 6]
    """
    return visit[np.lexsort((rng.random(len(visit)), subject))]


class SizeTerms(nn.Module):
    """Parameters of C classes of sizes, and of W verbs; none of both where visits keep the sizes they were drawn with.

    Class c is of `edges[c]` … `edges[c + 1]` − 1 links; a verb's first class is of no link, its others are these.

    Args:
        classes, verbs: C, and W; visit_dim: width of the preferences; groups: of subjects, 0 for one of all.

    Shape:
        edges (C + 1,) if there are classes, verbs (W,), weight (groups · C,), of_verb (W, C + 1),
        preference (C, visit_dim), scale (C,), its logarithm.

    Example:
        >>> terms = SizeTerms(visit_dim=2)
        >>> terms.learn(np.array([1, 1, 1, 3]), np.zeros((1, 4), np.int64), np.zeros((0, 1, 4), np.int64))
        >>> terms.edges.tolist(), [round(float(share), 2) for share in terms.weight.exp()]
        ([1, 2, 3, 4], [0.64, 0.09, 0.27])
    """

    edges: Tensor
    verbs: Tensor

    def __init__(self, classes: int = 0, verbs: int = 0, *, visit_dim: int, groups: int = 0) -> None:
        super().__init__()
        self.groups = SizeGroups(groups)
        self.register_buffer("edges", torch.zeros(classes + 1 if classes else 0, dtype=torch.int64))
        self.register_buffer("verbs", torch.zeros(verbs, dtype=torch.int64))
        self.weight = nn.Parameter(torch.zeros(max(groups, 1) * classes))
        self.of_verb = nn.Parameter(torch.zeros(verbs, classes + 1))
        self.preference = nn.Parameter(torch.zeros(classes, visit_dim))
        self.scale = nn.Parameter(torch.zeros(classes))

    def __len__(self) -> int:
        return max(len(self.edges) - 1, 0)

    @property
    def most(self) -> int:
        """The most links that a visit may have; 0 where sizes stay."""
        return int(self.edges[-1]) - 1 if len(self.edges) else 0

    @property
    def needed(self) -> Ints:
        """Verbs of which every visit has a link: (N,)."""
        none = self.of_verb[:, 0].detach() <= BARRED / 2 if len(self.of_verb) else self.verbs > 0
        found: Ints = self.verbs[none].cpu().numpy()
        return found

    @torch.no_grad()
    def learn(self, sizes: Ints, by_verb: Ints, dealt: Ints, owner: Ints | None = None) -> None:
        """Take the classes and the first values from visits; nothing where all have one size.

        Args:
            sizes: (M,) links of each visit, at least 1.
            by_verb: (V, M) of each verb; dealt: (deals, V, M) the same of links dealt to the visits at random.
            owner: (M,) subjects; None makes no groups of them.
        """
        edges = size_edges(int(sizes.max(initial=0))) if len(np.unique(sizes)) > 1 else np.zeros(0, np.int64)
        classes = max(len(edges) - 1, 0)
        verbs = np.sort(np.argsort(-by_verb.sum(1), kind="stable")[: MOST_VERBS if classes else 0])
        verbs = verbs[: len(verbs) if len(by_verb) > 1 else 0].astype(np.int64)
        own = np.array([beyond_chance(by_verb[verb], dealt[:, verb], edges) for verb in verbs])
        found, device = counted(sizes, edges)[1:] + PRIOR, self.weight.device
        self.groups = SizeGroups(0 if owner is None or not classes else enough_groups(owner, sizes)).to(device)
        if owner is not None and len(self.groups):
            self.groups.learn(owner, sizes)
            group = self.groups.of(owner, sizes)
            common = GROUP_PRIOR * found / found.sum()
            found = np.stack([counted(sizes[group == own], edges)[1:] + common for own in range(len(self.groups))])
        weight = np.log(found / found.sum(-1, keepdims=True) / np.diff(edges)).ravel()
        self.edges, self.verbs = (torch.from_numpy(part).to(device) for part in (edges, verbs))
        middle = np.sqrt(edges[:-1] * np.maximum(edges[1:] - 1.0, 1.0))
        scale = np.log((MIDDLE + 1.0) / (middle + 1.0))
        self.weight, self.of_verb, self.preference, self.scale = (
            nn.Parameter(torch.from_numpy(part.astype(np.float32)).to(device))
            for part in (weight, own.reshape(-1, classes + 1), np.zeros((classes, self.preference.shape[1])), scale)
        )

    @torch.no_grad()
    def end_at(self, edges: Ints) -> None:
        """Leave out the classes beyond others' last one, whose end becomes this one's; nothing where sizes stay.

        The classes learned are up to the largest visit, which one subject alone may have.

        Args:
            edges: (D + 1,) classes of sizes that begin where these do.
        """
        if not len(self) or len(edges) < 2:
            return
        classes = min(len(self), len(edges) - 1)
        by_group = self.weight.view(max(len(self.groups), 1), -1)[:, :classes].flatten()
        self.edges = self.edges[: classes + 1].clone()
        self.edges[-1] = int(edges[classes])
        kept = by_group, self.of_verb[:, : classes + 1], self.preference[:classes], self.scale[:classes]
        self.weight, self.of_verb, self.preference, self.scale = (nn.Parameter(part.clone()) for part in kept)

    def fits(self, num_verbs: int) -> bool:
        """Whether classes and verbs, as read from a file, are ones.

        Args:
            num_verbs: of the table.
        """
        classes = not len(self.edges) or (int(self.edges[0]) == 1 and bool((self.edges.diff() > 0).all()))
        known = bool(((self.verbs >= 0) & (self.verbs < num_verbs)).all()) and bool((self.verbs.diff() > 0).all())
        return classes and known

    def flat(self) -> Tensor:
        """The terms of sizes, and after them those of verbs: (groups · C + W (C + 1),)."""
        return torch.cat([self.weight, self.of_verb.flatten()])

    def scales(self) -> Tensor:
        """What the association of two links counts in a visit of each class: (C,); 1 where sizes stay: (1,)."""
        return self.scale.exp() if len(self) else self.scale.new_ones(1)

    def classes(self, num_verbs: int, base: int, group: Ints) -> SizeClasses:
        """What the loops look sizes up in.

        Args:
            num_verbs: of the table; base: where the terms begin among the flat parameters.
            group: (M,) of each visit's subject.
        """
        edges, row = self.edges.cpu().numpy(), np.zeros(num_verbs, np.int64)
        row[self.verbs.cpu().numpy()] = 1 + np.arange(len(self.verbs))
        numbers = np.arange(self.most + 1)
        of = np.searchsorted(edges, numbers, side="right") - 1 if len(edges) else np.full(1, -1)
        groups = max(len(self.groups), 1)
        return SizeClasses(of.astype(np.int64), row, len(self.verbs), len(self), groups, group, base)


def counted(numbers: Ints, edges: Ints) -> Floats:
    """Visits without a link, and of each class: (M,), (C + 1,) → (C + 1,)."""
    found = np.bincount(np.searchsorted(edges, numbers, side="right"), minlength=max(len(edges), 1))
    return found.astype(np.float64)


def beyond_chance(own: Ints, dealt: Ints, edges: Ints) -> Floats:
    """log of visits of each class of a verb to those that chance gives: (M,), (deals, M) → (C + 1,)."""
    seen, expected = counted(own, edges), counted(dealt.ravel(), edges) / max(len(dealt), 1)
    ratio: Floats = np.log((seen + PRIOR) / (expected + PRIOR))
    if len(own) >= LEAST_VISITS and seen[0] == 0 and expected[0] >= LEAST_EXPECTED:
        ratio[0] = BARRED
    return ratio


def size_edges(most: int) -> Ints:
    """Where classes of sizes begin, and after the last one the number beyond `most`: (C + 1,).

    Example:
        >>> size_edges(3).tolist(), size_edges(24)[-4:].tolist()
        ([1, 2, 3, 4], [16, 17, 22, 25])
    """
    edges = [*range(1, min(most, EXACT) + 1), EXACT + 1]
    while edges[-1] <= most:
        edges.append(math.ceil(edges[-1] * GROWTH))
    return np.array([*(edge for edge in edges if edge <= most), most + 1], np.int64)
