"""Rare objects share a class with their cluster: one distribution in training and in drawing."""

import copy
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges import clusters
from assoc_synth.ctgan.edges.calibration import calibrate_edges
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.drawing import RareDraw
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import initial_generator
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.ctgan.losses import EXCLUDED
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

CONFIG = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=0)
OBJECTS = 60


@pytest.fixture(scope="module", autouse=True)
def small_heads() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "LEAST_HEAD", 10)
        patch.setattr(clusters, "HEAD_ROOTS", 1)
        yield


@pytest.fixture(scope="module")
def edges() -> Edges:
    """Rare objects 50 and 51 go together; verb 1 comes on an object of verb 0."""
    rng = np.random.default_rng(0)
    popularity = 1 / np.arange(1, OBJECTS + 1)
    links = []
    for subject in range(1500):
        objects = set(rng.choice(OBJECTS, 4, replace=False, p=popularity / popularity.sum()).tolist())
        if subject % 10 == 0:
            objects |= {50, 51}
        links += [(subject, 0, o) for o in objects] + [(subject, 1, o) for o in objects if rng.random() < 0.2]
    subject, verb, object = np.array(links).T
    return Edges.from_links(subject, verb, object, num_subjects=1500, num_verbs=2, num_objects=OBJECTS)


@pytest.fixture(scope="module")
def generator(edges: Edges) -> EdgeGenerator:
    torch.manual_seed(0)
    return initial_generator(CONFIG, edges, 0.0).eval()


def probabilities(model: EdgeGenerator, verb: int, earlier: list[int]) -> torch.Tensor:
    """Of every object, for a subject whose links of the verb are `earlier`."""
    nothing = torch.zeros(OBJECTS, model.num_scalars)
    context = torch.zeros(OBJECTS, model.width)
    verbs = torch.full((OBJECTS,), verb)
    query = model.object_query(model.condition(context, nothing, torch.zeros(OBJECTS, 4)), context, nothing, verbs)
    row = torch.repeat_interleave(torch.arange(OBJECTS), len(earlier))
    objects, terms = torch.tensor(earlier * OBJECTS, dtype=torch.int64), torch.full((len(row),), EXCLUDED)
    losses, _ = model.object_losses(query, verbs, torch.arange(OBJECTS), row, objects, terms)
    return torch.exp(-losses).detach()


def test_every_object_has_one_place(generator: EdgeGenerator) -> None:
    tail = generator.tail
    assert tail is not None
    assert generator.num_classes == 10 + generator.slots[0]
    assert tail.is_sound()
    object = torch.arange(OBJECTS)
    assert torch.equal(tail.object_at(tail.class_of[object], tail.slot[object]), object)
    other = copy.deepcopy(tail)
    other.slot[other.object[-2]] = 0
    assert not other.is_sound()


@pytest.mark.parametrize("earlier", [[], [3], [50, 51, 3]])
def test_probabilities_sum_to_one_and_earlier_objects_have_none(generator: EdgeGenerator, earlier: list[int]) -> None:
    found = probabilities(generator, 0, earlier)
    assert float(found.sum()) == pytest.approx(1.0, abs=0.01)
    assert float(found[earlier].sum()) == 0


def test_the_start_is_at_the_margins(generator: EdgeGenerator, edges: Edges) -> None:
    share = np.bincount(edges.object[edges.verb == 0], minlength=OBJECTS) / (edges.verb == 0).sum()
    assert np.abs(probabilities(generator, 0, []).numpy() - share).sum() < 0.01


def test_objects_are_drawn_by_the_probabilities_of_training(generator: EdgeGenerator) -> None:
    with torch.no_grad():
        generator.association.object.zero_()  # so that only biases and exclusion are left
    first = probabilities(generator, 0, []).numpy()
    second = sum(p * probabilities(generator, 0, [o]).numpy() for o, p in enumerate(first))
    drawn = sample_edges(generator, np.tile([2, 0], (40_000, 1)), seeds=Seeds.of(0))
    assert len(drawn) == 80_000
    expected, found = first + second, np.bincount(drawn.object, minlength=OBJECTS) / 40_000
    assert np.abs(found - expected).max() < 5 * np.sqrt(expected.max() / 40_000)
    assert found[40:].sum() == pytest.approx(expected[40:].sum(), rel=0.03)


def test_calibration_gives_a_rare_pair_its_lift(edges: Edges) -> None:
    torch.manual_seed(0)
    config = CTGANConfig(noise_dim=4, context_dim=8, association_dim=0, hidden_dim=16)
    model = initial_generator(config, edges, 0.0).eval()
    degrees = Degrees.learn(edges)
    calibration_errors = calibrate_edges(model, edges, degrees, seeds=Seeds.of(0), pilot_links=60_000)
    assert calibration_errors[-1].associated is not None
    assert calibration_errors[0].associated is not None
    assert calibration_errors[-1].associated < 0.4 * calibration_errors[0].associated
    assert calibration_errors[-1].margins < 0.15
    drawn = sample_edges(model, degrees.draw(6000, np.random.default_rng(1)), seeds=Seeds.of(1))
    real, synthetic = (part.projection(0)[50, 51] / part.num_subjects for part in (edges, drawn))
    assert synthetic == pytest.approx(real, rel=0.25)


@pytest.mark.parametrize("batch", [7, 1000])
def test_the_batch_size_changes_nothing(generator: EdgeGenerator, batch: int) -> None:
    composition = np.random.default_rng(0).integers(1, 9, (200, 2))
    first, again = (
        sample_edges(generator, composition, seeds=Seeds.of(3), batch_subjects=size) for size in (64, batch)
    )
    assert np.array_equal(first.token, again.token)


@torch.no_grad()
def test_a_cluster_whose_objects_are_all_taken_is_not_drawn_and_has_no_empty_slot(edges: Edges) -> None:
    tail = initial_generator(CONFIG, edges, 0.0).eval().tail
    assert tail is not None
    member = tail.object[tail.num_head :].view(tail.weight.shape[:2])
    cluster = int((member < 0).any(1).nonzero()[0])
    taken = member[cluster][member[cluster] >= 0][None, :]
    rare, zero = RareDraw(tail), torch.zeros(1, dtype=torch.int64)
    terms, logits = torch.full(taken.shape, EXCLUDED), torch.zeros(1, tail.num_head + len(member))
    rare.add_to(logits, zero, taken, terms)
    assert logits[0, tail.num_head + cluster] < EXCLUDED / 2
    assert (logits[0].sort().values[1:] > EXCLUDED / 2).all()
    code, query = zero + tail.num_head + cluster, torch.zeros(1, tail.weight.shape[2])
    for uniform in (0.01, 0.5, 0.99):
        drawn = rare.draw(code, query, zero, zero, taken, terms, None, torch.tensor([uniform]))
        assert int(drawn) in taken.tolist()[0]
