"""Counts, intervals and claims on data whose right answer is visible."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.link_graph.associations import (
    all_pairs,
    also_buy,
    benjamini_hochberg,
    degree_histogram,
    expected_pairs,
    lift_interval,
    pairs,
    rules,
    share_interval,
    supports,
)
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw

BUY, RETURN = 0, 1
TEA, KETTLE, NAILS = 0, 1, 2


@pytest.fixture
def shop() -> Edges:
    """Six subjects: 0 to 2 buy tea and kettle, 3 tea and nails, 4 nails, 5 nothing; 0 and 1 return the kettle."""
    links = [
        (0, BUY, TEA),
        (0, BUY, KETTLE),
        (1, BUY, TEA),
        (1, BUY, KETTLE),
        (2, BUY, TEA),
        (2, BUY, KETTLE),
        (3, BUY, TEA),
        (3, BUY, NAILS),
        (4, BUY, NAILS),
        (0, RETURN, KETTLE),
        (1, RETURN, KETTLE),
        (0, BUY, TEA),
    ]
    subject, verb, objects = zip(*links, strict=True)
    return Edges.from_links(subject, verb, objects, num_subjects=6, num_verbs=2, num_objects=3)


def _random(seed: int, subjects: int = 400, objects: int = 40, verbs: int = 2, links: int = 8_000) -> Edges:
    rng = np.random.default_rng(seed)
    return Edges.from_links(
        rng.integers(0, subjects, links),
        rng.integers(0, verbs, links),
        rng.integers(0, objects, links),
        num_subjects=subjects,
        num_verbs=verbs,
        num_objects=objects,
    )


def _planted(seed: int, subjects: int = 1_500) -> Edges:
    """30 objects at random, three each; whoever has 0 gets 1 as well, whoever has 2 mostly returns 3."""
    rng = np.random.default_rng(seed)
    base = np.argsort(rng.random((subjects, 30)), axis=1)[:, :3]
    who = np.repeat(np.arange(subjects), 3)
    first, second = (np.flatnonzero((base == code).any(axis=1)) for code in (0, 2))
    second = second[rng.random(len(second)) < 0.7]
    subject = np.concatenate([who, first, second])
    verb = np.concatenate([np.zeros(len(who) + len(first), int), np.ones(len(second), int)])
    objects = np.concatenate([base.ravel(), np.ones(len(first), int), np.full(len(second), 3)])
    extra = rng.integers(0, subjects, 600)
    subject, verb = np.concatenate([subject, extra]), np.concatenate([verb, np.ones(600, int)])
    objects = np.concatenate([objects, rng.integers(0, 30, 600)])
    return Edges.from_links(subject, verb, objects, num_subjects=subjects, num_verbs=2, num_objects=30)


def test_pairs_within_a_verb_by_hand(shop: Edges) -> None:
    found = pairs(shop, BUY)
    assert list(zip(found.left, found.right, found.count, strict=True)) == [(TEA, KETTLE, 3), (TEA, NAILS, 1)]
    assert found.support[0] == pytest.approx(3 / 6)
    assert found.confidence[0] == pytest.approx(3 / 4)
    assert found.lift[0] == pytest.approx(6 * 3 / (4 * 3))
    assert found.num_tested == 3


def test_pairs_across_verbs_by_hand(shop: Edges) -> None:
    found = pairs(shop, BUY, RETURN)
    assert list(zip(found.left, found.right, found.count, strict=True)) == [(TEA, KETTLE, 2), (KETTLE, KETTLE, 2)]
    assert found.lift[1] == pytest.approx(6 * 2 / (3 * 2))
    assert found.num_tested == 3


def test_pairs_agree_with_dense_counting() -> None:
    edges = _random(0)
    dense = edges.incidence(1).toarray()
    together = dense.T @ dense
    found = pairs(edges, 1, min_count=40)
    left, right = np.nonzero(np.triu(together, 1) >= 40)
    assert np.array_equal(found.left, left)
    assert np.array_equal(found.right, right)
    assert np.array_equal(found.count, together[left, right])
    assert np.array_equal(supports(edges, 1), dense.sum(axis=0))


def test_also_buy_by_hand(shop: Edges) -> None:
    found = also_buy(shop, TEA, verb=BUY, min_count=1)
    assert found.partner.tolist() == [KETTLE, NAILS]
    assert found.confidence.tolist() == [0.75, 0.25]
    assert found.lift.tolist() == pytest.approx([1.5, 0.75])
    assert ((found.low < found.lift) & (found.lift < found.high)).all()
    assert also_buy(shop, TEA, verb=BUY, min_count=2).partner.tolist() == [KETTLE]
    assert also_buy(shop, TEA, verb=BUY, min_count=1, top=1).partner.tolist() == [KETTLE]


def test_also_buy_across_verbs_may_return_the_object_itself(shop: Edges) -> None:
    found = also_buy(shop, KETTLE, across=(BUY, RETURN), min_count=1)
    assert found.partner.tolist() == [KETTLE]
    assert found.confidence.tolist() == pytest.approx([2 / 3])
    assert len(also_buy(shop, NAILS, across=(BUY, RETURN), min_count=1)) == 0


def test_degree_histogram(shop: Edges) -> None:
    assert degree_histogram(shop, BUY).tolist() == [1, 1, 4]
    assert degree_histogram(shop, RETURN).tolist() == [4, 2]


def test_lift_interval_covers_the_truth() -> None:
    """True lift 0.08 / (0.2 · 0.25) = 1.6, 800 subjects."""
    cells = np.random.default_rng(0).multinomial(800, [0.08, 0.12, 0.17, 0.63], size=4_000)
    low, high = lift_interval(cells[:, 0], cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], 800)
    assert 0.94 <= ((low <= 1.6) & (high >= 1.6)).mean() <= 0.965


def test_lift_interval_at_its_edges() -> None:
    low, high = lift_interval([30, 0], [100, 10], [30, 10], 100)
    assert (low[0], high[0]) == pytest.approx((1.0, 1.0))
    assert (low[1], high[1]) == (0.0, np.inf)


def test_share_interval_is_wilsons() -> None:
    low, high = share_interval(8, 10)
    assert (float(low), float(high)) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_benjamini_hochberg_steps_up() -> None:
    p = np.array([0.04, 0.001, 0.02, 0.5])
    assert benjamini_hochberg(p, 0.05).tolist() == [False, True, True, False]
    assert benjamini_hochberg(p, 0.05, num_tests=100).tolist() == [False, False, False, False]
    assert benjamini_hochberg(np.zeros(0), 0.05).tolist() == []


def test_expected_pairs_reproduce_supports_and_degrees() -> None:
    """All pairs together are as many as the degrees make; an object's pairs across verbs follow from its support."""
    edges = _planted(1)
    objects = np.arange(30)
    within = expected_pairs(edges, BUY).at(objects[:, None], objects[None, :])
    degree, other = edges.degrees(BUY), edges.degrees(RETURN)
    assert within.sum() - np.trace(within) == pytest.approx(float((degree * (degree - 1)).sum()), rel=1e-4)
    across = expected_pairs(edges, BUY, RETURN).at(objects[:, None], objects[None, :])
    assert across.sum() == pytest.approx(float((degree * other).sum()), rel=1e-4)
    everyone = Edges.from_links([0, 1, 2, 2], [0] * 4, [0, 0, 0, 1], num_subjects=3, num_verbs=1, num_objects=2)
    assert expected_pairs(everyone, 0).at(0, 1) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("across", [False, True])
