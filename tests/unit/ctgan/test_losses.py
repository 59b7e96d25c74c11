"""Losses with visible right answers."""

import pytest
import torch

from assoc_synth.ctgan.losses import EXCLUDED, exclude, gradient_penalty, gumbel_softmax


def test_exclusion_is_exact_and_other_terms_are_added() -> None:
    logits = exclude(torch.zeros(1, 4), torch.tensor([0, 0]), torch.tensor([1, 2]), torch.tensor([EXCLUDED, 2.0]))
    share = torch.softmax(logits, 1)[0]
    assert share[1] == 0.0
    assert share[2] / share[0] == pytest.approx(torch.e**2, rel=1e-5)


def test_the_penalty_is_zero_for_unit_gradients_and_grows_with_them() -> None:
    random = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(5, 2, 3), torch.randn(5, 2, 0)), (torch.randn(5, 2, 3), torch.randn(5, 2, 0))
    direction = torch.randn(2, 3)
    unit = direction / direction.norm()
    assert gradient_penalty(lambda o, a: (o * unit).sum((1, 2)) + a.sum((1, 2)), real, fake, random) < 1e-10
    doubled = gradient_penalty(lambda o, a: (o * 2 * unit).sum((1, 2)) + a.sum((1, 2)), real, fake, random)
    assert doubled.item() == pytest.approx(1.0, rel=1e-5)


def test_gumbel_softmax_draws_by_the_softmax() -> None:
    random = torch.Generator().manual_seed(0)
    logits = torch.log(torch.tensor([0.7, 0.2, 0.1])).repeat(20_000, 1)
    drawn = gumbel_softmax(logits, 0.5, random).argmax(1)
    shares = torch.bincount(drawn, minlength=3) / 20_000
    assert torch.allclose(shares, torch.tensor([0.7, 0.2, 0.1]), atol=0.02)
