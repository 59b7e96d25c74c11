"""Training subjects drawn with replacement."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from assoc_synth import datasets
from assoc_synth.benchmark import Outcome, Work, measure
from assoc_synth.benchmark.peers.competitors.bootstrap import Bootstrap
from assoc_synth.transactions.table import TransactionTable


def test_a_copy_is_faithful_and_caught_by_its_closeness(
    small: TransactionTable, outcome: Callable[[str, float], Outcome]
) -> None:
    done = outcome("copy", 30)
    assert done.edges.num_subjects == small.num_subjects
    assert done.cost.model_bytes
    work = Work("toy-shop", *datasets.halves(datasets.toy_shop(subjects=150, seed=1)))
    found = measure(work, done.edges).proximity
    assert found is not None
    assert found.share > 0.9


def test_a_subject_drawn_twice_has_its_baskets_twice(with_baskets: pd.DataFrame) -> None:
    bootstrap = Bootstrap()
    bootstrap.fit(with_baskets, seed=0, seconds=None)
    rows = bootstrap.sample(seconds=None).rows
    pairs = rows.dropna(subset=["basket"]).groupby("basket")["subject"].nunique()
    assert (pairs == 1).all()
    assert rows["subject"].nunique() == 2


def test_every_drawn_subject_is_whole(with_baskets: pd.DataFrame) -> None:
    bootstrap = Bootstrap()
    bootstrap.fit(with_baskets, seed=0, seconds=None)
    rows = bootstrap.sample(seconds=None).rows
    objects = {tuple(sorted(own["object"])) for _, own in rows.groupby("subject")}
    assert objects <= {("x", "x", "y"), ("z",)}


def test_the_seed_decides_who_is_drawn() -> None:
    many = pd.DataFrame({"subject": np.arange(50).astype(str), "verb": "v", "object": np.arange(50).astype(str)})

    def drawn(seed: int) -> list[str]:
        bootstrap = Bootstrap()
        bootstrap.fit(many, seed=seed, seconds=None)
        return list(bootstrap.sample(seconds=None).rows["object"])

    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(1)


def test_its_model_is_the_table(with_baskets: pd.DataFrame, tmp_path: Path) -> None:
    bootstrap = Bootstrap()
    bootstrap.fit(with_baskets, seed=0, seconds=None)
    assert bootstrap.save(tmp_path)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "table.parquet"), with_baskets)
