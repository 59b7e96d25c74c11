"""Layers that the stages share: link embeddings, residual MLPs, low-precision copies, and the critic over packs.

Symbols: B links, N packs, K links of a pack, V verbs, O objects.
"""

from __future__ import annotations

import copy
from functools import cache

import torch
from torch import Tensor, nn

ROWS = 64
"""Rows of a product are padded to a multiple of this: each new shape costs the library a preparation."""


@cache
def product_dtype(device: str) -> torch.dtype:
    """The number format of the products of queries and weights: bfloat16 where the device multiplies it natively.

    A product is rounded by 0.2 %; the biases, where the margins are, stay exact.
    """
    if device == "cuda":
        native = torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = device == "cpu" and torch.cpu.get_capabilities().get("avx512_bf16", False)
    return torch.bfloat16 if native else torch.float32


def normal(*shape: int, std: float) -> Tensor:
    """Normal numbers around 0; only room for them on the meta device, for which PyTorch would load its compiler.

    Example:
        >>> normal(2, 3, std=0.1).shape
        torch.Size([2, 3])
    """
    room = torch.empty(shape)
    return room if room.is_meta else room.normal_().mul_(std)


class LinkEmbedding(nn.Module):
    """φ(v, o) = e_o ⊙ (1 + s_v) + t_v: an object's embedding, scaled and shifted by the verb.

    Memory is O(objects × dim + verbs × dim), whatever the number of (verb, object) tokens.

    Shape:
        verb, object: (B,) int64 → (B, dim).
    """

    def __init__(self, num_verbs: int, num_objects: int, dim: int, std: float) -> None:
        super().__init__()
        self.object = nn.Parameter(normal(num_objects, dim, std=std))
        self.scale = nn.Parameter(torch.zeros(num_verbs, dim))
        self.shift = nn.Parameter(torch.zeros(num_verbs, dim))

    def forward(self, verb: Tensor, object: Tensor) -> Tensor:
        embedded = nn.functional.embedding(object, self.object)
        return embedded * (1 + nn.functional.embedding(verb, self.scale)) + nn.functional.embedding(verb, self.shift)


class ResidualMLP(nn.Module):
    """A linear layer, `blocks` residual blocks x + W₂·drop(gelu(W₁·norm(x))), and a linear head.

    Args:
        mixed: its products in training are in the format of `product_dtype`; its weights are not (mixed precision,
            Micikevicius et al. 2018). It pays from a few hundred hidden units on.

    Shape:
        (…, in_dim) → (…, out_dim).
    """

    def __init__(
        self, in_dim: int, hidden_dim: int, out_dim: int, blocks: int, dropout: float, *, mixed: bool = False
    ) -> None:
        super().__init__()
        self.mixed = mixed
        self.first = nn.Linear(in_dim, hidden_dim)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(hidden_dim),
                nn.Linear(hidden_dim, hidden_dim),
                nn.GELU(),
                nn.Dropout(dropout),
                nn.Linear(hidden_dim, hidden_dim),
            )
            for _ in range(blocks)
        )
        self.last = nn.Sequential(
            nn.LayerNorm(hidden_dim), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden_dim, out_dim)
        )

    def forward(self, x: Tensor) -> Tensor:
        device = x.device.type
        if not (self.mixed and self.training and product_dtype(device) == torch.bfloat16):
            return self._forward(x)
        with torch.autocast(device, dtype=torch.bfloat16):
            return self._forward(x).float()

    def _forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        result: Tensor = self.last(x)
        return result


class LowPrecisionCopy:
    """A copy of a network for drawing alone, with products in the format of `product_dtype`: (A, in) → (A, out)."""

    def __init__(self, network: nn.Module) -> None:
        self.dtype = product_dtype(next(network.parameters()).device.type)
        self.network = copy.deepcopy(network).to(self.dtype).eval()

    def __call__(self, x: Tensor) -> Tensor:
        padded = nn.functional.pad(x.to(self.dtype), (0, 0, 0, -len(x) % ROWS))
        result: Tensor = self.network(padded)[: len(x)].to(x.dtype)
        return result


class PacCritic(nn.Module):
    """WGAN-GP critic whose pac is links of one subject (PacGAN, Lin et al. 2018, with subjects for the packs).

    It has object embeddings of its own; a generated link comes as a probability vector over objects, so that gradients
    flow.

    Shape:
        verb: (N, K) int64; object: (N, K, C) embedded; attributes: (N, K, A); present: (N, K) 0/1 → (N,).
    """

    def __init__(self, num_verbs: int, num_objects: int, num_attributes: int, pac: int, dim: int = 48) -> None:
        super().__init__()
        self.object = nn.Parameter(normal(num_objects, dim, std=0.3))
        self.num_verbs = num_verbs
        link = dim + num_verbs + num_attributes + 1
        self.link = nn.Sequential(nn.Linear(link, 96), nn.LeakyReLU(0.2))
        self.pack = nn.Sequential(
            nn.Linear(pac * 96 + 96, 128), nn.LeakyReLU(0.2), nn.Linear(128, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)
        )

    def forward(self, verb: Tensor, object: Tensor, attributes: Tensor, present: Tensor) -> Tensor:
        one_hot = nn.functional.one_hot(verb, self.num_verbs).to(object.dtype)
        mask = present.unsqueeze(-1)
        links = self.link(torch.cat([object, one_hot, attributes, mask], dim=-1)) * mask
        pooled = links.sum(1)
        value: Tensor = self.pack(torch.cat([links.flatten(1), pooled], dim=-1)).squeeze(-1)
        return value


def runs(codes: Tensor) -> list[tuple[int, slice]]:
    """Codes and the rows where each runs on: (P,) → [(code, rows), …]."""
    values, lengths = torch.unique_consecutive(codes, return_counts=True)
    found = zip(values.tolist(), lengths.cumsum(0).tolist(), lengths.tolist(), strict=True)
    return [(code, slice(end - length, end)) for code, end, length in found]
