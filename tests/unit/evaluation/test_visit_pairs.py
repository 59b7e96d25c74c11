"""What goes together in a visit: the measures of pairs with the visit in the subject's place."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.destroyed import without_visits
from assoc_synth.evaluation.fidelity import fidelity
from assoc_synth.evaluation.visit_pairs import visit_edges, visit_pair_distances
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def table(visits: list[str], *, visits_each: int = 2) -> TransactionTable:
    """A letter per object, the visits dealt to subjects in order."""
    made = [
        (f"s{at // visits_each:04d}", "did", thing, f"b{at}") for at, things in enumerate(visits) for thing in things
    ]
    return TransactionTable.from_frame(pd.DataFrame(made, columns=["subject", "verb", "object", "basket"]))


def test_pairs_of_visits_not_of_subjects() -> None:
    # Each subject has a, b, c and d; which of them share a visit differs.
    x, y = coded_rows(table(["ab", "cd"] * 30), table(["ac", "bd"] * 30))
    found = visit_pair_distances(x, y)
    assert found["visit_pair_l1"] == pytest.approx(2.0), "nothing in common"
    assert visit_pair_distances(x, x)["visit_pair_l1"] == 0.0
    assert fidelity(x.edges, y.edges).pair_l1 == 0.0


def test_they_are_those_of_fidelity() -> None:
    rng = np.random.default_rng(0)
    pairs = ["ab", "cd", "ef", "ace"]
    real = table([pairs[at] for at in rng.integers(0, 4, 400)])
    other = table([pairs[at] for at in rng.integers(0, 3, 400)])
    x, y = coded_rows(real, other)
    found = visit_pair_distances(x, y)
    beside = fidelity(LinkGraph.from_table(real).basket_edges(), visit_edges(y))
    assert (found["visit_pair_l1"], found["visit_lift_r"]) == (beside.pair_l1, beside.lift_r)
    assert found["visit_also_buy"] == beside.also_buy_at_10


def test_objects_dealt_anew_are_far() -> None:
    rng = np.random.default_rng(0)
    things = "abcdefghij"
    # Neighbours go together in nine visits of ten.
    visits = [
        things[at : at + 2] if rng.random() < 0.9 else "".join(rng.choice(list(things), 2, replace=False))
        for at in rng.integers(0, 9, 2_000)
    ]
    x, y = coded_rows(table(visits[:1_000]), table(visits[1_000:]))
    near, far = visit_pair_distances(x, y), visit_pair_distances(x, without_visits(y, rng))
    assert near["visit_pair_l1"] < 0.3 < far["visit_pair_l1"]
    assert near["visit_lift_r"] > 0.9 > 0.5 > far["visit_lift_r"]


def test_no_pairs_no_figures() -> None:
    (single,) = coded_rows(table(["a", "b"]))
    assert visit_pair_distances(single, single) == {}
    bare = TransactionTable.from_frame(table(["ab"]).to_frame().drop(columns="basket"))
    assert visit_pair_distances(*coded_rows(table(["ab"]), bare)) == {}


def test_rows_without_a_basket_are_in_no_visit() -> None:
    frame = table(["ab", "cd"]).to_frame()
    frame.loc[0, "basket"] = None
    (rows,) = coded_rows(TransactionTable.from_frame(frame))
    edges = visit_edges(rows)
    assert (edges.num_subjects, len(edges)) == (2, 3)
