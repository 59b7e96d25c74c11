"""Counts that calibration compares, on tables small enough to count by hand."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.calibration_target import (
    CalibrationErrors,
    Classes,
    Measured,
    Target,
    Tastes,
    certain_part,
    num_linked,
    repeats_by_verbs,
    shared_pairs,
    token_margins,
)
from assoc_synth.ctgan.edges.calibration_target import _relative_error as relative_error
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.link_graph.edges import Edges

CONFIG = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=0, pair_prior=1.0)


def edges_of(*links: tuple[int, int, int], subjects: int = 3, verbs: int = 2, objects: int = 3) -> Edges:
    subject, verb, object = np.array(links).T
    return Edges.from_links(subject, verb, object, num_subjects=subjects, num_verbs=verbs, num_objects=objects)


SMALL = edges_of((0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 0, 1))
"""Subject 0 has objects 0 and 1 by verb 0, and 1 by verb 1 as well; subject 1 has 0 and 1; subject 2 has nothing."""


def generator(verbs: int = 2, objects: int = 3) -> EdgeGenerator:
    return EdgeGenerator(CONFIG, torch.zeros(verbs, objects), 0.0)


def test_counts() -> None:
    assert num_linked(SMALL) == 2
    assert token_margins(SMALL).tolist() == [2, 2, 0, 0, 1, 0]
    assert repeats_by_verbs(SMALL).tolist() == [[0, 1], [1, 0]]
    assert shared_pairs(SMALL, np.array([0, 1, 4])).tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]


def test_a_sample_like_the_table_has_no_error() -> None:
    target = Target.of(generator(), SMALL, 2, steers=True, is_large=False)
    measured = target.measure(SMALL, 2)
    assert measured.errors == CalibrationErrors(0.0, 0.0, 0.0, None)
    assert not measured.margin_shift.any()
    assert measured.pair_ratio is not None
    assert not measured.pair_ratio.any()


def test_a_sample_twice_as_large_is_scaled() -> None:
    twice = edges_of(*((s + 3 * copy, v, o) for copy in range(2) for s, v, o in SMALL_LINKS), subjects=6)
    target = Target.of(generator(), SMALL, 2, steers=True, is_large=False)
    assert target.measure(twice, 4).errors == CalibrationErrors(0.0, 0.0, 0.0, None)


SMALL_LINKS = [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 0, 1)]


def test_what_a_sample_lacks_is_counted_and_asked_for() -> None:
    drawn = edges_of((0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 2))
    measured = Target.of(generator(), SMALL, 2, steers=True, is_large=False).measure(drawn, 2)
    # Margins: one of object 1, one of object 2 and the one link by verb 1 are wrong, of five.
    assert measured.errors.margins == pytest.approx(3 / 5)
    assert measured.errors.repeats == 1.0
    assert measured.margin_shift.round(3).tolist() == np.log([1, 12 / 11, 10 / 11, 1, 11 / 10, 1]).round(3).tolist()
    assert measured.repeat_shift[0, 1] == pytest.approx(np.log(11 / 10))
    # Without clusters every object is its own class.
    assert measured.class_shift.ravel() == pytest.approx(measured.margin_shift)


def test_nothing_to_compare_is_no_error() -> None:
    """One object per subject: no pairs, and no object under two verbs; the sample has some nevertheless."""
    single = edges_of((0, 0, 0), (1, 0, 1), (2, 1, 2))
    measured = Target.of(generator(), single, 3, steers=True, is_large=False).measure(SMALL, 2)
    assert measured.errors.repeats is None
    assert measured.errors.pairs is None
    assert measured.errors.associated is None
    assert measured.size(single_pairs=True) == measured.size(single_pairs=False) == measured.errors.margins


def test_what_the_rounds_make_smaller() -> None:
    def measured(*errors: float | None) -> Measured:
        nothing = np.zeros(0)
        return Measured(CalibrationErrors(*errors), nothing, nothing, nothing, None, nothing)  # type: ignore[arg-type]

    assert measured(1.0, 2.0, 3.0, 4.0).size(single_pairs=True) == 4.0
    assert measured(1.0, 2.0, 3.0, 4.0).size(single_pairs=False) == 3.0
    assert measured(1.0, 2.0, 3.0, None).size(single_pairs=True) == 3.0
    assert measured(1.0, 2.0, None, None).size(single_pairs=True) == 3.0
    assert measured(1.0, None, None, 4.0).size(single_pairs=False) == 1.0


def test_tokens_add_up_to_classes() -> None:
    classes = Classes(np.array([0, 1, 1]), (2, 2))
    assert classes.sums(np.array([1.0, 2, 3, 4, 5, 6])).tolist() == [[1, 5], [4, 11]]
    assert Classes.of(generator()).class_of.tolist() == [0, 1, 2]


def apart(count: float, ratio: float, tastes: Tastes) -> np.ndarray:
    """The certain part of a ratio of two tokens, one counted `count` times and the other as its ratio says."""
    drawn = np.full((2, 2), count)
    whole = np.full((2, 2), ratio)
    np.fill_diagonal(whole, 0.0)
    return certain_part(whole, (drawn * np.exp(ratio), 1.0), (drawn, 1.0), 1e-3, tastes)


NONE = Tastes(np.zeros((2, 0)), np.zeros(0))


def test_chance_in_a_ratio_is_left_out() -> None:
    """Ratio log 2 from 20 and 10 counts may be chance; from 2,000 and 1,000 it is not."""
    assert apart(10.0, np.log(2), NONE)[0, 1] == 0
    # The variance of the log ratio is 1/2000 + 1/1000 and a little.
    share = apart(1_000.0, np.log(2), NONE)[0, 1] / np.log(2)
    assert share == pytest.approx(1 - 4 * 0.0015 / np.log(2) ** 2, abs=1e-4)


def test_what_is_in_the_direction_of_a_taste_stays() -> None:
    """The same small counts: both tokens are of one taste, of whose eigenvalue nothing is noise."""
    both = Tastes(np.full((2, 1), np.sqrt(0.5)), np.zeros(1))
    assert apart(10.0, np.log(2), both)[0, 1] == pytest.approx(np.log(2) / 2, rel=1e-6)
    assert apart(10.0, np.log(2), both)[0, 0] == 0


def test_tastes_are_found_in_weak_pairs_together() -> None:
    """Two groups of 40 objects; a subject has twice as many of its own group: no single pair is clear."""
    rng = np.random.default_rng(0)
    links = [
        (subject, 0, int(rng.integers(40) + 40 * (own if rng.random() < 2 / 3 else 1 - own)))
        for subject in range(400)
        for own in (subject % 2,)
        for _ in range(12)
    ]
    edges = edges_of(*links, subjects=400, verbs=1, objects=80)
    chosen = np.arange(80)
    tastes = Tastes.of(edges, chosen, (shared_pairs(edges, chosen), 1.0), 10.0)
    side = np.where(chosen < 40, 1.0, -1.0) / np.sqrt(80)
    assert tastes.directions.shape[1] >= 1
    assert np.abs(side @ tastes.directions).max() > 0.8
    mixed = edges_of(*((s, v, int(rng.integers(80))) for s, v, _ in links), subjects=400, verbs=1, objects=80)
    assert Tastes.of(mixed, chosen, (shared_pairs(mixed, chosen), 1.0), 10.0).directions.shape[1] == 0


def test_what_is_rare_in_the_table_and_often_drawn_does_not_outweigh_everything() -> None:
    assert relative_error(np.array([4.0, 6.0]), np.array([3.0, 6.0])) == pytest.approx(0.1)
    assert relative_error(np.array([1e-9, 0.0]), np.array([0.5, 0.0])) == pytest.approx(1.0)
    assert relative_error(np.array([1e-9, 0.0]), np.array([0.0, 500.0])) <= 2.0
    assert relative_error(np.zeros(2), np.ones(2)) is None
