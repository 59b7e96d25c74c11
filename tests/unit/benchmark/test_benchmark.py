"""The benchmark on a small toy shop, with peers whose results are known beforehand."""

import io
import json
import math

import numpy as np
import pytest
from rich.console import Console

from assoc_synth import datasets
from assoc_synth.benchmark import PEERS, Outcome, Row, Work, as_dict, ratios_to_floor, render, run, run_on, scopes
from assoc_synth.benchmark.measures import ALL, BASKETS, FIDELITIES, LOW_IS_BETTER
from assoc_synth.benchmark.peers import Independent, aligned, fit_rate
from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.evaluation import Fidelity
from assoc_synth.graph import LinkGraph
from assoc_synth.table import TransactionTable


class Copy:
    """Hands the training table in: as faithful as can be, and as indiscreet."""

    name = "copy"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        edges = LinkGraph.from_table(train).edges
        return Outcome(edges, None, 1.0, 2.0, 1000.0, 500.0, "passed")


class Absent:
    name = "absent"

    def run(self, train: TransactionTable, *, seed: int, max_minutes: float | None) -> Outcome:
        raise MissingExtraError("this peer", "peer")


@pytest.fixture(scope="module")
def work() -> Work:
    return Work("toy-shop", *datasets.halves(datasets.toy_shop(subjects=600, seed=1)))


@pytest.fixture(scope="module")
def rows(work: Work) -> list[Row]:
    return run_on(work, [Copy(), Independent(), Absent()], seed=3)


def test_one_row_each_and_the_floor_first(rows: list[Row]) -> None:
    assert [row.name for row in rows] == ["floor", "copy", "independent", "absent"]
    assert {row.dataset for row in rows} == {"toy-shop"}


def test_a_copy_is_faithful_and_caught(rows: list[Row]) -> None:
    found = rows[1].measures
    assert found is not None
    assert found.proximity is not None
    assert (found.fidelity[ALL].item_l1, found.fidelity[ALL].rule_f1, found.utility.ratio) == (0.0, 1.0, 1.0)
    assert found.proximity.share > 0.9
    assert sum(found.verb_shares.values()) == pytest.approx(1.0)


def test_every_scope_is_there(rows: list[Row], work: Work) -> None:
    verbs = {f"verb: {verb}" for verb in work.verbs}
    assert verbs | {ALL, "across verbs"} <= set(scopes(rows))
    assert scopes(rows)[0] == ALL
    assert (BASKETS in scopes(rows)) == (work.train.basket is not None)


def test_the_floor_is_judged_as_the_real_table(rows: list[Row]) -> None:
    floor, independent = rows[0].measures, rows[2].measures
    assert floor is not None
    assert independent is not None
    assert floor.utility.ratio == 1.0
    assert floor.proximity is None
    assert independent.utility.ratio < 1.0
    assert independent.fidelity[ALL].pair_l1 > floor.fidelity[ALL].pair_l1


def test_a_peer_that_can_not_is_a_row_with_its_reason(rows: list[Row]) -> None:
    assert rows[3].measures is None
    assert rows[3].error is not None
    assert "assoc-synth[peer]" in rows[3].error


def test_ratios() -> None:
    floor = Fidelity(0.1, 0.2, 0.4, 0.8, 0.5, 0.0, 0.1)
    found = ratios_to_floor(Fidelity(0.2, 0.2, 0.2, 0.4, 0.5, 0.3, 0.1), floor)
    assert [found[name] for name in FIDELITIES if name != "also_buy_at_10"] == [2.0, 1.0, 0.5, 0.5, 1.0, 1.0]
    assert math.isnan(found["also_buy_at_10"])
    assert set(FIDELITIES) > LOW_IS_BETTER


def test_json_is_strict_and_carries_ratios(rows: list[Row]) -> None:
    values = json.loads(json.dumps(as_dict(rows), allow_nan=False))
    assert values["format_version"] == 1
    floor, copy, _, absent = values["rows"]
    assert set(floor["measures"]["ratio_to_floor"][ALL].values()) <= {1.0, None}
    assert copy["measures"]["ratio_to_floor"][ALL]["item_l1"] == 0.0
    assert copy["speed"]["fit_links_per_second"] == 1000.0
    assert absent["measures"] is None


def test_rendering(rows: list[Row]) -> None:
    def text(scope: str) -> str:
        out = io.StringIO()
        Console(file=out, width=250).print(render(rows, scope))
        return out.getvalue()

    assert "closer_to_train" in text(ALL)
    assert "MissingExtraError" in text(ALL)
    assert "[0." in text(ALL) or "[1." in text(ALL), "the interval's bracket is not markup"
    assert "closer_to_train" not in text("across verbs")


def test_codes_are_matched_by_name(work: Work) -> None:
    graph = LinkGraph.from_table(work.train)
    same = aligned(graph, work.train)
    np.testing.assert_array_equal(same.object, graph.edges.object)
    np.testing.assert_array_equal(same.count, graph.edges.count)
    other = LinkGraph.from_table(datasets.random_svo(rows=50, subjects=10, objects=5))
    with pytest.raises(InputError, match="not in the training table"):
        aligned(other, work.train)


def test_a_pass_goes_through_every_stage() -> None:
    # A link takes 1/100 s in one stage and 1/300 s in the other.
    assert fit_rate({"edges": {"links_per_second": 100.0}, "rows": {"links_per_second": 300.0}}) == pytest.approx(75.0)
    assert fit_rate({"edges": {}}) is None


def test_unknown_names_are_refused_before_any_work() -> None:
    with pytest.raises(InputError, match=f"there are: {', '.join(PEERS)}"):
        run("toy-shop", peers=["nobody"])
    with pytest.raises(InputError, match="unknown data set"):
        run("nothing", peers=["independent"])
