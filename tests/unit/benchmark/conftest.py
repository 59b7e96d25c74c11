"""Work and rows for the benchmark's tests: small, with peers whose results are known beforehand."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark import Cost, Outcome, Row, Work, run_on
from assoc_synth.benchmark.peers.process import PeerStoppedError
from assoc_synth.benchmark.peers.registry import peers_named
from assoc_synth.errors import MissingExtraError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.table import TransactionTable


class Same:
    """Hands in the training table: perfectly faithful, and without any privacy."""

    name = "same"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        edges = LinkGraph.from_table(train).edges
        cost = Cost(100.0, 1000.0, 2.0, 500.0, 1_500_000_000, 2_500_000)
        return Outcome(edges, None, None, cost, "PASS", "same 1.0", ("a note",))


class Unrelated:
    """Draws objects by popularity; takes more time than it was given."""

    name = "unrelated"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        edges = independent_draw(LinkGraph.from_table(train).edges, np.random.default_rng(seed))
        return Outcome(edges, None, None, Cost(150.0, None, 0.5, 2000.0))


class Absent:
    name = "absent"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        raise MissingExtraError("this peer", "peer")


class Slow:
    name = "slow"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        raise PeerStoppedError("stopped: its fit was not over")


@pytest.fixture(scope="session")
def work() -> Work:
    return Work("toy-shop", *datasets.halves(datasets.toy_shop(subjects=600, seed=1)))


@pytest.fixture(scope="session")
def rows(work: Work) -> list[Row]:
    return run_on(work, [Same(), Unrelated(), Absent(), Slow()], seed=3, max_minutes=1.0)


@pytest.fixture(scope="session")
def small() -> TransactionTable:
    """A training half of 75 subjects."""
    return datasets.halves(datasets.toy_shop(subjects=150, seed=1))[0]


@pytest.fixture
def with_baskets() -> pd.DataFrame:
    """Four links of two subjects: two baskets of one of them, and a link without a basket."""
    return pd.DataFrame(
        {
            "subject": ["a", "a", "a", "b"],
            "verb": ["v"] * 4,
            "object": ["x", "y", "x", "z"],
            "basket": ["1", "1", "2", None],
        }
    )


@pytest.fixture
def outcome(small: TransactionTable) -> Callable[[str, float], Outcome]:
    """What a peer of this name hands in for `small`, with so many seconds for its fit."""
    return lambda name, seconds: peers_named([name])[0].run(small, seed=0, max_minutes=seconds / 60)


@pytest.fixture
def no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What overruns its time is stopped at once."""
    monkeypatch.setattr("assoc_synth.benchmark.peers.process.MARGIN", 1.0)
    monkeypatch.setattr("assoc_synth.benchmark.peers.process.GRACE_SECONDS", 0.0)


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process still runs after five seconds."""

    def runs(pid: int) -> bool:
        for _ in range(50):
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                return False
            if state == "Z":
                return False
            time.sleep(0.1)
        return True

    return runs
