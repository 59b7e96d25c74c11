"""Weights in fewer bytes, where a file has to be small: 16 bits, and no number again that most of a row repeats.

A large tensor has 16 bits: weights instead of 32, which leaves 11 binary digits of each, and codes instead of 64, which
loses nothing. A table of logits by object holds, in most of its places, the one number of what the object never has: of
each row that number is stored, a bit for each place that holds another, and these. A place takes a bit at least, so
that nothing unpacks to more than 32 times as much.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

LARGE, MOST, MOST_CODE = 1_000, 1_000.0, 2**15 - 1
"""Numbers of a tensor that is worth it; the largest weight that it may hold, since marks of what is never drawn are
larger and have to stay what they are; the largest code."""
USUAL, MASK, REST = ":usual", ":mask", ":rest"
LEAST_ROWS, SAVED = 8, 0.8
"""Rows that tell how many columns a mask has; the share of its bytes that a packed tensor has at most."""


def packed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors by name, the large ones rounded, and packed where that saves a fifth.

    Example:
        >>> table = torch.zeros(40, 25)
        >>> table[3, 4] = 0.5
        >>> {name: tuple(tensor.shape) for name, tensor in packed({"table": table}).items()}
        {'table:usual': (40,), 'table:mask': (125,), 'table:rest': (1,)}
    """
    found: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        short = _short(tensor)
        parts = _parts(short) if short.dtype == torch.float16 else None
        found |= {name: short} if parts is None else {f"{name}{part}": values for part, values in parts.items()}
    return found


def unpacked(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `packed`, but for the rounding: what was packed has 32 bits again.

    Raises:
        ValueError, KeyError: parts are missing, or do not fit each other.

    Example:
        >>> table = torch.zeros(40, 25)
        >>> table[3, 4] = 0.5
        >>> torch.equal(unpacked(packed({"table": table}))["table"], table)
        True
    """
    names = [name.removesuffix(USUAL) for name in tensors if name.endswith(USUAL)]
    parts = {f"{name}{part}" for name in names for part in (USUAL, MASK, REST)}
    found = {name: tensor for name, tensor in tensors.items() if name not in parts}
    found |= {name: _whole(*(tensors[f"{name}{part}"] for part in (USUAL, MASK, REST))) for name in names}
    long = {torch.float16: torch.float32, torch.int16: torch.int64}
    return {name: tensor.to(long.get(tensor.dtype, tensor.dtype)) for name, tensor in found.items()}


def _short(tensor: Tensor) -> Tensor:
    """The tensor in 16 bits where it is large, and its numbers are."""
    if tensor.numel() < LARGE or tensor.dtype not in (torch.float32, torch.int64):
        return tensor
    largest = float(tensor.abs().max())
    if tensor.dtype == torch.float32:
        return tensor.half() if largest <= MOST else tensor
    return tensor.short() if largest <= MOST_CODE else tensor


def _parts(tensor: Tensor) -> dict[str, Tensor] | None:
    """The most frequent number of each row, where others are, and which; None where that saves too little."""
    if tensor.dim() != 2 or len(tensor) < LEAST_ROWS:
        return None
    usual = tensor.mode(1).values
    others = tensor != usual[:, None]
    mask = torch.from_numpy(np.packbits(others.numpy()))
    parts = {USUAL: usual, MASK: mask, REST: tensor[others]}
    size = sum(part.numel() * part.element_size() for part in parts.values())
    return parts if size <= SAVED * tensor.numel() * tensor.element_size() else None


def _whole(usual: Tensor, mask: Tensor, rest: Tensor) -> Tensor:
    kinds = (usual.dtype, mask.dtype, rest.dtype), (usual.dim(), mask.dim(), rest.dim())
    if kinds != ((torch.float16, torch.uint8, torch.float16), (1, 1, 1)) or len(usual) < LEAST_ROWS:
        raise ValueError("parts of a tensor of another kind")
    # Fewer than 8 bits are spare, and there are at least 8 rows: the bits tell the columns.
    places = len(usual) * (8 * len(mask) // len(usual))
    others = torch.from_numpy(np.unpackbits(mask.numpy(), count=places).astype(bool)).view(len(usual), -1)
    if len(mask) != -(-places // 8) or int(others.sum()) != len(rest):
        raise ValueError("parts of a tensor that do not fit each other")
    tensor = usual.float()[:, None].repeat(1, others.shape[1])
    tensor[others] = rest.float()
    return tensor
