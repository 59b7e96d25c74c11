"""Two halves of the toy shop, an independent table, and a table whose names are markup."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.gate.verdict import BlockResult, Status, Verdict
from assoc_synth.link_graph.independent_table import independent_table
from assoc_synth.report import Report
from assoc_synth.report.facts import ReportFacts
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


@pytest.fixture(scope="session")
def good(halves: tuple[TransactionTable, TransactionTable], verdict: Verdict) -> ReportFacts:
    """Facts of one half beside the other."""
    return Report.of(halves[0], halves[1], verdict).facts


@pytest.fixture(scope="session")
def bad(
    halves: tuple[TransactionTable, TransactionTable], independent: TransactionTable, verdict: Verdict
) -> ReportFacts:
    """Facts of one half beside its independent twin; the other half is held out."""
    return Report.of(halves[0], independent, verdict, heldout=halves[1]).facts


@pytest.fixture(scope="session")
def report(halves: tuple[TransactionTable, TransactionTable], verdict: Verdict) -> Report:
    return Report.of(halves[0], halves[0], verdict, heldout=halves[1], title="A & B", notes=("mind <this>",))


@pytest.fixture(scope="session")
def page(report: Report) -> str:
    return report.to_html()


@pytest.fixture(scope="session")
def table() -> Callable[..., TransactionTable]:
    """A table of the given columns; the mandatory ones are "a", "v" and "o" where they are not given."""

    def made(**columns: list[object]) -> TransactionTable:
        size = len(next(iter(columns.values())))
        plain = {"subject": ["a"] * size, "verb": ["v"] * size, "object": ["o"] * size}
        return TransactionTable.from_frame(pd.DataFrame(plain | columns))

    return made
