"""A toy shop's halves, and what a generator without associations makes of the first."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.link_graph.independent_table import independent_table
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="package")
def real() -> TransactionTable:
    return datasets.halves(datasets.toy_shop(subjects=1_200, seed=1))[0]


@pytest.fixture(scope="package")
def held() -> TransactionTable:
    return datasets.halves(datasets.toy_shop(subjects=1_200, seed=1))[1]


@pytest.fixture(scope="package")
def shuffled(real: TransactionTable) -> TransactionTable:
    return independent_table(real, np.random.default_rng(0))
