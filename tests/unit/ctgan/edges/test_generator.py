"""The edge generator's shapes, and what each path contributes."""

import math

import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.drawing import ObjectLogits
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.losses import EXCLUDED

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


def make(config: CTGANConfig = SMALL, verbs: int = 3, objects: int = 10) -> EdgeGenerator:
    torch.manual_seed(0)
    return EdgeGenerator(config, torch.zeros(verbs, objects), 0.0).eval()


def logits(model: EdgeGenerator, neighbourhood: torch.Tensor, verb: torch.Tensor) -> torch.Tensor:
    numbers = torch.zeros(len(verb), model.num_scalars)
    condition = model.condition(neighbourhood, numbers, torch.zeros(len(verb), model.noise_dim))
    with torch.inference_mode():
        return ObjectLogits(model)(model.object_query(condition, neighbourhood, numbers, verb), verb)


@pytest.mark.parametrize("config", [SMALL, CTGANConfig(association_dim=0), CTGANConfig(hidden_dim=0)])
def test_each_path_alone_has_the_right_shapes(config: CTGANConfig) -> None:
    model = make(config)
    verb, object = torch.tensor([0, 2]), torch.tensor([1, 9])
    embedded = model.embed(verb, object)
    assert embedded.shape == (2, model.width)
    assert logits(model, embedded, verb).shape == (2, 10)


def test_the_verb_condition_reaches_its_own_bias_and_no_other() -> None:
    model = make()
    with torch.no_grad():
        model.object_bias[1, 4] = 7.0
    nothing = torch.zeros(3, model.width)
    found = logits(model, nothing, torch.tensor([0, 1, 2])).detach()
    base = logits(make(), nothing, torch.tensor([0, 1, 2])).detach()
    assert (found - base)[1, 4] == pytest.approx(7.0)
    assert (found - base).abs().sum() == pytest.approx(7.0, abs=1e-5)


def test_an_earlier_link_adds_its_bias_its_position_and_its_popularity() -> None:
    model = make(verbs=2)
    with torch.no_grad():
        model.object_bias[1, 3] = 0.5
        model.earlier_bias[1, 0] = 2.0
        model.earlier_slope[1, 0] = -1.0
        model.earlier_position[1, 0, 2] = 0.25
    numbers, verb = torch.tensor([[0.0, 0.0, 1.0, 9.0, 9.0, 9.0, 9.0]]), torch.tensor([1])
    row, earlier_verb, earlier = torch.tensor([0, 0]), torch.tensor([0, 1]), torch.tensor([3, 3])
    with torch.no_grad():
        terms = model.repeat_terms(model.repeat_bias(numbers, verb), row, verb[row], earlier_verb, earlier)
    assert terms[0].item() == pytest.approx(2.0 + 0.25 - (0.5 + math.log(10)))
    assert terms[1].item() == EXCLUDED


def test_the_steering_path_is_free_until_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.ctgan.edges.drawing.product_dtype", lambda device: torch.float32)
    model = make()
    verb, object = torch.tensor([0, 2]), torch.tensor([1, 9])
    before = logits(model, model.embed(verb, object), verb)
    model.make_steering(2)
    assert torch.allclose(logits(model, model.embed(verb, object), verb), before, atol=1e-6)
    model.steering_source[0 * 10 + 1, 0] = 1.0  # the subject has verb 0, object 1
    model.steering_target[2, 5, 0] = 3.0  # for verb 2, object 5
    links = torch.tensor([0, 0]), torch.tensor([1, 1])
    after = logits(model, model.embed(*links), torch.tensor([2, 0])).detach()
    reference = logits(make(), make().embed(*links), torch.tensor([2, 0])).detach()
    assert (after - reference)[0, 5] == pytest.approx(3.0, abs=1e-4)
    assert (after - reference).abs().sum() == pytest.approx(3.0, abs=1e-3)


def test_the_logits_of_training_and_of_drawing_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("generator", "drawing"):
        monkeypatch.setattr(f"assoc_synth.ctgan.edges.{module}.product_dtype", lambda device: torch.float32)
    model = make()
    verb, object = torch.tensor([0, 1, 1]), torch.tensor([1, 9, 4])
    embedded, numbers = model.embed(verb, object), torch.zeros(3, model.num_scalars)
    condition = model.condition(embedded, numbers, torch.zeros(3, model.noise_dim))
    query = model.object_query(condition, embedded, numbers, verb)
    none, nothing = torch.zeros(0, dtype=torch.int64), torch.zeros(0)
    losses, found = model.object_losses(query, verb, object, none, none, nothing)
    assert torch.allclose(found, logits(model, embedded, verb), atol=1e-5)
    assert torch.allclose(losses, -torch.log_softmax(found, 1)[torch.arange(3), object], atol=1e-6)
