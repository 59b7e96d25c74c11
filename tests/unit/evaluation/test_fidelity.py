"""Fidelity on tables small enough to count by hand."""

import math
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.errors import InputError
from assoc_synth.evaluation import Fidelity, fidelity, fidelity_across_verbs
from assoc_synth.evaluation.fidelity import why_unknown
from assoc_synth.link_graph.edges import Edges


def graph(baskets: list[str], verb: int = 0, *, num_objects: int = 4, num_verbs: int = 2) -> Edges:
    """One subject per string; 'ac' is a link to object 0 and one to object 2."""
    links = [(subject, ord(letter) - ord("a")) for subject, basket in enumerate(baskets) for letter in basket]
    subjects, objects = (np.array(column, int) for column in zip(*links, strict=True)) if links else ([], [])
    return Edges.from_links(
        subjects,
        np.full(len(subjects), verb),
        objects,
        num_subjects=len(baskets),
        num_verbs=num_verbs,
        num_objects=num_objects,
    )


X = graph(["ab", "ab", "a", "c"])  # p = 3/4, 1/2, 1/4; C_ab = 2/4
Y = graph(["ab", "b", "ac", "c"])  # p = 1/2, 1/2, 1/2; C_ab = C_ac = 1/4


def test_hand_computed() -> None:
    found = fidelity(X, Y, min_count=2)
    assert found.item_l1 == pytest.approx((0.25 + 0 + 0.25) / 1.5)
    assert found.pair_l1 == pytest.approx((0.25 + 0.25) / 0.5)
    assert found.lift_mae == pytest.approx(math.log2(0.5 / 0.375) - math.log2(0.25 / 0.25))
    assert math.isnan(found.lift_r), "one pair has no correlation"
    assert found.degree_ks == pytest.approx(0.0), "two, two, one, one on one side; one, two, two, one on the other"


def test_lift_of_a_pair_that_vanished_is_floored() -> None:
    y = graph(["a", "a", "b", "c"])
    # C_ab = 0 is read as ½ of a subject in four; p_a p_b = 1/2 · 1/4 stays as it is.
    expected = math.log2(0.5 / 0.375) - math.log2(0.125 / 0.125)
    assert fidelity(X, y, min_count=2).lift_mae == pytest.approx(expected)


def test_a_pair_of_an_object_that_vanished_has_no_lift() -> None:
    y = graph(["c", "c", "c", "c"])
    assert fidelity(X, y, min_count=2).lift_mae == pytest.approx(math.log2(0.5 / 0.375))


def test_a_lost_object_costs_the_lift_of_its_pair_and_no_more() -> None:
    rows = ["ab"] * 30 + ["a"] * 30 + ["b"] * 30 + ["c"] * 80 + ["cd"] * 30
    x, y = graph(rows), graph([row.replace("d", "") for row in rows])
    lost = math.log2((30 / 200) / ((110 / 200) * (30 / 200)))  # of two pairs, as frequent as each other
    assert fidelity(x, y).lift_mae == pytest.approx(lost / 2)


def test_rules_need_count_and_lift_of_two() -> None:
    # Lift of ab: 2/8 over (2/8)² = 4, a rule; cd: 2/8 over (6/8 · 2/8) = 4/3, none.
    x = graph(["ab", "ab", "cd", "cd", "c", "c", "c", "c"])
    assert fidelity(x, x, min_count=2).rule_f1 == 1.0
    # ab is still a rule, and ac has become one: 3/8 over (4/8)(3/8) = 2.
    y = graph(["abc", "abc", "ac", "a", "d", "d", "d", "d"])
    rules_in_y = {"ab": (2 / 8) / (4 / 8 * 2 / 8), "ac": (3 / 8) / (4 / 8 * 3 / 8), "bc": (2 / 8) / (2 / 8 * 3 / 8)}
    assert all(lift >= 2 for lift in rules_in_y.values())
    assert fidelity(x, y, min_count=2).rule_f1 == pytest.approx(2 * 1 / (1 + 3))


def test_no_rules_anywhere_is_no_agreement() -> None:
    found = fidelity(graph(["a", "b"]), graph(["b", "a"]), min_count=1)
    assert math.isnan(found.rule_f1)
    assert math.isnan(found.pair_l1), "no subject has two objects"
    assert why_unknown("rule_f1", 1) == "neither table has a pair of 1 subjects or more whose lift is 2 or more"
    # One that has rules where the reference has none agrees on nothing.
    x, y = graph(["ab", "a", "b"]), graph(["ab", "ab", "c", "c", "c", "c"])
    assert fidelity(x, y, min_count=1).rule_f1 == fidelity(y, x, min_count=1).rule_f1 == 0.0


