"""The edge generator: given a subject's earlier links, the next verb, and given the verb, the next object.

Symbols: B links, P predicted links, V verbs, O objects, C context width, R association rank, Z noise width.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.pair_terms import PairTerms
from assoc_synth.ctgan.edges.rare_objects import Tail, mass_change
from assoc_synth.ctgan.layers import LinkEmbedding, ResidualMLP, product_dtype
from assoc_synth.ctgan.losses import EXCLUDED, exclude

NUM_SCALARS = 3
"""log1p(k), log1p(n) and (n − k)/(n + 1) for the k-th of n links."""


class EdgeGenerator(nn.Module):
    """The generator of links: given a subject's earlier links, the next verb, and given the verb, the next object.

    Object logits are b_{v,o} + E_o·h(z, v, c_k) + U_o·(g ⊙ Σ_{j<k} V(v_j, o_j)): popularity, the latent path and the
    association path. A link of the same subject to the same object under another verb w adds `earlier_bias`[v, w] +
    `earlier_position`[v, w]·scalars + `earlier_slope`[v, w]·log popularity: what was bought is returned neither as
    often as it is popular, nor as readily late in a history, where much is held, as early in it. The steering path
    T_{v,o} · Σ_{j<k} S_{v_j,o_j} has the same form on (verb, object) tokens, and `pairs` holds terms of single pairs of
    them; both are not trained but set afterwards by `calibration`, and cost nothing while empty.

    Where objects are many, the rare ones are drawn in two steps: `columns` of the softmax are the frequent objects and
    clusters of rare ones, and `tail` is the softmax inside a cluster. Terms of single objects move their
    cluster's column as well.

    Args:
        verb_logits: (V,) log share of each verb among edges.
        column_logits: (V, columns) log popularity of each column within its verb.
        num_objects, slots: where there are clusters, how many objects in all, and (C, S).
    """

    def __init__(
        self,
        config: CTGANConfig,
        verb_logits: Tensor,
        column_logits: Tensor,
        dropout: float,
        *,
        num_objects: int | None = None,
        slots: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__()
        num_verbs, num_columns = column_logits.shape
        num_objects = num_columns if num_objects is None else num_objects
        self.num_objects, self.slots = num_objects, slots
        self.config = config
        self.noise_dim, self.context_dim, self.association_dim = (
            config.noise_dim,
            config.context_dim,
            config.association_dim,
        )
        self.context = LinkEmbedding(num_verbs, num_objects, config.context_dim, std=0.1)
        self.dropout = nn.Dropout(dropout)
        condition = config.context_dim + NUM_SCALARS + config.noise_dim
        self.verb_head = ResidualMLP(condition, 128, num_verbs, 1, dropout)
        self.verb_bias = nn.Parameter(verb_logits.clone())
        self.object_bias = nn.Parameter(column_logits.clone())
        self.earlier_bias = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.earlier_slope = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.earlier_position = nn.Parameter(torch.zeros(num_verbs, num_verbs, NUM_SCALARS))
        self.latent_dim = config.context_dim if config.hidden_dim else 0
        if config.hidden_dim:
            self.latent = ResidualMLP(condition + num_verbs, config.hidden_dim, self.latent_dim, config.blocks, dropout)
        if config.association_dim:
            self.association = LinkEmbedding(num_verbs, num_objects, config.association_dim, std=0.01)
            gate_bias = nn.Linear(64, config.association_dim)
            self.association_gate = nn.Sequential(nn.Linear(NUM_SCALARS + num_verbs, 64), nn.GELU(), gate_bias)
            nn.init.ones_(gate_bias.bias)
            self.association_query = nn.Parameter(torch.ones(num_verbs, config.association_dim))
        self.steering_source: Tensor
        self.steering_target: Tensor
        self.register_buffer("steering_source", torch.zeros(num_verbs * num_objects, 0))
        self.register_buffer("steering_target", torch.zeros(num_verbs, num_objects, 0))
        self.pairs = PairTerms(num_verbs, num_objects)
        width = self.latent_dim + config.association_dim
        self.output = nn.Parameter(torch.randn(num_columns, width) * 0.05)
        self.tail = Tail(num_verbs, num_objects, num_columns - slots[0], slots, width) if slots[0] else None

    @property
    def num_verbs(self) -> int:
        return int(self.object_bias.shape[0])

    @property
    def num_columns(self) -> int:
        return int(self.object_bias.shape[1])

    @property
    def steering_dim(self) -> int:
        return int(self.steering_source.shape[1])

    @property
    def width(self) -> int:
        """Width of a neighbourhood: C + R + the steering path's rank."""
        return self.context_dim + self.association_dim + self.steering_dim

    def make_steering(self, rank: int, pair_tokens: int = 0, pair_terms: int = 0) -> None:
        """Give the steering path this rank and make room for pair terms; both start, or start again, at 0."""
        device = self.output.device
        self.pairs = PairTerms(self.num_verbs, self.num_objects, pair_tokens, pair_terms).to(device)
        self.steering_source = torch.zeros(self.num_verbs * self.num_objects, rank, device=device)
        self.steering_target = torch.zeros(self.num_verbs, self.num_objects, rank, device=device)

    def embed(self, verb: Tensor, object: Tensor) -> Tensor:
        """What one link adds to its subject's neighbourhood: (B,), (B,) → (B, width)."""
        parts = [self.context(verb, object)]
        if self.association_dim:
            parts.append(self.association(verb, object))
        if self.steering_dim:
            parts.append(nn.functional.embedding(verb * self.num_objects + object, self.steering_source))
        return torch.cat(parts, dim=-1)

    def condition(self, neighbourhood: Tensor, scalars: Tensor, noise: Tensor) -> Tensor:
        """The condition vector without the verb: (P, width), (P, 3), (P, Z) → (P, C + 3 + Z).

        The running sum is divided by √(k + 1), so that long histories stay in the range of short ones.
        """
        context = neighbourhood[:, : self.context_dim] * torch.exp(-0.5 * scalars[:, :1])
        return torch.cat([self.dropout(context), scalars, noise], dim=-1)

    def verb_logits(self, condition: Tensor) -> Tensor:
        """Logits of the next verb: (P, C + 3 + Z) → (P, V)."""
        logits: Tensor = self.verb_head(condition) + self.verb_bias
        return logits

    def object_query(
        self,
        condition: Tensor,
        neighbourhood: Tensor,
        scalars: Tensor,
        verb: Tensor,
        latent: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """What objects are scored by: (P, latent + R + steering).

        Args:
            latent: in the place of the latent path's own network, the same one in another number format.
        """
        one_hot = nn.functional.one_hot(verb, self.num_verbs).to(condition.dtype)
        parts = []
        if self.latent_dim:
            parts.append((latent or self.latent)(torch.cat([condition, one_hot], dim=-1)))
        if self.association_dim:
            gate = self.association_gate(torch.cat([scalars, one_hot], dim=-1))
            summed = neighbourhood[:, self.context_dim : self.context_dim + self.association_dim]
            summed = summed * torch.exp(-0.5 * scalars[:, :1])
            parts.append(self.dropout(gate * summed) * nn.functional.embedding(verb, self.association_query))
        if self.steering_dim:
            parts.append(neighbourhood[:, self.context_dim + self.association_dim :] * torch.exp(-0.5 * scalars[:, :1]))
        return torch.cat(parts, dim=-1)

    def object_logits(self, query: Tensor, verb: Tensor) -> Tensor:
        """Logits of the next column by the trained paths, before exclusion: (P, latent + R), (P,) → (P, columns)."""
        dtype = product_dtype(query.device.type)
        return query.to(dtype) @ self.output.to(dtype).T + nn.functional.embedding(verb, self.object_bias)

    def repeat_bias(self, scalars: Tensor, verb: Tensor) -> Tensor:
        """What an object held under each verb is worth to the next link, popularity apart: (P, 3), (P,) → (P, V)."""
        return self.earlier_bias[verb] + torch.einsum("pwk,pk->pw", self.earlier_position[verb], scalars)

    def repeat_terms(self, worth: Tensor, row: Tensor, verb: Tensor, earlier_verb: Tensor, held: Tensor) -> Tensor:
        """What earlier links add to the logits of their own objects; those of the same verb exclude them.

        Args:
            worth: (P, V) of the predicted links.
            row, verb: the predicted link that an earlier link precedes, and the predicted verb.
            earlier_verb, held: the earlier link's verb and object, (E,) each or of any shapes that go together.
        """
        popularity = self.log_popularity(verb, held) + math.log(self.num_objects)
        terms = worth[row, earlier_verb] + self.earlier_slope[verb, earlier_verb] * popularity
        return torch.where(verb == earlier_verb, EXCLUDED, terms)

    def log_popularity(self, verb: Tensor, object: Tensor) -> Tensor:
        """Log share of an object among its verb's links, by the biases alone: no gradient flows into them."""
        bias = self.object_bias.detach()[verb, self.column(object)]
        if self.tail is None:
            return bias
        rare = self.tail.column[object] >= self.tail.num_head
        cluster = torch.where(rare, self.tail.column[object] - self.tail.num_head, 0)
        inside = self.tail.bias.detach()[verb, cluster, self.tail.slot[object].clamp(min=0)]
        return bias + torch.where(rare, inside, 0.0)

    def column(self, object: Tensor) -> Tensor:
        """The column of each object: its own or its cluster's."""
        return object if self.tail is None else self.tail.column[object]

    def object_losses(
        self, query: Tensor, verb: Tensor, object: Tensor, row: Tensor, held: Tensor, term: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Cross-entropy of each next object, (P,), and the logits of the columns that it was read from, (P, columns).

        Args:
            query, verb, object: (P, latent + R), (P,), (P,).
            row, held, term: objects that the subjects of rows hold, and what that adds to their logits: (E,) each.
        """
        column, logits = self.column(object), self.object_logits(query, verb)
        if self.tail is None:
            logits = exclude(logits, row, held, term)
            return nn.functional.cross_entropy(logits, column, reduction="none"), logits
        tail, held_column = self.tail, self.column(held)
        inside = held_column >= tail.num_head
        logits = exclude(logits, row[~inside], held_column[~inside], term[~inside])
        row, term, slot = row[inside], term[inside], tail.slot[held[inside]]
        cluster = held_column[inside] - tail.num_head
        share = tail.shares()[verb[row], cluster, slot]
        change = mass_change(share, term, row, cluster, (len(query), self.slots[0]))
        logits = torch.cat([logits[:, : tail.num_head], logits[:, tail.num_head :] + change], 1)
        losses = nn.functional.cross_entropy(logits, column, reduction="none")
        rare = torch.argsort(column, stable=True)
        rare = rare[int((column < tail.num_head).sum()) :]
        if len(rare):
            own = column[rare] - tail.num_head
            inner = tail.logits(query[rare], verb[rare], own)
            place = torch.full_like(column, -1)
            place[rare] = torch.arange(len(rare), device=rare.device)
            same = (column[row] - tail.num_head) == cluster
            inner = exclude(inner, place[row[same]], slot[same], term[same])
            within = nn.functional.cross_entropy(inner, tail.slot[object[rare]], reduction="none")
            losses = losses.index_add(0, rare, within)
        return losses, logits
