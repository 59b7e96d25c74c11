"""Drawing numbers: with joint terms and without, and in parts."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import ColumnSpec
from assoc_synth.ctgan.occurrences import count_sampling
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.errors import ModelFileError
from assoc_synth.link_graph.edges import Edges

Untrained = Callable[..., tuple[OccurrenceGenerator, OccurrenceSampler]]
REPEAT, COUNT = ColumnSpec("repeat", 2, False), ColumnSpec("count", 3, False)


def spec(joint: int | None) -> OccurrenceSpec:
    return OccurrenceSpec(REPEAT, COUNT, (), (), (), (), joint=joint)


@pytest.mark.parametrize("joint", [None, 2])
def test_what_is_expected_is_what_is_drawn(
    joint: int | None, untrained: Untrained, six_edges_each: Callable[[int], Edges]
) -> None:
    edges = six_edges_each(2_000)
    sampler = untrained(spec(joint))[1]
    shares, _ = sampler.count_shares(edges)
    assert shares.sum(1).numpy() == pytest.approx(np.ones(len(edges)), abs=1e-4)
    drawn = np.bincount(sampler.count_classes(edges), minlength=3) / len(edges)
    assert shares.mean(0).tolist() == pytest.approx(drawn.tolist(), abs=0.02)


def test_terms_that_are_none_change_no_shares(untrained: Untrained, six_edges_each: Callable[[int], Edges]) -> None:
    edges = six_edges_each(50)
    first, second = (untrained(spec(joint))[1].count_shares(edges)[0] for joint in (None, 2))
    assert second.numpy() == pytest.approx(first.numpy(), abs=1e-5)


def test_an_equal_number_is_drawn_in_every_part(
    untrained: Untrained, six_edges_each: Callable[[int], Edges], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of few subjects; token (0, 2) occurs as often as (0, 0)."""
    monkeypatch.setattr(count_sampling, "TOGETHER", 20)
    generator, sampler = untrained(spec(2))
    assert generator.joint is not None
    bound = np.array([[-1] * 4, [0, -1, -1, -1]])
    generator.joint.set(tokens=np.array([0, 2]), at_most=bound, at_least=bound)
    edges = six_edges_each(40)
    classes = sampler.count_classes(edges)
    first, second = (classes[edges.token == token] for token in (0, 2))
    assert (first == second).all()
    assert len(set(first.tolist())) > 1
    numbers = sampler.counts.draw(edges, sampler._conditions(edges))[1]
    assert (numbers[edges.token == 0] == numbers[edges.token == 2]).all()


def test_weights_without_shares_are_an_error(untrained: Untrained, six_edges_each: Callable[[int], Edges]) -> None:
    generator, sampler = untrained(spec(2))
    with torch.no_grad():
        for weights in generator.count.parameters():
            weights.fill_(1e30)
    with pytest.raises(ModelFileError, match="give no shares"):
        sampler.count_classes(six_edges_each(4))


def test_parts_are_whole_subjects_however_many_edges_one_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_sampling, "TOGETHER", 10)
    assert count_sampling._parts(np.array([0, 4, 9, 40, 41, 41])) == [(0, 2), (2, 3), (3, 5)]
    assert count_sampling._parts(np.array([0])) == []


def test_true_links_per_edge_are_taken_as_they_are(
    untrained: Untrained, six_edges_each: Callable[[int], Edges]
) -> None:
    generator, sampler = untrained(spec(2))
    generator.repeat_level.copy_(torch.tensor([0.0, 1.0]))
    conditions = sampler._conditions(six_edges_each(6), torch.tensor([0, 1, 1, 0, 1, 0]))
    assert conditions.level.tolist() == [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]
    assert conditions.level_base.shape == (6, 2)
