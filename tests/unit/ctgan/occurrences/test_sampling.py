"""Occurrences are drawn: how often, with which columns, in which visits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.interface import ColumnSpec, Horizon, Visits
from assoc_synth.ctgan.occurrences import chunks
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler, times_after
from assoc_synth.ctgan.order.sampling import DrawnOrder
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

SixEdges = Callable[[int], Edges]
Untrained = Callable[..., tuple[OccurrenceGenerator, OccurrenceSampler]]
ONCE = ColumnSpec("count", 1, False)


def test_uniform_numbers_are_spread_evenly(untrained: Untrained, six_edges_each: SixEdges) -> None:
    """Along verbs and objects every run of links has its share below any bound, in all columns."""
    price, gone = ColumnSpec("price", 3, False), ColumnSpec("gone", 2, False)
    _, sampler = untrained(OccurrenceSpec(ColumnSpec("repeat", 2, False), ONCE, (price, gone), (), (), ()))
    edges = six_edges_each(400)
    first, second = (column.numpy() for column in sampler._uniform(edges.verb, edges.object))
    for object in range(6):
        own = edges.object == object
        assert abs((first[own] < 0.1).sum() - 40) <= 3
        assert abs((second[own] < 0.3).sum() - 120) <= 3
        assert abs(((first[own] < 0.5) & (second[own] < 0.5)).sum() - 100) <= 6
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05


def test_a_class_that_is_not_allowed_is_never_drawn(untrained: Untrained, six_edges_each: SixEdges) -> None:
    price = ColumnSpec("price", 3, False)
    by_verb, own = np.array([[True, False, True], [True, True, True]]), np.array([[False, False, True]])
    allowed = AllowedClasses.of(by_verb, np.array([6 + 3]), own, num_objects=6)  # verb 1, object 3
    generator, sampler = untrained(
        OccurrenceSpec(ColumnSpec("repeat", 2, False), ONCE, (price,), (), (), ()), allowed={"price": allowed}
    )
    generator.link_logits.table("verbs", 0)[:, 1] = 20.0
    edges = six_edges_each(200)
    code, expected = sampler.draw(edges).link[0].code, sampler.link_classes(edges, "verbs")[0]
    first, pair = edges.verb == 0, edges.object == 3
    assert set(code[first]) == {0, 2}
    assert set(code[pair]) == {2}
    assert (code[~first & ~pair] == 1).all()
    assert expected[0, 1] == 0
    assert expected[1].round(3).tolist() == [0, 400, 200]


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
def test_rows_are_drawn_in_chunks_whatever_the_threads(
    untrained: Untrained, six_edges_each: SixEdges, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    price = ColumnSpec("price", 3, True)
    edges, before, found = six_edges_each(4), torch.get_num_threads(), []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        spec = OccurrenceSpec(ColumnSpec("repeat", 2, False), ColumnSpec("count", 3, False), (price,), (), (), ())
        torch.manual_seed(0)
        found.append(untrained(spec)[1].draw(edges))
    torch.set_num_threads(before)
    one, other = found
    assert np.array_equal(one.link_edge, other.link_edge)
    assert np.array_equal(one.link[0].code, other.link[0].code)
    assert np.array_equal(one.link[0].value, other.link[0].value)
    inside = one.link[0].value[np.abs(one.link[0].value) < 1]
    assert len(np.unique(inside)) == len(inside) > 10  # no two chunks have the same random numbers
    assert set(one.link_edge.tolist()) == set(range(24))


VISITS = OccurrenceSpec(
    repeat=ColumnSpec("repeat", 2, False),
    count=ColumnSpec("count", 3, False),
    link=(),
    visits=(ColumnSpec("visits", 4, False),),
    start=(ColumnSpec("size", 3, False),),
    step=(ColumnSpec("size", 3, False),),
)


def test_every_link_has_a_place_in_a_visit_of_its_subject(untrained: Untrained, six_edges_each: SixEdges) -> None:
    edges = six_edges_each(50)
    _, sampler = untrained(VISITS, has_visits=True)
    drawn = sampler.draw(edges)
    counts = np.bincount(drawn.link_edge, minlength=300)
    assert counts.min() >= 1
    assert counts.max() <= 3
    assert (drawn.visits.subject[drawn.link_visit] == edges.subject[drawn.link_edge]).all()
    assert np.bincount(drawn.link_visit).tolist() == drawn.visits.size.tolist()
    assert drawn.visits.per_subject.max() <= 4
    assert (drawn.visits.day == -1).all()


def test_no_visit_has_a_link_twice_unless_the_table_has_such(untrained: Untrained, six_edges_each: SixEdges) -> None:
    edges = six_edges_each(50)
    twice = {}
    for repeats in (True, False):
        drawn = untrained(VISITS, has_visits=True, repeats=repeats)[1].draw(edges)
        pairs = np.stack([drawn.link_visit, drawn.link_edge], 1)
        twice[repeats] = len(pairs) - len(np.unique(pairs, axis=0))
        assert (np.diff(drawn.link_edge) >= 0).all()
    assert twice[True] > 0
    assert twice[False] == 0


def test_visits_are_as_many_as_links_allow_and_their_sizes_are_those_of_the_end(
    untrained: Untrained, six_edges_each: SixEdges
) -> None:
    """Each visit needs a link of verb 1 and may not hold a link twice; links move, so sizes change."""
    edges = six_edges_each(200)
    generator, sampler = untrained(VISITS, has_visits=True, repeats=False)
    sizes, one = np.repeat([1, 2, 9], 100), np.ones(300, np.int64)
    dealt = np.where(np.arange(300) % 2, one, 0)
    terms = generator.assignment.size
    terms.learn(sizes, np.stack([sizes - one, one]), np.stack([sizes - dealt, dealt])[None])
    assert terms.needed.tolist() == [1]
    drawn = sampler.draw(edges)
    assert np.bincount(drawn.link_visit).tolist() == drawn.visits.size.tolist()
    of_verb = np.bincount(edges.subject[drawn.link_edge], weights=edges.verb[drawn.link_edge], minlength=200)
    copies = np.bincount(drawn.link_edge)
    at_least = np.maximum.reduceat(copies, np.arange(0, 1_200, 6))
    assert (drawn.visits.per_subject <= np.maximum(of_verb, at_least)).all()
    assert (drawn.visits.per_subject >= at_least).all()
    assert drawn.visits.size.max() <= 9
    lacking = np.bincount(drawn.link_visit, weights=edges.verb[drawn.link_edge]) == 0
    assert lacking.mean() < 0.05


def test_without_visits_links_belong_to_none(untrained: Untrained, six_edges_each: SixEdges) -> None:
    drawn = untrained(VISITS, has_visits=False)[1].draw(six_edges_each(5))
    assert (drawn.link_visit == -1).all()
    assert len(drawn.visits) == 0


@pytest.mark.parametrize("repeats", [True, False])
def test_where_every_visit_has_one_link_each_link_has_its_own(
    untrained: Untrained, six_edges_each: SixEdges, repeats: bool
) -> None:
    alone = replace(VISITS, start=(ColumnSpec("size", 1, False),), step=(ColumnSpec("size", 1, False),))
    drawn = untrained(alone, has_visits=True, repeats=repeats)[1].draw(six_edges_each(50))
    assert len(drawn.link_edge) > 300  # some edges occur more often than once
    assert sorted(drawn.link_visit.tolist()) == list(range(len(drawn.link_edge)))
    assert (drawn.visits.size == 1).all()


def test_count_classes_and_expected_link_classes_are_those_of_the_logits(
    untrained: Untrained, six_edges_each: SixEdges
) -> None:
    price = ColumnSpec("price", 2, False)
    generator, sampler = untrained(OccurrenceSpec(ColumnSpec("repeat", 2, False), ONCE, (price,), (), (), ()))
    generator.link_logits.table("verbs", 0)[1, 1] = 1e4
    edges = six_edges_each(100)
    assert sampler.count_classes(edges).tolist() == [0] * 600
    [by_verb] = sampler.link_classes(edges, "verbs")
    assert by_verb.sum(1) == pytest.approx([300, 300], rel=1e-4)
    assert by_verb[1] == pytest.approx([0, 300], abs=0.01)
    assert (sampler.draw(edges).link[0].code[edges.verb == 1] == 1).all()


def test_the_same_seed_draws_the_same(untrained: Untrained, six_edges_each: SixEdges) -> None:
    first, again = (untrained(VISITS, has_visits=True)[1].draw(six_edges_each(20)) for _ in range(2))
    assert first.link_visit.tolist() == again.link_visit.tolist()
    assert first.visits.size.tolist() == again.visits.size.tolist()


def test_an_equal_link_without_another_visit_is_left_out(untrained: Untrained) -> None:
    """One visit of two equal links."""
    _, sampler = untrained(VISITS, has_visits=True, repeats=False)
    zero = np.zeros(2, np.int64)
    visits = Visits(zero[:1], zero[:1] - 1, zero[:1], zero[:1] + 2)
    assignment = Assignment.of(visits, Horizon(), subject=zero, verb=zero, object=zero, visit=zero)
    assert sampler.swapped(assignment, zero).tolist() == [0, -1]


def test_links_get_places_and_times_in_their_visits() -> None:
    order = DrawnOrder(np.array([1, 0, 0, 2]), np.array([2, -1, -1, 3]))

    class Seconds:
        def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
            return 10 * code

    found = times_after(np.array([5, 5, 7, 5]), order, Seconds(), np.random.default_rng(0))
    assert found.tolist() == [20, 0, 0, 50]


def test_without_a_learned_order_links_come_at_random_and_by_the_seed(untrained: Untrained, six_edges_each) -> None:
    once = ColumnSpec("count", 1, False)
    shapes = OccurrenceSpec(once, once, (), (), (), ())
    places = [untrained(shapes)[1].draw(six_edges_each(20)).place for _ in range(2)]
    assert places[0] is not None
    assert np.sort(places[0]).tolist() == list(range(120))
    assert places[0].tolist() == places[1].tolist()
    assert places[0].tolist() != list(range(120))
