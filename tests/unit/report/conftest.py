"""Two halves of the toy shop, an independent table, and a table whose names are markup."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.cli.sources import independent_table
from assoc_synth.gate.verdict import BlockResult, Status, Verdict
from assoc_synth.transactions.table import TransactionTable

NASTY = (
    "<script>alert(1)</script>",
    'a "quoted" & <img src=http://example.com/x.png>',
    "\u202egnp.exe",
    "line\nfeed\x07",
)


@pytest.fixture(scope="session")
def halves() -> tuple[TransactionTable, TransactionTable]:
    return datasets.halves(datasets.toy_shop(subjects=3_000))


@pytest.fixture(scope="session")
def independent(halves: tuple[TransactionTable, TransactionTable]) -> TransactionTable:
    return independent_table(halves[0], np.random.default_rng(0))


@pytest.fixture(scope="session")
def verdict() -> Verdict:
    blocks = (
        BlockResult("pairs_within", 0.2, 0.3, 0.25, 0.9, 0.5, 0.0, 0.1),
        BlockResult("degrees", 0.5, 0.3, 0.25, 0.6, 0.01),
    )
    return Verdict(
        Status.PASS, 0.4, 1.0, 0.0, 0.12, blocks, num_subjects=300, num_reference=300, watched=(("pairs_within", 40),)
    )


@pytest.fixture(scope="session")
def nasty() -> TransactionTable:
    """60 of 600 subjects have all the nasty objects, the others one plain one each."""
    rows = [(f"s{i}", "<b>buys</b>", name) for i in range(60) for name in NASTY]
    rows += [(f"t{i}", "<b>buys</b>", f"plain {i % 7}") for i in range(540)]
    return TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"]))
