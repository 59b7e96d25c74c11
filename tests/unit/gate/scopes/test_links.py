"""The scope of links: what it reads, destroys, stores, and which pairs it names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.gate.reference import as_rows
from assoc_synth.gate.scopes.links import Links, LinkScope
from assoc_synth.link_graph.row_codes import RowCodes

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def links(draw: Any) -> Links:
    found = LinkScope().choose(as_rows(draw(800, 1)), 200, RNG)
    assert found is not None
    return found


def test_a_table_without_rows_has_no_links(draw: Any) -> None:
    assert LinkScope().choose(as_rows(draw(0, 1)), 10, RNG) is None


def test_features_are_those_of_the_watchlist(links: Links, draw: Any) -> None:
    found = links.features(as_rows(draw(50, 2)))
    assert found.shape == (50, links.num_features)
    assert (found != links.watchlist.features(draw(50, 2))).nnz == 0
    assert dict(links.watched)["pairs_within"] == len(links.watchlist.within)


def test_the_destroyer_keeps_the_degrees_and_nothing_else(draw: Any) -> None:
    rows = as_rows(draw(300, 3))
    destroyed = LinkScope().destroy(rows, RNG)
    assert np.array_equal(destroyed.edges.degrees_by_verb(), rows.edges.degrees_by_verb())
    assert destroyed.edges.token.tolist() != rows.edges.token.tolist()


def test_other_destroyers_do_not_touch_the_links() -> None:
    from assoc_synth.gate.scopes.kinds import KINDS

    table = toy_shop(subjects=80)
    rows = RowCodes.of(table).rows(table)
    found = LinkScope().choose(rows, 80, RNG)
    assert found is not None
    own = found.features(rows)
    for kind in KINDS[1:]:
        assert (own != found.features(kind.destroy(rows, RNG))).nnz == 0, kind.name


def test_the_pairs_that_differ_most_are_named(links: Links, draw: Any) -> None:
    real = np.asarray(links.features(as_rows(draw(400, 2))).sum(axis=0), float)[0]
    sample = real.copy()
    at = links.watchlist.places["within"].start
    sample[at] = 0
    (left, right, share, other), *rest = links.worst_pairs(sample[None, :], 400, real, 400, None)
    tokens = [verb * 40 + thing for verb, thing in (left, right)]
    assert tokens == links.watchlist.tokens[links.watchlist.within[0]].tolist()
    assert (share, other) == (pytest.approx(real[at] / 400), 0)
    assert len(rest) == 2
    assert (left, right) not in [pair[:2] for pair in links.worst_pairs(sample[None, :], 400, real, 400, [(1,)])]


def test_round_trip(links: Links, draw: Any) -> None:
    arrays, scalars = links.to_arrays()
    again = LinkScope().from_arrays(arrays, scalars)
    rows = as_rows(draw(60, 4))
    assert (links.features(rows) != again.features(rows)).nnz == 0
    assert [block.name for block in again.blocks] == [block.name for block in links.blocks]


@pytest.mark.parametrize(
    "change",
    [
        {"within": np.full((2, 2), 10**6)},
        {"triples": np.zeros((1, 2))},
        {"weight": np.zeros(1)},
        {"thresholds": np.zeros(1)},
        {"degree_from": np.zeros(1)},
    ],
)
def test_parts_that_do_not_fit_are_refused(links: Links, change: dict[str, Any]) -> None:
    arrays, scalars = links.to_arrays()
    with pytest.raises(ValueError, match=r"fit the tokens|different lengths"):
        LinkScope().from_arrays(arrays | change, scalars)


def test_a_model_of_an_earlier_version_has_the_blocks_that_it_had(links: Links) -> None:
    old = Links(links.watchlist, ("association_loss", "shares"))
    assert [block.name for block in old.blocks] == ["association_loss", "shares"]
    assert old.blocks[0].weight > 0, "the whole loss bounds τ where verbs have none of their own"


def test_only_what_lies_within_some_verbs_counts(links: Links) -> None:
    watch, whole = links.watchlist, dict(links.watched)
    verb = watch.tokens[watch.within][:, 0] // watch.num_objects
    first = dict(links.watched_of([(0,)]))
    assert 0 < first["pairs_within"] == int((verb == 0).sum())
    assert dict(links.watched_of([(1,)])).get("pairs_within", 0) == int((verb == 1).sum()) < whole["pairs_within"]
    assert "pairs_across" not in first
    apart, together = (dict(links.watched_of(groups)) for groups in ([(0,), (1,)], [(0, 1)]))
    assert apart["pairs_within"] == together["pairs_within"] == whole["pairs_within"]
    assert together["pairs_across"] == whole["pairs_across"]
    assert "pairs_across" not in apart
    assert together.get("triples", 0) == apart.get("triples", 0), "triples of several verbs have no block of their own"
