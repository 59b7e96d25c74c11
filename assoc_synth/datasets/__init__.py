"""Built-in tables: a toy shop with planted associations, pure noise, and Complete Journey's grocery purchases.

Every generator depends on its arguments alone: the same seed gives the same table.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assoc_synth.datasets.complete_journey import journey
from assoc_synth.datasets.random_svo import random_svo
from assoc_synth.datasets.sizes import is_whole
from assoc_synth.datasets.toy_shop import PlantedPair, ToyShopTruth, toy_shop
from assoc_synth.errors import InputError
from assoc_synth.randomness import check_seed
from assoc_synth.transactions.table import TransactionTable

__all__ = ["NAMES", "PlantedPair", "ToyShopTruth", "halves", "journey", "load", "random_svo", "toy_shop"]

_LOADERS: dict[str, Callable[[int], TransactionTable]] = {
    "toy-shop": lambda seed: toy_shop(seed=seed),
    "random-svo": lambda seed: random_svo(seed=seed),
    "journey-baskets": lambda seed: journey("basket_id"),
    "journey-households": lambda seed: journey("household_id"),
}
NAMES = tuple(_LOADERS)


def load(name: str, *, seed: int = 0, sample: int | None = None) -> TransactionTable:
    """A built-in table by its name.

    Args:
        name: one of `NAMES`.
        seed: of the generator, if the table is generated, and of the sample.
        sample: keep this many random subjects; None keeps all.

    Raises:
        InputError: the name is unknown, or the sample is not between 1 and the number of subjects.
        MissingExtraError: the package that holds the data is not installed.

    Example:
        >>> load("toy-shop", sample=50).num_subjects
        50
    """
    if name not in _LOADERS:
        raise InputError(f"unknown data set {str(name)[:40]!r}; there are: {', '.join(NAMES)}")
    seed = check_seed(seed)
    table = _LOADERS[name](seed)
    if sample is None:
        return table
    if not is_whole(sample) or not 1 <= sample <= table.num_subjects:
        allowed = f"a whole number between 1 and the {table.num_subjects} subjects of {name}"
        raise InputError(f"sample must be {allowed}, not {str(sample)[:40]!r}")
    mask = np.zeros(table.num_subjects, bool)
    mask[np.random.default_rng(seed).choice(len(mask), size=sample, replace=False)] = True
    return table.take_subjects(mask)


def halves(table: TransactionTable) -> tuple[TransactionTable, TransactionTable]:
    """A training and a held-out half by subject.

    The same subjects are always split alike, whatever the order of rows.

    Example:
        >>> training, held_out = halves(toy_shop(subjects=11))
        >>> training.num_subjects, held_out.num_subjects
        (5, 6)
    """
    names = np.array([str(name) for name in table.subjects], object)
    training = np.zeros(len(names), bool)
    training[np.argsort(names, kind="stable")] = np.random.default_rng(0).permutation(len(names)) < len(names) // 2
    return table.take_subjects(training), table.take_subjects(~training)
