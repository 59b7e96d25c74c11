"""A stored generator where another table's training starts: what it says of the names that both have.

Two tables have other verbs, other objects and another rank of the association path, and the network's own coordinates
mean nothing in another one. So what is taken over is what has a meaning of its own: objects' popularity under a verb,
the repeat bias of two verbs, the objects' embeddings, and the log-lifts of pairs of objects, U Vᵀ, which are factored
anew together with the pairs of the names that only the table has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from assoc_synth.ctgan.edges.generator import LEAST_LOG_SHARE, EdgeGenerator
from assoc_synth.ctgan.losses import EXCLUDED, IMPOSSIBLE
from assoc_synth.transactions.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A stored generator, and its code for each name of the table that is fitted.

    Attributes:
        generator: the stored one.
        verb: (V,) its code of each verb, −1 where it has none.
        object: (O,) the same of objects.
    """

    generator: EdgeGenerator
    verb: Ints
    object: Ints

    @property
    def shared(self) -> Ints:
        """Own codes of the objects that both have."""
        return np.flatnonzero(self.object >= 0)

    @property
    def shared_verbs(self) -> Ints:
        """Own codes of the verbs that both have."""
        return np.flatnonzero(self.verb >= 0)

    @torch.no_grad()
    def logits(self, own: Tensor) -> Tensor:
        """Log popularity of objects within their verb, (V, O), with the stored model's shares among shared objects.

        The shared objects keep what they have together. What only one of the two has never seen under a verb stays as
        the table has it: its structure is its own.
        """
        changed, objects = own.clone(), torch.from_numpy(self.shared)
        stored = torch.from_numpy(self.object[self.shared])
        for verb in self.shared_verbs.tolist():
            theirs = self.generator.log_popularity(torch.full_like(stored, int(self.verb[verb])), stored)
            both = (own[verb, objects] > IMPOSSIBLE / 2) & (theirs > LEAST_LOG_SHARE + 1)
            if both.any():
                at = objects[both]
                scaled = theirs[both] - theirs[both].logsumexp(0) + own[verb, at].logsumexp(0)
                changed[verb, at] = scaled.to(own.dtype)
        return changed

    @torch.no_grad()
    def lifts(self, num_objects: int) -> tuple[Floats, Floats]:
        """A, B, (O, 2R) each, with the stored association path's symmetric log-lifts A Bᵀ; 0 for other objects.

        Its gate is taken at no earlier link, and verbs in proportion to nothing: each counts alike.
        """
        model, own, stored = self.generator, self.shared, torch.from_numpy(self.object[self.shared])
        factors = np.zeros((2, num_objects, 2 * model.association_dim))
        if not model.association_dim:
            return factors[0], factors[1]
        verbs = torch.arange(model.num_link_verbs)
        target = model.output[model.class_of(stored), model.latent_dim :]
        if model.tail is not None:
            inside = model.class_of(stored) >= model.tail.num_head
            cluster = (model.class_of(stored) - model.tail.num_head).clamp(min=0)
            slots = model.tail.weight[cluster, model.tail.slot[stored].clamp(min=0), model.latent_dim :]
            target = target + inside[:, None] * slots
        one_hot = torch.nn.functional.one_hot(verbs, model.num_verbs).float()
        known = torch.cat([torch.zeros(len(verbs), model.num_scalars), one_hot], dim=-1)
        scale = (model.association_gate(known) * model.association_query[verbs]).mean(0)
        source = torch.stack([model.association(torch.full_like(stored, int(verb)), stored) for verb in verbs]).mean(0)
        first, second = (target * scale).double().numpy() / 2, source.double().numpy()
        factors[0, own], factors[1, own] = np.hstack([first, second]), np.hstack([second, first])
        return factors[0], factors[1]

    def without_shared(self, ratios: Floats | sp.csr_matrix) -> Floats | sp.csr_matrix:
        """The table's own log-lifts, 0 between objects that both have: (O, O)."""
        if sp.issparse(ratios):
            other = sp.diags((~np.isin(np.arange(ratios.shape[0]), self.shared)).astype(np.float64))
            return (ratios - (sp.eye(ratios.shape[0]) - other) @ ratios @ (sp.eye(ratios.shape[0]) - other)).tocsr()
        kept = np.array(ratios)
        kept[np.ix_(self.shared, self.shared)] = 0.0
        return kept

    @torch.no_grad()
    def begin(self, generator: EdgeGenerator) -> None:
        """Give a generator the stored repeat terms of shared verbs and, where they are as wide, the embeddings."""
        own, stored = torch.from_numpy(self.shared_verbs), torch.from_numpy(self.verb[self.shared_verbs])
        pairs, theirs = torch.cartesian_prod(own, own), torch.cartesian_prod(stored, stored)
        soft = self.generator.earlier_bias[theirs[:, 0], theirs[:, 1]] > EXCLUDED / 2
        (one, other), (first, second) = pairs[soft].T, theirs[soft].T
        for name in ("earlier_bias", "earlier_slope", "earlier_position"):
            getattr(generator, name)[one, other] = getattr(self.generator, name)[first, second]
        if self.generator.context_dim == generator.context_dim:
            objects = torch.from_numpy(self.object[self.shared])
            generator.context.object[torch.from_numpy(self.shared)] = self.generator.context.object[objects]
            for name in ("scale", "shift"):
                getattr(generator.context, name)[own] = getattr(self.generator.context, name)[stored]
