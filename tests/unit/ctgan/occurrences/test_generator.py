"""Column chains learn what they are shown, and the generator puts conditions together."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.ctgan.occurrences.generator import (
    ColumnChain,
    OccurrenceGenerator,
    OccurrenceSpec,
    mean_neighbourhoods,
    stratified,
)
from assoc_synth.link_graph.edges import Edges


def test_a_chain_learns_a_column_given_the_one_before() -> None:
    torch.manual_seed(0)
    columns = (ColumnSpec("kind", 2, False), ColumnSpec("amount", 2, True))
    chain = ColumnChain(columns, condition_dim=1, hidden_dim=16, dropout=0.0)
    rng = np.random.default_rng(0)
    kind = torch.from_numpy((rng.random(4000) < 0.25).astype(np.int64))
    value = torch.where(kind == 1, 0.6, -0.2) + 0.05 * torch.randn(4000)
    condition = torch.zeros(4000, 1)
    optimizer = torch.optim.Adam(chain.parameters(), lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        chain.loss(condition, [kind, kind], [torch.zeros(4000), value]).backward()
        optimizer.step()
    (drawn_kind, _), (mode, number) = chain.draw(condition, torch.Generator().manual_seed(1))
    assert drawn_kind.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert (mode == drawn_kind).float().mean() > 0.98
    assert number[drawn_kind == 1].mean().item() == pytest.approx(0.6, abs=0.03)
    assert number[drawn_kind == 0].std().item() == pytest.approx(0.05, abs=0.02)


def test_a_chain_without_columns_draws_nothing() -> None:
    chain = ColumnChain((), condition_dim=2, hidden_dim=4, dropout=0.0)
    assert chain.draw(torch.zeros(3, 2), torch.Generator()) == []
    assert chain.loss(torch.zeros(3, 2), [], []).item() == 0.0


def test_a_chain_begins_at_the_shares_of_its_classes() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("count", 3, False),), condition_dim=1, hidden_dim=16, dropout=0.0)
    code = np.repeat([0, 1, 2], [900, 90, 10])
    chain.start_at([code])
    with torch.no_grad():
        for head in chain.heads:
            head.weight.zero_()
    [(drawn, _)] = chain.draw(torch.zeros(20_000, 1), torch.Generator().manual_seed(1))
    assert np.bincount(drawn.numpy(), minlength=3) / 20_000 == pytest.approx([0.9, 0.09, 0.01], abs=0.01)


def test_added_logits_move_the_classes_and_single_values_have_no_number() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("price", 3, True, exact=1, missing=1),), condition_dim=1, hidden_dim=8, dropout=0.0)
    condition, random = torch.zeros(300, 1), torch.Generator().manual_seed(0)
    for code in range(3):
        added = torch.full((300, 3), -1e4)
        added[:, code] = 1e4
        [(drawn, number)] = chain.draw(condition, random, [added])
        assert (drawn == code).all()
        assert bool(number.any()) is (code == 1)
        assert chain.soft_draw(condition, random, [added], 0.5).shape == (300, 4)


def test_the_shares_that_classes_are_drawn_by_are_seen() -> None:
    torch.manual_seed(0)
    chain = ColumnChain((ColumnSpec("a", 2, False), ColumnSpec("b", 3, False)), 1, 8, 0.0)
    seen = {}
    chain.draw(
        torch.zeros(4, 1), torch.Generator().manual_seed(0), callback=lambda index, shares: seen.update({index: shares})
    )
    assert {index: tuple(shares.shape) for index, shares in seen.items()} == {0: (4, 2), 1: (4, 3)}
    assert torch.allclose(seen[1].sum(1), torch.ones(4))


def test_uniform_numbers_have_one_in_each_part() -> None:
    level = np.sort(stratified(500, torch.Generator().manual_seed(0)).numpy())
    assert (np.floor(500 * level + 1e-4).astype(int) == np.arange(500)).all()


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
    assert model.edge_condition(subject, zero, zero, torch.zeros(4)).shape == (4, 9 + 2 * 4 + 2 + 1)
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
    )
    model = OccurrenceGenerator(CTGANConfig(), OccurrenceSpec.of(data), 1, 2, 0.0)  # type: ignore[arg-type]
    model.start_at(data)  # type: ignore[arg-type]
    assert model.repeat_level.tolist() == pytest.approx([0.0, 0.7])
    assert torch.softmax(model.repeat.heads[0].bias[:2], 0).tolist() == pytest.approx([0.5, 0.5], abs=0.01)
    zero = torch.zeros(2, dtype=torch.int64)
    [own] = model.count_logits(zero, torch.tensor([0, 1]))
    assert torch.softmax(own, 1)[:, 0].tolist() == pytest.approx([0.95, 0.05], abs=0.01)
