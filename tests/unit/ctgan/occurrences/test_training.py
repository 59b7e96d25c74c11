"""Training of the occurrences: it learns, follows its config, and its validation loss is a likelihood."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import Horizon, Occurrences, Visits
from assoc_synth.ctgan.occurrences.training import SHRUNK, OccurrenceTrainer, features_before
from assoc_synth.ctgan.trainer import Progress
from assoc_synth.ctgan.visit_features import step_features
from assoc_synth.datasets import toy_shop
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.randomness import Seeds

QUICK = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=4, hidden_dim=8, occurrence_hidden_dim=16, epochs=1, critic_interval=4
)
TRAINING, VALIDATION = np.arange(30), np.arange(30, 40)


@pytest.fixture(scope="module")
def data() -> Occurrences:
    graph, rng = LinkGraph.from_table(toy_shop(subjects=40, seed=1)), np.random.default_rng(0)
    return AttributeEncoder.learn(graph, rng).encode(graph, rng)


def trainer(data: Occurrences, config: CTGANConfig = QUICK, **options: object) -> OccurrenceTrainer:
    torch.manual_seed(0)
    verbs, objects = data.edges.num_verbs, data.edges.num_objects
    edges = EdgeGenerator(config, torch.zeros(verbs, objects), 0.0).eval()
    split = dict(training=TRAINING, validation=VALIDATION, seeds=Seeds.of(0))
    return OccurrenceTrainer(config, data, edges, **(split | options))  # type: ignore[arg-type]


def test_it_learns(data: Occurrences) -> None:
    fitted = trainer(data, replace(QUICK, epochs=6, learning_rate=5e-3))
    before = fitted.stage.validate(fitted.stage.network.eval())
    generator, history = fitted.fit()
    assert {"likelihood", "critic", "validation"} <= set(history.epochs[0])
    assert len(history.epochs) == 6
    assert fitted.stage.validate(generator) < before - 0.1
    assert not generator.training


def test_heads_of_one_row_a_subject_are_taken_back_where_validation_gains(data: Occurrences) -> None:
    """What is drawn once for each subject has been learned by heart: by a far too long way in one direction."""
    fitted = trainer(data)
    network = fitted.stage.network
    before = {name: fitted.stage._loss_of(network, name) for name in SHRUNK}
    count = network.count.heads[0].get_parameter("weight").clone()
    with torch.no_grad():
        for name in SHRUNK:
            getattr(network, name).heads[0].get_parameter("weight").mul_(50.0)
    spoilt = {name: fitted.stage._loss_of(network, name) for name in SHRUNK}
    fitted.stage.shrink(network)
    for name in SHRUNK:
        after = fitted.stage._loss_of(network, name)
        assert after < spoilt[name]
        assert after < before[name] + 0.5 * (spoilt[name] - before[name])
    assert torch.equal(network.count.heads[0].get_parameter("weight"), count)


def test_the_same_seed_gives_the_same_weights(data: Occurrences) -> None:
    weights = [trainer(data, seeds=Seeds.of(seed)).fit()[0].interest.weight.detach() for seed in (0, 0, 1)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_the_config_governs_epochs_and_batches(data: Occurrences) -> None:
    seen: list[Progress] = []
    config = replace(QUICK, batch_links=50, adversarial_weight=0.0)
    fitted = trainer(data, config, callback=seen.append)
    _, history = fitted.fit()
    assert len(history.epochs) == 1
    assert "critic" not in history.epochs[0]
    assert seen[-1].share == 1.0
    links = np.bincount(data.edges.subject[data.link_edge], minlength=40)[TRAINING].sum()
    assert fitted.stage.links == links
    assert len(seen) <= links / 50 + 1
    assert len(seen) > 5


def test_groups_hold_every_subject_once(data: Occurrences) -> None:
    stage = trainer(data, replace(QUICK, batch_links=60)).stage
    groups = stage.groups(TRAINING)
    assert np.concatenate(groups).tolist() == TRAINING.tolist()
    assert len(groups) > 2


def test_the_dropout_of_the_config_is_that_of_the_networks(data: Occurrences) -> None:
    network = trainer(data, replace(QUICK, dropout=0.45)).stage.network
    rates = {module.p for module in network.modules() if isinstance(module, torch.nn.Dropout)}
    assert rates == {0.45}


def test_what_a_later_visit_knows_are_the_visits_before_it() -> None:
    """Subject 0 has visits of 2, 1 and 3 links on days 0, 5 and 7; subject 4 one of 4 links."""
    horizon = Horizon(0, 10)
    visits = Visits(np.array([0, 0, 0, 4]), np.array([0, 5, 7, 2]), np.array([0, 60, 0, 0]), np.array([2, 1, 3, 4]))
    found = features_before(visits, horizon)
    expected = step_features(
        horizon,
        visits=np.array([3, 3]),
        step=np.array([1, 2]),
        day=np.array([0, 5]),
        before=np.array([0, 0]),
        clock=np.array([0, 60]),
        size=np.array([2, 1]),
        links=np.array([4, 3]),
    )
    assert torch.allclose(found, expected)
