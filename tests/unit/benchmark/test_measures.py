"""Everything that is measured of one table."""

import math

import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.benchmark import Row, Work, measure, ratios_to_floor, scopes
from assoc_synth.benchmark.measures import (
    ALL,
    BASKETS,
    FIDELITIES,
    measure_contaminated,
    measure_destroyed,
    measure_floor,
)
from assoc_synth.benchmark.show.lines import row_lines
from assoc_synth.evaluation import DIRECTIONS, Fidelity, register_measure, unregister_measure
from assoc_synth.gate.verdict import Status
from assoc_synth.transactions.table import TransactionTable


def test_one_gate_evaluates_all(rows: list[Row], work: Work) -> None:
    verdicts = [row.measures.gate for row in rows if row.measures is not None and row.measures.fidelity]
    floor, tenth, same, unrelated = verdicts
    assert floor is not None
    assert tenth is not None
    assert same is not None
    assert unrelated is not None
    assert unrelated.status is Status.FAIL
    assert Status.FAIL not in (floor.status, same.status)
    assert floor.num_subjects == tenth.num_subjects == work.heldout_edges.num_subjects // 2


def test_a_copy_is_faithful_and_caught(rows: list[Row]) -> None:
    found = rows[3].measures
    assert found is not None
    assert found.proximity is not None
    assert (found.fidelity[ALL].item_l1, found.fidelity[ALL].rule_f1, found.utility.ratio) == (0.0, 1.0, 1.0)
    assert found.proximity.share > 0.9
    assert abs(found.proximity.independent - 0.5) < 0.1, "a table without associations copies nobody"
    assert sum(found.verb_shares.values()) == pytest.approx(1.0)


def test_a_copy_gives_away_and_others_do_not(rows: list[Row]) -> None:
    floor, same, unrelated = (rows[at].measures for at in (0, 3, 4))
    assert floor is not None
    assert same is not None
    assert unrelated is not None
    assert {"exact_copies", "near_copies", "membership_auc: nearest neighbour"} <= set(same.given_away_by)
    assert (floor.given_away_by, unrelated.given_away_by) == ((), ())
    assert set(same.privacy) == set(unrelated.privacy) <= set(floor.privacy), "the floor has times and amounts as well"


def test_every_scope_is_there(rows: list[Row], work: Work) -> None:
    verbs = {f"verb: {verb}" for verb in work.verbs}
    assert verbs | {ALL, "across verbs"} <= set(scopes(rows))
    assert scopes(rows)[0] == ALL
    assert (BASKETS in scopes(rows)) == (work.train.basket is not None)


def test_the_floor_has_the_utility_of_another_real_sample(rows: list[Row]) -> None:
    floor, unrelated = rows[0].measures, rows[4].measures
    assert floor is not None
    assert unrelated is not None
    assert floor.utility.ndcg == floor.utility.floor != floor.utility.ndcg_real
    assert floor.utility.low < floor.utility.ndcg_real < floor.utility.high
    assert (floor.utility.low, floor.utility.high) == (unrelated.utility.floor_low, unrelated.utility.floor_high)
    assert floor.proximity is None
    assert unrelated.utility.high < floor.utility.low
    assert unrelated.utility.figure.independent == floor.utility.ndcg_popularity
    assert unrelated.fidelity[ALL].pair_l1 > floor.fidelity[ALL].pair_l1


def test_ratios() -> None:
    floor = Fidelity(0.1, 0.2, 0.4, 0.8, 0.5, 0.0, 0.1)
    found = ratios_to_floor(Fidelity(0.2, 0.2, 0.2, 0.4, 0.5, 0.3, 0.1), floor)
    assert [found[name] for name in FIDELITIES if name != "also_buy_at_10"] == [2.0, 1.0, 0.5, 0.5, 1.0, 1.0]
    assert math.isnan(found["also_buy_at_10"])
    assert set(FIDELITIES) < set(DIRECTIONS), "every measure has a direction"


