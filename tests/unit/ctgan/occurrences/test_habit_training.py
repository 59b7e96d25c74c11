"""Habits are learned: half of the subjects always come in the morning, the others always in the evening."""

import numpy as np
import pandas as pd
import pytest
import torch

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.habit_training import learn_habits
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.table import TransactionTable

QUICK = CTGANConfig(noise_dim=2, context_dim=8, association_dim=4, hidden_dim=8, occurrence_hidden_dim=16)
SUBJECTS, VISITS = 120, 16
NOON = 12 * 3600 * 10**9


def fitted(morning: Floats) -> tuple[Occurrences, AttributeEncoder, OccurrenceGenerator, EdgeGenerator]:
    """An untrained generator of subjects who come in the morning with these probabilities, a week apart."""
    rng = np.random.default_rng(0)
    subject, week = np.repeat(np.arange(SUBJECTS), VISITS), np.tile(np.arange(VISITS), SUBJECTS)
    hour = np.where(rng.random(len(subject)) < morning[subject], 8, 20)
    time = pd.Timestamp("2026-01-05") + pd.to_timedelta(168 * week + hour, unit="h")
    rows = {"subject": subject, "verb": "buys", "object": rng.integers(0, 5, len(subject)), "time": time}
    graph = LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(rows)))
    encoder = AttributeEncoder.learn(graph, rng)
    data = encoder.encode(graph, rng)
    torch.manual_seed(0)
    edges = EdgeGenerator(QUICK, torch.zeros(data.edges.num_verbs, data.edges.num_objects), 0.0).eval()
    generator = OccurrenceGenerator(QUICK, OccurrenceSpec.of(data), data.edges.num_verbs, data.edges.num_objects, 0.0)
    generator.start_at(data)
    return data, encoder, generator, edges


def shares_of_mornings(subject: Ints, clock: Ints) -> Floats:
    return np.asarray(pd.Series(clock < NOON).groupby(subject).mean(), np.float64)


def test_the_hours_of_all_subjects_together_stay_as_they_are() -> None:
    """A tenth of the subjects come in the morning as a rule, the others hardly ever."""
    data, encoder, generator, edges = fitted(np.repeat([0.9, 0.02], [SUBJECTS // 10, SUBJECTS - SUBJECTS // 10]))
    assert data.visits is not None
    real = (data.visits.clock < NOON).mean()
    learn_habits(generator, edges, data, torch.Generator().manual_seed(0))
    drawn = [
        OccurrenceSampler(generator, edges, encoder, seeds=Seeds.of(seed), ordered=False).draw(data.edges).visits
        for seed in range(5)
    ]
    assert np.mean([(visits.clock < NOON).mean() for visits in drawn]) == pytest.approx(real, abs=0.035)


@pytest.mark.parametrize(("morning", "spread"), [((0.03, 0.97), 0.4), ((0.5, 0.5), 0.0)])
def test_subjects_differ_in_their_hours_as_in_training(morning: tuple[float, float], spread: float) -> None:
    """Where all of them come at any time, the shares of single subjects differ by chance alone."""
    data, encoder, generator, edges = fitted(np.repeat(morning, SUBJECTS // 2))
    chance = 0.5 / np.sqrt(VISITS)

    def spread_of_drawn() -> float:
        sampler = OccurrenceSampler(generator, edges, encoder, seeds=Seeds.of(0), ordered=False)
        visits = sampler.draw(data.edges).visits
        return float(shares_of_mornings(visits.subject, visits.clock).std())

    assert learn_habits(generator, edges, data, torch.Generator(), deadline=0.0) == []
    assert spread_of_drawn() < 2 * chance
    gains = learn_habits(generator, edges, data, torch.Generator().manual_seed(0))
    drawn = spread_of_drawn()
    if spread:
        assert drawn > 0.75 * spread
        assert gains[-1] > max(gains[0], 0.2)
    else:
        assert drawn < 2 * chance


def test_no_habits_where_no_time_is_known() -> None:
    frame = pd.DataFrame({"subject": np.repeat(np.arange(80), 5), "verb": "buys", "object": np.tile(np.arange(5), 80)})
    graph, rng = LinkGraph.from_table(TransactionTable.from_frame(frame)), np.random.default_rng(0)
    data = AttributeEncoder.learn(graph, rng).encode(graph, rng)
    assert not OccurrenceSpec.of(data).habits
    generator = OccurrenceGenerator(QUICK, OccurrenceSpec.of(data), 1, 5, 0.0)
    edges = EdgeGenerator(QUICK, torch.zeros(1, 5), 0.0)
    assert learn_habits(generator, edges, data, torch.Generator()) == []