def test_every_figure_says_what_it_lacks() -> None:
    assert all(why_unknown(field.name) for field in fields(Fidelity))


def test_threshold_scales_with_the_size_of_the_other_table() -> None:
    x = graph(["ab", "ab", "c", "c", "c", "c", "c", "c"])
    y = graph(["ab", "c", "c", "c"])
    assert fidelity(x, y, min_count=2).rule_f1 == 1.0


def test_also_buy_counts_the_partners_that_the_reference_has() -> None:
    # a: five subjects with b, five with c. In y, c has gone and d has come.
    x = graph(["ab"] * 5 + ["ac"] * 5)
    y = graph(["ab"] * 5 + ["ad"] * 5)
    # a keeps b of {b, c}; b keeps a; c keeps nothing. d is no object of x.
    assert fidelity(x, y, min_count=1).also_buy_at_10 == pytest.approx((0.5 + 1.0 + 0.0) / 3)
    assert math.isnan(fidelity(x, y, min_count=3).also_buy_at_10), "no object has 15 subjects"


def test_also_buy_keeps_ten() -> None:
    letters = "bcdefghijklmn"
    x = graph(["a" + letter for letter in letters for _ in range(5)], num_objects=14)
    assert fidelity(x, x, min_count=5).also_buy_at_10 == 1.0


def test_degree_distance() -> None:
    assert fidelity(graph(["a", "b"]), graph(["ab", "abc"])).degree_ks == 1.0
    assert fidelity(graph(["a", "ab"]), graph(["ab", "ab"])).degree_ks == 0.5


def test_verbs_are_told_apart() -> None:
    bought, returned = graph(["ab", "ab"], verb=0), graph(["ab", "ab"], verb=1)
    assert fidelity(bought, returned).item_l1 == 0.0
    assert fidelity_across_verbs(bought, returned).item_l1 == 2.0
    assert fidelity(bought, returned, verb=0).item_l1 == 1.0
    assert fidelity_across_verbs(bought, bought).item_l1 == 0.0


def test_pairs_across_verbs_count() -> None:
    both = Edges.from_links([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], num_subjects=2, num_verbs=2, num_objects=2)
    swapped = Edges.from_links([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], num_subjects=2, num_verbs=2, num_objects=2)
    found = fidelity_across_verbs(both, swapped, min_count=1)
    assert found.item_l1 == 0.0
    assert found.pair_l1 == pytest.approx(2.0), "no pair of tokens is shared"


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    tables = [
        Edges.from_links(
            rng.integers(0, 60, 400),
            rng.integers(0, 2, 400),
            (rng.random(400) ** 2 * 15).astype(int),
            num_subjects=60,
            num_verbs=2,
            num_objects=15,
        )
        for _ in range(2)
    ]
    whole = fidelity(*tables, min_count=3)
    monkeypatch.setattr(sys.modules[fidelity.__module__], "_BLOCK_CELLS", 30)
    pieces = fidelity(*tables, min_count=3)
    for name, value in vars(whole).items():
        assert getattr(pieces, name) == pytest.approx(value, nan_ok=True), name


def test_different_vocabularies_are_refused() -> None:
    with pytest.raises(InputError, match="num_objects is 4 and 5"):
        fidelity(X, graph(["a"], num_objects=5))
    with pytest.raises(InputError, match="without subjects"):
        fidelity(X, graph([]))


baskets = st.lists(st.text("abcd", max_size=4), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(baskets, st.integers(1, 4))
def test_a_table_against_itself_is_perfect(rows: list[str], min_count: int) -> None:
    table = graph(rows)
    for compare in (fidelity, fidelity_across_verbs):
        found = compare(table, table, min_count=min_count)
        assert found.degree_ks == 0.0
        assert (found.item_l1 == 0.0) == any(rows)
        assert found.pair_l1 == 0.0 or math.isnan(found.pair_l1)
        assert found.rule_f1 == 1.0 or math.isnan(found.rule_f1)
        assert found.lift_mae == 0.0 or math.isnan(found.lift_mae)
        assert found.also_buy_at_10 == 1.0 or math.isnan(found.also_buy_at_10)
        assert found.lift_r == pytest.approx(1.0) or math.isnan(found.lift_r)


@settings(deadline=None, max_examples=60)
@given(baskets, baskets)
def test_the_order_of_subjects_does_not_matter(left: list[str], right: list[str]) -> None:
    first, second = (fidelity(graph(left), graph(rows), min_count=1) for rows in (right, sorted(right)))
    for name, value in vars(first).items():
        assert getattr(second, name) == pytest.approx(value, nan_ok=True), name
