"""Wishes and what they promise."""

from __future__ import annotations

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.wishes import promised, shares_of


def test_shares_sum_to_one_as_they_are_written() -> None:
    assert sum(shares_of({"a": 1, "b": 1, "c": 1}).values()) == pytest.approx(1, abs=1e-12)
    for wrong in ({}, {"a": 0.0}, {"a": 1.0, "b": -1.0}):
        with pytest.raises(InputError):
            shares_of(wrong)


def test_promises_of_boosts_and_conditions() -> None:
    graph = LinkGraph.from_table(toy_shop(subjects=60))
    said, size = promised({"boost": [["bought", "laptop", 2.0]]}, {}, graph)
    assert said.startswith("About ")
    assert size == "As many subjects as the model was trained with."
    with pytest.raises(InputError, match="no object"):
        promised({"boost": [["bought", "nothing", 2.0]]}, {}, graph)
    assert promised({"conditions": [{"verb": "bought", "num_rows": 7}]}, {}, graph) == [
        "Exactly 7 rows with verb bought."
    ]
    several = {"conditions": [{"verb": "bought", "num_rows": 7}, {"price": [1, 2], "num_rows": 3}]}
    assert promised(several, {"num_rows": 12}, graph)[1:] == [
        "Exactly 3 rows with price 1 to 2.",
        "And 2 rows that are of none of these kinds.",
    ]
    with pytest.raises(InputError, match="10 rows in all, and 9 are asked for"):
        promised(several, {"num_rows": 9}, graph)
