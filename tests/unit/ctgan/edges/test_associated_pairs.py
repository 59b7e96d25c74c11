"""Associated pairs, and what of them a generator does not have yet."""

import copy

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.associated_pairs import Associated
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import initial_logits, initial_repeat_bias
from assoc_synth.link_graph.edges import Edges

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


def test_terms_begin_at_what_the_paths_lack(paired: Edges) -> None:
    generator = EdgeGenerator(SMALL, initial_logits(paired), 0.0).eval()
    with torch.no_grad():
        generator.output.zero_()
    associated = Associated.of(paired, 1.0, 100, 4.0)
    planted = pairs_of(associated).index((0, 1))
    terms = associated.begin(copy.deepcopy(generator), paired)
    # A subject has an object once only: a pair takes more than its lift.
    assert terms[planted] > associated.log_lift[planted] > 1.0
    with torch.no_grad():  # an association path that has the pair
        generator.association.object[0] = 1.0
        generator.output[1, generator.latent_dim :] = 0.5
    assert associated.begin(generator, paired)[planted] < terms[planted] - 0.3


def test_what_partners_draw_is_taken_out_of_the_biases(paired: Edges) -> None:
    generator = EdgeGenerator(SMALL, initial_logits(paired), 0.0).eval()
    with torch.no_grad():
        generator.output.zero_()
    before = generator.object_bias.detach().clone()
    Associated.of(paired, 1.0, 100, 4.0).begin(generator, paired)
    change = (generator.object_bias - before).detach()
    assert float(change[0, 0]) < -0.1
    assert float(change.max()) <= 0.0


def test_what_the_repeat_bias_has_is_not_in_the_terms(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, initial_logits(paired), 0.0).eval()
    associated = Associated.of(paired, 1.0, 1_000, 4.0)
    again = associated.tokens[associated.left] + 20 == associated.tokens[associated.right]
    before = associated.begin(copy.deepcopy(generator), paired)
    with torch.no_grad():
        generator.earlier_bias.copy_(initial_repeat_bias(paired))
    after = associated.begin(copy.deepcopy(generator), paired)
    assert again.any()
    assert (after[again] < before[again] - 0.5).all()
    assert after[~again] == pytest.approx(before[~again], abs=0.3)


def pairs_of(associated: Associated) -> list[tuple[int, int]]:
    return list(zip(associated.tokens[associated.left], associated.tokens[associated.right], strict=True))


def test_the_planted_pairs_are_among_the_clearest(paired: Edges) -> None:
    associated = Associated.of(paired, 2.0, 100, 4.0)
    assert (0, 1) in pairs_of(associated)
    both = paired.tokens()[:, [0, 1]].toarray().all(1).sum()
    assert associated.shared[pairs_of(associated).index((0, 1))] == 2.0 * both
    assert len(Associated.of(paired, 1.0, 3, 4.0)) == 3
    assert len(Associated.of(paired, 1.0, 0, 4.0)) == 0


def test_a_pair_that_is_drawn_too_rarely_has_a_positive_error(paired: Edges) -> None:
    associated = Associated.of(paired, 1.0, 100, 4.0)
    none = np.zeros(paired.num_verbs * paired.num_objects)
    assert associated.calibration_error(paired, 1.0, none) == pytest.approx(0.0, abs=1e-9)
    has_both = paired.tokens()[:, [0, 1]].toarray().all(1)
    fewer = paired.take(np.flatnonzero(~has_both))
    error = associated.calibration_error(fewer, 1.0, none)
    assert error[pairs_of(associated).index((0, 1))] > 1.0


def test_terms_are_written_in_both_directions(paired: Edges) -> None:
    associated = Associated.of(paired, 1.0, 5, 4.0)
    matrix = associated.matrix(np.arange(1.0, 6.0)).toarray()
    assert matrix[associated.left, associated.right].tolist() == [1, 2, 3, 4, 5]
    assert (matrix == matrix.T).all()
    assert np.count_nonzero(matrix) == 10
