"""One draw by the inverse distribution function, and logits prepared for drawing."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.drawing import Drawing, inverse_cdf
from assoc_synth.ctgan.edges.generator import EdgeGenerator


def test_inverse_cdf_draws_by_the_softmax_and_never_an_excluded_object() -> None:
    logits = torch.log(torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0])).repeat(30_000, 1)
    uniform = torch.from_numpy(np.random.default_rng(0).random(30_000, dtype=np.float32))
    uniform[:2] = torch.tensor([0.0, 1.0 - 2**-24])
    shares = torch.bincount(inverse_cdf(logits, uniform), minlength=5) / 30_000
    assert torch.allclose(shares, torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0]), atol=0.01)
    assert shares[1] == shares[4] == 0


@pytest.mark.parametrize("count", [1, 2, 10, 17])
def test_equal_parts_of_the_uniform_go_to_equal_objects(count: int) -> None:
    uniform = (torch.arange(count) + 0.5) / count
    assert inverse_cdf(torch.zeros(count, count), uniform).tolist() == list(range(count))


def test_a_generator_is_prepared_with_the_paths_that_it_has() -> None:
    torch.manual_seed(0)
    whole = Drawing(EdgeGenerator(CTGANConfig(hidden_dim=16, blocks=1), torch.randn(2, 5), 0.0))
    assert whole.latent is not None
    assert whole.rare is None
    without = Drawing(EdgeGenerator(CTGANConfig(hidden_dim=0), torch.randn(2, 5), 0.0))
    assert without.latent is None


def test_logits_without_a_query_are_the_biases_whatever_the_order_of_verbs() -> None:
    bias = torch.randn(2, 5, generator=torch.Generator().manual_seed(0))
    generator = EdgeGenerator(CTGANConfig(hidden_dim=0, association_dim=4), bias, 0.0)
    verb = torch.tensor([1, 0, 0, 1])
    logits = Drawing(generator).logits(torch.zeros(4, 4), verb)
    assert torch.equal(logits, bias[verb])
