"""Candidates: a mixture of kinds of subjects, weighted back to a plain population."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios import candidates as module
from assoc_synth.scenarios.candidates import Candidates, candidate_weights, has_links, weights_back

SIZES = {"num_verbs": 1, "num_objects": 2}


def people(*objects: tuple[int, ...]) -> Edges:
    """Subjects by the objects that each is linked to by verb 0."""
    subject = [at for at, own in enumerate(objects) for _ in own]
    flat = [object for own in objects for object in own]
    return Edges.from_links(subject, np.zeros(len(flat)), flat, num_subjects=len(objects), **SIZES)


def test_who_has_all_the_links() -> None:
    edges = people((0,), (0, 1), (1,), ())
    assert has_links(edges, ()).tolist() == [True] * 4
    assert has_links(edges, ((0, 0),)).tolist() == [True, True, False, False]
    assert has_links(edges, ((0, 0), (0, 1))).tolist() == [False, True, False, False]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch, small_model: FittedModel) -> Candidates:
    """Plain subjects have object 0 in one of four; those drawn with it all do."""

    def plain(model: FittedModel, subjects: int, *, seeds: Seeds) -> Edges:
        return people(*[(0,) if at % 4 == 0 else (1,) for at in range(subjects)])

    def given(model: FittedModel, tokens: Any, subjects: int, *, seeds: Seeds) -> Edges:
        return people(*[(0,)] * subjects)

    monkeypatch.setattr(module, "generate_edges", plain)
    monkeypatch.setattr(module, "subjects_with", given)
    return Candidates(small_model, Seeds.of(1))


def test_weights_undo_the_mixture(pool: Candidates) -> None:
    pool.add((), 1.0, 400)
    pool.add(((0, 0),), 0.25, 300)
    edges, log_prior = pool.weighted()
    weight = np.exp(log_prior)
    has = has_links(edges, ((0, 0),))
    assert edges.num_subjects == 700
    assert has.mean() == pytest.approx(400 / 700)
    assert weight[has].sum() / weight.sum() == pytest.approx(0.25)


def test_a_lift_is_read_from_plain_subjects(pool: Candidates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four subjects one has both links, one each alone, one none: 1 · 4 / (2 · 2) = 1."""

    def plain(model: FittedModel, subjects: int, *, seeds: Seeds) -> Edges:
        return people(*[((0, 1), (0,), (1,), ())[at % 4] for at in range(subjects)])

    monkeypatch.setattr(module, "generate_edges", plain)
    assert pool.lift((0, 0), (0, 1)) == (pytest.approx(1.0), 1_250)


def test_links_that_never_meet_have_lift_0(pool: Candidates) -> None:
    assert pool.lift((0, 0), (0, 1)) == (0.0, 0)


def test_each_stratum_has_its_share_of_the_prior_again() -> None:
    strata, prior = np.array([0, 0, 0, 1]), np.array([1.0, 1.0, 1.0, 1.0])
    drawn = np.array([0, 1, 3, 3])  # the second stratum twice as often as it should be
    weights = weights_back(strata, prior, drawn)
    share = np.bincount(strata[drawn], weights=weights) / weights.sum()
    assert share.tolist() == pytest.approx([0.75, 0.25])
    assert weights[0] == weights[1]


def test_named_shares_are_exact_and_the_degrees_stay(small_model: FittedModel) -> None:
    from assoc_synth.model.drawing import generate_edges

    edges = generate_edges(small_model, 300, seeds=Seeds.of(5))
    of = (4, 1)
    has = has_links(edges, (of,))[:, None]
    wanted = float(has.mean()) * 1.2
    weights = candidate_weights(small_model, edges, np.zeros(300), has, np.array([wanted]), {of: wanted})
    assert weights.sum() == pytest.approx(1.0)
    assert weights[has[:, 0]].sum() == pytest.approx(wanted, rel=1e-3)
    before, after = (w @ np.diff(edges.offsets) for w in (np.full(300, 1 / 300), weights))
    real = small_model.margins.sum() / small_model.known_subjects
    assert abs(after - real) <= abs(before - real) + 0.05 * real
