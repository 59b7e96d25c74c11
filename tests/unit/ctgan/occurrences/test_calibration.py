"""Occurrences are calibrated: a generator that knows nothing comes to the training shares."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.sampling import swap
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, DrawnOccurrences, Horizon, Visits
from assoc_synth.ctgan.occurrences.calibration import (
    calibrate_counts,
    calibrate_links,
    calibrate_occurrences,
    calibrate_order,
    verb_orders,
)
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.link_graph.edges import Edges

SixEdges = Callable[[int], Edges]
Untrained = Callable[..., tuple[OccurrenceGenerator, OccurrenceSampler]]
ONCE = ColumnSpec("count", 1, False)


def test_numbers_of_occurrences_are_calibrated_by_verb(untrained: Untrained, six_edges_each: SixEdges) -> None:
    """Verb 0 occurs once in 90 %, verb 1 in 40 %; the untrained generator knows neither."""
    rng = np.random.default_rng(0)
    edges = six_edges_each(2000)
    once = np.where(edges.verb == 0, 0.9, 0.4)
    code = np.where(rng.random(len(edges)) < once, 0, 1 + rng.integers(0, 2, len(edges)))
    count = CodedColumn.discrete("count", code, 3)
    generator, sampler = untrained(OccurrenceSpec(ColumnSpec("repeat", 2, False), count.spec, (), (), (), ()))
    data = SimpleNamespace(edges=edges, count=count)
    calibration_errors = calibrate_counts(generator, sampler, data, edges)  # type: ignore[arg-type]
    assert calibration_errors[-1] < 0.1 * calibration_errors[0]
    drawn = sampler.count_classes(edges)
    for verb, share in enumerate((0.9, 0.4)):
        assert (drawn[edges.verb == verb] == 0).mean() == pytest.approx(share, abs=0.03)


def test_columns_of_links_are_calibrated_by_object_and_by_verb(untrained: Untrained, six_edges_each: SixEdges) -> None:
    """Object 4 costs the first price in 95 %, object 5 in 5 %, the others in half; verb 1 alone lacks a value."""
    rng = np.random.default_rng(0)
    edges = six_edges_each(2000)
    first = np.array([0.5, 0.5, 0.5, 0.5, 0.95, 0.05])[edges.object]
    price = CodedColumn.discrete("price", (rng.random(len(edges)) > first).astype(np.int64), 2)
    gone = CodedColumn.discrete("gone", (rng.random(len(edges)) < 0.3) & (edges.verb == 1), 2)
    spec = OccurrenceSpec(ColumnSpec("repeat", 2, False), ONCE, (price.spec, gone.spec), (), (), ())
    generator, sampler = untrained(spec)
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
    model = AssignmentModel(2, 3, CTGANConfig())

    def draw(pilot: Edges) -> DrawnOccurrences:
        links = Assignment.of(
            real.visits,
            Horizon(),
            subject=edges.subject,
            verb=edges.verb,
            object=edges.object,
            visit=begin.repeat(2) + np.tile(rng.permutation(6), 400),
        )
        return _in_single_visits(pilot, swap(model, links, rng))

    data = SimpleNamespace(**vars(real), edges=edges)
    sampler = SimpleNamespace(draw=draw, without_attributes=lambda pilot: pilot)
    calibration_errors = calibrate_order(CTGANConfig(), model, sampler, data, edges)  # type: ignore[arg-type]
    assert calibration_errors[0] == pytest.approx(0.45, abs=0.06)
    assert calibration_errors[-1] < 0.04
    orders = verb_orders(edges, draw(edges), 2)[0, 1]
    assert orders[0] / orders.sum() == pytest.approx(0.95, abs=0.04)
    assert calibrate_order(CTGANConfig(), model, sampler, data, edges, deadline=0.0) == []  # type: ignore[arg-type]


def test_the_config_says_how_many_rounds_are_made(untrained: Untrained, six_edges_each: SixEdges) -> None:
    edges = six_edges_each(50)
    count = CodedColumn.discrete("count", np.zeros(300, int), 2)
    price = CodedColumn.discrete("price", np.zeros(300, int), 2)
    spec = OccurrenceSpec(ColumnSpec("repeat", 2, False), count.spec, (price.spec,), (), (), ())
    generator, sampler = untrained(spec)
    data = SimpleNamespace(edges=edges, count=count, link=(price,), link_edge=np.arange(300), visits=None)
    for rounds in (0, 2):
        generator.config = replace(CTGANConfig(), count_rounds=rounds, link_rounds=rounds, order_rounds=rounds)
        errors = calibrate_occurrences(generator, sampler, data, edges)  # type: ignore[arg-type]
        made = {"counts": rounds, "links": 2 * rounds, "visits": 0, "order": 0}
        assert {name: len(found) for name, found in errors.items()} == made
