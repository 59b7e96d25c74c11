"""Drawing: edges of as many subjects as asked for, and rows that are those edges' own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.table import TransactionTable

SHORT = CTGANConfig(epochs=12, calibration_rounds=1, count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1)


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
    edges = small_model.links_of(generate_edges(small_model, 15, seeds=Seeds.of(1), verbs=[2, 3]))
    assert edges.num_subjects == 15
    assert (edges.degrees_by_verb()[:, [2, 3]].sum(1) > 0).all()
    assert (edges.degrees_by_verb()[:, [0, 1, 4]].sum(1) > 0).any(), "their other links are drawn too"


def test_rows_of_some_verbs_are_those_of_all_verbs_without_the_others(small_model: FittedModel) -> None:
    edges = generate_edges(small_model, 25, seeds=Seeds.of(1))
    whole = emit_rows(small_model, edges, seeds=Seeds.of(3))
    some = emit_rows(small_model, edges, seeds=Seeds.of(3), verbs=[0, 2])
    kept = np.flatnonzero(np.isin(whole.verb, [0, 2]))
    assert 0 < len(kept) < len(whole)
    assert some.num_subjects == whole.num_subjects
    left, right = some.to_frame(typed=True), whole.take_rows(kept).to_frame(typed=True)
    assert left.drop(columns=["order", "customer"]).equals(right.drop(columns=["order", "customer"]))
    assert some.subject.tolist() == whole.subject[kept].tolist()
    # Baskets are those of the kept rows, by names without gaps.
    assert some.baskets is not None
    assert some.baskets.equals(small_model.format.new_basket_names(left["order"].nunique()))
    assert left.groupby("order").ngroup().nunique() == right.groupby("order").ngroup().nunique()


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


def receipts(*, is_sorted: bool) -> pd.DataFrame:
    """Three receipts of each of 60 people, each of one time, in alphabetical order or in none."""
    rng = np.random.default_rng(0)
    rows = []
    for receipt in range(180):
        things = rng.choice(list("abcdefgh"), 4, replace=False)
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(300)))
        rows += [(receipt // 3, "buy", thing, day) for thing in (sorted(things) if is_sorted else things)]
    return pd.DataFrame(rows, columns=["who", "verb", "what", "date"])


@pytest.mark.parametrize(("is_sorted", "note"), [(True, "follow an order in the table"), (False, "in random order")])
@pytest.mark.usefixtures("few_moves")
def test_rows_of_one_time_come_as_in_the_table_and_never_by_code(is_sorted: bool, note: str) -> None:
    table = TransactionTable.from_frame(receipts(is_sorted=is_sorted), subject="who", object="what")
    synthesizer = AssociativeSynthesizer(random_state=0, config=SHORT).fit(table)
    model = synthesizer.model_
    assert any(note in told for told in model.notes)
    found = emit_rows(model, generate_edges(model, 150, seeds=Seeds.of(0)), seeds=Seeds.of(0))
    assert found.time is not None
    together = (np.diff(found.subject) == 0) & (np.diff(found.time) == np.timedelta64(0))
    rising = (np.diff(found.object) > 0)[together & (np.diff(found.object) != 0)]
    assert len(rising) > 200
    assert rising.mean() > 0.85 if is_sorted else abs(rising.mean() - 0.5) < 0.12
