"""Cells of rows: what two tables have in common once times and amounts count."""

import numpy as np
import pandas as pd

from assoc_synth.evaluation.cells import cells, has_cells, parts_of_cells
from assoc_synth.evaluation.nearest import nearest_cosine
from assoc_synth.link_graph.rows import Rows, coded_rows
from assoc_synth.transactions.table import TransactionTable


def rows(*frames: list[tuple[str, str, str, float]]) -> tuple[Rows, ...]:
    named = (
        pd.DataFrame(frame, columns=["subject", "object", "time", "amount"]).assign(verb="buys") for frame in frames
    )
    return coded_rows(*(TransactionTable.from_frame(frame) for frame in named))


FIRST = [("a", "tea", "2026-01-01 10:00", 1.0), ("a", "cup", "2026-01-01 10:00", 2.0), ("b", "tea", "2026-01-02", 1.0)]


def test_a_cell_is_shared_if_all_of_it_is_the_same() -> None:
    later = [
        ("x", "tea", "2026-01-01 10:00", 1.0),
        ("x", "cup", "2026-01-01 10:00", 3.0),
        ("y", "tea", "2026-01-03", 1),
    ]
    one, other = cells(*rows(FIRST, later))
    assert (one @ other.T).toarray().tolist() == [[1, 0], [0, 0]]
    assert one.sum() == 3


def test_missing_cells_are_one_cell_and_minus_zero_is_zero() -> None:
    gaps = [("a", "tea", "2026-01-01", 0.0), ("a", "cup", "2026-01-01", None)]
    same = [("x", "tea", "2026-01-01", -0.0), ("x", "cup", "2026-01-01", None)]
    one, other = cells(*rows(gaps, same))
    assert (one @ other.T).toarray().tolist() == [[2]]


def test_the_nearest_by_parts_is_the_one_of_the_same_day_and_amount() -> None:
    tables = rows(FIRST, [("a", "tea", "2026-01-01 12:00", 1.0)], [("x", "tea", "2026-03-01 12:00", 9.0)])
    parts = parts_of_cells(*tables)
    same_day, other_day = (nearest_cosine(parts[0], parts[at])[0] for at in (1, 2))
    assert same_day > other_day
    np.testing.assert_allclose(parts[0].multiply(parts[0]).sum(axis=1), 1.0)


def test_links_alone_have_no_cells() -> None:
    frame = pd.DataFrame({"subject": ["a"], "verb": ["buys"], "object": ["tea"]})
    (plain,) = coded_rows(TransactionTable.from_frame(frame))
    assert not has_cells(plain)
    assert has_cells(*rows(FIRST))
    assert not has_cells(plain, *rows(FIRST))
