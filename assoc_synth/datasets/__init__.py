"""Built-in tables: four whose truth is planted, pure noise, and Complete Journey's grocery purchases.

Every generator depends on its arguments alone: the same seed gives the same table.

- `toy_shop`: a shop with planted pairs within and across verbs;
- `ratings`: films that viewers liked, have seen or disliked, by their tastes;
- `clickstream`: sessions whose steps are a planted Markov chain, with gaps and funnels;
- `clinic`: patients whose sex and birth decide their diagnoses, with what follows a diagnosis in and across visits;
- `random_svo`: no association at all;
- `journey`: real purchases; `journey-trips` are those of `journey-baskets` without the household that a trip is of.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assoc_synth.datasets.clickstream import clickstream
from assoc_synth.datasets.clickstream_truth import ClickstreamTruth
from assoc_synth.datasets.clinic import clinic
from assoc_synth.datasets.clinic_truth import ClinicTruth
from assoc_synth.datasets.complete_journey import journey
from assoc_synth.datasets.random_svo import random_svo
from assoc_synth.datasets.ratings import RatingsTruth, ratings
from assoc_synth.datasets.sizes import is_whole
from assoc_synth.datasets.toy_shop import PlantedPair, ToyShopTruth, toy_shop
from assoc_synth.datasets.truths import Truth
from assoc_synth.errors import InputError
from assoc_synth.randomness import check_seed
from assoc_synth.transactions.table import TransactionTable

__all__ = [
    "NAMES",
    "ClickstreamTruth",
    "ClinicTruth",
    "PlantedPair",
    "RatingsTruth",
    "ToyShopTruth",
    "Truth",
    "clickstream",
    "clinic",
    "halves",
    "journey",
    "load",
    "random_svo",
    "ratings",
    "toy_shop",
    "truth",
]

_LOADERS: dict[str, Callable[[int], TransactionTable]] = {
    "toy-shop": lambda seed: toy_shop(seed=seed),
    "ratings": lambda seed: ratings(seed=seed),
    "clickstream": lambda seed: clickstream(seed=seed),
    "clinic": lambda seed: clinic(seed=seed),
    "random-svo": lambda seed: random_svo(seed=seed),
    "journey-baskets": lambda seed: journey("basket_id"),
    "journey-trips": lambda seed: journey("basket_id", cluster=False),
    "journey-households": lambda seed: journey("household_id"),
}
NAMES = tuple(_LOADERS)
_TRUTHS: dict[str, Callable[[], Truth]] = {
    "ratings": RatingsTruth,
    "clickstream": ClickstreamTruth,
    "clinic": ClinicTruth,
}


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


def truth(name: str) -> Truth:
    """What a built-in table plants, to ask any table of the same columns: `frequencies(rows)`, `violations(rows)`.

    Raises:
        InputError: the table has no such truth.

    Example:
        >>> truth("clinic").violations(clinic(subjects=20).to_frame())["ruled out by the sex"]
        0
    """
    if name not in _TRUTHS:
        raise InputError(f"no truth is known of {str(name)[:40]!r}; there is one of: {', '.join(_TRUTHS)}")
    return _TRUTHS[name]()


def halves(table: TransactionTable) -> tuple[TransactionTable, TransactionTable]:
    """A training and a held-out half by subject, or by cluster where the table has clusters.

    The same subjects are always split alike, whatever the order of rows. Half of the clusters is about half of the
    subjects: the halves of `journey-baskets` are the trips of the households in the halves of `journey-households`.

    Example:
        >>> training, held_out = halves(toy_shop(subjects=11))
        >>> training.num_subjects, held_out.num_subjects
        (5, 6)
    """
    if table.clusters is not None:
        # Their codes are in the order of their names.
        size = int(table.clusters.max(initial=-1)) + 1
        chosen = (np.random.default_rng(0).permutation(size) < size // 2)[table.clusters]
        return table.take_subjects(chosen), table.take_subjects(~chosen)
    names = np.array([str(name) for name in table.subjects], object)
    training = np.zeros(len(names), bool)
    training[np.argsort(names, kind="stable")] = np.random.default_rng(0).permutation(len(names)) < len(names) // 2
    return table.take_subjects(training), table.take_subjects(~training)
