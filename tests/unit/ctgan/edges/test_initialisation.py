"""Where training starts: at the margins and at the counts."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.initialisation import (
    initial_associations,
    initial_generator,
    initial_logits,
    initial_repeat_bias,
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
