"""The losses: cross-entropy of the link with exact exclusion, and WGAN-GP over packs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

EXCLUDED = -1e4
"""Added to the logits of an object that the subject already has under the verb: exp underflows to exactly 0."""
BROKEN, IMPOSSIBLE = 30 * EXCLUDED, 100 * EXCLUDED
"""The same of what would break an implication, and of what no subject has under the verb. Where nothing is left to
draw, an earlier link is drawn again, several times if it must be, and counts once.
"""


def exclude(logits: Tensor, row: Tensor, object: Tensor, terms: Tensor) -> Tensor:
    """Logits with the terms of earlier links added: (P, O), (E,), (E,), (E,) → (P, O)."""
    return logits.index_put((row, object), terms, accumulate=True)


def gradient_penalty(
    critic: Callable[[Tensor, Tensor], Tensor],
    real: tuple[Tensor, Tensor],
    fake: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> Tensor:
    """E(‖∇D(x̂)‖ − 1)² at random points between real and generated packs (Gulrajani et al. 2017, equation 3).

    Args:
        critic: (objects (N, K, C), attributes (N, K, A)) → (N,).
        real, fake: objects and attributes of the packs.
    """
    mix = torch.rand(len(real[0]), 1, 1, generator=generator, device=real[0].device)
    between = [(mix * r + (1 - mix) * f).detach().requires_grad_(True) for r, f in zip(real, fake, strict=True)]
    gradients = torch.autograd.grad(critic(between[0], between[1]).sum(), between, create_graph=True)
    norm = torch.cat([g.flatten(1) for g in gradients], dim=1).norm(dim=1)
    penalty: Tensor = ((norm - 1) ** 2).mean()
    return penalty


def gumbel_softmax(logits: Tensor, temperature: float, generator: torch.Generator) -> Tensor:
    """A soft one-hot draw that lets gradients through (Jang et al. 2017): (…, n) → (…, n)."""
    uniform = torch.rand(logits.shape, generator=generator, device=logits.device).clamp_(1e-10, 1 - 1e-7)
    return functional.softmax((logits - torch.log(-torch.log(uniform))) / temperature, dim=-1)
