"""The steering path on disk: only the (verb, object) tokens that are steered, and one of two factors that are alike.

Of all pairs of a verb and an object few occur, and plans are never steered: most rows of the two factors are 0. What
calibration adds is symmetric, so that the factors differ by the signs of their columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

SOURCE, TARGET, ROWS, SIGNS = "steering_source", "steering_target", "steering_rows", "steering_signs"


def compact(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of an edge generator with the rows of the steering factors that are not 0, and which these are.

    Example:
        >>> full = {SOURCE: torch.tensor([[0.0], [2.0]]), TARGET: torch.tensor([[[0.0], [1.0]]])}
        >>> {name: tensor.tolist() for name, tensor in compact(full).items()}
        {'steering_source': [[2.0]], 'steering_target': [[1.0]], 'steering_rows': [1]}
        >>> compact(full | {TARGET: torch.tensor([[[0.0], [-2.0]]])})[SIGNS].tolist()
        [-1.0]
    """
    source, target = tensors[SOURCE], tensors[TARGET].flatten(0, 1)
    rows = ((source != 0) | (target != 0)).any(1).nonzero().squeeze(1)
    source, target = source[rows], target[rows]
    signs = (source * target).sum(0).sign()
    if not torch.equal(source * signs, target):
        return dict(tensors) | {SOURCE: source, TARGET: target, ROWS: rows}
    others = {name: tensor for name, tensor in tensors.items() if name != TARGET}
    return others | {SOURCE: source, SIGNS: signs, ROWS: rows}


def spread(tensors: Mapping[str, Tensor], num_verbs: int, num_objects: int, prefix: str = "") -> dict[str, Tensor]:
    """The inverse of `compact`; weights that are not compact stay as they are.

    Raises:
        ValueError: the rows are not those of tokens, each once.

    Example:
        >>> full = {SOURCE: torch.tensor([[0.0], [2.0]]), TARGET: torch.tensor([[[0.0], [1.0]]])}
        >>> spread(compact(full), 1, 2)[TARGET].tolist()
        [[[0.0], [1.0]]]
    """
    result = dict(tensors)
    rows = result.pop(f"{prefix}{ROWS}", None)
    if rows is None:
        return result
    tokens = num_verbs * num_objects
    if (signs := result.pop(f"{prefix}{SIGNS}", None)) is not None:
        if signs.shape != result[f"{prefix}{SOURCE}"].shape[1:]:
            raise ValueError("signs that do not fit the steering path")
        result[f"{prefix}{TARGET}"] = result[f"{prefix}{SOURCE}"] * signs
    is_ascending = rows.dtype == torch.int64 and rows.dim() == 1 and bool((rows.diff() > 0).all())
    if not is_ascending or (len(rows) and not 0 <= int(rows[0]) <= int(rows[-1]) < tokens):
        raise ValueError("rows of the steering path that are no tokens")
    for name in (SOURCE, TARGET):
        own = result[f"{prefix}{name}"]
        if own.dim() != 2 or len(own) != len(rows):
            raise ValueError("a steering path that does not fit its rows")
        result[f"{prefix}{name}"] = own.new_zeros(tokens, own.shape[1]).index_copy_(0, rows, own)
    result[f"{prefix}{TARGET}"] = result[f"{prefix}{TARGET}"].view(num_verbs, num_objects, -1)
    return result
