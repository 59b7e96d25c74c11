"""The terms of joint numbers: what edges become for the loop, and which stored terms are sound."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.occurrences.joint_counts import (
    MOST_VERBS,
    JointCounts,
    followers,
    joint_tokens,
    level_statistics,
)
from assoc_synth.ctgan.occurrences.partners import Partners
from assoc_synth.link_graph.edges import Edges

Make = Callable[..., Edges]


@pytest.fixture
def edges(edges_with: Make) -> Edges:
    """Two verbs and three objects."""
    return edges_with(np.array([[1, 2, 0, 1, 1, 0], [3, 0, 1, 1, 0, 0]]), verbs=2)


def with_tokens(tokens: list[int]) -> JointCounts:
    model = JointCounts(len(tokens), 2, 3, 4)
    model.set(tokens=np.array(tokens))
    return model


def test_edges_are_drawn_by_token_and_those_without_rows_after_them(edges: Edges) -> None:
    block = with_tokens([3, 0]).block(edges, None, np.array([5.0, 5.0]))
    assert edges.token.tolist() == [0, 1, 3, 4, 0, 2, 3]
    assert block.token.tolist() == [1, -1, 0, -1, 1, -1, 0]
    assert block.row.tolist() == [1, 2, 0, 3, 1, 2, 0]
    assert edges.token[block.order].tolist() == [3, 0, 1, 4, 3, 0, 2]


def test_followers_are_drawn_after_everything_else(edges: Edges) -> None:
    partners = Partners(1, 4)
    partners.tokens.copy_(torch.tensor([[0, 4, 1]]))
    assert followers(partners).tolist() == [0]
    assert not len(followers(None))
    block = with_tokens([3, 0]).block(edges, partners, np.array([5.0, 5.0]))
    assert edges.token[block.order].tolist() == [3, 1, 4, 0, 3, 2, 0]
    assert block.anchor.tolist() == [3, -1, -1, -1, -1, -1, -1]


def test_features_of_subjects_are_their_links(edges: Edges) -> None:
    model = with_tokens([3, 0])
    directions = np.zeros(model.directions.shape)
    directions[0, 0], directions[1, 0], directions[1, 1] = 1.0, 2.0, 5.0
    center = np.zeros(len(model.center))
    center[-2:] = np.log(2.0)
    model.set(directions=directions, center=center)
    known = model.known(edges)
    assert known[:, :2].tolist() == [[3.0, 5.0], [3.0, 5.0]]
    assert known[:, -2:] == pytest.approx(np.log1p([[2, 2], [2, 1]]) - np.log(2.0), abs=1e-6)


def test_logits_of_links_per_edge_follow_the_links(edges: Edges) -> None:
    model, level = with_tokens([3, 0]), torch.tensor([0.0, 1.0, 2.0])
    assert not model.level_logits(edges, level).any()
    tilts = np.zeros(model.level_tilts.shape)
    tilts[0, -2], tilts[2, -1] = 1.0, 3.0  # more by links of the second verb, and all of the least class
    model.set(level_tilts=tilts)
    added = model.level_logits(edges, level).numpy()
    assert added == pytest.approx(np.log1p([[2], [1]]) * np.arange(3) + np.array([3, 0, 0]), abs=1e-5)
    assert level_statistics(level.numpy()).tolist() == [[0, 0, 1], [1, 1, 0], [2, 4, 0]]


def test_no_tokens_and_many_verbs_are_fine() -> None:
    model = JointCounts(0, MOST_VERBS + 1, 3, 4)
    edges = Edges.from_links([0, 0], [0, 5], [1, 2], num_subjects=1, num_verbs=MOST_VERBS + 1, num_objects=3)
    block = model.block(edges, None, np.array([2.0]))
    assert block.row.tolist() == [0, 5]
    assert block.known.shape == (1, len(model.center))
    assert model.ordered.shape == (0, 0)
    assert model.is_sound()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("tokens", [0, 6]), ("tokens", [-1, 0]), ("partners", [[1] * 4, [0] * 4]), ("at_most", [[-1] * 4, [1] * 4])),
        *(("value", -0.5), ("value", 44.0)),
    ],
)
def test_terms_of_unknown_or_later_tokens_or_impossible_counts_are_not_sound(
    name: str, value: list[list[int]] | float
) -> None:
    model = with_tokens([3, 0])
    assert model.is_sound()
    model.set(**{name: np.array(np.broadcast_to(value, model.get_buffer(name).shape))})
    assert not model.is_sound()


def test_frequent_tokens_have_rows_the_most_frequent_first(edges_with: Make) -> None:
    numbers = np.ones((60, 4), np.int64)
    numbers[:15, 1], numbers[:30, 3], numbers[0, 0] = 0, 0, 2
    edges = edges_with(numbers)
    assert joint_tokens(edges, 2).tolist() == [0, 2, 1]
    assert joint_tokens(edges, 2, np.array([0])).tolist() == [2, 1, 0]
    assert not len(joint_tokens(edges, 1))
