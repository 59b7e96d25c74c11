"""Scope: a part of a table that the gate judges by itself, as additive counts per subject, and its destroyer.

A scope is *chosen* from the training subjects alone (`ScopeKind.choose`). What comes out, a `Watched`, reads a fixed
number of features off any rows: one row of features per subject, whose sum over subjects is all that the gate compares.
So one bootstrap of subjects and one permutation serve every scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import scipy.sparse as sp

from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Values

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""A JSON value."""
Measure: TypeAlias = Callable[[Floats, int, Floats, int], Floats]
"""(sample, sample_size, real, real_size) -> discrepancy of each resample.

`sample` has the summed features of `sample_size` subjects, shape (resamples, features of the scope); `real` those of
`real_size` subjects, one row for all or one row each. Shape of the answer: (resamples,); 0 means identical.
"""


EQUIVALENT = 0.10
"""How much of what is counted may be elsewhere, as a total variation, where no share of destroyed subjects bounds it.

The gate tolerates a fifth of the subjects destroyed; a tenth of them in quite another class is less than that. Without
such a margin every sampler would fail once the subjects are many: no hour of the day is learned exactly.
"""


@dataclass(frozen=True, eq=False)
class Block:
    """A named discrepancy between two sets of subjects.

    Attributes:
        name: unique over all scopes, such as "visits.pairs" or "rows.amounts[bought]".
        is_association: whether the scope's destroyer changes it; only such blocks bound the share τ of destroyed
            subjects.
        measure: see `Measure`.
        is_signed: whether chance cancels out in it: above 0 where the sample has less than the real subjects.
        verbs: codes of the verbs whose rows it looks at, and no others: a draw of some verbs is judged by the blocks
            that look at these alone. None: it looks at whole subjects.
        weight: of a signed block, its part in the weighted mean of a scope's signed blocks.
        tolerated: of a block that is no association, how far above its floor it may be for certain; 0: not at all.
    """

    name: str
    is_association: bool
    measure: Measure
    is_signed: bool = False
    verbs: tuple[int, ...] | None = None
    weight: float = 1.0
    tolerated: float = 0.0


class Watched(Protocol):
    """What one scope compares: chosen from the training subjects, frozen, without any subject in it."""

    @property
    def name(self) -> str:
        """The scope: "links", "visits", "order" or "rows"."""

    @property
    def num_features(self) -> int:
        """How many features a subject has."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The discrepancies, those with nothing in them left out."""

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        """What is watched and how many of it: in words that a sentence can name, plural, such as ("visit pairs", 40).

        Those of which there are none are left out.
        """

    def features(self, rows: Rows) -> sp.csr_matrix:
        """float32, shape (subjects, num_features); the sum over subjects is what blocks compare."""

    def to_arrays(self) -> tuple[dict[str, Values], dict[str, JSON]]:
        """Named arrays and JSON values that `ScopeKind.from_arrays` reads."""


class ScopeKind(Protocol):
    """One kind of scope: how it is chosen, destroyed and read back."""

    @property
    def name(self) -> str:
        """The scope: "links", "visits", "order" or "rows"."""

    def choose(self, training: Rows, num_evaluated: int, rng: np.random.Generator) -> Watched | None:
        """What to watch of `num_evaluated` subjects; None where the table has nothing of this scope."""

    def destroy(self, rows: Rows, rng: np.random.Generator) -> Rows:
        """As many subjects that have lost what the scope is about, and nothing else where that can be."""

    def from_arrays(self, arrays: Mapping[str, Values], scalars: Mapping[str, JSON]) -> Watched:
        """Inverse of `Watched.to_arrays`.

        Raises:
            KeyError, TypeError, ValueError, IndexError: the entries do not fit together.
        """
