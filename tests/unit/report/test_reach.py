"""What more subjects would decide."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.evaluation.pair_labels import PairLabels, TokenPairs, label_pairs
from assoc_synth.link_graph.edges import Edges
from assoc_synth.report.reach import needed_sizes, reach


def two_of_ten(subjects: int, seed: int) -> Edges:
    """Two objects that a fifth of the subjects have, both in a tenth: lift 2.5; and one that everybody has."""
    rng = np.random.default_rng(seed)
    which = rng.permutation(subjects)
    both, left, right = (which[: subjects // 10], which[: subjects // 5], which[: subjects // 10])
    right = np.append(right, which[subjects // 5 : 3 * subjects // 10])
    subject = np.concatenate([np.arange(subjects), left, right])
    object = np.concatenate([np.full(subjects, 2), np.zeros(len(left)), np.ones(len(right))]).astype(np.int64)
    assert len(both)
    return Edges.from_links(
        subject, np.zeros(len(subject), np.int64), object, num_subjects=subjects, num_verbs=1, num_objects=3
    )


def labels(subjects: int) -> PairLabels:
    pair = TokenPairs(np.array([0]), np.array([1]))
    return label_pairs(two_of_ten(subjects, 0), two_of_ten(subjects, 1), pair)


def test_a_pair_of_ten_percent_and_lift_two_and_a_half_needs_1376() -> None:
    # v = 10 − 5 − 5 + 2 · 2.5 − 1 = 4, n = 2v · ((1.645 + 1.282) / log 1.25)² = 1376
    assert needed_sizes(labels(400)).tolist() == [1376.0]
    assert labels(400).undecided.all()
    (one,) = reach(labels(400))
    assert (one.subjects, one.decided) == (2_000, 1)


def test_with_as_many_subjects_it_is_confirmed() -> None:
    assert labels(2_000).confirmed.all()
    assert reach(labels(2_000)) == ()


def test_four_of_five_are_confirmed_at_the_size_that_is_named() -> None:
    confirmed = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        halves = []
        for _ in range(2):
            kind = rng.choice(4, 1_376, p=[0.1, 0.1, 0.1, 0.7])
            subject = np.concatenate([np.flatnonzero(kind <= 1), np.flatnonzero((kind == 0) | (kind == 2))])
            object = np.repeat([0, 1], [int((kind <= 1).sum()), int(((kind == 0) | (kind == 2)).sum())])
            halves.append(
                Edges.from_links(
                    subject, np.zeros(len(subject), np.int64), object, num_subjects=1_376, num_verbs=1, num_objects=2
                )
            )
        pair = TokenPairs(np.array([0]), np.array([1]))
        confirmed.append(bool(label_pairs(halves[0], halves[1], pair).confirmed[0]))
    assert np.mean(confirmed) == pytest.approx(0.8, abs=0.09), "three standard errors of 200 draws"
