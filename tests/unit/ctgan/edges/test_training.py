"""Training of the edges: it learns, follows its config, and leaves nothing behind."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.conditions import LinkBatch, batches
from assoc_synth.ctgan.edges.training import (
    EdgeStage,
    EdgeTrainer,
    association_parameters,
    decay_to_start,
    pack_positions,
    parameter_groups,
)
from assoc_synth.ctgan.trainer import Progress
from assoc_synth.errors import TrainingError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

QUICK = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=4, hidden_dim=8, blocks=1, epochs=2, critic_interval=2, pac=3
)


@pytest.fixture(scope="module")
def split(paired: Edges) -> tuple[Edges, Edges]:
    return paired.take(np.arange(200)), paired.take(np.arange(200, 240))


def test_it_learns(split: tuple[Edges, Edges]) -> None:
    """Without its margins to begin at, two epochs bring the loss well down."""
    training, validation = split
    trainer = EdgeTrainer(replace(QUICK, learning_rate=0.02, epochs=4), training, validation, seeds=Seeds.of(0))
    with torch.no_grad():
        trainer.stage.network.object_bias.zero_()
        trainer.stage.network.earlier_bias.zero_()
    before = trainer.stage.validate(trainer.stage.network.eval())
    generator, history = trainer.fit()
    assert len(history.epochs) == 4
    assert {"object", "critic", "validation"} <= set(history.epochs[0])
    assert history.epochs[-1]["validation"] < before - 0.1
    assert trainer.stage.validate(generator) < before - 0.1


def test_the_same_seed_gives_the_same_weights_whatever_was_drawn_before(split: tuple[Edges, Edges]) -> None:
    weights = []
    for before, seed in ((1, 0), (2, 0), (1, 1)):
        torch.manual_seed(before)
        generator, _ = EdgeTrainer(replace(QUICK, epochs=1), *split, seeds=Seeds.of(seed)).fit()
        weights.append(generator.output.detach())
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_the_config_governs_epochs_batches_and_the_critic(split: tuple[Edges, Edges]) -> None:
    seen: list[Progress] = []
    config = replace(QUICK, epochs=1, batch_links=100, adversarial_weight=0.0)
    _, history = EdgeTrainer(config, *split, seeds=Seeds.of(0), callback=seen.append).fit()
    assert len(history.epochs) == 1
    assert len(seen) == pytest.approx(len(split[0]) / 100, abs=1)
    assert seen[-1].share == 1.0
    assert "critic" not in history.epochs[0]


def test_a_rate_that_is_too_high_ends_in_a_sentence(split: tuple[Edges, Edges]) -> None:
    config = replace(QUICK, learning_rate=1e30, clip_norm=1e30, epochs=20, warm_up_steps=0)
    with pytest.raises(
        TrainingError, match="the loss of the edges is no longer a number, even at an eighth of the learning rate"
    ):
        EdgeTrainer(config, *split, seeds=Seeds.of(0)).fit()


def test_a_batch_without_predicted_links_has_no_loss(split: tuple[Edges, Edges]) -> None:
    stage = EdgeTrainer(QUICK, *split, seeds=Seeds.of(0)).stage
    batch = next(iter(batches(split[0], batch_links=50, choice=None, rng=np.random.default_rng(0))))
    nothing = replace(batch, position=batch.position[:0])
    assert stage.loss(nothing) is None
    assert stage.loss(batch) is not None


def test_the_validation_loss_is_that_of_every_link(split: tuple[Edges, Edges]) -> None:
    """A generator that knows nothing gives each of the free objects the same probability."""
    stage: EdgeStage = EdgeTrainer(QUICK, *split, seeds=Seeds.of(0)).stage
    generator = stage.network.eval()
    with torch.no_grad():
        for name, parameter in generator.named_parameters():
            if name != "association_gate.2.bias":
                parameter.zero_()
    validation = split[1]
    total = 0.0
    for subject in range(validation.num_subjects):
        for verb in range(2):
            links = int(validation.degrees(verb)[subject])
            total += sum(np.log(20 - earlier) for earlier in range(links))
    assert stage.validate(generator) == pytest.approx(total / len(validation), rel=0.001)


def test_packs_are_of_one_subject_each() -> None:
    """Subjects with links 0–1, 2–5 and 6; all but link 3 are predicted."""
    start = torch.tensor([0, 0, 2, 2, 2, 2, 6])
    position = torch.tensor([0, 1, 2, 4, 5, 6])
    nothing = torch.zeros(7, dtype=torch.int64)
    batch = LinkBatch(nothing, nothing, start, position, torch.ones(6, 1), torch.ones(6, 1), 0)
    packs, present = pack_positions(batch, pac=2)
    assert present.tolist() == [[1, 1], [1, 1], [1, 0]]
    assert packs.tolist() == [[0, 1], [2, 3], [5, 5]]
    assert pack_positions(batch, pac=2, limit=1)[0].tolist() == [[0, 1]]


def test_only_what_could_remember_a_subject_decays(split: tuple[Edges, Edges]) -> None:
    generator = EdgeTrainer(replace(QUICK, repeat_rate_multiplier=7.0), *split, seeds=Seeds.of(0)).stage.network
    groups = parameter_groups(generator, 0.3)
    names = {id(parameter): name for name, parameter in generator.named_parameters()}
    found = [{names[id(parameter)] for parameter in group["params"]} for group in groups]  # type: ignore[attr-defined]
    assert found[0] == {"earlier_bias", "earlier_slope", "earlier_position"}
    assert {"object_bias"} <= found[1]
    assert {"output", "context.object", "association.object"} <= found[2]
    assert sum(map(len, found)) == len(names)
    assert [(group["weight_decay"], group["multiplier"]) for group in groups] == [(0.0, 7.0), (0.0, 1.0), (0.3, 1.0)]


def test_weight_decay_pulls_associations_to_where_they_begin_and_all_else_to_0(split: tuple[Edges, Edges]) -> None:
    generator = EdgeTrainer(QUICK, *split, seeds=Seeds.of(0)).stage.network
    kept, other = generator.output, generator.context.object
    start, before = kept.detach().clone(), other.detach().abs().sum().item()
    optimizer = torch.optim.AdamW(parameter_groups(generator, 0.5), lr=0.1)
    decay_to_start(optimizer, association_parameters(generator))
    with torch.no_grad():
        kept.add_(1.0)
    for parameter in generator.parameters():
        parameter.grad = torch.zeros_like(parameter)
    for _ in range(100):
        optimizer.step()
    assert torch.allclose(kept, start, atol=0.05)
    assert other.abs().sum().item() < 0.1 * before


def test_links_that_nothing_can_draw_do_not_count(split: tuple[Edges, Edges]) -> None:
    training, validation = split
    few = training.take(np.arange(3))
    stage = EdgeTrainer(QUICK, few, validation, seeds=Seeds.of(0)).stage
    assert set(validation.object.tolist()) - set(few.object.tolist())
    assert stage.validate(stage.network.eval()) < 100
