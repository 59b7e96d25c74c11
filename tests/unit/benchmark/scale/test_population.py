"""The planted population: its pairs are as frequent as said."""

import numpy as np

from assoc_synth.benchmark.scale.population import KINDS, Population


def test_planted_pairs_are_together_as_often_as_said() -> None:
    population = Population.of(4_000, pairs=4, both=0.05, rng=np.random.default_rng(0))
    table = population.table(4_000, np.random.default_rng(1))
    assert table.num_objects > 3_000
    for kind in KINDS:
        for left, right in zip(*population.links(table, kind), strict=True):
            both = set(table.subject[table.object == left]) & set(table.subject[table.object == right])
            assert 140 < len(both) < 320
    few = population.table(1, np.random.default_rng(2))
    assert -1 in population.links(few, KINDS[0])[0]


def test_of_a_million_objects_pairs_are_frequent_ones_and_rare_ones() -> None:
    population = Population.of(1_000_000, pairs=3, both=0.01, rng=np.random.default_rng(0))
    rare, mixed, frequent = (population.pairs[kind] for kind in KINDS)
    assert rare.min() >= 8_192
    assert (mixed.max(0) >= 8_192).all()
    assert frequent.max() < 2_048
    assert frequent.min() >= 1_024
