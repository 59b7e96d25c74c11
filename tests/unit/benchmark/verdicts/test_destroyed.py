"""A share of the subjects has lost what a scope is about; the others are as they were."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark.verdicts.destroyed import partly_destroyed, without_links
from assoc_synth.gate.scopes import NAMES
from assoc_synth.link_graph.row_codes import RowCodes
from assoc_synth.link_graph.rows import Rows


@pytest.fixture(scope="module")
def shop() -> Rows:
    table = datasets.toy_shop(subjects=400, seed=3)
    return RowCodes.of(table).rows(table)


def changed(one: Rows, other: Rows) -> set[int]:
    """Subjects of whom anything differs."""
    apart = np.zeros(len(one), bool)
    for name in ("verb", "object", "time", "amount"):
        first, second = getattr(one, name), getattr(other, name)
        apart |= (first != second) & ~((first != first) & (second != second))  # NaN is as it was
    has = (one.attributes.has != other.attributes.has).any(axis=1)
    return set(one.subject[apart].tolist()) | set(np.flatnonzero(has).tolist())


@pytest.mark.parametrize("scope", NAMES)
def test_a_share_of_the_subjects_is_destroyed(shop: Rows, scope: str) -> None:
    third, whole, none = (partly_destroyed(shop, scope, share, np.random.default_rng(0)) for share in (0.3, 1.0, 0.0))
    assert changed(shop, none) == set()
    assert 0 < len(changed(shop, third)) <= 120
    assert len(changed(shop, whole)) > 2.5 * len(changed(shop, third))
    assert np.array_equal(shop.subject, whole.subject)


def test_links_are_drawn_independently_and_rows_stay(shop: Rows) -> None:
    found = without_links(shop, np.random.default_rng(0))
    assert np.array_equal(found.verb, shop.verb)
    assert found.time is shop.time
    for rows in (found, shop):
        assert len(rows.edges) == len(shop.edges), "a subject keeps how many links it has"
    before, after = (np.bincount(rows.edges.subject, minlength=shop.num_subjects) for rows in (shop, found))
    assert np.array_equal(before, after)
    assert np.array_equal(np.sort(shop.edges.count), np.sort(found.edges.count)), "rows of a link stay together"

    tables = [(rows.edges.tokens() > 0).toarray().astype(float) for rows in (shop, found)]
    met = tables[0].T @ tables[0]
    left, right = np.triu_indices(len(met), 1)
    top = np.argsort(-met[left, right])[:20]
    lifts = [
        has[:, left[top]].T @ has[:, right[top]] / np.outer(has.sum(axis=0)[left[top]], has.sum(axis=0)[right[top]])
        for has in tables
    ]
    real, drawn = (float(np.diag(lift).mean() * shop.num_subjects) for lift in lifts)
    assert real > 1.3
    assert drawn < 1 + 0.4 * (real - 1)


def test_an_unknown_scope_is_none(shop: Rows) -> None:
    with pytest.raises(KeyError):
        partly_destroyed(shop, "colours", 0.5, np.random.default_rng(0))
