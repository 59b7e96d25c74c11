"""The steering path on disk: only the (verb, object) tokens that are steered.

Of all pairs of a verb and an object few occur, and plans are never steered: most rows of the two factors are 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

SOURCE, TARGET, ROWS = "steering_source", "steering_target", "steering_rows"


def compact(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of an edge generator with the rows of the steering factors that are not 0, and which these are.

    Example:
        >>> full = {SOURCE: torch.tensor([[0.0], [2.0]]), TARGET: torch.tensor([[[0.0], [1.0]]])}
        >>> {name: tensor.tolist() for name, tensor in compact(full).items()}
        {'steering_source': [[2.0]], 'steering_target': [[1.0]], 'steering_rows': [1]}
    """
    source, target = tensors[SOURCE], tensors[TARGET].flatten(0, 1)
    rows = ((source != 0) | (target != 0)).any(1).nonzero().squeeze(1)
    return dict(tensors) | {SOURCE: source[rows], TARGET: target[rows], ROWS: rows}


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
