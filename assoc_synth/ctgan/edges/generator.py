"""The edge generator: given a subject's attributes, its earlier links, its plan of verbs and a verb, the next object.

A subject's attribute is a link too: subject —sex→ F. The last A verbs are attributes, the last objects their values;
every subject has one link of each, and these come first. A plan says how many other links of each verb there are.

Symbols: B links, P predicted links, V verbs, O objects (attributes included), C context width, R association rank,
Z noise width, N scalars.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.conditions import NUM_SCALARS, num_scalars
from assoc_synth.ctgan.edges.enforcement import Needs, exclusions
from assoc_synth.ctgan.edges.implications import Implications
from assoc_synth.ctgan.edges.pair_terms import PairTerms
from assoc_synth.ctgan.edges.rare_objects import Tail, mass_change
from assoc_synth.ctgan.layers import LinkEmbedding, ResidualMLP, normal, product_dtype
from assoc_synth.ctgan.losses import EXCLUDED, exclude

LEAST_LOG_SHARE = -30.0
"""Log popularity of what no subject has, where it is a factor."""


class EdgeGenerator(nn.Module):
    """The generator of links: given a subject's attributes and earlier links, its plan, and a verb, the next object.

    Which verb is next needs no network: links are in random order, so that it is drawn in proportion to what of the
    plan is still to come. Object logits are b_{v,o} + E_o·h(z, v, c_k) + U_o·(g ⊙ Σ_{j<k} V(v_j, o_j)): popularity, the
    latent path and the association path. A link of the same subject to the same object under another verb w adds
    `earlier_bias`[v, w] + `earlier_position`[v, w]·scalars + `earlier_slope`[v, w]·log popularity: what was bought is
    not returned in proportion to its popularity, and less readily late in a history, after many earlier links, than
    early. The steering path T_{v,o} · Σ_{j<k} S_{v_j,o_j} has the same form on (verb, object) tokens, and `pairs` holds
    terms of single pairs of them; both are not trained but set afterwards by `calibration`, and cost nothing while
    empty.

    Where objects are many, the rare ones are drawn in two steps: the classes of the softmax are the frequent objects
    and clusters of rare ones, and `tail` is the softmax inside a cluster (an adaptive softmax). Terms of single objects
    move their cluster's class as well.

    Args:
        class_logits: (V, classes) log popularity of each class within its verb.
        num_objects, slots: where there are clusters, how many objects in all, and (C, S).
        attributes: how many values each attribute has; they are the last verbs, and their values the last objects.
        planned: how many of these, the last ones, are classes of the plan, see `plan_links`: none, or V.
    """

    def __init__(
        self,
        config: CTGANConfig,
        class_logits: Tensor,
        dropout: float,
        *,
        num_objects: int | None = None,
        slots: tuple[int, int] = (0, 0),
        attributes: tuple[int, ...] = (),
        planned: int = 0,
    ) -> None:
        super().__init__()
        num_verbs, num_classes = class_logits.shape
        num_objects = num_classes if num_objects is None else num_objects
        self.num_objects, self.slots, self.attributes = num_objects, slots, attributes
        self.planned = planned
        self.config, self.num_scalars = config, num_scalars(num_verbs - len(attributes))
        self.noise_dim, self.context_dim, self.association_dim = (
            config.noise_dim,
            config.context_dim,
            config.association_dim,
        )
        self.context = LinkEmbedding(num_verbs, num_objects, config.context_dim, std=0.1)
        self.dropout = nn.Dropout(dropout)
        condition = config.context_dim + self.num_scalars + config.noise_dim
        self.object_bias = nn.Parameter(class_logits.clone())
        self.earlier_bias = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.earlier_slope = nn.Parameter(torch.zeros(num_verbs, num_verbs))
        self.earlier_position = nn.Parameter(torch.zeros(num_verbs, num_verbs, NUM_SCALARS))
        self.latent_dim = config.context_dim if config.hidden_dim else 0
        if config.hidden_dim:
            widths = condition + num_verbs, config.hidden_dim, self.latent_dim
            self.latent = ResidualMLP(*widths, config.blocks, dropout, mixed=True)
        if config.association_dim:
            self.association = LinkEmbedding(num_verbs, num_objects, config.association_dim, std=0.01)
            gate_bias = nn.Linear(64, config.association_dim)
            known = self.num_scalars + num_verbs
            self.association_gate = nn.Sequential(nn.Linear(known, 64), nn.GELU(), gate_bias)
            nn.init.ones_(gate_bias.bias)
            self.association_query = nn.Parameter(torch.ones(num_verbs, config.association_dim))
        self.steering_source: Tensor
        self.steering_target: Tensor
        self.register_buffer("steering_source", torch.zeros(num_verbs * num_objects, 0))
        self.register_buffer("steering_target", torch.zeros(num_verbs, num_objects, 0))
        self.pairs = PairTerms(num_verbs, num_objects)
        self.make_rules()
        width = self.latent_dim + config.association_dim
        self.output = nn.Parameter(normal(num_classes, width, std=0.05))
        self.tail = Tail(num_verbs, num_objects, num_classes - slots[0], slots, width) if slots[0] else None

    @property
    def num_verbs(self) -> int:
        return int(self.object_bias.shape[0])

    @property
    def num_link_verbs(self) -> int:
        """Verbs that are no attributes."""
        return self.num_verbs - len(self.attributes)

    @property
    def num_link_objects(self) -> int:
        """Objects that are no values of attributes."""
        return self.num_objects - sum(self.attributes)

    @property
    def num_classes(self) -> int:
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

    def make_rules(self, tokens: int = 0, terms: int = 0, needs: int = 0) -> None:
        """Make room for implications: excluded pairs as `PairTerms`, and pairs of which one token needs the other."""
        device = self.object_bias.device
        self.exclusions = PairTerms(self.num_verbs, self.num_objects, tokens, terms).to(device)
        self.needs = Needs(self.num_verbs, self.num_objects, needs).to(device)

    @torch.no_grad()
    def set_implications(self, found: Implications) -> None:
        """Let drawn subjects keep these rules. Those of rare objects that share a class are left to learning."""
        own = np.arange(self.num_objects)
        head = self.num_objects if self.tail is None else self.tail.num_head
        class_of = self.class_of(torch.from_numpy(own).to(self.object_bias.device)).cpu().numpy()
        needs = found.needs[(class_of[found.needs % self.num_objects] < head).all(axis=1)]
        self.exclusions.set(*exclusions(found.never))
        self.needs.set(needs)
        for one, other in found.never_verbs.tolist():
            self.earlier_bias[one, other] = self.earlier_bias[other, one] = EXCLUDED

    def embed(self, verb: Tensor, object: Tensor) -> Tensor:
        """What one link adds to its subject's neighbourhood: (B,), (B,) → (B, width)."""
        parts = [self.context(verb, object)]
        if self.association_dim:
            parts.append(self.association(verb, object))
        if self.steering_dim:
            parts.append(nn.functional.embedding(verb * self.num_objects + object, self.steering_source))
        return torch.cat(parts, dim=-1)

    def condition(self, neighbourhood: Tensor, scalars: Tensor, noise: Tensor) -> Tensor:
        """The condition vector without the verb: (P, width), (P, N), (P, Z) → (P, C + N + Z)."""
        return torch.cat([self.dropout(neighbourhood[:, : self.context_dim]), scalars, noise], dim=-1)

    def object_query(
        self,
        condition: Tensor,
        neighbourhood: Tensor,
        scalars: Tensor,
        verb: Tensor,
        latent: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """The query whose products with the objects' weights are their logits: (P, latent + R + steering).

        Args:
            latent: used instead of the latent path's own network: the same one in another number format.
        """
        one_hot = nn.functional.one_hot(verb, self.num_verbs).to(condition.dtype)
        parts = []
        if self.latent_dim:
            parts.append((latent or self.latent)(torch.cat([condition, one_hot], dim=-1)))
        if self.association_dim:
            gate = self.association_gate(torch.cat([scalars, one_hot], dim=-1))
            summed = neighbourhood[:, self.context_dim : self.context_dim + self.association_dim]
            parts.append(self.dropout(gate * summed) * nn.functional.embedding(verb, self.association_query))
        if self.steering_dim:
            parts.append(neighbourhood[:, self.context_dim + self.association_dim :])
        return torch.cat(parts, dim=-1)

    def object_logits(self, query: Tensor, verb: Tensor) -> Tensor:
        """Logits of the next class by the trained paths, before exclusion: (P, latent + R), (P,) → (P, classes)."""
        dtype = product_dtype(query.device.type)
        return query.to(dtype) @ self.output.to(dtype).T + nn.functional.embedding(verb, self.object_bias)

    def repeat_bias(self, scalars: Tensor, verb: Tensor) -> Tensor:
        """What an earlier link under each verb adds to its object's logit, popularity apart: (P, N), (P,) → (P, V)."""
        place = scalars[:, :NUM_SCALARS]
        return self.earlier_bias[verb] + torch.einsum("pwk,pk->pw", self.earlier_position[verb], place)

    def repeat_terms(self, bias: Tensor, row: Tensor, verb: Tensor, earlier_verb: Tensor, earlier: Tensor) -> Tensor:
        """What earlier links add to the logits of their own objects; those of the same verb exclude them.

        Args:
            bias: (P, V) `repeat_bias` of the predicted links.
            row, verb: the predicted link that an earlier link precedes, and the predicted verb.
            earlier_verb, earlier: the earlier link's verb and object, (E,) each or of any shapes that go together.
        """
        popularity = self.log_popularity(verb, earlier) + math.log(self.num_objects)
        terms = bias[row, earlier_verb] + self.earlier_slope[verb, earlier_verb] * popularity
        return torch.where(verb == earlier_verb, EXCLUDED, terms)

    def log_popularity(self, verb: Tensor, object: Tensor) -> Tensor:
        """Log share of an object among its verb's links, by the biases alone, without a gradient: (n,), (n,) → (n,)."""
        bias = self.object_bias.detach()[verb, self.class_of(object)].clamp(min=LEAST_LOG_SHARE)
        if self.tail is None:
            return bias
        rare = self.tail.class_of[object] >= self.tail.num_head
        cluster = torch.where(rare, self.tail.class_of[object] - self.tail.num_head, 0)
        inside = self.tail.bias.detach()[verb, cluster, self.tail.slot[object].clamp(min=0)]
        return bias + torch.where(rare, inside, 0.0)

    def class_of(self, object: Tensor) -> Tensor:
        """The class of each object: its own or its cluster's."""
        return object if self.tail is None else self.tail.class_of[object]

    def object_losses(
        self, query: Tensor, verb: Tensor, object: Tensor, row: Tensor, earlier: Tensor, term: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Cross-entropy of each next object, (P,), and the logits of the classes that it was read from, (P, classes).

        Args:
            query, verb, object: (P, latent + R), (P,), (P,).
            row, earlier, term: objects that the subjects of rows are linked to already, and what that adds to their
                logits: (E,) each.
        """
        class_code, logits = self.class_of(object), self.object_logits(query, verb)
        if self.tail is None:
            logits = exclude(logits, row, earlier, term)
            return nn.functional.cross_entropy(logits, class_code, reduction="none"), logits
        tail, earlier_class = self.tail, self.class_of(earlier)
        inside = earlier_class >= tail.num_head
        logits = exclude(logits, row[~inside], earlier_class[~inside], term[~inside])
        row, term, slot = row[inside], term[inside], tail.slot[earlier[inside]]
        cluster = earlier_class[inside] - tail.num_head
        share = tail.shares()[verb[row], cluster, slot]
        change = mass_change(share, term, row, cluster, (len(query), self.slots[0]))
        logits = torch.cat([logits[:, : tail.num_head], logits[:, tail.num_head :] + change], 1)
        losses = nn.functional.cross_entropy(logits, class_code, reduction="none")
        rare = torch.argsort(class_code, stable=True)
        rare = rare[int((class_code < tail.num_head).sum()) :]
        if len(rare):
            own = class_code[rare] - tail.num_head
            inner = tail.logits(query[rare], verb[rare], own)
            place = torch.full_like(class_code, -1)
            place[rare] = torch.arange(len(rare), device=rare.device)
            same = (class_code[row] - tail.num_head) == cluster
            inner = exclude(inner, place[row[same]], slot[same], term[same])
            within = nn.functional.cross_entropy(inner, tail.slot[object[rare]], reduction="none")
            losses = losses.index_add(0, rare, within)
        return losses, logits
