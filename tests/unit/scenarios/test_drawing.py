"""Drawing: subjects of whom some links are known, and tables put one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, generate_edges, joined
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.drawing import edges_of, rank_within, sizes_beyond, subjects_with


@pytest.mark.parametrize(
    ("groups", "rank"),
    [([], []), ([4], [0]), ([1, 0, 1, 1, 0], [0, 0, 1, 2, 1]), ([2, 2, 2], [0, 1, 2])],
)
def test_ranks_count_the_earlier_ones(groups: list[int], rank: list[int]) -> None:
    assert rank_within(np.array(groups, np.int64)).tolist() == rank


def degrees_of(*subjects: tuple[int, int]) -> Degrees:
    """Of subjects with so many links of verb 0 and of verb 1."""
    subject = np.repeat(np.arange(len(subjects)), [a + b for a, b in subjects])
    verb = np.concatenate([np.repeat([0, 1], pair) for pair in subjects])
    object = np.concatenate([np.r_[np.arange(a), np.arange(b)] for a, b in subjects])
    return Degrees.learn(
        Edges.from_links(subject, verb, object, num_subjects=len(subjects), num_verbs=2, num_objects=9)
    )


def test_what_is_certain_is_taken_off() -> None:
    found = sizes_beyond(degrees_of((3, 1)), np.array([2, 0]), 50, np.random.default_rng(0))
    assert found.tolist() == [[1, 1]] * 50


def test_who_has_more_links_is_likelier_to_have_a_certain_one() -> None:
    """Half of the subjects have 1 link, half have 4: of those with one certain link, 4 in 5 have 4 in all."""
    degrees = degrees_of(*[(1, 0), (4, 0)] * 20)
    more = sizes_beyond(degrees, np.array([1, 0]), 4_000, np.random.default_rng(0))
    assert set(more[:, 0].tolist()) == {0, 3}
    assert (more[:, 0] == 3).mean() == pytest.approx(0.8, abs=0.03)


def test_more_certain_links_than_anybody_has() -> None:
    with pytest.raises(InputError, match="no subject was ever seen with this many links of one verb"):
        sizes_beyond(degrees_of((2, 1)), np.array([5, 0]), 3, np.random.default_rng(0))


def test_all_subjects_have_the_given_links(small_model: FittedModel) -> None:
    edges = subjects_with(small_model, [(0, 1), (4, 7)], 12, seeds=Seeds.of(3))
    assert edges.num_subjects == 12
    for verb, object in ((0, 1), (4, 7)):
        assert (edges.token == verb * 72 + object).sum() == 12


def test_links_by_the_models_codes(small_model: FittedModel) -> None:
    edges = edges_of(small_model, [0, 0, 1], [0, 4, 4], [3, 3, 71], 2)
    assert (edges.num_subjects, edges.num_verbs, edges.num_objects) == (2, 5, 72)
    assert edges.object.tolist() == [3, 3, 71]


def test_joined_tables_keep_subjects_and_baskets_apart(small_model: FittedModel) -> None:
    tables = [
        emit_rows(small_model, generate_edges(small_model, subjects, seeds=Seeds.of(subjects)), seeds=Seeds.of(1))
        for subjects in (2, 3)
    ]
    whole = joined(small_model, tables)
    frame = whole.to_frame()
    assert len(frame) == len(tables[0]) + len(tables[1])
    assert frame["customer"].nunique() == 5
    assert frame["order"].nunique() == sum(table.to_frame()["order"].nunique() for table in tables)
    assert frame.groupby("order")["customer"].nunique().max() == 1
    assert frame["product"].tolist() == [name for table in tables for name in table.to_frame()["product"]]
