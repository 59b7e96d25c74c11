"""The links of a table's visits by code, as the order's terms tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from assoc_synth.ctgan.interface import Occurrences, RowOrder
from assoc_synth.ctgan.order.model import OrderModel
from assoc_synth.ctgan.order.rules import first_visits
from assoc_synth.transactions.arrays import Bools, Ints


@dataclass(frozen=True, eq=False)
class CodedLinks:
    """Links of visits, where the order has them: (N,) each.

    Attributes:
        slot: which row of the model's tables, 0 for an infrequent kind.
        new: whether the visit is the subject's first one with the object.
    """

    verb: Ints
    object: Ints
    slot: Ints
    new: Bools

    @classmethod
    def of(cls, model: OrderModel, data: Occurrences, order: RowOrder) -> CodedLinks:
        """The links of `order`, the order of `data`."""
        edge = data.link_edge[order.link]
        verb, object = data.edges.verb[edge].astype(np.int64), data.edges.object[edge].astype(np.int64)
        parts = (torch.from_numpy(part).to(model.kinds.device) for part in (verb, object))
        new = first_visits(object, order.visit, order.subject)
        return cls(verb, object, model.slots(*parts).cpu().numpy(), new)

    def __len__(self) -> int:
        return len(self.verb)
