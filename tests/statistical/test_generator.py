"""The generator by its numbers, on a shop whose associations are known, beside the floor and independent draws."""

import numpy as np
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.datasets import ToyShopTruth, halves, toy_shop
from assoc_synth.evaluation import fidelity, fidelity_across_verbs, verb_shares
from assoc_synth.gate.verdict import Status
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.lift import lift

pytestmark = pytest.mark.statistical


@pytest.fixture(scope="module")
def tables() -> tuple[Edges, Edges, LinkGraph, Status]:
    train, heldout = halves(toy_shop(subjects=1500, seed=4))
    # A fifth of the rounds that bring visits nearest: enough for the gate, in two thirds of the time.
    config = CTGANConfig(visit_rounds=12, order_rounds=2, count_rounds=2, link_rounds=1)
    result = AssociativeSynthesizer(random_state=0, config=config).fit(train).sample()
    return LinkGraph.from_table(train).edges, LinkGraph.from_table(heldout).edges, result.graph, result.verdict.status


def test_pairs_are_near_the_floor_and_far_from_independent(tables: tuple[Edges, Edges, LinkGraph, Status]) -> None:
    train, heldout, graph, _ = tables
    independent = independent_draw(train, np.random.default_rng(0))
    for judge in (fidelity, fidelity_across_verbs):
        floor, own, nothing = (judge(train, other) for other in (heldout, graph.edges, independent))
        assert own.pair_l1 < 1.25 * floor.pair_l1
        assert own.lift_r > 0.9 * floor.lift_r
        assert own.pair_l1 < nothing.pair_l1
        assert own.lift_r > nothing.lift_r + 0.3


def test_the_gate_does_not_refuse_it(tables: tuple[Edges, Edges, LinkGraph, Status]) -> None:
    assert tables[3] is not Status.FAIL


def test_verbs_keep_their_shares(tables: tuple[Edges, Edges, LinkGraph, Status]) -> None:
    train, _, graph, _ = tables
    assert np.abs(verb_shares(train) - verb_shares(graph.edges)).max() < 0.03


def test_planted_pairs_are_among_the_lifted(tables: tuple[Edges, Edges, LinkGraph, Status]) -> None:
    edges, table = tables[2].edges, tables[2].table
    verbs, objects = list(table.verbs), list(table.objects)
    tokens = edges.tokens()
    counts, support = (tokens.T @ tokens).toarray(), np.asarray(tokens.sum(0)).ravel()
    lifts = []
    for pair in ToyShopTruth().within:
        i = verbs.index(pair.verb) * len(objects) + objects.index(pair.object)
        j = verbs.index(pair.other_verb) * len(objects) + objects.index(pair.other_object)
        lifts.append(float(lift(counts[i, j], support[i], support[j], edges.num_subjects)))
    assert np.median(lifts) > 3
    assert np.mean(np.array(lifts) > 1.5) > 0.9
