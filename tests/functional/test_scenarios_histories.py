"""Histories are continued by what they lack, and given links pull their partners."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds


@pytest.fixture(scope="module")
def shop(stored_shop: AssociativeSynthesizer) -> AssociativeSynthesizer:
    return stored_shop


@pytest.fixture(scope="module")
def history(shop: AssociativeSynthesizer) -> pd.DataFrame:
    return shop.sample(30, seed=9, gate="links").rows


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
    dated = last.notna() & first.notna()  # some rows have no date
    assert dated.sum() > 20
    assert (first[dated] >= last[dated]).all()


def test_given_links_pull_their_partners(shop: AssociativeSynthesizer) -> None:
    """Real customers with four purchases, one of them tea, buy a teapot 1.9 times as often as those without tea."""
    generator, tea, pot = shop.model_.edge_generator, *map(list(shop.model_.objects).index, ("tea", "teapot"))
    size = 8_000
    plan = shop.model_.degrees.draw(30 * size, np.random.default_rng(0))
    plan = plan[plan[:, 0] == 4][:size]
    given = Edges.from_links(
        np.arange(size), np.zeros(size), np.full(size, tea), num_subjects=size, num_verbs=5, num_objects=72
    )
    drawn = sample_edges(generator, plan - np.eye(5, dtype=int)[0], plan=plan, seeds=Seeds.of(1), given=given)
    plain = sample_edges(generator, plan, seeds=Seeds.of(1))
    drawn, plain = drawn.within(5, 72), plain.within(5, 72)
    assert (drawn.degrees_by_verb()[:, 0] <= 4).all()
    assert (np.bincount(drawn.subject[drawn.token == tea], minlength=size) == 1).all()
    has = drawn.incidence(0).toarray() > 0, plain.incidence(0).toarray() > 0
    without = has[1][~has[1][:, tea]]
    assert has[0][:, pot].mean() > 1.5 * without[:, pot].mean()
    # As much as a drawn tea does, within the chance of some hundreds of such customers.
    assert has[0][:, pot].mean() == pytest.approx(has[1][has[1][:, tea]][:, pot].mean(), rel=0.4)
