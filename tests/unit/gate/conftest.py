"""A population whose associations are known: popular objects, tastes, planted pairs within and across verbs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

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
