"""Terms of single pairs: edges of the association graph as parameters of the generator.

A low-rank path carries what many pairs have in common; a rare strong pair that shares its partners with no other is
lost in it. Such a pair has a parameter of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.layers import runs
from assoc_synth.transactions.arrays import Ints

if TYPE_CHECKING:
    from assoc_synth.ctgan.edges.rare_objects import Tail


class PairTerms(nn.Module):
    """A sparse symmetric W over (verb, object) tokens: the logits of token t get Σ_{j<k} W[t, t_j].

    W is set by `calibration`, not trained; without terms nothing is computed. The buffers are the T tokens with terms,
    and the rows of W in CSR form over their positions.

    Symbols: A subjects drawn together, V verbs, O objects, T tokens with terms.
    """

    tokens: Tensor
    offsets: Tensor
    other: Tensor
    weight: Tensor

    def __init__(self, num_verbs: int, num_objects: int, num_tokens: int = 0, num_terms: int = 0) -> None:
        super().__init__()
        self.num_verbs, self.num_objects = num_verbs, num_objects
        self.register_buffer("tokens", torch.zeros(num_tokens, dtype=torch.int64))
        self.register_buffer("offsets", torch.zeros(num_tokens + 1, dtype=torch.int64))
        self.register_buffer("other", torch.zeros(num_terms, dtype=torch.int64))
        self.register_buffer("weight", torch.zeros(num_terms))

    def __len__(self) -> int:
        """Terms, each pair counted once."""
        return len(self.weight) // 2

    @property
    def num_tokens(self) -> int:
        return len(self.tokens)

    def set(self, tokens: Ints, matrix: sp.csr_matrix) -> None:
        """Take the entries of a symmetric matrix over the given tokens: (T',), (T', T')."""
        used = np.flatnonzero(np.diff(matrix.indptr))
        matrix = matrix[used][:, used].tocsr()
        device = self.weight.device
        self.tokens = torch.from_numpy(tokens[used].astype(np.int64)).to(device)
        self.offsets = torch.from_numpy(matrix.indptr.astype(np.int64)).to(device)
        self.other = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        self.weight = torch.from_numpy(matrix.data.astype(np.float32)).to(device)

    def is_sound(self) -> bool:
        """Whether tokens, offsets and positions, as read from a file, are what they should be."""
        ends = torch.equal(self.offsets[[0, -1]].cpu(), torch.tensor([0, len(self.weight)]))
        known = bool(((self.tokens >= 0) & (self.tokens < self.num_verbs * self.num_objects)).all())
        inside = bool(((self.other >= 0) & (self.other < self.num_tokens)).all())
        return ends and known and inside and bool((self.offsets.diff() >= 0).all())


class PairSums:
    """What the links so far add to each token with terms, for subjects that are drawn together: (A, T).

    Args:
        subjects: A.
        tail: of the generator, where rare objects have no class of their own.
    """

    def __init__(self, terms: PairTerms, subjects: int, tail: Tail | None = None) -> None:
        self.terms, self.tail, device = terms, tail, terms.weight.device
        self.sums = torch.zeros(subjects, terms.num_tokens, device=device)
        self.place = torch.full((terms.num_verbs * terms.num_objects,), terms.num_tokens, device=device)
        self.place[terms.tokens] = torch.arange(terms.num_tokens, device=device)
        self.lengths = torch.cat([terms.offsets.diff(), terms.offsets.new_zeros(1)])
        starts = torch.arange(terms.num_verbs + 1, device=device) * terms.num_objects
        self.of_verb = torch.searchsorted(terms.tokens, starts).tolist()
        self.verb = terms.tokens // terms.num_objects
        object = terms.tokens % terms.num_objects
        self.class_of = object if tail is None else tail.class_of[object]
        self.slot = object if tail is None else tail.slot[object]
        self.share = None if tail is None else tail.shares()

    def add_to(self, logits: Tensor, subject: Tensor, verb: Tensor) -> None:
        """Add a subject's sums to the logits of its classes: (P, classes), (P,) rows of the sums, (P,) verbs.

        Rows of one verb are added together where they follow each other.
        """
        for code, rows in runs(verb):
            begin, end = self.of_verb[code : code + 2]
            class_code, own = self.class_of[begin:end], self.sums[:, begin:end].index_select(0, subject[rows])
            if self.tail is not None and self.share is not None:
                inside = class_code >= self.tail.num_head
                cluster, slot = class_code[inside] - self.tail.num_head, self.slot[begin:end][inside]
                moved = self.share[code, cluster, slot] * torch.expm1(own[:, inside].clamp(max=20.0))
                total = moved.new_zeros(len(own), self.share.shape[1]).index_add_(1, cluster, moved)
                logits[rows, self.tail.num_head :] += torch.log1p(total.clamp(min=-0.999))
                class_code, own = class_code[~inside], own[:, ~inside]
            logits[rows].scatter_add_(1, class_code.expand(len(own), -1), own)

    def inside(self, subject: Tensor, verb: Tensor, class_code: Tensor, slots: int) -> Tensor:
        """A subject's sums for the objects of one cluster: (Q,) rows of the sums, (Q,), (Q,) → (Q, S)."""
        row, at = ((self.verb == verb[:, None]) & (self.class_of == class_code[:, None])).nonzero(as_tuple=True)
        sums = self.sums.new_zeros(len(subject), slots)
        sums[row, self.slot[at]] = self.sums[subject[row], at]
        return sums

    def take(self, verb: Tensor, object: Tensor) -> None:
        """Let the first A subjects have these links: (A,), (A,)."""
        terms = self.terms
        place = self.place[verb * terms.num_objects + object]
        lengths = self.lengths[place]
        row = torch.repeat_interleave(torch.arange(len(place), device=place.device), lengths)
        before = (lengths.cumsum(0) - lengths)[row]
        at = torch.arange(len(row), device=place.device) - before + terms.offsets[place[row]]
        self.sums.view(-1).index_add_(0, row * self.sums.shape[1] + terms.other[at], terms.weight[at])
