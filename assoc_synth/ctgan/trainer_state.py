"""The state of a training between two epochs, as tensors and JSON values: weights, optimisers and random numbers.

It has no row and no subject. A training that goes on from it takes the steps that it would have taken anyway, bit for
bit on one machine with one thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

RandomSource: TypeAlias = np.random.Generator | torch.Generator
"""What a stage draws its batches or its noise from."""
Tensors: TypeAlias = dict[str, Tensor]


@dataclass(frozen=True, eq=False)
class TrainerState:
    """Everything that the next epoch depends on.

    Attributes:
        tensors: by name; copies that nobody changes.
        facts: JSON values: counts, losses, times, and the states of NumPy's generators.
    """

    tensors: Tensors
    facts: dict[str, Any]

    def under(self, prefix: str) -> Tensors:
        """The tensors whose names begin so, without their beginning."""
        return under(self.tensors, prefix)


def under(tensors: Mapping[str, Tensor], prefix: str) -> Tensors:
    """The tensors whose names begin so, without their beginning.

    Example:
        >>> list(under({"a.x": torch.zeros(1), "b.x": torch.zeros(1)}, "a."))
        ['x']
    """
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def module_tensors(module: nn.Module, prefix: str) -> Tensors:
    """Copies of a network's weights and buffers."""
    return {prefix + name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def optimizer_tensors(optimizer: torch.optim.Optimizer, prefix: str) -> Tensors:
    """Copies of what an optimiser has gathered, by the parameter's number."""
    return {
        f"{prefix}{number}.{name}": value.detach().clone()
        for number, gathered in optimizer.state_dict()["state"].items()
        for name, value in gathered.items()
        if isinstance(value, Tensor)
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Inverse of `optimizer_tensors`, whose names come without the prefix; the groups of parameters stay."""
    state: dict[int, Tensors] = {}
    for name, tensor in tensors.items():
        number, _, own = name.partition(".")
        state.setdefault(int(number), {})[own] = tensor.clone()
    optimizer.load_state_dict(optimizer.state_dict() | {"state": state})


def random_state(sources: Sequence[RandomSource], device: torch.device) -> tuple[Tensors, list[dict[str, Any]]]:
    """The states of random sources, PyTorch's global ones among them: tensors of its own, JSON values of NumPy's."""
    tensors = {"random.global": torch.get_rng_state()}
    if device.type == "cuda":
        tensors["random.device"] = torch.cuda.get_rng_state(device)
    states: list[dict[str, Any]] = []
    for number, source in enumerate(sources):
        if isinstance(source, torch.Generator):
            tensors[f"random.{number}"] = source.get_state()
        else:
            states.append(dict(source.bit_generator.state))
    return tensors, states


def restore_random(
    sources: Sequence[RandomSource],
    device: torch.device,
    tensors: Mapping[str, Tensor],
    states: Sequence[Mapping[str, Any]],
) -> None:
    """Inverse of `random_state`."""
    torch.set_rng_state(tensors["random.global"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(tensors["random.device"], device)
    left = iter(states)
    for number, source in enumerate(sources):
        if isinstance(source, torch.Generator):
            source.set_state(tensors[f"random.{number}"])
        else:
            source.bit_generator.state = dict(next(left))


def replace_tensors(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Give a network these weights and buffers, whatever sizes its own have: calibration makes room as it goes.

    Raises:
        KeyError: the network has no such weight.

    Example:
        >>> layer = nn.Linear(2, 1)
        >>> replace_tensors(layer, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)})
        >>> layer.weight.tolist()
        [[1.0, 1.0]]
    """
    for name, tensor in tensors.items():
        path, _, leaf = name.rpartition(".")
        owner = module.get_submodule(path)
        old: Tensor | None = owner._parameters.get(leaf)
        if old is None:
            old = owner._buffers[leaf]
        assert old is not None, "what has no value has no name among the stored ones"
        # Memory of PyTorch's own, aligned as that of any other tensor: sums depend on it in their last bits.
        fresh = torch.empty(tensor.shape, dtype=tensor.dtype, device=old.device)
        fresh.copy_(tensor)
        if isinstance(old, nn.Parameter):
            old.data = fresh
        else:
            owner._buffers[leaf] = fresh
            owner._non_persistent_buffers_set.discard(leaf)
