"""Drawing: edges of as many subjects as asked for, and rows that are those edges' own."""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds


def links(edges: Edges) -> set[tuple[int, int, int]]:
    return set(zip(edges.subject.tolist(), edges.verb.tolist(), edges.object.tolist(), strict=True))


def test_every_subject_has_a_link(small_model: FittedModel) -> None:
    edges = generate_edges(small_model, 30, seeds=Seeds.of(1))
    assert edges.num_subjects == 30
    assert (edges.num_verbs, edges.num_objects) == (5, 72)
    assert (np.diff(edges.offsets) > 0).all()


def test_the_seed_decides(small_model: FittedModel) -> None:
    first = links(generate_edges(small_model, 20, seeds=Seeds.of(1)))
    assert first == links(generate_edges(small_model, 20, seeds=Seeds.of(1)))
    assert first != links(generate_edges(small_model, 20, seeds=Seeds.of(2)))


def test_the_first_subjects_are_the_same_however_many_follow(small_model: FittedModel) -> None:
    whole = generate_edges(small_model, 25, seeds=Seeds.of(4))
    part = generate_edges(small_model, 25, seeds=Seeds.of(4), first=10)
    assert part.num_subjects == 10
    assert links(part) == links(whole.take(np.arange(10)))


def test_a_verb_condition_is_hard(small_model: FittedModel) -> None:
    edges = generate_edges(small_model, 15, seeds=Seeds.of(1), verbs=[2, 3])
    assert edges.num_subjects == 15
    assert set(edges.verb.tolist()) <= {2, 3}
    assert (np.diff(edges.offsets) > 0).all()


def test_raking_brings_the_margins_closer(small_model: FittedModel) -> None:
    def off(edges: Edges) -> float:
        share = np.bincount(edges.token, minlength=5 * 72) / edges.num_subjects
        return float(np.abs(share - small_model.token_shares().ravel()).sum())

    plain, raked = (
        generate_edges(small_model, 60, seeds=Seeds.of(3), candidates=candidates) for candidates in (1.0, 4.0)
    )
    assert raked.num_subjects == 60
    assert off(raked) < off(plain)


def test_rows_are_the_edges_own(small_model: FittedModel) -> None:
    edges = generate_edges(small_model, 12, seeds=Seeds.of(6))
    table = emit_rows(small_model, edges, seeds=Seeds.of(6))
    emitted = set(zip(table.subject.tolist(), table.verb.tolist(), table.object.tolist(), strict=True))
    assert emitted == links(edges)
    assert table.num_subjects == 12


def test_rows_have_the_fitted_tables_columns_by_subject_and_time(small_model: FittedModel) -> None:
    table = emit_rows(small_model, generate_edges(small_model, 12, seeds=Seeds.of(6)), seeds=Seeds.of(6))
    frame = table.to_frame(typed=True)
    assert list(frame.columns) == list(small_model.format.columns)
    assert set(frame.columns) == {"customer", "action", "product", "date", "price", "order", "channel", "category"}
    assert (np.diff(table.subject) >= 0).all()
    assert all(dates.dropna().is_monotonic_increasing for _, dates in frame.groupby("customer")["date"])
    assert set(frame["channel"]) <= {"shop", "web"}
    assert frame.groupby("order")["customer"].nunique().max() == 1
    assert frame.groupby("product")["category"].nunique().max() == 1


def test_the_same_edges_and_seed_give_the_same_rows(small_model: FittedModel) -> None:
    edges = generate_edges(small_model, 8, seeds=Seeds.of(2))
    first, again, other = (emit_rows(small_model, edges, seeds=Seeds.of(seed)).to_frame() for seed in (2, 2, 3))
    assert first.equals(again)
    assert not first.equals(other)
