"""Pairs side by side, on tables in which every count is planted."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.lift import lift_interval
from assoc_synth.report.also_buy import strongest_pairs
from assoc_synth.transactions.table import TransactionTable


def shop(together: dict[tuple[object, object], int], subjects: int = 600) -> LinkGraph:
    """Each pair is bought by so many subjects of its own; the others buy one of 20 plain things each."""
    rows: list[tuple[str, str, object]] = []
    at = 0
    for pair, count in together.items():
        for _ in range(count):
            rows += [(f"s{at}", "bought", pair[0]), (f"s{at}", "bought", pair[1])]
            at += 1
    rows += [(f"s{i}", "bought", f"plain {i % 20}") for i in range(at, subjects)]
    return LinkGraph.from_table(
        TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"], dtype=object))
    )


def test_counts_lifts_and_ranks_are_those_that_were_planted() -> None:
    real = shop({("tea", "kettle"): 30, ("pen", "ink"): 60})
    synthetic = shop({("pen", "ink"): 40, ("bread", "butter"): 50}, subjects=500)
    found = strongest_pairs(real, synthetic)
    assert (found.verb, found.num_real, found.num_synthetic) == ("bought", 2, 2)
    tea, pen = found.real
    assert (tea.left, tea.right, pen.left, pen.right) == ("kettle", "tea", "ink", "pen")
    assert (tea.real_count, tea.real_lift, tea.real_rank) == (30, pytest.approx(600 * 30 / (30 * 30)), 1)
    assert (tea.synthetic_count, tea.synthetic_lift, tea.synthetic_rank) == (0, None, None)
    low, high = lift_interval(60, 60, 60, 600)
    assert (pen.low, pen.high) == (pytest.approx(float(low)), pytest.approx(float(high)))
    assert (pen.synthetic_count, pen.synthetic_lift, pen.synthetic_rank) == (40, pytest.approx(500 / 40), 1)
    (bread,) = found.added
    assert (bread.left, bread.right, bread.real_rank, bread.synthetic_rank) == ("bread", "butter", None, 2)
    assert (bread.real_count, bread.real_lift, bread.low) == (0, None, None)


def test_top_cuts_both_lists() -> None:
    real = shop({("tea", "kettle"): 30, ("pen", "ink"): 60})
    found = strongest_pairs(real, shop({("pen", "ink"): 40}), top=1)
    assert [fact.left for fact in found.real] == ["kettle"]
    assert [fact.left for fact in found.added] == ["ink"]
    assert (found.num_real, found.num_synthetic) == (2, 1)


def test_names_are_matched_by_their_text() -> None:
    found = strongest_pairs(shop({(7, 8): 30}), shop({("7", "8"): 30}))
    assert [(fact.left, fact.right, fact.synthetic_count) for fact in found.real] == [("7", "8", 30)]
    assert found.added == ()


def test_json_values_are_rounded_to_six_digits() -> None:
    real = shop({("tea", "kettle"): 70})
    values = json.loads(json.dumps(strongest_pairs(real, real).to_dict(), allow_nan=False))
    assert list(values) == ["verb", "num_real", "num_synthetic", "real", "added"]
    assert values["real"][0]["real_lift"] == 8.571429
    assert values["added"] == []