def test_the_training_half_itself_is_perfect(work: Work) -> None:
    found = measure(work, work.train_edges)
    for fidelity in found.fidelity.values():
        assert (fidelity.item_l1, fidelity.degree_ks) == (0.0, 0.0)
        assert fidelity.pair_l1 == 0.0 or math.isnan(fidelity.pair_l1), "NaN of a verb without pairs"
        assert fidelity.lift_mae == 0.0 or math.isnan(fidelity.lift_mae), "NaN of a verb without pairs"
    assert found.fidelity[ALL].lift_mae == 0.0
    assert set(found.rows) == {"c2st", "c2st: objects only"}, "links alone have no other rows"
    assert dict(found.sdv) == {}


def test_a_tenth_replaced_has_no_utility(work: Work) -> None:
    found = measure_contaminated(work)
    assert math.isnan(found.utility.ndcg)
    assert found.utility.ndcg_real > found.utility.ndcg_popularity
    assert found.proximity is None


def test_the_destroyed_table_is_farther_than_the_floor(work: Work) -> None:
    floor, destroyed = measure_floor(work).rows, measure_destroyed(work).rows
    assert set(floor) == set(destroyed)
    for name in ("visit_transition_tv", "order_share", "amount_ks", "sign_error", "presence_error", "gap_ks"):
        assert floor[name] < destroyed[name], name
    assert floor["visit_pair_l1"] < destroyed["visit_pair_l1"]
    assert abs(floor["c2st"] - 0.5) < 0.1 < 0.2 < destroyed["c2st"] - 0.5
    assert measure_destroyed(work).fidelity == {}


def test_the_floor_has_rows_and_a_report_of_sdv(work: Work) -> None:
    floor = measure_floor(work)
    assert floor.rows
    assert 0.9 < floor.sdv["sdv_quality"] <= 1.0


def test_baskets_have_a_scope_of_their_own(work: Work) -> None:
    frame = datasets.toy_shop(subjects=150, seed=1).to_frame()
    frame["basket"] = frame["customer"] + frame["date"].dt.strftime("%Y%m")
    halved = Work("with baskets", *datasets.halves(type(work.train).from_frame(frame, basket="basket")))
    assert halved.train_baskets is not None
    found = measure(halved, halved.train_edges, halved.train_baskets)
    assert found.fidelity[BASKETS].pair_l1 == 0.0
    assert BASKETS not in measure(halved, halved.train_edges).fidelity


def test_no_cluster_is_parted() -> None:
    frame = datasets.toy_shop(subjects=300, seed=1).to_frame()
    frame["family"] = pd.factorize(frame["customer"])[0] // 5
    table = TransactionTable.from_frame(frame, subject="customer", cluster="family")
    halved = Work("families", *datasets.halves(table))
    families = [set(half.extras["family"]) for half in (halved.train, halved.heldout)]
    assert not families[0] & families[1]
    clusters = halved.heldout.clusters
    assert clusters is not None
    seen = halved.heldout_edges.num_subjects - halved.unseen.num_subjects
    assert halved.gates.held.num_subjects == seen
    assert seen % 5 == 0
    assert halved.recommending.clusters is clusters


def test_registered_measures_are_among_those_of_rows() -> None:
    train, heldout = datasets.halves(datasets.toy_shop(subjects=60, seed=1))
    small = Work("small", train, heldout)
    register_measure("rows_apart", lambda real, other: abs(len(real) - len(other)), aim="low")
    try:
        floor, copied = measure_floor(small), measure(small, small.train_edges, table=train)
        lines = row_lines([Row("small", "floor", 0, floor), Row("small", "copied", 0, copied)])
    finally:
        unregister_measure("rows_apart")
    assert (floor.rows["rows_apart"], copied.rows["rows_apart"]) == (abs(len(train) - len(heldout)), 0)
    assert {line.title: line.aim for line in lines}["rows_apart"] == "low"
