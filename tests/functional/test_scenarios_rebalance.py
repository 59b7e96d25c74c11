"""Rebalance: the verbs' shares come out exactly, and what goes together within a verb stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.link_graph.edges import Edges


@pytest.fixture(scope="module")
def shop(stored_shop: AssociativeSynthesizer) -> AssociativeSynthesizer:
    return stored_shop


@pytest.mark.parametrize("asked", ["uniform", {"bought": 0.5, "returned": 0.5}, {"returned": 1 / 3}])
def test_rebalanced_shares_are_exact(shop: AssociativeSynthesizer, asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # More rows than are asked for are drawn, so that each verb is judged with full power: here, not so many more.
    monkeypatch.setattr("assoc_synth.scenarios.rebalancing.MOST_JUDGED", 2_000)
    rows = shop.sample(num_rows=901, rebalance={"action": asked}).rows
    counts = rows["action"].value_counts()
    assert len(rows) == 901
    if asked == "uniform":
        assert sorted(counts) == [180, 180, 180, 180, 181]
    else:
        assert all(abs(counts[verb] - 901 * share) < 1 for verb, share in asked.items())
        assert len(counts) == (2 if "bought" in asked else 5)


def test_rebalancing_leaves_lifts_within_a_verb(shop: AssociativeSynthesizer) -> None:
    def lifts(edges: Edges) -> np.ndarray:
        own = edges.of_verbs([0])
        together = own.projection(0).toarray()
        alone = together.diagonal()
        return np.log2((together + 2) / (np.outer(alone, alone) / own.num_subjects + 2))[np.triu_indices(72, 1)]

    plain, other = (lifts(shop.sample(2_000, seed=seed).graph.edges) for seed in (1, 2))
    even = lifts(shop.sample(num_rows=24_000, seed=4, rebalance={"verb": {"bought": 0.5, "viewed": 0.5}}).graph.edges)
    assert np.corrcoef(plain, even)[0, 1] >= 0.97 * np.corrcoef(plain, other)[0, 1]
