"""Calibration that takes a known calibration error out."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.associated_pairs import Associated
from assoc_synth.ctgan.edges.calibration import calibrate_edges, correct_biases, steer, steering_rank
from assoc_synth.ctgan.edges.calibration_target import Target
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import initial_logits
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


def test_in_a_large_table_terms_begin_at_what_the_paths_lack(paired: Edges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.ctgan.edges.calibration.MAX_TOKENS", 10)
    torch.manual_seed(0)
    config = replace(SMALL, calibration_rounds=1)  # one look, no correction of the terms
    generator = EdgeGenerator(config, initial_logits(paired), 0.0).eval()
    associated = Associated.of(paired, 1.0, 100, 4.0)
    begun = associated.begin(copy.deepcopy(generator), paired)
    calibrate_edges(generator, paired, Degrees.learn(paired), seeds=Seeds.of(0), pilot_links=40_000)
    pairs = generator.pairs
    assert pairs.tokens.tolist() == associated.tokens.tolist()
    matrix = sp.csr_matrix((pairs.weight.numpy(), pairs.other.numpy(), pairs.offsets.numpy()))
    assert matrix.toarray()[associated.left, associated.right] == pytest.approx(begun, abs=1e-5)
    assert calibrate_edges(replace_rounds(generator, 0), paired, Degrees.learn(paired), seeds=Seeds.of(0)) == []


def replace_rounds(generator: EdgeGenerator, rounds: int) -> EdgeGenerator:
    generator.config = replace(generator.config, calibration_rounds=rounds)
    return generator


def test_objects_under_two_verbs_are_calibrated(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(replace(SMALL, steering=False, pair_terms=False), initial_logits(paired), 0.0).eval()
    calibrate_edges(generator, paired, Degrees.learn(paired), seeds=Seeds.of(0), pilot_links=40_000)
    drawn = sample_edges(generator, Degrees.learn(paired).draw(800, np.random.default_rng(0)), seeds=Seeds.of(0))

    def shared(edges: Edges) -> int:
        has = edges.tokens().toarray() > 0
        return int((has[:, :20] & has[:, 20:]).sum())

    assert shared(drawn) == pytest.approx(shared(paired), rel=0.1)


def test_the_errors_of_margins_and_pairs_become_small(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, initial_logits(paired), 0.0).eval()
    with torch.no_grad():
        generator.object_bias[:, 5] += 1.5
    calibration_errors = calibrate_edges(
        generator, paired, Degrees.learn(paired), seeds=Seeds.of(0), pilot_links=80_000
    )
    assert calibration_errors[-1].margins < 0.3 * calibration_errors[0].margins
    calibrated = [error.pairs for error in calibration_errors if error.pairs is not None]
    assert calibrated[-1] < 0.5 * calibrated[0]


def test_one_round_is_made_when_time_is_over_and_its_correction_of_the_pairs_is_undone(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, initial_logits(paired), 0.0).eval()
    errors = calibrate_edges(
        generator, paired, Degrees.learn(paired), seeds=Seeds.of(0), pilot_links=5_000, deadline=0.0
    )
    assert len(errors) == 1
    assert not generator.steering_source.any()
    assert not generator.pairs.weight.any()


def test_the_biases_take_their_share_of_the_error(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, initial_logits(paired), 0.0).eval()
    target = Target.of(generator, paired, 800, steers=False, is_large=False)
    measured = target.measure(paired.of_verbs([0]), 800)
    before = generator.object_bias.detach().clone(), generator.earlier_bias.detach().clone()
    correct_biases(generator, measured, 0.5)
    moved = (generator.object_bias - before[0]).detach()
    assert moved[0].abs().max().item() == 0  # verb 0 is as it should be
    assert moved[1].numpy() == pytest.approx(0.5 * measured.class_shift[1], abs=1e-5)
    assert (moved[1] > 0).all()
    repeats = (generator.earlier_bias - before[1]).detach().numpy()
    assert repeats == pytest.approx(0.5 * measured.repeat_shift, abs=1e-5)
    assert repeats[1, 0] > 0


def test_steering_adds_up_to_the_asked_change() -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, torch.zeros(2, 5), 0.0)
    generator.make_steering(4)
    chosen, change = np.array([1, 6, 8]), np.zeros((3, 3), np.float32)
    change[0, 1] = change[1, 0] = 0.8
    steer(generator, change, chosen)
    steer(generator, change, chosen)
    product = generator.steering_target.flatten(0, 1) @ generator.steering_source.T
    assert product[1, 6].item() == pytest.approx(1.6, abs=1e-4)
    assert product[6, 1].item() == pytest.approx(1.6, abs=1e-4)
    assert product.abs().sum().item() == pytest.approx(3.2, abs=1e-3)


def test_the_rank_is_high_where_tokens_are_few() -> None:
    assert [steering_rank(SMALL, tokens) for tokens in (2_000, 2_001)] == [128, 64]
    assert steering_rank(replace(SMALL, steering_rank=5), 100) == 5
