"""Objects drawn by popularity."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from assoc_synth.benchmark import Outcome
from assoc_synth.benchmark.peers.competitors.independent import Independent
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def test_degrees_stay(small: TransactionTable, outcome: Callable[[str, float], Outcome]) -> None:
    done = outcome("independent", 30)
    real = LinkGraph.from_table(small).edges
    assert sorted(done.edges.degrees(1)) == sorted(real.degrees(1))
    assert done.edges.num_links == real.num_links
    assert done.cost.model_bytes is None


def test_baskets_are_drawn_apart(with_baskets: pd.DataFrame) -> None:
    competitor = Independent()
    competitor.fit(with_baskets, seed=0, seconds=None)
    sample = competitor.sample(seconds=None)
    assert len(sample.rows) == 4
    assert sample.baskets is not None
    assert sorted(sample.baskets["subject"].value_counts()) == [1, 2]


def test_without_baskets_there_are_none(with_baskets: pd.DataFrame) -> None:
    competitor = Independent()
    competitor.fit(with_baskets.drop(columns="basket"), seed=0, seconds=None)
    sample = competitor.sample(seconds=None)
    assert sample.baskets is None
    assert list(sample.rows) == ["subject", "verb", "object"]
    assert set(sample.rows["object"]) <= {"x", "y", "z"}


def test_there_is_no_model(with_baskets: pd.DataFrame, tmp_path: Path) -> None:
    competitor = Independent()
    competitor.fit(with_baskets, seed=0, seconds=None)
    assert not competitor.save(tmp_path)
    assert not list(tmp_path.iterdir())
