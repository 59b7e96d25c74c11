"""Stage 2's parts: the column chain learns what it is shown, and no visit stays empty."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.sampling import swap
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, DrawnOccurrences, Horizon, Visits
from assoc_synth.ctgan.occurrences.calibration import calibrate_counts, calibrate_links, calibrate_order, verb_orders
from assoc_synth.ctgan.occurrences.class_logits import ClassLogits
from assoc_synth.ctgan.occurrences.generator import ColumnChain, OccurrenceGenerator, OccurrenceSpec, stratified
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.ctgan.occurrences.visit_sampling import fit_sizes
from assoc_synth.link_graph.edges import Edges


def test_sizes_are_scaled_to_the_links_and_no_visit_stays_empty() -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 9, 60)
    links = counts + rng.integers(0, 40, 60)
    wanted = rng.integers(1, 12, int(counts.sum()))
    own = np.repeat(np.arange(60), counts)
    found = fit_sizes(wanted, counts, links, rng)
    assert found.min() >= 1
    assert np.bincount(own, weights=found).tolist() == links.tolist()
    more = np.bincount(own, weights=wanted - 1)
    exact = 1 + (wanted - 1) * ((links - counts) / np.maximum(more, 1))[own]
    assert np.abs(found - exact)[more[own] > 0].max() <= 1.0


def test_a_chain_learns_a_column_given_the_one_before() -> None:
    torch.manual_seed(0)
    columns = (ColumnSpec("kind", 2, False), ColumnSpec("amount", 2, True))
    chain = ColumnChain(columns, condition_dim=1, hidden_dim=16, dropout=0.0)
    rng = np.random.default_rng(0)
    kind = torch.from_numpy((rng.random(4000) < 0.25).astype(np.int64))
    value = torch.where(kind == 1, 0.6, -0.2) + 0.05 * torch.randn(4000)
    condition = torch.zeros(4000, 1)
    optimizer = torch.optim.Adam(chain.parameters(), lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        chain.loss(condition, [kind, kind], [torch.zeros(4000), value]).backward()
        optimizer.step()
    (drawn_kind, _), (mode, number) = chain.draw(condition, torch.Generator().manual_seed(1))
    assert drawn_kind.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert (mode == drawn_kind).float().mean() > 0.98
    assert number[drawn_kind == 1].mean().item() == pytest.approx(0.6, abs=0.03)
    assert number[drawn_kind == 0].std().item() == pytest.approx(0.05, abs=0.02)


def test_a_chain_without_columns_draws_nothing() -> None:
    chain = ColumnChain((), condition_dim=2, hidden_dim=4, dropout=0.0)
    assert chain.draw(torch.zeros(3, 2), torch.Generator()) == []
    assert chain.loss(torch.zeros(3, 2), [], []).item() == 0.0


def test_a_chain_begins_at_the_shares_of_its_classes() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("count", 3, False),), condition_dim=1, hidden_dim=16, dropout=0.0)
    code = np.repeat([0, 1, 2], [900, 90, 10])
    chain.start_at([code])
    with torch.no_grad():
        for head in chain.heads:
            head.weight.zero_()
    [(drawn, _)] = chain.draw(torch.zeros(20_000, 1), torch.Generator().manual_seed(1))
    assert np.bincount(drawn.numpy(), minlength=3) / 20_000 == pytest.approx([0.9, 0.09, 0.01], abs=0.01)


def _six_edges_each(subjects: int) -> Edges:
    """Two verbs and six objects: verb 0 with the even ones, verb 1 with the odd ones."""
    link = np.arange(6 * subjects)
    return Edges.from_links(link // 6, link % 2, link % 6, num_subjects=subjects, num_verbs=2, num_objects=6)


def _untrained(spec: OccurrenceSpec, **given: object) -> tuple[OccurrenceGenerator, OccurrenceSampler]:
    torch.manual_seed(0)
    edge_generator = EdgeGenerator(CTGANConfig(), torch.zeros(2), torch.zeros(2, 6), 0.0)
    width = edge_generator.context_dim + edge_generator.association_dim
    generator = OccurrenceGenerator(spec, num_verbs=2, num_objects=6, width=width, noise_dim=4)
    options = (
        dict(
            count_of=lambda code, _: code + 1,
            visits_of=lambda code, _: code + 1,
            size_of=lambda code, _: code + 1,
            times=None,
            repeats=True,
            in_visit=lambda columns, links: np.zeros(links, bool),
        )
        | given
    )
    return generator, OccurrenceSampler(generator, edge_generator, seed=0, **options)  # type: ignore[arg-type]


ONCE = ColumnSpec("count", 1, False)


def test_numbers_of_occurrences_are_calibrated_by_verb() -> None:
    """Verb 0 occurs once in 90 %, verb 1 in 40 %; the untrained generator knows neither."""
    rng = np.random.default_rng(0)
    edges = _six_edges_each(2000)
    once = np.where(edges.verb == 0, 0.9, 0.4)
    code = np.where(rng.random(len(edges)) < once, 0, 1 + rng.integers(0, 2, len(edges)))
    count = CodedColumn.discrete("count", code, 3)
    generator, sampler = _untrained(OccurrenceSpec(ColumnSpec("repeat", 2, False), count.spec, (), (), (), ()))
    data = SimpleNamespace(edges=edges, count=count)
    calibration_errors = calibrate_counts(generator, sampler, data, edges)  # type: ignore[arg-type]
    assert calibration_errors[-1] < 0.1 * calibration_errors[0]
    drawn = sampler.count_classes(edges)
    for verb, share in enumerate((0.9, 0.4)):
        assert (drawn[edges.verb == verb] == 0).mean() == pytest.approx(share, abs=0.03)


def test_columns_of_links_are_calibrated_by_object_and_by_verb() -> None:
    """Object 4 costs the first price in 95 %, object 5 in 5 %, the others in half; verb 1 alone lacks a value."""
    rng = np.random.default_rng(0)
    edges = _six_edges_each(2000)
    first = np.array([0.5, 0.5, 0.5, 0.5, 0.95, 0.05])[edges.object]
    price = CodedColumn.discrete("price", (rng.random(len(edges)) > first).astype(np.int64), 2)
    gone = CodedColumn.discrete("gone", (rng.random(len(edges)) < 0.3) & (edges.verb == 1), 2)
    spec = OccurrenceSpec(ColumnSpec("repeat", 2, False), ONCE, (price.spec, gone.spec), (), (), ())
    generator, sampler = _untrained(spec)
    generator.link_logits.row.copy_(torch.arange(1, 7))  # a row for each object, nothing known of it
    data = SimpleNamespace(edges=edges, link=(price, gone), link_edge=np.arange(len(edges)))
    calibration_errors = calibrate_links(generator, sampler, data, edges)  # type: ignore[arg-type]
    assert calibration_errors[-1] < 0.1 * calibration_errors[0]
    drawn = sampler.draw(edges).link
    for object, share in enumerate((0.5, 0.5, 0.5, 0.5, 0.95, 0.05)):
        assert (drawn[0].code[edges.object == object] == 0).mean() == pytest.approx(share, abs=0.04)
    assert drawn[1].code[edges.verb == 0].mean() < 0.01
    assert drawn[1].code[edges.verb == 1].mean() == pytest.approx(0.3, abs=0.03)
    assert calibrate_links(generator, sampler, data, edges, deadline=0.0) == []  # type: ignore[arg-type]


def test_uniform_numbers_are_spread_evenly() -> None:
    """One in each part; along verbs and objects every run of links has its share below any bound, in all columns."""
    level = np.sort(stratified(500, torch.Generator().manual_seed(0)).numpy())
    assert (np.floor(500 * level + 1e-4).astype(int) == np.arange(500)).all()
    price, gone = ColumnSpec("price", 3, False), ColumnSpec("gone", 2, False)
    _, sampler = _untrained(OccurrenceSpec(ColumnSpec("repeat", 2, False), ONCE, (price, gone), (), (), ()))
    edges = _six_edges_each(400)
    first, second = (column.numpy() for column in sampler._uniform(edges.verb, edges.object))
    for object in range(6):
        own = edges.object == object
        assert abs((first[own] < 0.1).sum() - 40) <= 3
        assert abs((second[own] < 0.3).sum() - 120) <= 3
        assert abs(((first[own] < 0.5) & (second[own] < 0.5)).sum() - 100) <= 6
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05


def _in_single_visits(edges: Edges, visit: np.ndarray) -> DrawnOccurrences:
    """Every edge once, each subject's six visits a week apart, one link in each."""
    subjects, day = np.repeat(np.arange(edges.num_subjects), 6), np.tile(7 * np.arange(6), edges.num_subjects)
    visits = Visits(subjects, day, np.zeros(len(day), np.int64), np.ones(len(day), np.int64))
    return DrawnOccurrences(np.arange(len(edges)), (), visit, visits)


