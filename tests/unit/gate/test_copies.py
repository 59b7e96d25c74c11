"""Subjects that are exact copies of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from assoc_synth.gate.copies import Copies
from assoc_synth.link_graph.edges import Edges


def test_copies_are_counted_among_long_histories(draw: Any) -> None:
    few = draw(30, 1)
    long = np.flatnonzero(np.diff(few.offsets) >= 3)
    repeated = few.take(np.repeat(long[:5], 4))
    assert Copies.of(repeated) == Copies(20, 5 * 6, 15)
    short = Edges.from_links([0, 0, 1, 1], [0] * 4, [1, 2, 1, 2], num_subjects=2, num_verbs=1, num_objects=3)
    assert Copies.of(short) == Copies(0, 0, 0), "histories of two links are the same by chance"


def test_the_order_of_verbs_and_subjects_without_links_do_not_matter(draw: Any) -> None:
    edges = draw(200, 2)
    whole = Copies.of(edges)
    assert Copies.of(edges.take(np.arange(200)[::-1])) == whole
    empty = Edges.from_links([5], [0], [0], num_subjects=9, num_verbs=1, num_objects=1)
    assert Copies.of(empty) == Copies(0, 0, 0)


def test_a_collapsed_table_has_too_many_and_a_fresh_one_has_not(draw: Any) -> None:
    real = Copies.of(draw(2_000, 1))
    assert real.too_many(Copies.of(draw(8_000, 2))) == ""
    collapsed = draw(800, 3).take(np.random.default_rng(0).integers(0, 800, 8_000))
    why = real.too_many(Copies.of(collapsed))
    assert "are exact copies of another one" in why
    assert f"of the {Copies.of(collapsed).subjects:,} subjects" in why


def test_without_long_histories_nothing_is_known() -> None:
    assert Copies(0, 0, 0).too_many(Copies(100, 4_950, 99)) == ""


def test_round_trip() -> None:
    assert Copies.from_dict(Copies(5, 2, 1).to_dict()) == Copies(5, 2, 1)
