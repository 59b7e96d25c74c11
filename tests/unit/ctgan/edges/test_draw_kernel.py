"""The compiled draws: by the softmax of what `_next` calculates with PyTorch, and never what has no weight."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.categorical import LANES, LOWEST
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.draw_kernel import Links, Terms, draw_classes, draw_verbs
from assoc_synth.ctgan.edges.drawing import Drawing
from assoc_synth.ctgan.edges.enforcement import exclusions
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.sampling import Lockstep, sample_edges
from assoc_synth.ctgan.losses import BROKEN
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats, Singles

EVEN = 20_000
"""Uniforms in equal steps: each category is drawn as often as its share says, but for the two ends of its interval."""


def even(count: int = EVEN) -> Singles:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def softmax(logits: Singles) -> Floats:
    weights = np.exp(logits.astype(np.float64) - logits.max())
    return weights / weights.sum()


def test_verbs_are_drawn_in_proportion_to_what_is_to_come() -> None:
    left = np.tile(np.array([3, 0, 1, 4], np.float32), (EVEN, 1))
    found = draw_verbs(left, even())
    assert np.abs(np.bincount(found, minlength=4) - EVEN * np.array([3, 0, 1, 4]) / 8).max() <= 1
    taken = np.array([3, 0, 1, 4]) - left
    assert (taken[np.arange(EVEN), found] == 1).all()
    assert (taken.sum(1) == 1).all()


@pytest.mark.parametrize("shift", [0, 16])
def test_products_may_be_halves_of_floats(shift: int) -> None:
    """All that is added is 0, so that what is drawn follows the products alone."""
    products = np.tile(np.array([[0.5, 2.0, -1.0, 1.5]], np.float32), (EVEN, 1))
    bits = np.zeros((EVEN, LANES), np.uint32 if shift == 0 else np.uint16)
    bits[:, :4] = products.view(np.uint32) >> shift  # each has its last 16 bits 0
    bias = np.full((1, LANES), LOWEST, np.float32)
    bias[0, :4] = 0.0
    nothing = np.zeros(0, np.int64)
    terms = Terms(bias, np.zeros((1, 1), np.float32), -30.0, 1.0, np.zeros(2, np.int64), nothing)
    none = np.zeros((EVEN, 0), np.int64)
    zeros = np.zeros(EVEN, np.int64)
    links = Links(none, none, np.zeros((EVEN, 0), np.float32))
    repeat = np.zeros((EVEN, 1), np.float32)
    found, highest = draw_classes(bits, np.arange(EVEN), zeros, repeat, 0, terms, links, even())
    assert np.abs(np.bincount(found, minlength=4) - EVEN * softmax(products[0])).max() <= 2
    assert (highest == 2.0).all()


@pytest.fixture(scope="module")
def generator() -> EdgeGenerator:
    """With all that adds to logits: popularity, both paths, steering, terms of pairs, exclusions and repeats."""
    torch.manual_seed(0)
    config = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)
    model = EdgeGenerator(config, torch.randn(3, 90), 0.0).eval()
    model.make_steering(4)
    model.steering_source.normal_()
    model.steering_target.normal_()
    rng = np.random.default_rng(0)
    model.pairs.set(*exclusions(rng.integers(0, 270, (200, 2))))
    model.pairs.weight.normal_()
    model.exclusions.set(*exclusions(np.array([[5, 17], [5, 18], [95, 100], [3, 200]])))
    with torch.no_grad():
        for part in (model.earlier_bias, model.earlier_slope, model.earlier_position):
            part.normal_()
    return model


LINKS = [(0, 5), (1, 5), (2, 40), (0, 3)]


@pytest.mark.parametrize("verb", [0, 1, 2])
@pytest.mark.parametrize("number", [0, 1, 4])
def test_classes_are_drawn_by_the_logits(generator: EdgeGenerator, verb: int, number: int) -> None:
    count, links = 5_000, np.array(LINKS[:number], np.int64).reshape(-1, 2)
    own, object = np.tile(links, (count, 1)).T
    sizes = {"num_subjects": count, "num_verbs": 3, "num_objects": 90}
    given = Edges.from_links(np.repeat(np.arange(count), number), own, object, **sizes) if number else None
    composition = np.zeros((count, 3), np.int64)
    composition[:, verb] = 1
    noise, drawing = np.zeros((count, 4), np.float32), Drawing(generator)
    assert drawing.classes is not None
    walks = [Lockstep(drawing, composition, np.full((count, 3), 9), noise, given) for _ in range(2)]
    uniform = torch.full((count, 3), 0.5)
    uniform[:, 1] = torch.from_numpy(even(count))
    with torch.inference_mode():
        rows = torch.zeros(1, dtype=torch.int64)
        logits = walks[0]._next(rows, torch.tensor([verb])).logits[0].numpy()
    drawn_verb, drawn = walks[1].draw(uniform)
    assert (drawn_verb == verb).all()
    found = np.bincount(drawn.numpy(), minlength=90)
    assert np.abs(found - count * softmax(logits)).max() <= 3
    assert (found[logits < BROKEN / 2] == 0).all()
    if number:
        assert found[[one for other, one in LINKS[:number] if other == verb]].sum() == 0


def test_the_same_is_drawn_in_several_threads(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (300, 3))
    before = torch.get_num_threads()
    found = []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found.append(sample_edges(generator, composition, seeds=Seeds.of(3), batch_subjects=70))
    torch.set_num_threads(before)
    assert np.array_equal(found[0].token, found[1].token)
    assert np.array_equal(found[0].subject, found[1].subject)
