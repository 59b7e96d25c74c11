"""Layers: embeddings, residual networks, low-precision copies, and what the critic sees."""

import pytest
import torch
from torch import nn

from assoc_synth.ctgan.layers import (
    LinkEmbedding,
    LowPrecisionCopy,
    PacCritic,
    ResidualMLP,
    normal,
    product_dtype,
    runs,
)


def test_link_embedding_is_the_object_scaled_and_shifted_by_the_verb() -> None:
    embedding = LinkEmbedding(2, 3, 4, std=1.0)
    with torch.no_grad():
        embedding.scale[1] = 1.0
        embedding.shift[1] = 5.0
    plain, verb = embedding(torch.tensor([0, 1]), torch.tensor([2, 2]))
    assert torch.allclose(verb, 2 * plain + 5)


def test_normal_numbers_follow_the_seed_and_are_not_drawn_where_there_is_no_memory() -> None:
    torch.manual_seed(0)
    first = normal(3, 4, std=0.5)
    torch.manual_seed(0)
    assert torch.equal(first, 0.5 * torch.randn(3, 4))
    with torch.device("meta"):
        assert normal(3, 4, std=0.5).is_meta


def test_the_critic_does_not_see_absent_links() -> None:
    critic = PacCritic(2, 5, 1, pac=3)
    verb, objects, attributes = torch.zeros(1, 3, dtype=torch.int64), torch.randn(1, 3, 48), torch.randn(1, 3, 1)
    present = torch.tensor([[1.0, 1.0, 0.0]])
    score = critic(verb, objects, attributes, present)
    objects[0, 2] += 10
    assert torch.equal(critic(verb, objects, attributes, present), score)


def test_a_residual_network_adds_its_blocks_to_its_first_layer() -> None:
    torch.manual_seed(0)
    network = ResidualMLP(3, 8, 2, blocks=2, dropout=0.0)
    x = torch.randn(5, 4, 3)
    assert network(x).shape == (5, 4, 2)
    with torch.no_grad():
        for block in network.blocks:
            block[-1].weight.zero_()
            block[-1].bias.zero_()
    assert torch.allclose(network(x), network.last(network.first(x)))


@pytest.mark.parametrize("rows", [1, 63, 64, 65])
def test_a_low_precision_copy_multiplies_alike_and_stays_as_it_was(rows: int) -> None:
    torch.manual_seed(0)
    network = nn.Linear(8, 3)
    copied, x = LowPrecisionCopy(network), torch.randn(rows, 8)
    before = network(x).detach()
    with torch.no_grad():
        assert copied(x).shape == (rows, 3)
        assert copied(x).dtype == torch.float32
        assert torch.allclose(copied(x), before, atol=0.03)
        network.weight.zero_()
        assert torch.allclose(copied(x), before, atol=0.03)


def test_mixed_precision_changes_gradients_by_its_rounding_alone() -> None:
    torch.manual_seed(0)
    network, x = ResidualMLP(8, 64, 3, 2, dropout=0.0, mixed=True), torch.randn(200, 8)
    gradients = []
    for trains in (True, False):
        network.train(trains).zero_grad()
        out = network(x)
        assert out.dtype == torch.float32
        out.square().mean().backward()
        gradients.append(torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None]))
    mixed, exact = gradients
    assert (mixed - exact).norm() < 0.02 * exact.norm()
    assert bool((mixed != exact).any()) is (product_dtype("cpu") == torch.bfloat16)
    assert all(p.dtype == torch.float32 for p in network.parameters())


def test_a_low_precision_copy_of_a_network_in_training_drops_nothing() -> None:
    torch.manual_seed(0)
    network, x = ResidualMLP(8, 16, 3, 1, dropout=0.5).train(), torch.randn(5, 8)
    copied = LowPrecisionCopy(network)
    with torch.no_grad():
        assert torch.equal(copied(x), copied(x))
    assert network.training


@pytest.mark.parametrize(("native", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_products_are_exact_but_on_devices_that_multiply_bfloat16(
    monkeypatch: pytest.MonkeyPatch, native: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": native})
    found = {device: product_dtype.__wrapped__(device) for device in ("cpu", "cuda", "mps")}
    assert found == {"cpu": dtype, "cuda": dtype, "mps": torch.float32}


def test_runs_are_where_a_code_goes_on() -> None:
    assert runs(torch.tensor([4, 4, 1, 4])) == [(4, slice(0, 2)), (1, slice(2, 3)), (4, slice(3, 4))]
    assert runs(torch.zeros(0, dtype=torch.int64)) == []
