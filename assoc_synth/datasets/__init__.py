"""Tables to try things on: a toy shop whose right answer is planted, pure noise, and Complete Journey's grocery trips.

Every generator is a function of its arguments alone: the same seed gives the same table.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assoc_synth.datasets.complete_journey import journey
from assoc_synth.datasets.random_svo import random_svo
from assoc_synth.datasets.toy_shop import ToyShopTruth, toy_shop
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

__all__ = ["NAMES", "ToyShopTruth", "halves", "journey", "load", "random_svo", "toy_shop"]

_LOADERS: dict[str, Callable[[int], TransactionTable]] = {
    "toy-shop": lambda seed: toy_shop(seed=seed),
    "random-svo": lambda seed: random_svo(seed=seed),
    "journey-baskets": lambda seed: journey("basket_id"),
    "journey-households": lambda seed: journey("household_id"),
}
NAMES = tuple(_LOADERS)


def load(name: str, *, seed: int = 0, sample: int | None = None) -> TransactionTable:
    """A data set by name.

    Args:
        name: one of `NAMES`.
        seed: of the generator, where the data are generated, and of the sample.
        sample: keep this many subjects, drawn at random; all where None.

    Raises:
        InputError: the name is unknown, or the sample is not between 1 and the number of subjects.
        MissingExtraError: the data set's package is not installed.
    """
    if name not in _LOADERS:
        raise InputError(f"unknown data set {name[:40]!r}; there are: {', '.join(NAMES)}")
    table = _LOADERS[name](seed)
    if sample is None:
        return table
    if not 1 <= sample <= len(table.subjects):
        raise InputError(f"sample must be between 1 and the {len(table.subjects)} subjects of {name}, not {sample}")
    mask = np.zeros(len(table.subjects), bool)
    mask[np.random.default_rng(seed).choice(len(mask), size=sample, replace=False)] = True
    return table.take_subjects(mask)


def halves(table: TransactionTable) -> tuple[TransactionTable, TransactionTable]:
    """Training and held-out half by subject: always the same split of the same subjects, whatever the row order."""
    names = np.array([str(name) for name in table.subjects], object)
    training = np.zeros(len(names), bool)
    training[np.argsort(names, kind="stable")] = np.random.default_rng(0).permutation(len(names)) < len(names) // 2
    return table.take_subjects(training), table.take_subjects(~training)
