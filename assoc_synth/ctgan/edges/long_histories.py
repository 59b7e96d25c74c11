"""Long histories: what one link changes in a neighbourhood of a thousand is not looked at each time.

The next object of a subject depends on its links so far by the product of a query with the weights of all objects,
which costs as much for the ten thousandth link as for the first. From `LONG` links on a subject keeps such a product
for a `PART`-th of the links that it has, and, since the query also knows how many are to come, for a `REST`-th of
these at most. Whatever is exact stays so for each link: the plan of verbs, pairs' own terms, earlier links to the same
object, and rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

LONG, PART, REST = 1_024, 64, 16


@dataclass(frozen=True, eq=False)
class Products:
    """Queries of subjects' next links, (A, width), and their products with the objects' weights, (A, W)."""

    query: Tensor
    product: Tensor

    def __getitem__(self, rows: Tensor) -> Products:
        return Products(self.query[rows], self.product[rows])


class KeptProducts:
    """The products that long histories keep, by subject and next verb.

    When one is made anew depends on nothing but its subject's own links, so that it plays no part who is drawn beside
    it.

    Args:
        subjects, verbs: how many.
        make: the products of subjects, those of one verb together, and verbs: (A,), (A,).

    Example:
        >>> def make(rows, verb):
        ...     print("made for subjects", rows.tolist())
        ...     return Products(rows[:, None].float(), verb[:, None].float())
        >>> kept = KeptProducts(2, 1, make)
        >>> of, left = (torch.tensor([0, 1]), torch.tensor([0, 0])), torch.tensor([900, 1])
        >>> kept.of(*of, step=6_400, left=left).query.tolist()
        made for subjects [0, 1]
        [[0.0], [1.0]]
        >>> kept.of(*of, step=6_401, left=left - 1).query.tolist()
        made for subjects [1]
        [[0.0], [1.0]]
    """

    def __init__(self, subjects: int, verbs: int, make: Callable[[Tensor, Tensor], Products]) -> None:
        self.make = make
        self.until = torch.zeros(subjects, verbs, dtype=torch.int64)
        self.kept: Products | None = None

    def of(self, rows: Tensor, verb: Tensor, step: int, left: Tensor) -> Products:
        """The products of subjects and next verbs, those of one verb together: (A,), (A,).

        Args:
            step: how many links the subjects have.
            left: how many are to come of each, (A,).
        """
        self.until = self.until.to(rows.device)
        stale = torch.nonzero(self.until[rows, verb] <= step).flatten()
        if len(stale):
            old, of_verb = rows[stale], verb[stale]
            new = self.make(old, of_verb)
            if self.kept is None:
                shape = self.until.shape
                self.kept = Products(*(part.new_zeros(*shape, part.shape[1]) for part in (new.query, new.product)))
            self.kept.query[old, of_verb], self.kept.product[old, of_verb] = new.query, new.product
            most = torch.minimum(left[stale] // REST, torch.full_like(old, step // PART)).clamp(min=1)
            self.until[old, of_verb] = step + most
        if self.kept is None:
            return self.make(rows, verb)
        return Products(self.kept.query[rows, verb], self.kept.product[rows, verb])
