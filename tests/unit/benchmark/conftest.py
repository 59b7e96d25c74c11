"""Work and rows for the benchmark's tests: small, with peers whose results are known beforehand."""

import pytest

from assoc_synth import datasets
from assoc_synth.benchmark import Cost, Outcome, Row, Work, run_on
from assoc_synth.benchmark.peers.process import PeerStoppedError
from assoc_synth.errors import MissingExtraError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.table import TransactionTable


class Same:
    """Hands the training table in: as faithful as can be, and as indiscreet."""

    name = "same"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        edges = LinkGraph.from_table(train).edges
        cost = Cost(100.0, 1000.0, 2.0, 500.0, 1_500_000_000, 2_500_000)
        return Outcome(edges, None, None, cost, "PASS", "same 1.0", ("a note",))


class Unrelated:
    """Draws objects by popularity; takes more time than it was given."""

    name = "unrelated"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        import numpy as np

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
def no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What overruns its time is stopped at once."""
    monkeypatch.setattr("assoc_synth.benchmark.peers.process.MARGIN", 1.0)
    monkeypatch.setattr("assoc_synth.benchmark.peers.process.GRACE_SECONDS", 0.0)
