"""One draw by the inverse distribution function, and logits prepared for drawing."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.drawing import Drawing, by_blocks, inverse_cdf
from assoc_synth.ctgan.edges.enforcement import exclusions
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.pair_terms import PairSums

Draw = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@pytest.mark.parametrize("draw", [inverse_cdf, by_blocks])
def test_inverse_cdf_draws_by_the_softmax_and_never_an_excluded_object(draw: Draw) -> None:
    logits = torch.log(torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0])).repeat(30_000, 1)
    uniform = torch.from_numpy(np.random.default_rng(0).random(30_000, dtype=np.float32))
    uniform[:2] = torch.tensor([0.0, 1.0 - 2**-24])
    shares = torch.bincount(draw(logits, uniform), minlength=5) / 30_000
    assert torch.allclose(shares, torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0]), atol=0.01)
    assert shares[1] == shares[4] == 0


@pytest.mark.parametrize("draw", [inverse_cdf, by_blocks])
@pytest.mark.parametrize("count", [1, 2, 10, 17])
def test_equal_parts_of_the_uniform_go_to_equal_objects(count: int, draw: Draw) -> None:
    uniform = (torch.arange(count) + 0.5) / count
    assert draw(torch.zeros(count, count), uniform).tolist() == list(range(count))


def test_a_generator_is_prepared_with_the_paths_that_it_has() -> None:
    torch.manual_seed(0)
    whole = Drawing(EdgeGenerator(CTGANConfig(hidden_dim=16, blocks=1), torch.randn(2, 5), 0.0))
    assert whole.latent is not None
    assert whole.rare is None
    without = Drawing(EdgeGenerator(CTGANConfig(hidden_dim=0), torch.randn(2, 5), 0.0))
    assert without.latent is None


def test_terms_of_pairs_and_exclusions_are_one_sum() -> None:
    """What is added to the logits of links after some links is that of both by themselves."""
    generator = EdgeGenerator(CTGANConfig(hidden_dim=0, association_dim=4), torch.zeros(2, 6), 0.0)
    generator.pairs.set(*exclusions(np.array([[0, 7], [3, 4]])))
    generator.exclusions.set(*exclusions(np.array([[0, 7], [2, 9]])))
    generator.pairs.weight.copy_(torch.tensor([1.0, 2.0, 2.0, 1.0]))
    terms = Drawing(generator).terms
    assert terms is not None
    assert terms.tokens.tolist() == [0, 2, 3, 4, 7, 9]
    verb, object = torch.tensor([0, 1, 0]), torch.tensor([0, 3, 4])  # tokens 0, 9 and 4
    expected, found = torch.zeros(3, 6), torch.zeros(3, 6)
    for part, logits in ((generator.pairs, expected), (generator.exclusions, expected), (terms, found)):
        sums = PairSums(part, 3)
        sums.take(verb, object)
        sums.add_to(logits, torch.arange(3), torch.tensor([1, 0, 0]))
    assert torch.equal(expected, found)
    assert found.count_nonzero() == 3


def test_logits_without_a_query_are_the_biases_whatever_the_order_of_verbs() -> None:
    bias = torch.randn(2, 5, generator=torch.Generator().manual_seed(0))
    generator = EdgeGenerator(CTGANConfig(hidden_dim=0, association_dim=4), bias, 0.0)
    verb = torch.tensor([1, 0, 0, 1])
    logits = Drawing(generator).logits(torch.zeros(4, 4), verb)
    assert torch.equal(logits, bias[verb])
