"""Lifts of planted pairs against the truth."""

import numpy as np
import pytest

from assoc_synth.benchmark.scale.planted import Kept, lifts
from assoc_synth.benchmark.scale.population import KINDS, Population
from assoc_synth.link_graph.graph import LinkGraph


def test_lifts_are_those_of_the_graph_and_absent_objects_have_none() -> None:
    population = Population.of(4_000, pairs=3, both=0.05, rng=np.random.default_rng(0))
    table = population.table(2_000, np.random.default_rng(1))
    left, right = population.links(table, KINDS[0])
    found = lifts(LinkGraph.from_table(table).edges, np.append(left, -1), np.append(right, left[0]))
    has = [set(table.subject[table.object == one]) for one in (left[0], right[0])]
    assert found[0] == pytest.approx(2_000 * len(has[0] & has[1]) / (len(has[0]) * len(has[1])))
    assert found[-1] == 0


def test_a_kind_is_summed_up() -> None:
    kept = Kept.of("rare", np.array([10.0, 10.0, 0.0]), np.array([11.0, 1.0, 5.0]))
    assert (kept.pairs, kept.close) == (2, 0.5)
    assert (kept.pooled, kept.median) == (pytest.approx(0.6), pytest.approx(0.6))
    assert kept.line.endswith("pooled 0.60, median 0.60, within 20 % 50%")
