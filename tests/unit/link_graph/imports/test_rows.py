"""Rows as they are read."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.rows import Rows


def test_qualifiers_that_no_row_has_are_no_columns() -> None:
    rows = Rows()
    rows.add("ann", "buys", "tea", time="2026-01-02")
    rows.qualify(rows.add("bob", "buys", "nan"), "amount", 3)
    table = rows.table("x")
    assert table.schema.roles().keys() == {"subject", "verb", "object", "time", "amount"}
    assert np.isnan(table.amount).tolist() == [True, False]
    assert table.objects.tolist() == ["nan", "tea"]


def test_no_rows_and_no_numbers_are_told() -> None:
    with pytest.raises(InputError, match="'x' holds no link"):
        Rows().table("x")
    rows = Rows()
    rows.add("a", "b", "c", amount="much")
    with pytest.raises(InputError, match="link 1: its amount is not a number"):
        rows.table("x")


def test_an_amount_that_no_float_holds_is_told() -> None:
    rows = Rows()
    rows.add("a", "b", "c", amount=10**400)
    with pytest.raises(InputError, match="link 1: its amount is not a number"):
        rows.table("g.json")
