"""Neighbourhoods, batches and training-by-sampling, against the plain loops that they stand for."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.edges import conditions
from assoc_synth.ctgan.edges.conditions import (
    TrainingBySampling,
    batches,
    earlier_links,
    neighbourhoods,
    num_scalars,
    scalars,
)
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
            assert len(own) == batch.plan[own[0]].sum() == batch.left[own[0]].sum()
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
        step = at - int(batch.start[at])
        expected = embedded[int(batch.start[at]) : at].sum(0) / np.sqrt(step + 1)
        assert torch.allclose(found[at], expected)


def test_earlier_links_are_those_before_in_the_same_subject(edges: Edges) -> None:
    choice = TrainingBySampling(np.bincount(edges.verb), 0.5, enabled=False)
    batch = next(iter(batches(edges, batch_links=10_000, choice=choice, rng=np.random.default_rng(1))))
    row, earlier = earlier_links(batch)
    pairs = set(zip(row.tolist(), earlier.tolist(), strict=True))
    expected = {(place, j) for place, at in enumerate(batch.position.tolist()) for j in range(int(batch.start[at]), at)}
    assert pairs == expected


def test_scalars() -> None:
    found = scalars(torch.tensor([0, 3]), torch.tensor([[3, 1], [3, 1]]), torch.tensor([[3, 1], [0, 1]]))
    plan = [np.log(4), np.log(2)]
    expected = [[0.0, np.log(5), 0.8, *plan, *plan], [np.log(4), np.log(5), 0.2, *plan, 0.0, np.log(2)]]
    assert torch.allclose(found, torch.tensor(expected, dtype=torch.float32))
    assert found.shape[1] == num_scalars(2)


def test_training_by_sampling_favours_rare_verbs() -> None:
    counts = np.array([100_000, 1_000])
    choice = TrainingBySampling(counts, 0.5, enabled=True)
    assert choice.keep[1] == 1.0
    assert choice.keep[0] < 0.5
    assert (choice.keep * counts).sum() == pytest.approx(0.5 * counts.sum(), rel=1e-6)
    verb = np.repeat([0, 1], counts)
    chosen = choice.choose(verb, np.random.default_rng(0))
    assert np.bincount(verb[chosen]) == pytest.approx(choice.keep * counts, rel=0.02)


def test_without_training_by_sampling_all_verbs_are_alike() -> None:
    assert TrainingBySampling(np.array([1000, 10]), 0.3, enabled=False).keep.tolist() == [0.3, 0.3]


def test_attributes_come_first_and_are_no_part_of_the_plan(edges: Edges) -> None:
    """Each subject has one link of a fourth verb, its attribute."""
    subject = np.arange(40)
    with_attributes = Edges.from_links(
        np.concatenate([edges.subject, subject]),
        np.concatenate([edges.verb, np.full(40, 3)]),
        np.concatenate([edges.object, 12 + subject % 2]),
        num_subjects=40,
        num_verbs=4,
        num_objects=14,
    )
    made = batches(with_attributes, batch_links=10_000, choice=None, rng=np.random.default_rng(1), attributes=1)
    batch = next(iter(made))
    first = torch.unique(batch.start)
    assert (batch.verb[first] == 3).all()
    assert (batch.verb == 3).sum() == 40
    assert torch.equal(batch.plan[first], batch.left[first])
    assert (batch.step[first] == 0).all()
    assert (batch.step[first + 1] == 0).all()
    embedded = torch.ones(len(batch.verb), 1)
    place = torch.arange(len(batch.verb)) - batch.start
    links = (place - 1).clamp(min=0)
    expected = (place > 0) + links / torch.sqrt(links + 1)
    assert torch.allclose(neighbourhoods(embedded, batch).squeeze(1), expected, atol=1e-4)


def test_the_plan_counts_the_links_to_come(edges: Edges) -> None:
    batch = next(iter(batches(edges, batch_links=10_000, choice=None, rng=np.random.default_rng(1))))
    for at in range(0, len(batch.verb), 7):
        own = (batch.start == batch.start[at]).nonzero().squeeze(1)
        assert batch.plan[at].tolist() == np.bincount(batch.verb[own], minlength=3).tolist()
        assert batch.left[at].tolist() == np.bincount(batch.verb[own[own >= at]], minlength=3).tolist()


def test_of_a_very_long_subject_fewer_links_are_predicted_and_others_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = np.array([40, 10, 50])
    position, rng = np.arange(100), np.random.default_rng(0)
    assert conditions._thinned(position, sizes, rng).tolist() == position.tolist()
    monkeypatch.setattr(conditions, "MOST_EARLIER", 200)
    chosen = [conditions._thinned(position, sizes, np.random.default_rng(seed)) for seed in (0, 1)]
    subject = np.repeat(np.arange(3), sizes)
    assert np.bincount(subject[chosen[0]]).tolist() == [10, 10, 8]
    assert not np.array_equal(*chosen)
