"""Histories are continued by what they lack, and given links pull their partners."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds


@pytest.fixture(scope="module")
def shop() -> AssociativeSynthesizer:
    return AssociativeSynthesizer.load(Path(__file__).parents[2] / "models" / "toy-shop")


@pytest.fixture(scope="module")
def history(shop: AssociativeSynthesizer) -> pd.DataFrame:
    return shop.sample(30, seed=9).rows


def test_histories_are_continued_by_what_they_lack(shop: AssociativeSynthesizer, history: pd.DataFrame) -> None:
    result = shop.sample(seed_subjects=history)
    assert result.table.num_subjects == 30
    with pytest.warns(UserWarning, match="real people"):
        kept = shop.sample(seed_subjects=history, keep_subjects=True).rows
    assert set(kept["customer"]) == set(history["customer"])
    assert kept["product"].tolist() == result.rows["product"].tolist()
    links = ["customer", "action", "product"]
    assert kept[links].merge(history[links]).empty
    last, first = history.groupby("customer")["date"].max(), kept.groupby("customer")["date"].min()
    assert (first >= last).all()


def test_given_links_pull_their_partners(shop: AssociativeSynthesizer) -> None:
    """Real customers with four purchases, one of them tea, buy a teapot 2.4 times as often as others with three."""
    generator, tea, pot = shop.model_.edge_generator, *map(list(shop.model_.objects).index, ("tea", "teapot"))
    size = 8_000
    wanted = np.tile([3, 0, 0, 0, 0], (size, 1))
    given = Edges.from_links(
        np.arange(size), np.zeros(size), np.full(size, tea), num_subjects=size, num_verbs=5, num_objects=72
    )
    drawn = sample_edges(generator, wanted, seeds=Seeds.of(1), given=given)
    free = sample_edges(generator, wanted, seeds=Seeds.of(1))
    assert (np.diff(drawn.offsets) == 4).all()
    assert (np.bincount(drawn.subject[drawn.token == tea], minlength=size) == 1).all()
    assert (drawn.object == pot).sum() > 1.5 * (free.object == pot).sum()
