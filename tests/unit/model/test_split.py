"""Split: three groups of subjects that have nobody in common."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.split import MAX_VALIDATION, Split
from assoc_synth.randomness import Seeds


def test_groups_are_disjoint_and_cover_everybody() -> None:
    split = Split.of(100, Seeds.of(3))
    assert [len(split.training), len(split.validation), len(split.gate)] == [72, 8, 20]
    everybody = np.concatenate([split.training, split.validation, split.gate])
    assert sorted(everybody.tolist()) == list(range(100))
    assert split.known.tolist() == sorted([*split.training.tolist(), *split.validation.tolist()])


def test_groups_are_ascending() -> None:
    split = Split.of(500, Seeds.of(1))
    for group in (split.training, split.validation, split.gate, split.known):
        assert (np.diff(group) > 0).all()


def test_the_seed_decides() -> None:
    assert Split.of(200, Seeds.of(5)).gate.tolist() == Split.of(200, Seeds.of(5)).gate.tolist()
    assert Split.of(200, Seeds.of(5)).gate.tolist() != Split.of(200, Seeds.of(6)).gate.tolist()


def test_validation_is_bounded() -> None:
    assert len(Split.of(100_000, Seeds.of(0)).validation) == MAX_VALIDATION


@pytest.mark.parametrize(("subjects", "gate"), [(1, 0), (2, 1)])
def test_who_is_alone_trains_and_validates(subjects: int, gate: int) -> None:
    split = Split.of(subjects, Seeds.of(0))
    assert len(split.gate) == gate
    assert split.training.tolist() == split.validation.tolist() == split.known.tolist()
    assert len(split.known) == 1


def test_three_subjects_are_one_of_each() -> None:
    split = Split.of(3, Seeds.of(0))
    assert [len(split.training), len(split.validation), len(split.gate)] == [1, 1, 1]


def test_a_rare_verb_is_trained_on() -> None:
    subject = np.arange(40)
    for only in range(40):
        verb = np.where(subject == only, 1, 0)
        edges = Edges.from_links(subject, verb, subject % 3, num_subjects=40, num_verbs=2, num_objects=3)
        plain = Split.of(40, Seeds.of(0))
        split = plain.with_every_verb(edges)
        assert only in split.training
        assert sorted([*split.training, *split.validation, *split.gate]) == list(range(40))
        assert (split is plain) == (only in plain.training)


def test_a_cluster_lies_in_one_group() -> None:
    clusters = np.random.default_rng(0).integers(0, 50, 600)
    split = Split.of(600, Seeds.of(2), clusters)
    groups = [set(clusters[part]) for part in (split.training, split.validation, split.gate)]
    assert sum(map(len, groups)) == len(set.union(*groups)) == len(np.unique(clusters))
    assert 90 <= len(split.gate) <= 120
    assert 30 <= len(split.validation) <= 52
    assert len(split.known) + len(split.gate) == 600


def test_a_rare_verb_brings_its_cluster() -> None:
    subject, clusters = np.arange(40), np.arange(40) // 4
    for only in (0, 13, 39):
        verb = np.where(subject == only, 1, 0)
        edges = Edges.from_links(subject, verb, subject % 3, num_subjects=40, num_verbs=2, num_objects=3)
        split = Split.of(40, Seeds.of(0), clusters).with_every_verb(edges)
        assert set(subject[clusters == clusters[only]]) <= set(split.training.tolist())
        assert sorted([*split.training, *split.validation, *split.gate]) == list(range(40))
        assert not set(clusters[split.known]) & set(clusters[split.gate])


def test_two_clusters_train_and_judge() -> None:
    split = Split.of(6, Seeds.of(0), np.array([0, 0, 0, 0, 1, 1]))
    assert (split.training.tolist(), split.gate.tolist()) == ([0, 1, 2, 3], [4, 5])
    assert split.validation.tolist() == split.training.tolist()