def _each_object_under_two_verbs(subjects: int) -> Edges:
    link = np.arange(6 * subjects)
    return Edges.from_links(link // 6, link % 2, link % 6 // 2, num_subjects=subjects, num_verbs=2, num_objects=3)


def test_the_order_of_verbs_is_that_of_their_first_links_to_an_object() -> None:
    edges = _each_object_under_two_verbs(1)
    assert edges.verb.tolist() == [0, 0, 0, 1, 1, 1]
    orders = verb_orders(edges, _in_single_visits(edges, np.array([0, 1, 5, 2, 1, 3])), 2)
    assert orders[0, 1].tolist() == [1, 1, 1]
    assert orders[1, 0].tolist() == [1, 1, 1]
    assert not orders[0, 0].any()
    unknown = verb_orders(edges, _in_single_visits(edges, np.array([-1, 1, 5, 2, -1, 3])), 2)
    assert unknown[0, 1].tolist() == [0, 0, 1]


def test_the_order_of_verbs_is_calibrated() -> None:
    """Verb 1 follows verb 0 in 19 of 20; the untrained swaps know no order."""
    rng = np.random.default_rng(0)
    edges = _each_object_under_two_verbs(400)
    wrong = rng.random(1200) < 0.05
    begin = 6 * np.repeat(np.arange(400), 3)
    early, late = begin + np.tile([0, 1, 2], 400), begin + np.tile([3, 4, 5], 400)
    visit = np.empty(2400, np.int64)
    visit[edges.verb == 0], visit[edges.verb == 1] = np.where(wrong, late, early), np.where(wrong, early, late)
    real = _in_single_visits(edges, visit)
    model = AssignmentModel(2, 3)

    def draw(pilot: Edges) -> DrawnOccurrences:
        links = Assignment.of(
            real.visits,
            Horizon(),
            subject=edges.subject,
            verb=edges.verb,
            object=edges.object,
            visit=begin.repeat(2) + np.tile(rng.permutation(6), 400),
            rng=rng,
        )
        return _in_single_visits(pilot, swap(model, links, rng))

    data = SimpleNamespace(**vars(real), edges=edges)
    calibration_errors = calibrate_order(model, SimpleNamespace(draw=draw), data, edges)  # type: ignore[arg-type]
    assert calibration_errors[0] == pytest.approx(0.45, abs=0.06)
    assert calibration_errors[-1] < 0.04
    orders = verb_orders(edges, draw(edges), 2)[0, 1]
    assert orders[0] / orders.sum() == pytest.approx(0.95, abs=0.04)
    assert calibrate_order(model, SimpleNamespace(draw=draw), data, edges, deadline=0.0) == []  # type: ignore[arg-type]


def test_an_object_has_prices_of_its_own() -> None:
    """Object 0 always costs the first price, object 1 the second; of object 2 little is known."""
    object = np.repeat([0, 1, 2], [200, 200, 1])
    price = CodedColumn.discrete("price", np.repeat([0, 1, 1], [200, 200, 1]), 2)
    own = ClassLogits((price.spec,), 1, 3)
    own.learn((price,), object)
    [logits] = own(torch.zeros(3, dtype=torch.int64), torch.tensor([0, 1, 2]))
    shares = torch.softmax(logits, 1)
    assert shares[0, 0] > 0.95
    assert shares[1, 1] > 0.95
    assert 0.5 < shares[2, 1] < 0.6
    assert own.is_sound()
