"""Graphs whose counts can be seen, and graphs with and without planted associations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.link_graph.edges import Edges

BUY, RETURN = 0, 1
TEA, KETTLE, NAILS = 0, 1, 2


@pytest.fixture
def shop() -> Edges:
    """Six subjects: 0 to 2 buy tea and kettle, 3 tea and nails, 4 nails, 5 nothing; 0 and 1 return the kettle."""
    links = [
        (0, BUY, TEA),
        (0, BUY, KETTLE),
        (1, BUY, TEA),
        (1, BUY, KETTLE),
        (2, BUY, TEA),
        (2, BUY, KETTLE),
        (3, BUY, TEA),
        (3, BUY, NAILS),
        (4, BUY, NAILS),
        (0, RETURN, KETTLE),
        (1, RETURN, KETTLE),
        (0, BUY, TEA),
    ]
    subject, verb, objects = zip(*links, strict=True)
    return Edges.from_links(subject, verb, objects, num_subjects=6, num_verbs=2, num_objects=3)


def random_edges(seed: int, subjects: int = 400, objects: int = 40, verbs: int = 2, links: int = 8_000) -> Edges:
    rng = np.random.default_rng(seed)
    return Edges.from_links(
        rng.integers(0, subjects, links),
        rng.integers(0, verbs, links),
        rng.integers(0, objects, links),
        num_subjects=subjects,
        num_verbs=verbs,
        num_objects=objects,
    )


def planted_edges(seed: int, subjects: int = 1_500) -> Edges:
    """30 objects at random, three each; whoever has 0 gets 1 as well, whoever has 2 mostly returns 3."""
    rng = np.random.default_rng(seed)
    base = np.argsort(rng.random((subjects, 30)), axis=1)[:, :3]
    who = np.repeat(np.arange(subjects), 3)
    first, second = (np.flatnonzero((base == code).any(axis=1)) for code in (0, 2))
    second = second[rng.random(len(second)) < 0.7]
    subject = np.concatenate([who, first, second])
    verb = np.concatenate([np.zeros(len(who) + len(first), int), np.ones(len(second), int)])
    objects = np.concatenate([base.ravel(), np.ones(len(first), int), np.full(len(second), 3)])
    extra = rng.integers(0, subjects, 600)
    subject, verb = np.concatenate([subject, extra]), np.concatenate([verb, np.ones(600, int)])
    objects = np.concatenate([objects, rng.integers(0, 30, 600)])
    return Edges.from_links(subject, verb, objects, num_subjects=subjects, num_verbs=2, num_objects=30)


@pytest.fixture(scope="session")
def random_graph() -> Callable[..., Edges]:
    return random_edges


@pytest.fixture(scope="session")
def planted_graph() -> Callable[..., Edges]:
    return planted_edges
