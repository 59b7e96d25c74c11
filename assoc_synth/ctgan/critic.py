"""The critic of a stage: what it sees of real and generated links, and its updates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.layers import PacCritic
from assoc_synth.ctgan.losses import gradient_penalty

MOST_PACKS = 96
"""Packs that the critic sees in one update."""


@dataclass(frozen=True)
class Packs:
    """Real and generated links of N packs of K links, each pack of one subject, as the critic sees them.

    Attributes:
        verb, object: (N, K) int64, of the real links.
        present: (N, K) 0/1.
        attributes, drawn_attributes: (N, K, A) of the real and of the generated links.
        drawn_object: (N·K, objects) soft one-hot draws; None where the generated links have the real ones' objects.
    """

    verb: Tensor
    object: Tensor
    present: Tensor
    attributes: Tensor
    drawn_attributes: Tensor
    drawn_object: Tensor | None = None


class Critic:
    """The WGAN-GP critic of a stage: one update, and the generator's term (Gulrajani et al. 2017, algorithm 1).

    Args:
        network: D, from packs to numbers.
        random: for the gradient penalty's points.
    """

    def __init__(self, network: PacCritic, config: CTGANConfig, random: torch.Generator) -> None:
        self.network, self.config, self.random = network, config, random
        self.parameters = list(network.parameters())
        betas = config.critic_beta1, config.critic_beta2
        self.optimizer = torch.optim.Adam(self.parameters, lr=config.critic_learning_rate, betas=betas, fused=True)

    def update(self, packs: Packs) -> tuple[Tensor, float]:
        """One critic update, then the generator's term −E D(generated) and the critic's distance before the update."""
        embeddings = self.network.object
        real = functional.embedding(packs.object, embeddings)
        drawn = packs.drawn_object
        fake = real if drawn is None else (drawn.detach() @ embeddings).view_as(real)

        def critic(objects: Tensor, attributes: Tensor) -> Tensor:
            result: Tensor = self.network(packs.verb, objects, attributes, packs.present)
            return result

        fake_attributes = packs.drawn_attributes.detach()
        distance = critic(real, packs.attributes).mean() - critic(fake, fake_attributes).mean()
        penalty = gradient_penalty(critic, (real, packs.attributes), (fake, fake_attributes), self.random)
        self.optimizer.zero_grad(set_to_none=True)
        (self.config.gradient_penalty * penalty - distance).backward(inputs=self.parameters)
        self.optimizer.step()
        frozen = embeddings.detach()
        objects = functional.embedding(packs.object, frozen) if drawn is None else (drawn @ frozen).view_as(real)
        return -critic(objects, packs.drawn_attributes).mean(), distance.item()
