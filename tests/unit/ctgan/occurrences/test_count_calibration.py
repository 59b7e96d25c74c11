"""How often edges occur is calibrated by token and level: a staple of frequent buyers, and of nobody else."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.occurrences.count_calibration import calibrate_counts
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.sampling import OccurrenceSampler
from assoc_synth.link_graph.edges import Edges

Untrained = Callable[..., tuple[OccurrenceGenerator, OccurrenceSampler]]
REPEAT, COUNT = ColumnSpec("repeat", 2, False), ColumnSpec("count", 3, False)


def test_a_token_occurs_as_often_as_in_training_at_each_level(
    untrained: Untrained, six_edges_each: Callable[[int], Edges]
) -> None:
    """Token (0, 2) occurs often in subjects of the second level, and of the first one no more than others do."""
    rng = np.random.default_rng(0)
    edges, level = six_edges_each(2000), np.repeat([0, 1], 1000)
    often = (edges.object == 2) & (level[edges.subject] == 1)
    code = np.where(rng.random(len(edges)) < np.where(often, 0.9, 0.1), 2, 0)
    generator, sampler = untrained(OccurrenceSpec(REPEAT, COUNT, (), (), (), (), levels=6))
    data = SimpleNamespace(
        edges=edges,
        count=CodedColumn.discrete("count", code, 3),
        repeat=CodedColumn.discrete("repeat", level, 2),
        repeat_level=np.array([0.0, 1.0], np.float32),
    )
    assert generator.level_logits is not None
    generator.repeat_level.copy_(torch.tensor([0.0, 1.0]))
    for parameter in generator.repeat.heads.parameters():
        torch.nn.init.zeros_(parameter)  # both levels are as frequent as in training
    generator.level_logits.start_at(data)  # type: ignore[arg-type]
    errors = calibrate_counts(generator, sampler, data, edges)  # type: ignore[arg-type]
    assert errors[-1] < 0.1 * errors[0]
    shares, drawn = sampler.count_shares(edges)
    for own, of_object, expected in ((0, 2, 0.1), (1, 2, 0.9), (1, 3, 0.1)):
        at = (drawn.numpy() == own) & (edges.object == of_object)
        assert shares.numpy()[at, 2].mean() == pytest.approx(expected, abs=0.03)
        assert shares.numpy()[at, 1].mean() < 0.03


def test_what_is_expected_is_what_is_drawn(untrained: Untrained, six_edges_each: Callable[[int], Edges]) -> None:
    edges = six_edges_each(2000)
    _, sampler = untrained(OccurrenceSpec(REPEAT, COUNT, (), (), (), ()))
    shares, level = sampler.count_shares(edges)
    drawn = np.bincount(sampler.count_classes(edges), minlength=3) / len(edges)
    assert shares.mean(0).tolist() == pytest.approx(drawn.tolist(), abs=0.02)
    assert level.shape == (len(edges),)


def test_a_group_of_few_edges_does_not_get_their_very_numbers(
    untrained: Untrained, six_edges_each: Callable[[int], Edges]
) -> None:
    """All twelve edges of a token occur three times by chance, as a tenth of all do: half of it is believed."""
    edges, rng = six_edges_each(400), np.random.default_rng(0)
    tokens, number = np.unique(edges.token, return_counts=True)
    rare = np.flatnonzero(edges.token == tokens[number.argmin()])[12:]
    keep = np.setdiff1d(np.arange(len(edges)), rare)
    known = Edges.from_links(
        edges.subject[keep], edges.verb[keep], edges.object[keep], num_subjects=400, num_verbs=2, num_objects=6
    )
    few = known.token == tokens[number.argmin()]
    code = np.where(few | (rng.random(len(known)) < 0.1), 2, 0)
    generator, sampler = untrained(OccurrenceSpec(REPEAT, COUNT, (), (), (), (), levels=len(tokens)))
    data = SimpleNamespace(
        edges=known,
        count=CodedColumn.discrete("count", code, 3),
        repeat=CodedColumn.discrete("repeat", np.zeros(400, np.int64), 2),
        repeat_level=np.zeros(2, np.float32),
    )
    assert generator.level_logits is not None
    generator.level_logits.tokens.copy_(torch.from_numpy(tokens))
    for _ in range(3):
        calibrate_counts(generator, sampler, data, edges)  # type: ignore[arg-type]
    shares = sampler.count_shares(edges)[0].numpy()
    assert 0.2 < shares[edges.token == tokens[number.argmin()], 2].mean() < 0.75
