"""A population whose associations are known: popular objects, tastes, planted pairs within and across verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assoc_synth.gate.reference import Reference
from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.link_graph.edges import Edges

Draw = Callable[[int, int], Edges]


def planted(subjects: int, seed: int) -> Edges:
    """Fresh subjects: verb 0 over 40 objects of falling popularity; whoever has 2k has 2k + 1 in 60 % (k < 8).

    Verb 1 takes an object that the subject has under verb 0 in 30 %.
    """
    rng = np.random.default_rng(seed)
    popularity = 1 / (1 + np.arange(40))
    score = np.log(popularity) + rng.gumbel(size=(subjects, 40))
    size = 1 + rng.poisson(3, subjects)
    has = np.argsort(np.argsort(-score, axis=1), axis=1) < size[:, None]
    has[:, 1:17:2] |= has[:, 0:16:2] & (rng.random((subjects, 8)) < 0.6)
    returned = has & (rng.random(has.shape) < 0.3)
    first, second = np.nonzero(has), np.nonzero(returned)
    return Edges.from_links(
        np.concatenate([first[0], second[0]]),
        np.repeat([0, 1], [len(first[0]), len(second[0])]),
        np.concatenate([first[1], second[1]]),
        num_subjects=subjects,
        num_verbs=2,
        num_objects=40,
    )


@pytest.fixture(scope="session")
def draw() -> Draw:
    return planted


def watchlist(tokens: list[int], within: list[list[int]], across: list[list[int]], **changes: Any) -> Watchlist:
    """What is watched, by hand; nothing else than what is given."""
    size = len(within) + len(across)
    fields: dict[str, Any] = dict(
        tokens=np.array(tokens),
        within=np.array(within, np.int64).reshape(-1, 2),
        across=np.array(across, np.int64).reshape(-1, 2),
        weight=np.ones(size),
        strength=np.ones(size),
        control=np.zeros((0, 2), np.int64),
        triples=np.zeros((0, 3), np.int64),
        degree_scope=np.zeros(0, np.int64),
        degree_from=np.zeros(0, np.int64),
        num_verbs=2,
        num_objects=3,
    )
    return Watchlist(**(fields | changes))


@pytest.fixture(scope="session")
def watch_of() -> Callable[..., Watchlist]:
    return watchlist


@pytest.fixture(scope="session")
def reference(draw: Draw) -> Reference:
    return Reference.from_edges(
        draw(1_600, 1),
        draw(400, 2),
        np.random.default_rng(0),
        permutations=199,
        replicates=100,
    )


@pytest.fixture
def three() -> Edges:
    """Subject 0: bought 0, 1 and returned 1; subject 1: bought 0; subject 2: bought 0, 1, 2."""
    return Edges.from_links(
        [0, 0, 0, 1, 2, 2, 2],
        [0, 0, 1, 0, 0, 0, 0],
        [0, 1, 1, 0, 0, 1, 2],
        num_subjects=3,
        num_verbs=2,
        num_objects=3,
    )
