"""The generator puts conditions together."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.occurrences.generator import (
    OccurrenceGenerator,
    OccurrenceSpec,
    mean_neighbourhoods,
)
from assoc_synth.link_graph.edges import Edges


def test_a_neighbourhood_is_the_sum_over_the_root_of_the_number() -> None:
    torch.manual_seed(0)
    model = EdgeGenerator(CTGANConfig(context_dim=3, association_dim=2), torch.zeros(2, 4), 0.0)
    model.make_steering(2)
    edges = Edges.from_links(
        np.array([0, 0, 2]), np.array([0, 1, 1]), np.array([3, 0, 2]), num_subjects=3, num_verbs=2, num_objects=4
    )
    found = mean_neighbourhoods(model, edges)
    embedded = model.embed(torch.tensor([0, 1, 1]), torch.tensor([3, 0, 2]))[:, :5]
    assert torch.allclose(found[0], (embedded[0] + embedded[1]) / 2**0.5)
    assert not found[1].any()
    assert torch.allclose(found[2], embedded[2])


def test_widths_follow_the_config() -> None:
    config = CTGANConfig(
        noise_dim=2,
        context_dim=5,
        association_dim=3,
        occurrence_link_dim=4,
        occurrence_subject_dim=6,
        occurrence_hidden_dim=7,
        assignment_dim=9,
    )
    count = ColumnSpec("count", 3, False)
    model = OccurrenceGenerator(config, OccurrenceSpec(count, count, (), (), (), ()), 2, 6, 0.0)
    subject = model.subject_condition(torch.zeros(4, 8), torch.ones(4), torch.zeros(4, 2))
    assert subject.shape == (4, 6 + 1 + 2)
    zero = torch.zeros(4, dtype=torch.int64)
    condition = model.edge_condition(subject, model.interest(subject), zero, zero, torch.zeros(4))
    assert condition.shape == (4, 9 + 2 * 4 + 2 + 1)
    assert model.count.trunk.first.out_features == 7
    assert model.assignment.sign.shape == (9,)


def test_everything_begins_at_the_shares_of_the_table() -> None:
    """Object 0 occurs once, object 1 twice; half the subjects have one link per edge and half have two."""
    code = np.tile([0, 1], 100)
    edges = Edges.from_links(
        np.repeat(np.arange(100), 2), np.zeros(200, int), code, num_subjects=100, num_verbs=1, num_objects=2
    )
    repeat, count = CodedColumn.discrete("repeat", np.tile([0, 1], 50), 2), CodedColumn.discrete("count", code, 2)
    data = SimpleNamespace(
        repeat=repeat,
        repeat_level=np.array([0.0, 0.7], np.float32),
        count=count,
        link=(),
        visits=None,
        num_visits=None,
        start=(),
        step=(),
        edges=edges,
        link_edge=np.arange(200),
        link_visit=np.full(200, -1),
        order=None,
        visit_columns=(),
    )
    model = OccurrenceGenerator(CTGANConfig(), OccurrenceSpec.of(data), 1, 2, 0.0)  # type: ignore[arg-type]
    model.start_at(data)  # type: ignore[arg-type]
    assert model.repeat_level.tolist() == pytest.approx([0.0, 0.7])
    assert torch.softmax(model.repeat.heads[0].bias[:2], 0).tolist() == pytest.approx([0.5, 0.5], abs=0.01)
    zero = torch.zeros(2, dtype=torch.int64)
    [own] = model.count_logits(zero, torch.tensor([0, 1]))
    assert torch.softmax(own, 1)[:, 0].tolist() == pytest.approx([0.95, 0.05], abs=0.01)
