"""What a destroyed table has lost, and what it has kept."""

import numpy as np
import pandas as pd

from assoc_synth.evaluation.destroyed import DESTROYERS, without_columns, without_order, without_visits
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.transactions.arrays import Values
from assoc_synth.transactions.table import TransactionTable


def rows(*, baskets: bool = True) -> Rows:
    rng = np.random.default_rng(0)
    subject = np.sort(rng.integers(0, 40, 600))
    frame = pd.DataFrame(
        {
            "subject": subject,
            "verb": rng.choice(["buy", "view"], 600),
            "object": rng.integers(0, 9, 600),
            "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(600), unit="D"),
            "amount": rng.random(600).round(2),
            "sex": np.where(subject % 2, "F", "M"),
            "basket": subject * 10 + rng.integers(0, 3, 600),
        }
    )
    return coded_rows(TransactionTable.from_frame(frame if baskets else frame.drop(columns="basket")))[0]


def counted(*columns: Values) -> list[tuple[float, ...]]:
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_random_order_keeps_links_and_amounts_of_each_subject() -> None:
    real, lost = rows(), without_order(rows(), np.random.default_rng(1))
    assert counted(real.subject, real.token, real.amount) == counted(lost.subject, lost.token, lost.amount)
    assert np.array_equal(real.time, lost.time)
    assert (real.token != lost.token).mean() > 0.5


def test_dealt_visits_keep_sizes_and_popularity_by_verb() -> None:
    real, lost = rows(), without_visits(rows(), np.random.default_rng(1))
    assert counted(real.token) == counted(lost.token)
    assert np.array_equal(real.verb, lost.verb)
    assert np.array_equal(real.visits.sizes, lost.visits.sizes)
    assert counted(real.subject, real.token) != counted(lost.subject, lost.token)


def test_dealt_columns_keep_links_and_single_columns() -> None:
    real, lost = rows(), without_columns(rows(), np.random.default_rng(1))
    assert np.array_equal(real.token, lost.token)
    assert counted(real.time) == counted(lost.time)
    assert counted(real.amount) == counted(lost.amount)
    assert np.array_equal(real.attributes.has.sum(axis=0), lost.attributes.has.sum(axis=0))
    assert (real.attributes.has != lost.attributes.has).any()
    assert np.array_equal(real.group, lost.group), "a basket stays one"


def test_visits_made_of_times_are_those_of_the_new_times() -> None:
    lost = without_columns(rows(baskets=False), np.random.default_rng(1))
    assert lost.visit_kind == "timestamp"
    starts = lost.visits.start[lost.visits.of_row]
    assert np.array_equal(starts, lost.time)


def test_every_table_can_be_destroyed() -> None:
    frame = pd.DataFrame({"subject": ["a", "b"], "verb": "v", "object": ["x", "y"]})
    (bare,) = coded_rows(TransactionTable.from_frame(frame))
    for destroy in DESTROYERS.values():
        assert len(destroy(bare, np.random.default_rng(0))) == 2