def test_expected_pairs_are_the_mean_of_independent_draws(across: bool) -> None:
    """Busy and idle subjects, equally popular objects: the plain n·p·p would be 40 % off."""
    rng = np.random.default_rng(0)
    size = np.where(rng.random(600) < 0.3, 24, 2)
    subject = np.repeat(np.arange(600), size)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    objects = (np.repeat(rng.integers(0, 60, 600), size) + place) % 60
    subject, objects = np.tile(subject, 2), np.tile(objects, 2)
    verb = np.repeat([0, 1], len(subject) // 2)
    edges = Edges.from_links(subject, verb, objects, num_subjects=600, num_verbs=2, num_objects=60)
    other = 1 if across else None
    draws = [independent_draw(edges, rng).projection(0, other).toarray() for _ in range(60)]
    mean = np.mean(draws, axis=0)[~np.eye(60, dtype=bool)].mean()
    left, right = np.nonzero(~np.eye(60, dtype=bool))
    expected = expected_pairs(edges, 0, other).at(left, right).mean()
    assert expected == pytest.approx(mean, rel=0.005)
    assert supports(edges, 0).mean() ** 2 / 600 < 0.8 * expected


def test_planted_rules_are_found_and_nothing_else() -> None:
    found = rules(_planted(2))
    columns = (found.verb, found.left, found.other, found.right)
    named = {tuple(int(code) for code in row) for row in zip(*columns, strict=True)}
    assert {(BUY, 0, BUY, 1), (BUY, 2, RETURN, 3)} <= named
    assert len(named) <= 3


def test_no_rule_on_random_tables() -> None:
    """BH at 5 % leaves any rule in at most one run in twenty; the lift is not asked for here."""
    runs = [len(rules(_random(seed, links=3_000), min_lift=1.0, min_count=10)) > 0 for seed in range(40)]
    assert sum(runs) <= 6


def test_busy_subjects_make_lift_but_no_rule() -> None:
    """Ten per cent of the subjects have most objects: every pair has lift above 2, none is an association."""
    rng = np.random.default_rng(0)
    size = np.where(np.arange(2_000) < 200, 30, 1)
    ranks = np.argsort(rng.random((2_000, 50)), axis=1)
    subject, place = np.nonzero(np.arange(50)[None, :] < size[:, None])
    edges = Edges.from_links(
        subject,
        np.zeros(len(subject), int),
        ranks[subject, place],
        num_subjects=2_000,
        num_verbs=1,
        num_objects=50,
    )
    found = all_pairs(edges, 20)
    assert np.median(found.lift) > 2
    assert len(rules(edges)) == 0


@pytest.mark.parametrize("links", [0, 1, 3])
def test_tiny_tables(links: int) -> None:
    edges = Edges.from_links(range(links), [0] * links, [0] * links, num_subjects=links, num_verbs=1, num_objects=1)
    assert len(rules(edges, min_count=1)) == 0
    assert len(all_pairs(edges).to_frame()) == 0
    assert degree_histogram(edges).sum() == links
