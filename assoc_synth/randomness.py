"""Where seeds come from: one `SeedSequence` per call, and a child of it by name for each use.

A use is seeded by its name alone (`Seeds.of(0).child("fit").child("training").child("edges")`): a stage that draws more
or fewer numbers, or a new stage, leaves the numbers of all others as they are. Independent streams follow NumPy's
`SeedSequence.spawn_key` (O'Neill 2015; Scientific Python SPEC 7).

Some uses have a fixed seed on purpose, because they must not depend on the seed of the call:

- the gate's controls (`gate.scopes.link_parts`), so that what is watched is a function of the training subjects alone,
  and the subjects that `Reference.judge` evaluates if it is given no generator;
- the order of the validation subjects' links (`ctgan.edges.training`), so that the losses of two epochs, and of two
  fits, are comparable;
- the start of the low-rank factorisation (`ctgan.edges.low_rank`), so that a matrix always has the same factors;
- the start of a column's mixture of normals (`attributes.numbers`, `MIXTURE_SEED`), so that the same numbers always get
  the same modes;
- the pairs that the membership attack reads (`evaluation.membership`), so that a record always has the same score;
- the halves of a data set (`datasets.halves`), so that no training half ever has a subject of another run's held-out
  half, and `NAME:independent` of the command line, which is a fixed table.

`validate`, the evaluation, reports and the benchmark have a seed as an argument and use it as it is, and so do the data
sets `toy-shop` and `random-svo`, and samples of real ones; `ratings`, `clickstream` and `clinic` use named children.
"""

from __future__ import annotations

import operator
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import InputError

MOST = 2**63 - 1


@dataclass(frozen=True)
class Seeds:
    """The seed of one use of randomness, and of all that it is made of.

    Attributes:
        entropy: the seed that the user gave.
        path: hashed names from the call down to this use.

    Example:
        >>> edges = Seeds.of(7).child("fit").child("edges")
        >>> edges.generator().integers(100) == Seeds.of(7).child("fit").child("edges").generator().integers(100)
        np.True_
    """

    entropy: int
    path: tuple[int, ...] = ()

    @classmethod
    def of(cls, seed: Any, name: str = "seed") -> Seeds:
        """The root of a call, see `check_seed`."""
        return cls(check_seed(seed, name))

    def child(self, name: str | int) -> Seeds:
        """The seed of a part, by its name or its number: the same whatever else is drawn."""
        key = zlib.crc32(str(name).encode())
        return Seeds(self.entropy, (*self.path, key))

    def generator(self) -> np.random.Generator:
        """NumPy's generator of this use, at its beginning."""
        return np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=self.path))

    def integer(self) -> int:
        """A number from 0 to 2⁶³ − 1, for libraries that want one."""
        state = np.random.SeedSequence(self.entropy, spawn_key=self.path).generate_state(1, np.uint64)
        return int(state[0]) & MOST


def check_seed(seed: Any, name: str = "seed") -> int:
    """A seed as a whole number from 0 on.

    Raises:
        InputError: it is none.
    """
    try:
        if isinstance(seed, bool | np.bool_):
            raise TypeError
        number = operator.index(seed)
    except TypeError:
        raise InputError(f"{name} must be a whole number from 0 on, not {str(seed)[:40]!r}") from None
    if not 0 <= number <= MOST:
        raise InputError(f"{name} must be a whole number from 0 to {MOST}, not {number}")
    return number
