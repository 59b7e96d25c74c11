"""Where training starts: at the margins and at the counts."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration_target import MOST_TASTES
from assoc_synth.ctgan.edges.initialisation import (
    certain_ratios,
    initial_associations,
    initial_generator,
    initial_logits,
    initial_repeat_bias,
    num_directions,
)
from assoc_synth.link_graph.edges import Edges


def test_initial_logits_are_the_shares(paired: Edges) -> None:
    objects = initial_logits(paired)
    assert torch.exp(objects).sum(1).numpy() == pytest.approx([1, 1], abs=1e-4)


def test_initial_repeat_bias_sees_that_one_verb_follows_the_other(paired: Edges) -> None:
    bias = initial_repeat_bias(paired)
    assert bias[1, 0] > 1.0
    assert bias[0, 0] == bias[1, 1] == 0


def test_initial_associations_lift_the_planted_pair_most(paired: Edges) -> None:
    target, source = initial_associations(paired, 8)
    ratio = (target @ source.T).numpy()
    np.fill_diagonal(ratio, 0)
    assert np.unravel_index(ratio.argmax(), ratio.shape) in {(0, 1), (1, 0)}


def test_what_is_chance_is_not_begun_at() -> None:
    """Links of popularity alone: the counts of pairs scatter, and none of it is an association."""
    rng = np.random.default_rng(0)
    subject, object = np.nonzero(rng.random((300, 40)) < rng.uniform(0.1, 0.5, 40))
    edges = Edges.from_links(subject, 0 * subject, object, num_subjects=300, num_verbs=1, num_objects=40)
    ratio, tastes = certain_ratios(edges)
    assert (len(tastes.excess), num_directions(edges)) == (0, 0)
    assert np.count_nonzero(ratio) < 0.1 * ratio.size


def test_a_clear_pair_is_hardly_shrunk_and_nothing_else_is_invented(paired: Edges) -> None:
    ratio, _ = certain_ratios(paired)
    assert np.allclose(ratio, ratio.T)
    assert not np.diag(ratio).any()
    assert ratio[0, 1] > 0.5


def test_of_very_many_objects_chance_is_left_to_the_low_rank(paired: Edges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.ctgan.edges.initialisation.MOST_SHRUNK", paired.num_objects - 1)
    assert num_directions(paired) == MOST_TASTES
    target, source = initial_associations(paired, 8)
    assert np.count_nonzero((target @ source.T).numpy()) > 0


def test_a_generator_begins_at_all_of_them(paired: Edges) -> None:
    config = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=0)
    torch.manual_seed(0)
    generator = initial_generator(config, paired, 0.0)
    assert torch.allclose(generator.object_bias, initial_logits(paired), atol=1e-5)
    assert torch.equal(generator.earlier_bias, initial_repeat_bias(paired))
    assert generator.tail is None
    target, source = initial_associations(paired, 6)
    # Both are added to small random numbers.
    assert (generator.output - target).std().item() == pytest.approx(0.05, rel=0.3)
    assert (generator.association.object - source).std().item() == pytest.approx(0.01, rel=0.3)


def test_an_attribute_has_its_own_values_and_no_other_verb_has_them(paired: Edges) -> None:
    """The second verb as an attribute with the last three objects."""
    shares = torch.exp(initial_logits(paired, (3,))).numpy()
    assert shares[0, -3:].tolist() == [0, 0, 0]
    assert shares[1, :-3].sum() == 0
    assert shares.sum(1) == pytest.approx([1, 1], abs=1e-4)
