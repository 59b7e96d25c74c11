"""Priors at the counts, leading factors, and steering that takes a known calibration_error out."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.associated_pairs import Associated
from assoc_synth.ctgan.edges.calibration import calibrate_edges
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.initialisation import initial_repeat_bias, prior_associations, prior_logits
from assoc_synth.ctgan.edges.low_rank import leading_factors
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


@pytest.fixture(scope="module")
def paired() -> Edges:
    """Objects 0 and 1 are taken together by most who take either; verb 1 only follows verb 0 on the same object."""
    rng = np.random.default_rng(0)
    links = []
    for subject in range(800):
        objects = set(rng.choice(20, 4, replace=False).tolist())
        if objects & {0, 1}:
            objects |= {0, 1}
        links += [(subject, 0, o) for o in objects]
        links += [(subject, 1, o) for o in objects if rng.random() < 0.3]
    subject, verb, object = np.array(links).T
    return Edges.from_links(subject, verb, object, num_subjects=800, num_verbs=2, num_objects=20)


@pytest.mark.parametrize("density", [0.02, 1.0])
def test_leading_factors_are_the_largest_eigenvectors(density: float) -> None:
    rng = np.random.default_rng(0)
    half = sp.random(300, 300, density, random_state=0, format="csr")
    left = rng.standard_normal((300, 3))
    matrix = (half + half.T).tocsr()
    target, source = leading_factors(matrix, 5, plus=(left, left))
    values = np.linalg.eigvalsh(matrix.toarray() + left @ left.T)
    largest = np.sort(np.abs(values))[::-1][:5]
    found = np.sort(np.abs(np.linalg.eigvals(target.T @ source)))[::-1]
    assert found[:3] == pytest.approx(largest[:3], rel=1e-3)  # the three that stand out
    assert found[3:] == pytest.approx(largest[3:], rel=0.1)


def test_prior_logits_are_the_shares(paired: Edges) -> None:
    verbs, objects = prior_logits(paired)
    assert torch.exp(verbs).numpy() == pytest.approx(np.bincount(paired.verb) / len(paired), abs=0.001)
    assert torch.exp(objects).sum(1).numpy() == pytest.approx([1, 1], abs=1e-4)


def test_prior_held_sees_that_one_verb_follows_the_other(paired: Edges) -> None:
    held = initial_repeat_bias(paired)
    assert held[1, 0] > 1.0
    assert held[0, 0] == held[1, 1] == 0


def test_prior_associations_lift_the_planted_pair_most(paired: Edges) -> None:
    target, source = prior_associations(paired, 8)
    ratio = (target @ source.T).numpy()
    np.fill_diagonal(ratio, 0)
    assert np.unravel_index(ratio.argmax(), ratio.shape) in {(0, 1), (1, 0)}


def test_what_a_generator_lacks_of_a_pair_is_the_pairs_lift_while_its_paths_know_nothing(paired: Edges) -> None:
    generator = EdgeGenerator(SMALL, *prior_logits(paired), 0.0).eval()
    with torch.no_grad():
        generator.output.zero_()
    associated = Associated.of(paired, 1.0, 100, 4.0)
    planted = [(0, 1), (20, 21)]
    pairs = list(zip(associated.tokens[associated.left], associated.tokens[associated.right], strict=True))
    residual = associated.residual(generator, paired)
    # What the subject holds is excluded, which leaves the others 1 / (1 − share) as much.
    assert residual == pytest.approx(associated.log_lift, abs=0.12)
    assert residual[pairs.index(planted[0])] > 1.0
    with torch.no_grad():  # an association path that has the pair
        generator.association.object[0] = 1.0
        generator.output[1, generator.latent_dim :] = 0.5
    assert associated.residual(generator, paired)[pairs.index(planted[0])] < residual[pairs.index(planted[0])] - 0.3


def test_in_a_large_table_terms_begin_at_what_is_lacking(paired: Edges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.ctgan.edges.calibration.MAX_TOKENS", 10)
    torch.manual_seed(0)
    config = replace(SMALL, calibration_rounds=1)  # one look, no correction of the terms
    generator = EdgeGenerator(config, *prior_logits(paired), 0.0).eval()
    associated = Associated.of(paired, 1.0, 100, 4.0)
    residual = associated.residual(generator, paired)
    calibrate_edges(generator, paired, Degrees.learn(paired), seed=0, pilot_links=40_000)
    tokens, matrix = generator.pairs.matrix()
    assert tokens.tolist() == associated.tokens.tolist()
    assert matrix.toarray()[associated.left, associated.right] == pytest.approx(residual, abs=1e-5)
    assert calibrate_edges(replace_rounds(generator, 0), paired, Degrees.learn(paired), seed=0) == []


def test_what_is_held_under_another_verb_is_not_lacking_twice(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, *prior_logits(paired), 0.0).eval()
    associated = Associated.of(paired, 1.0, 1_000, 4.0)
    again = associated.tokens[associated.left] + 20 == associated.tokens[associated.right]
    before = associated.residual(generator, paired)
    with torch.no_grad():
        generator.earlier_bias.copy_(initial_repeat_bias(paired))
    after = associated.residual(generator, paired)
    assert again.any()
    assert (after[again] < before[again] - 0.5).all()
    assert after[~again] == pytest.approx(before[~again], abs=0.3)


def replace_rounds(generator: EdgeGenerator, rounds: int) -> EdgeGenerator:
    generator.config = replace(generator.config, calibration_rounds=rounds)
    return generator


def test_calibration_calibrates_what_is_held_under_two_verbs(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(replace(SMALL, steering=False, pair_terms=False), *prior_logits(paired), 0.0).eval()
    calibrate_edges(generator, paired, Degrees.learn(paired), seed=0, pilot_links=40_000)
    drawn = sample_edges(generator, Degrees.learn(paired).draw(800, np.random.default_rng(0)), seed=0)

    def shared(edges: Edges) -> int:
        has = edges.tokens().toarray() > 0
        return int((has[:, :20] & has[:, 20:]).sum())

    assert shared(drawn) == pytest.approx(shared(paired), rel=0.1)


def test_calibration_takes_drift_of_margins_and_pairs_out(paired: Edges) -> None:
    torch.manual_seed(0)
    generator = EdgeGenerator(SMALL, *prior_logits(paired), 0.0).eval()
    with torch.no_grad():
        generator.object_bias[:, 5] += 1.5
    calibration_errors = calibrate_edges(generator, paired, Degrees.learn(paired), seed=0, pilot_links=80_000)
    assert calibration_errors[-1].margins < 0.3 * calibration_errors[0].margins
    calibrated = [
        calibration_error.pairs for calibration_error in calibration_errors if calibration_error.pairs is not None
    ]
    assert calibrated[-1] < 0.5 * calibrated[0]
