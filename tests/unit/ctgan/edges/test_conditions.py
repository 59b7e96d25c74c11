"""Neighbourhoods, batches and training-by-sampling, against the plain loops that they stand for."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.edges.conditions import TrainingBySampling, batches, earlier_links, neighbourhoods, scalars
from assoc_synth.link_graph.edges import Edges


@pytest.fixture
def edges() -> Edges:
    rng = np.random.default_rng(0)
    return Edges.from_links(
        rng.integers(0, 40, 300),
        rng.integers(0, 3, 300),
        rng.integers(0, 12, 300),
        num_subjects=40,
        num_verbs=3,
        num_objects=12,
    )


def test_a_pass_shows_every_edge_once_and_subjects_whole(edges: Edges) -> None:
    seen = []
    for batch in batches(edges, batch_links=50, choice=None, rng=np.random.default_rng(1)):
        starts = torch.unique(batch.start)
        for start in starts.tolist():
            own = (batch.start == start).nonzero().squeeze(1)
            assert len(own) == batch.size[own[0]]
            seen.append(frozenset(zip(batch.verb[own].tolist(), batch.object[own].tolist(), strict=True)))
    real = [
        frozenset(zip(edges.verb[a:b].tolist(), edges.object[a:b].tolist(), strict=True))
        for a, b in zip(edges.offsets[:-1], edges.offsets[1:], strict=True)
        if b > a
    ]
    assert sorted(map(sorted, seen)) == sorted(map(sorted, real))


def test_orders_are_fresh_each_pass(edges: Edges) -> None:
    rng = np.random.default_rng(1)
    first, second = [
        next(iter(batches(edges, batch_links=10_000, choice=None, rng=rng))).object.tolist() for _ in range(2)
    ]
    assert first != second


def test_neighbourhoods_are_exclusive_sums_per_subject(edges: Edges) -> None:
    batch = next(iter(batches(edges, batch_links=10_000, choice=None, rng=np.random.default_rng(1))))
    embedded = torch.randn(len(batch.verb), 5, dtype=torch.float64)
    found = neighbourhoods(embedded, batch)
    for at in range(len(batch.verb)):
        expected = embedded[int(batch.start[at]) : at].sum(0)
        assert torch.allclose(found[at], expected)


def test_earlier_links_are_those_before_in_the_same_subject(edges: Edges) -> None:
    choice = TrainingBySampling(np.bincount(edges.verb), 0.5, enabled=False)
    batch = next(iter(batches(edges, batch_links=10_000, choice=choice, rng=np.random.default_rng(1))))
    row, earlier = earlier_links(batch)
    pairs = set(zip(row.tolist(), earlier.tolist(), strict=True))
    expected = {(place, j) for place, at in enumerate(batch.position.tolist()) for j in range(int(batch.start[at]), at)}
    assert pairs == expected


def test_scalars() -> None:
    found = scalars(torch.tensor([0, 3]), torch.tensor([4, 4]))
    assert torch.allclose(
        found, torch.tensor([[0.0, np.log(5), 0.8], [np.log(4), np.log(5), 0.2]], dtype=torch.float32)
    )


def test_training_by_sampling_favours_rare_verbs_and_its_weights_undo_it() -> None:
    counts = np.array([100_000, 1_000])
    choice = TrainingBySampling(counts, 0.5, enabled=True)
    assert choice.keep[1] == 1.0
    assert choice.keep[0] < 0.5
    assert (choice.keep * counts).sum() == pytest.approx(0.5 * counts.sum(), rel=1e-6)
    verb = np.repeat([0, 1], counts)
    chosen, weight = choice.choose(verb, np.random.default_rng(0))
    shares = np.bincount(verb[chosen], weights=weight) / weight.sum()
    assert shares == pytest.approx(counts / counts.sum(), abs=0.001)


def test_without_training_by_sampling_all_verbs_are_alike() -> None:
    assert TrainingBySampling(np.array([1000, 10]), 0.3, enabled=False).keep.tolist() == [0.3, 0.3]
