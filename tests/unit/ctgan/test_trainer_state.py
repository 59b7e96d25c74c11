"""The parts of a training's state: each comes back as it was, whatever it is put into."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from assoc_synth.ctgan.trainer_state import (
    TrainerState,
    module_tensors,
    optimizer_tensors,
    random_state,
    replace_tensors,
    restore_optimizer,
    restore_random,
)

CPU = torch.device("cpu")


def test_tensors_are_found_by_how_their_names_begin() -> None:
    state = TrainerState({"best.a": torch.ones(1), "kept.a": torch.zeros(1)}, {})
    assert state.under("best.")["a"].item() == 1.0


def test_copies_of_weights_stay_as_they_are() -> None:
    layer = nn.Linear(2, 2)
    copies = module_tensors(layer, "network.")
    before = copies["network.weight"].clone()
    nn.init.zeros_(layer.weight)
    assert torch.equal(copies["network.weight"], before)


@pytest.mark.parametrize("fused", [False, True])
def test_an_optimiser_goes_on_as_it_would_have(fused: bool) -> None:
    def step(layer: nn.Linear, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        layer(torch.ones(1, 3)).square().sum().backward()
        optimizer.step()

    torch.manual_seed(0)
    one, other = nn.Linear(3, 2), nn.Linear(3, 2)
    optimizers = [torch.optim.AdamW(layer.parameters(), lr=0.1, fused=fused) for layer in (one, other)]
    for _ in range(3):
        step(one, optimizers[0])
    other.load_state_dict(one.state_dict())
    restore_optimizer(optimizers[1], {k[2:]: v for k, v in optimizer_tensors(optimizers[0], "o.").items()})
    for layer, optimizer in zip((one, other), optimizers, strict=True):
        step(layer, optimizer)
    assert torch.equal(one.weight, other.weight)


def test_an_optimiser_that_has_gathered_nothing_has_nothing_to_keep() -> None:
    assert optimizer_tensors(torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1), "o.") == {}


def test_random_sources_go_on_as_they_would_have() -> None:
    sources = np.random.default_rng(3), torch.Generator().manual_seed(4), np.random.default_rng(5)
    tensors, states = random_state(sources, CPU)
    stored = json.loads(json.dumps(states))
    with torch.random.fork_rng(devices=[]):

        def draw() -> list[float]:
            drawn = [sources[0].random(), torch.rand((), generator=sources[1]).item(), sources[2].random()]
            return [*drawn, torch.rand(()).item()]

        restore_random(sources, CPU, tensors, stored)
        first = draw()
        restore_random(sources, CPU, tensors, stored)
        assert draw() == first


class Growing(nn.Module):
    """A buffer that is not stored while it is empty, as some terms have them."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(0), persistent=False)
        self.inner = nn.Linear(1, 1, bias=False)


def test_weights_and_buffers_of_other_sizes_are_taken_and_stored_again() -> None:
    module, other = Growing(), Growing()
    module.codes = torch.arange(3.0)
    module._non_persistent_buffers_set.clear()
    module.inner.weight = nn.Parameter(torch.ones(2, 5))
    replace_tensors(other, module.state_dict())
    assert other.state_dict().keys() == module.state_dict().keys()
    assert torch.equal(other.codes, module.codes)
    assert torch.equal(other.inner.weight, module.inner.weight)
    assert isinstance(other.inner.weight, nn.Parameter)
    with pytest.raises(KeyError):
        replace_tensors(other, {"inner.bias": torch.zeros(1)})
