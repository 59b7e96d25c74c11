"""Discrepancies against hand and scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assoc_synth.gate.scope_part import discrepancies as measured
from assoc_synth.gate.scopes.link_parts.blocks import LOSS, Shares, blocks_of
from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.transactions.arrays import Floats

Make = Callable[..., Watchlist]


def discrepancies(watch: Watchlist, sample: Any, size: int, real: Any, real_size: int) -> Floats:
    """Of the blocks of all verbs together."""
    pooled = tuple(block for block in blocks_of(watch) if block.verbs is None)
    return measured(
        pooled, np.atleast_2d(np.asarray(sample, float)), size, np.atleast_2d(np.asarray(real, float)), real_size
    )


def pooled_names(watch: Watchlist) -> list[str]:
    return [block.name for block in blocks_of(watch) if block.verbs is None]


def test_empty_blocks_are_absent(watch_of: Make) -> None:
    assert pooled_names(watch_of([0, 1], [[0, 1]], [])) == [
        "association_loss",
        "pairs_within",
        "log_lift",
        "also_buy",
        "worst_pair",
        "shares",
    ]
    nothing = watch_of([], [], [])
    assert blocks_of(nothing) == ()
    assert discrepancies(nothing, np.zeros((4, 0)), 3, np.zeros(0), 3).shape == (4, 0)


def test_discrepancies_by_hand(watch_of: Make) -> None:
    watch = watch_of([0, 1, 2], [[0, 1], [0, 2]], [], weight=np.array([3.0, 1.0]), strength=np.array([0.5, 1.5]))
    real, sample = np.array([40, 20, 10, 10, 5.0]), np.array([40, 20, 10, 4, 6.0])
    got = discrepancies(watch, sample, 100, real, 100)[0]
    # Weights 3 · 0.5 and 1 · 1.5; the second pair has gained.
    assert got[0] == pytest.approx((1.5 * np.log(10.5 / 4.5) - 1.5 * np.log(6.5 / 5.5)) / (1.5 * 0.5 + 1.5 * 1.5))
    assert got[1] == pytest.approx((6 + 1) / 15)
    assert got[2] == pytest.approx(0.75 * np.log(10.5 / 4.5) + 0.25 * np.log(6.5 / 5.5))
    # 1 given 0, 0 given 1, 2 given 0, 0 given 2.
    assert got[3] == pytest.approx((6 / 40 + 6 / 20 + 1 / 40 + 1 / 10) / (10 / 40 + 10 / 20 + 5 / 40 + 5 / 10))
    assert got[4] == pytest.approx(0.06 / np.sqrt(0.0725 * 0.02), rel=0.01)  # 4 against 10 of 100, in standard errors
    assert got[5] == 0
    assert discrepancies(watch, real, 100, real, 100).tolist() == [[0, 0, 0, 0, 0, 0]]
    assert discrepancies(watch, sample, 100, sample + np.eye(5)[3] * 6, 100)[0, 0] > 0
    assert discrepancies(watch, real / 2, 50, real, 100)[0, 1] == 0


def test_real_subjects_without_a_watched_pair_leave_the_distance_finite(watch_of: Make) -> None:
    watch = watch_of([0, 1], [[0, 1]], [])
    names = pooled_names(watch)
    found = discrepancies(watch, [5.0, 5.0, 3.0], 10, [5.0, 5.0, 0.0], 10)
    assert found[0, names.index("pairs_within")] == pytest.approx(6.0)  # half a subject stands for none


def test_degrees_are_kolmogorov_smirnov(draw: Any, watch_of: Make) -> None:
    first, second = draw(300, 4), draw(200, 5).take(np.flatnonzero(draw(200, 5).degrees() > 2))
    scope, lowest = np.repeat([-1, 1], 41), np.tile(np.arange(41), 2)
    watch = watch_of([], [], [], num_objects=40, degree_scope=scope, degree_from=lowest)
    counts = [np.asarray(watch.features(edges).sum(axis=0)).ravel() for edges in (first, second)]
    got = discrepancies(watch, counts[0], 300, counts[1], second.num_subjects)[0, 0]
    expected = max(ks_2samp(first.degrees(v), second.degrees(v)).statistic for v in (None, 1))
    assert got == pytest.approx(expected)
    assert got > 0.1


def test_shares_by_kind(watch_of: Make) -> None:
    """Tokens 0 and 1, their pair, one pair across verbs, a control, a triple and two degree bins."""
    watch = watch_of(
        [0, 1, 4],
        [[0, 1]],
        [[1, 2]],
        control=np.array([[0, 2]]),
        triples=np.array([[0, 1, 2]]),
        degree_scope=np.array([-1, -1]),
        degree_from=np.array([0, 2]),
    )
    shares = Shares(watch, np.arange(1, 10)[None, :].astype(float), 10)
    kinds = {kind: shares.of(kind, np.arange(at.stop - at.start))[0].tolist() for kind, at in watch.places.items()}
    assert kinds["tokens"] == [0.1, 0.2, 0.3]
    assert [kinds[kind] for kind in ("within", "across", "control", "triples")] == [[0.4], [0.5], [0.6], [0.7]]
    assert kinds["degrees"] == [0.8, 0.9]
    assert kinds["pairs"] == [0.4, 0.5]
    assert shares.confidences(np.arange(2))[0].tolist() == pytest.approx([4.0, 2.0]), "0.4 of 0.1, and of 0.2"
    counts = shares.counts[0]
    expected = [(counts[3] + 0.5) * 10.5 / ((counts[0] + 0.5) * (counts[1] + 0.5))]
    expected += [(counts[4] + 0.5) * 10.5 / ((counts[1] + 0.5) * (counts[2] + 0.5))]
    assert shares.log_lift(np.arange(2))[0] == pytest.approx(np.log(expected))


def test_every_verb_has_blocks_of_its_own(watch_of: Make) -> None:
    """Tokens 0 and 1 are of verb 0, 3 and 4 of verb 1."""
    watch = watch_of([0, 1, 3, 4], [[0, 1], [2, 3]], [[0, 2]])
    named = {block.name: block for block in blocks_of(watch)}
    assert {name for name in named if name.startswith("pairs_")} == {
        "pairs_within",
        "pairs_within[0]",
        "pairs_within[1]",
        "pairs_across",
        "pairs_across[0,1]",
    }
    assert named["pairs_within[1]"].verbs == (1,)
    assert named["pairs_across[0,1]"].verbs == (0, 1)
    loss = [named[name] for name in named if name.startswith(LOSS)]
    assert [block.weight for block in loss] == [0.0, 1.0, 1.0, 1.0], "the whole is the weighted mean of the others"
    sample, real = np.array([[9, 8, 7, 6, 4, 3, 2.0]]), np.array([[9, 8, 7, 6, 5, 5, 5.0]])
    whole, *parts = measured(tuple(loss), sample, 10, real, 10)[0]
    assert whole == pytest.approx(np.mean(parts))


def test_one_randomised_minor_verb_shows_in_its_own_block(watch_of: Make) -> None:
    watch = watch_of([0, 1, 3, 4], [[0, 1], [2, 3]], [])
    names = [block.name for block in blocks_of(watch)]
    real, sample = np.array([[400, 400, 20, 20, 200, 15.0]]), np.array([[400, 400, 20, 20, 200, 1.0]])
    found = dict(zip(names, measured(blocks_of(watch), sample, 1_000, real, 1_000)[0], strict=True))
    assert found["pairs_within"] < 0.1 < 0.9 < found["pairs_within[1]"]
    assert found["pairs_within[0]"] == 0


def test_avoided_pairs_interactions_and_new_rules_by_hand(watch_of: Make) -> None:
    watch = watch_of(
        [0, 1, 2],
        [],
        [],
        avoided=np.array([[0, 1]]),
        avoided_lacking=np.array([0.2]),
        interactions=np.array([[0, 1, 2]]),
        interaction_expected=np.array([0.1]),
        interaction_excess=np.array([-0.1]),
        candidates=np.array([[0, 2], [1, 2]]),
        thresholds=np.array([5, 9]),
    )
    # Tokens, the avoided pair, the triple, the two candidates.
    real, sample = np.array([50, 50, 50, 5, 0, 0, 0.0]), np.array([50, 50, 50, 25, 10, 5, 8.0])
    found = dict(zip(pooled_names(watch), discrepancies(watch, sample, 100, real, 100)[0], strict=True))
    assert found["avoided_pairs"] == pytest.approx(1.0), "as often as by chance"
    assert found["interactions"] == pytest.approx(1.0), "nothing of the exclusive or is left"
    assert found["new_rules"] == 1
    assert found["worst_pair"] > 3


@pytest.mark.parametrize("objects", [[0, 0], [1, 0], [40, 20]], ids=["gone", "nearly gone", "still there"])
def test_where_every_pair_is_gone_no_association_is_gained(watch_of: Make, objects: list[int]) -> None:
    watch = watch_of([0, 1], [[0, 1]], [], strength=np.array([np.log(2.0)]))
    real = [40.0, 20.0, 16.0]
    loss = discrepancies(watch, [*objects, 0.0], 100, real, 100)[0, pooled_names(watch).index("association_loss")]
    assert loss > 0.9, "with half counts alone a pair whose objects are gone has a lift of 200"
