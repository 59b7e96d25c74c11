"""The critic: it learns to tell real links from drawn ones, and its term reaches the draw alone."""

import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.critic import Critic, Packs
from assoc_synth.ctgan.layers import PacCritic


def packs(drawn: torch.Tensor | None, attributes: torch.Tensor) -> Packs:
    """Two packs of three links: every real link is to object 0."""
    verb = torch.zeros(2, 3, dtype=torch.int64)
    return Packs(verb, verb, torch.ones(2, 3), torch.zeros(2, 3, attributes.shape[-1]), attributes, drawn)


def make_critic(attributes: int, **options: float) -> Critic:
    torch.manual_seed(0)
    config = CTGANConfig(pac=3, critic_learning_rate=0.01, gradient_penalty=0.1, **options)  # type: ignore[arg-type]
    return Critic(PacCritic(1, 4, attributes, 3), config, torch.Generator().manual_seed(0))


def test_the_critic_learns_to_tell_objects_and_its_term_reaches_the_draw_alone() -> None:
    critic = make_critic(0)
    drawn = torch.eye(4)[[3] * 6].requires_grad_()
    distances = [critic.update(packs(drawn, torch.zeros(2, 3, 0)))[1] for _ in range(30)]
    assert distances[-1] > distances[0] + 0.5
    term, _ = critic.update(packs(drawn, torch.zeros(2, 3, 0)))
    critic.optimizer.zero_grad()
    term.backward()
    assert drawn.grad is not None
    # Moving mass from object 3 to object 0, which is the real one, lowers the generator's loss.
    assert (drawn.grad[:, 0] < drawn.grad[:, 3]).all()
    assert critic.network.object.grad is None


def test_the_critic_learns_to_tell_attributes_of_given_objects() -> None:
    critic = make_critic(2)
    drawn = torch.ones(2, 3, 2, requires_grad=True)
    distances = [critic.update(packs(None, drawn))[1] for _ in range(30)]
    assert distances[-1] > distances[0] + 0.5
    term, _ = critic.update(packs(None, drawn))
    term.backward()
    assert drawn.grad is not None
    assert drawn.grad.sum() > 0  # less of what the real links have none of
