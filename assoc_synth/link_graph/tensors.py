"""The rows of a table as arrays of edges, verb by verb."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

Tensor: TypeAlias = npt.NDArray[Any]


def edge_tensors(table: TransactionTable, object_node: Ints | None = None) -> list[dict[str, Tensor]]:
    """The edges of each verb.

    Args:
        table: the rows.
        object_node: the node of each object; None for its code. The node of a subject is its code.

    Returns:
        For each verb: "edge_index" (2, links) int64, and if the table has them "time" (links,) int64 nanoseconds since
        1970, "amount" (links,) float64 and "basket" (links,) int64 codes. Where some are missing, "time_known",
        "amount_known" or "basket_known" (links,) bool says which are there; what stands in place of the others is 0.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> made = edge_tensors(toy_shop(subjects=5))
        >>> made[0]["edge_index"].shape[0], sorted(made[0])
        (2, ['amount', 'amount_known', 'edge_index', 'time'])
    """
    found = []
    for verb in range(table.num_verbs):
        rows = np.flatnonzero(table.verb == verb)
        object = table.object[rows].astype(np.int64)
        target = object if object_node is None else object_node[object]
        made: dict[str, Tensor] = {"edge_index": np.stack([table.subject[rows].astype(np.int64), target])}
        if table.time is not None:
            time = table.time[rows]
            put_tensor(made, "time", time.astype("datetime64[ns]").astype(np.int64), ~np.isnat(time))
        if table.amount is not None:
            put_tensor(made, "amount", table.amount[rows].astype(np.float64), ~np.isnan(table.amount[rows]))
        if table.basket is not None:
            put_tensor(made, "basket", table.basket[rows].astype(np.int64), table.basket[rows] >= 0)
        found.append(made)
    return found


def put_tensor(made: dict[str, Tensor], name: str, values: Tensor, known: Tensor) -> None:
    """Add a tensor (links,), 0 where `known` (links,) is false, and which are known where some are not.

    Example:
        >>> made = {}
        >>> put_tensor(made, "amount", np.array([2.5, np.nan]), np.array([True, False]))
        >>> made["amount"].tolist(), made["amount_known"].tolist()
        ([2.5, 0.0], [True, False])
    """
    made[name] = np.where(known, values, np.zeros((), values.dtype))
    if not known.all():
        made[f"{name}_known"] = known
