"""Weights on disk: they come back, and what does not fit is refused before it does harm."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from assoc_synth.ctgan.assignment.company_terms import CompanyTerms
from assoc_synth.ctgan.checkpoint import describe, from_bytes, to_bytes
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges import clusters
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import initial_generator
from assoc_synth.ctgan.interface import ColumnSpec
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.order.model import OrderSpec
from assoc_synth.errors import ModelFileError
from assoc_synth.link_graph.edges import Edges

CONFIG = CTGANConfig(noise_dim=2, context_dim=4, association_dim=3, hidden_dim=8, blocks=1, assignment_dim=5)


@pytest.fixture(scope="module")
def stored() -> tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator]:
    torch.manual_seed(0)
    edges = EdgeGenerator(CONFIG, torch.randn(2, 6), 0.1)
    edges.make_steering(2)
    edges.steering_source.normal_()
    count, price = ColumnSpec("count", 3, False), ColumnSpec("price", 4, True, 1, 1)
    columns = (price,), (count,), (price,), (price, count)
    order = OrderSpec(kinds=3, gaps=4, rules=1)
    spec = OccurrenceSpec(ColumnSpec("repeat", 2, False), count, *columns, order=order, sizes=True, month_days=True)
    occurrences = OccurrenceGenerator(CONFIG, spec, 2, 6, 0.1)
    assert occurrences.order is not None
    occurrences.order.kinds.copy_(torch.tensor([0, 4, 7]))
    occurrences.order.rules.copy_(torch.tensor([[3, 1]]))
    description = json.loads(json.dumps(describe(CONFIG, edges, occurrences)))
    return description, to_bytes(edges, occurrences), edges, occurrences


def test_everything_comes_back(stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator]) -> None:
    description, content, edges, occurrences = stored
    found = from_bytes(description, content)
    assert found[0].config == found[1].config == CONFIG
    assert found[1].spec == occurrences.spec
    for one, other in zip(found, (edges, occurrences), strict=True):
        assert not one.training
        state = other.state_dict()
        assert one.state_dict().keys() == state.keys()
        assert all(torch.equal(tensor, state[name]) for name, tensor in one.state_dict().items())


def test_company_comes_back_and_is_checked() -> None:
    spec = OccurrenceSpec(ColumnSpec("repeat", 2, False), ColumnSpec("count", 3, False), (), (), (), ())
    edges, occurrences = EdgeGenerator(CONFIG, torch.zeros(2, 6), 0.1), OccurrenceGenerator(CONFIG, spec, 2, 6, 0.1)
    without = describe(CONFIG, edges, occurrences)["visit_terms"]
    occurrences.assignment.company = CompanyTerms.of(np.array([1, 7]), np.array([4, 1]))
    occurrences.assignment.company.weight.normal_()
    description, content = describe(CONFIG, edges, occurrences), to_bytes(edges, occurrences)
    assert description["visit_terms"] == [*without, 0, 3, 2]
    found = from_bytes(description, content)[1].assignment.company
    assert torch.equal(found.weight, occurrences.assignment.company.weight)
    assert found.tokens.tolist() == [1, 4, 7]
    assert found.pairs.tolist() == [[0, 1], [0, 2]]
    name = "occurrences.assignment.company.pairs"
    with pytest.raises(ModelFileError, match="refers to unknown objects"):
        from_bytes(description, save(load(content) | {name: torch.tensor([[0, 1], [0, 3]])}))


def test_a_model_of_before_has_no_order_and_no_known_sizes(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator],
) -> None:
    description, content, _, _ = stored
    newer = ("order", "sizes", "by_verb", "partners")
    columns = {name: value for name, value in description["columns"].items() if name not in newer}
    own = ("occurrences.order.", "occurrences.size_logits.", "occurrences.anchor", "occurrences.partners.")
    older = save({name: tensor for name, tensor in load(content).items() if not name.startswith(own)})
    found = from_bytes(description | {"columns": columns}, older)[1]
    assert found.order is None
    assert found.known_visits(torch.tensor([[3, 0], [2, 2]]))[0].tolist() == [[0.0], [0.0]]


def test_a_description_without_newer_hyperparameters_gets_their_defaults(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator],
) -> None:
    description, content, _, _ = stored
    older = {name: value for name, value in description["hyperparameters"].items() if name != "order_rounds"}
    assert from_bytes(description | {"hyperparameters": older}, content)[0].config == CONFIG


def test_earlier_names_of_tensors_are_translated(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator],
) -> None:
    description, content, edges, _ = stored
    old = save({name.replace("earlier_bias", "held_bias"): tensor for name, tensor in load(content).items()})
    with pytest.raises(ModelFileError, match=r"weights\.safetensors does not fit config\.json"):
        from_bytes(description, old)

    def translated(tensors: Mapping[str, torch.Tensor], _: Mapping[str, Any]) -> dict[str, torch.Tensor]:
        return {name.replace("held_bias", "earlier_bias"): tensor for name, tensor in tensors.items()}

    found = from_bytes(description, old, migrated=translated)
    assert torch.equal(found[0].earlier_bias, edges.earlier_bias)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("num_objects", 0, "claims 2 verbs and 0 objects"),
        ("num_objects", 2_000_000_001, "objects"),
        ("num_verbs", "x", "does not describe a generator"),
        ("slots", [0], "does not describe a generator"),
        ("columns", {}, "does not describe a generator"),
        ("steering_dim", -1, "absurd size"),
        ("pair_terms", 3_000_000_000, "absurd size"),
        ("steering_dim", 3, "does not fit"),
    ],
)
def test_a_wrong_description_is_refused(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator], key: str, value: Any, message: str
) -> None:
    with pytest.raises(ModelFileError, match=message):
        from_bytes(stored[0] | {key: value}, stored[1])


@pytest.mark.parametrize(
    ("hyperparameter", "value", "message"),
    [
        ("epochs", 0, "does not describe a generator"),
        ("colour", 1, "does not describe a generator"),
        ("hidden_dim", 2**20, "absurd size"),
        ("assignment_dim", 2**20, "absurd size"),
        ("blocks", 2**11, "absurd size"),
        ("occurrence_hidden_dim", 7, "does not fit"),
    ],
)
def test_wrong_hyperparameters_are_refused(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator],
    hyperparameter: str,
    value: int,
    message: str,
) -> None:
    state = stored[0]["hyperparameters"] | {hyperparameter: value}
    with pytest.raises(ModelFileError, match=message):
        from_bytes(stored[0] | {"hyperparameters": state}, stored[1])


def test_wrong_weights_are_refused(stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator]) -> None:
    description, content, _, _ = stored
    with pytest.raises(ModelFileError, match="cannot be read"):
        from_bytes(description, content[:100])
    tensors = load(content)
    with pytest.raises(ModelFileError, match="not finite"):
        from_bytes(description, save(tensors | {"edges.earlier_bias": torch.full((2, 2), torch.nan)}))
    unknown = torch.full((6,), 99, dtype=torch.int32)
    with pytest.raises(ModelFileError, match="refers to unknown objects"):
        from_bytes(description, save(tensors | {"occurrences.count_logits.row": unknown}))


@pytest.mark.parametrize("name", ["occurrences.order.kinds", "occurrences.order.rules", "occurrences.anchor"])
def test_weights_that_refer_to_nothing_are_refused(name: str) -> None:
    spec = OccurrenceSpec(
        ColumnSpec("repeat", 2, False), ColumnSpec("count", 3, False), (), (), (), (), OrderSpec(1, 0, 1), by_verb=True
    )
    edges, occurrences = EdgeGenerator(CONFIG, torch.zeros(2, 6), 0.1), OccurrenceGenerator(CONFIG, spec, 2, 6, 0.1)
    assert occurrences.order is not None
    occurrences.order.rules.fill_(1)
    description, tensors = describe(CONFIG, edges, occurrences), load(to_bytes(edges, occurrences))
    from_bytes(description, save(tensors))
    tensors[name] = torch.full_like(tensors[name], 128102389400760775)
    with pytest.raises(ModelFileError, match="refers to unknown objects"):
        from_bytes(description, save(tensors))


def test_clusters_of_rare_objects_come_back(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "LEAST_HEAD", 4)
    monkeypatch.setattr(clusters, "HEAD_ROOTS", 1)
    rng = np.random.default_rng(0)
    edges = Edges.from_links(
        rng.integers(0, 30, 200),
        rng.integers(0, 2, 200),
        rng.integers(0, 12, 200),
        num_subjects=30,
        num_verbs=2,
        num_objects=12,
    )
    torch.manual_seed(0)
    generator = initial_generator(CONFIG, edges, 0.0)
    occurrences = OccurrenceGenerator(CONFIG, replace(stored[3].spec, order=None), 2, 12, 0.0)
    description, content = describe(CONFIG, generator, occurrences), to_bytes(generator, occurrences)
    found, _ = from_bytes(description, content)
    assert found.tail is not None
    assert generator.tail is not None
    assert found.slots == generator.slots != (0, 0)
    assert torch.equal(found.tail.class_of, generator.tail.class_of)
    assert torch.equal(found.class_of(torch.arange(12)), generator.class_of(torch.arange(12)))
    wrong = torch.flip(generator.tail.class_of, [0])
    with pytest.raises(ModelFileError, match="refers to unknown objects"):
        from_bytes(description, save(load(content) | {"edges.tail.class_of": wrong}))


def test_tensors_that_no_generator_has_are_refused_by_the_header_alone(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    description, content, *_ = stored
    more = load(content) | {"edges.unknown": torch.zeros(1)}
    with pytest.raises(ModelFileError, match="unknown tensors"):
        from_bytes(description, save(more))
    many = save(more | {f"x{number}": torch.zeros(0) for number in range(2_000)})
    monkeypatch.setattr("safetensors.torch.load", lambda _: pytest.fail("the tensors are read"))
    with pytest.raises(ModelFileError, match="too many tensors"):
        from_bytes(description, many)


def test_numbers_of_another_kind_are_refused(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator],
) -> None:
    description, content, *_ = stored
    doubles = {name: own.double() if own.is_floating_point() else own for name, own in load(content).items()}
    with pytest.raises(ModelFileError, match="does not fit"):
        from_bytes(description, save(doubles))


def test_a_short_file_is_half_as_large_and_nearly_the_same() -> None:
    torch.manual_seed(0)
    config = replace(CONFIG, context_dim=64, hidden_dim=64, occurrence_link_dim=32)
    edges = EdgeGenerator(config, torch.randn(2, 600), 0.1)
    edges.object_bias.data[0, 1] = 1e6
    count = ColumnSpec("count", 3, False)
    occurrences = OccurrenceGenerator(
        config, OccurrenceSpec(ColumnSpec("repeat", 2, False), count, (), (count,), (), ()), 2, 600, 0.1
    )
    content = to_bytes(edges, occurrences, short=True)
    assert len(content) < 0.6 * len(to_bytes(edges, occurrences))
    for own, read in zip((edges, occurrences), from_bytes(describe(config, edges, occurrences), content), strict=True):
        for name, tensor in own.state_dict().items():
            back = read.state_dict()[name]
            assert back.dtype == tensor.dtype
            torch.testing.assert_close(back, tensor, rtol=2**-11, atol=1e-7)


def test_parts_of_packed_weights_that_do_not_fit_are_refused(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator],
) -> None:
    description, content, *_ = stored
    with pytest.raises(ModelFileError, match="cannot be read: KeyError"):
        from_bytes(description, save(load(content) | {"edges.output:usual": torch.zeros(8, dtype=torch.float16)}))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e30])
def test_weights_that_no_training_gives_are_refused(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator], number: float
) -> None:
    description, content, *_ = stored
    tensors = load(content)
    name = min(name for name, tensor in tensors.items() if tensor.dtype == torch.float32 and tensor.numel())
    tensors[name] = tensors[name].clone()
    tensors[name].view(-1)[0] = number
    with pytest.raises(ModelFileError, match="not finite or far too large"):
        from_bytes(description, save(tensors))


@pytest.mark.parametrize("sweeps", [-1, 10**5, 2**63 - 1])
def test_a_number_of_sweeps_that_would_not_end_is_refused(
    stored: tuple[dict[str, Any], bytes, EdgeGenerator, OccurrenceGenerator], sweeps: int
) -> None:
    description, content, *_ = stored
    asked = load(content) | {"occurrences.assignment.sweeps": torch.tensor(sweeps)}
    with pytest.raises(ModelFileError, match="restore it or fit again"):
        from_bytes(description, save(asked))
