"""The benchmark's rows on a small toy shop, and how they are shown."""

import io
import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from assoc_synth.benchmark import (
    PEERS,
    Cost,
    Row,
    Work,
    as_dict,
    from_dict,
    ratios_to_floor,
    render,
    run,
    scopes,
)
from assoc_synth.benchmark.measures import ALL, BASKETS, FIDELITIES, LOW_IS_BETTER
from assoc_synth.benchmark.show.lines import duration, fidelity_lines, figure, other_lines, size
from assoc_synth.errors import InputError
from assoc_synth.evaluation import Fidelity
from assoc_synth.gate.verdict import Status


def test_one_row_each_and_the_floor_first(rows: list[Row], work: Work) -> None:
    assert [row.name for row in rows] == ["floor", "tenth-random", "same", "unrelated", "absent", "slow"]
    assert {row.dataset for row in rows} == {"toy-shop"}
    assert rows[2].links == work.train_edges.num_links
    assert rows[0].subjects == work.heldout_edges.num_subjects


def test_the_gate_judges_all_alike(rows: list[Row], work: Work) -> None:
    verdicts = [row.measures.gate for row in rows if row.measures is not None]
    floor, tenth, same, unrelated = verdicts
    assert floor is not None
    assert tenth is not None
    assert same is not None
    assert unrelated is not None
    assert unrelated.status is Status.FAIL
    assert Status.FAIL not in (floor.status, same.status)
    assert floor.num_subjects == tenth.num_subjects == work.heldout_edges.num_subjects // 2
    assert "its own gate said PASS" in shown(rows, ALL)


def test_a_copy_is_faithful_and_caught(rows: list[Row]) -> None:
    found = rows[2].measures
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
    floor, unrelated = rows[0].measures, rows[3].measures
    assert floor is not None
    assert unrelated is not None
    assert floor.utility.ratio == 1.0
    assert floor.proximity is None
    assert unrelated.utility.ratio < 1.0
    assert unrelated.fidelity[ALL].pair_l1 > floor.fidelity[ALL].pair_l1


def test_a_peer_that_can_not_is_a_row_with_its_reason(rows: list[Row]) -> None:
    absent, slow = rows[4:]
    assert absent.measures is None
    assert absent.status == "skipped"
    assert absent.error is not None
    assert "assoc-synth[peer]" in absent.error
    assert (slow.status, slow.error) == ("stopped", "stopped: its fit was not over")


def test_who_took_more_time_than_the_others_is_told(rows: list[Row]) -> None:
    assert rows[3].notes == ("its fit took 2.5 times the time allowed",)


def test_ratios() -> None:
    floor = Fidelity(0.1, 0.2, 0.4, 0.8, 0.5, 0.0, 0.1)
    found = ratios_to_floor(Fidelity(0.2, 0.2, 0.2, 0.4, 0.5, 0.3, 0.1), floor)
    assert [found[name] for name in FIDELITIES if name != "also_buy_at_10"] == [2.0, 1.0, 0.5, 0.5, 1.0, 1.0]
    assert math.isnan(found["also_buy_at_10"])
    assert set(FIDELITIES) > LOW_IS_BETTER


def test_json_is_strict_and_carries_ratios(rows: list[Row]) -> None:
    values = json.loads(json.dumps(as_dict(rows), allow_nan=False))
    assert values["format_version"] == 1
    floor, _, same, _, absent, _ = values["rows"]
    assert set(floor["measures"]["ratio_to_floor"][ALL].values()) <= {1.0, None}
    assert same["measures"]["ratio_to_floor"][ALL]["item_l1"] == 0.0
    assert same["cost"]["fit_links_per_second"] == 1000.0
    assert (same["cost"]["peak_memory_bytes"], same["cost"]["model_bytes"]) == (1_500_000_000, 2_500_000)
    assert (absent["measures"], absent["status"]) == (None, "skipped")


def test_rows_come_back_from_json(rows: list[Row]) -> None:
    values = json.loads(json.dumps(as_dict(rows), allow_nan=False))
    back = from_dict(values)
    assert as_dict(back) == values
    assert back[2].cost == rows[2].cost
    assert back[2].measures is not None
    assert back[2].measures.proximity == rows[2].measures.proximity  # type: ignore[union-attr]
    with pytest.raises(InputError, match="format version 1"):
        from_dict({**values, "format_version": 2})
    with pytest.raises(InputError, match="no benchmark results"):
        from_dict({"format_version": 1, "rows": [{}]})


def shown(rows: list[Row], scope: str, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(render(rows, scope))
    return out.getvalue()


def test_rendering(rows: list[Row]) -> None:
    everything = shown(rows, ALL)
    assert everything.index("pair_l1") < everything.index("closer_to_train") < everything.index("MissingExtraError")
    for part in ("same: a note", "slow: stopped", "1.5 GB", "2.5 MB", "100 s", "PASS"):
        assert part in everything
    assert "closer_to_train" not in shown(rows, "across verbs")


def test_six_competitors_fit_in_a_hundred_columns(rows: list[Row]) -> None:
    many = [*rows[:2], *(replace(rows[3], name=name) for name in PEERS)]
    text = shown(many, ALL)
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert text.count(figure(rows[3].measures.utility.ndcg)) == len(PEERS)  # type: ignore[union-attr]


def test_many_rows_are_shown_in_several_tables(rows: list[Row]) -> None:
    many = [*rows[:2], *(replace(rows[3], name=f"assoc-synth/no-{number}") for number in range(9))]
    text = shown(many, ALL)
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("figure, ratio to the floor") == 2
    assert text.count(figure(rows[3].measures.utility.ndcg)) == 9  # type: ignore[union-attr]


def test_the_best_competitor_is_marked(rows: list[Row]) -> None:
    lines = {line.title: line for line in (*fidelity_lines(rows, ALL), *other_lines())}
    there = rows[:4]
    assert lines["item_l1"].best(there) == {"same"}
    assert lines["closer_to_train"].best(there) == {"unrelated"}
    assert lines["sample links/s"].best(there) == {"unrelated"}
    assert lines["model"].best(there) == frozenset(), "one alone has a model"
    assert lines["fit"].best(there) == frozenset(), "who trains longer is not worse"


def test_controls_do_not_compete(rows: list[Row]) -> None:
    line = fidelity_lines(rows, ALL)[0]
    there = [rows[0], replace(rows[2], name="copy"), replace(rows[2], name="one"), replace(rows[3], name="two")]
    assert line.best(there) == {"one"}
    assert line.best([*there[:2], there[2], replace(there[2], name="three")]) == frozenset(), "all alike: nobody"


@pytest.mark.parametrize(
    ("value", "ratio", "text"),
    [
        (0.06304, 1.474, ".0630 1.47"),
        (1.48, 7.756, "1.480 7.76"),
        (-0.0123, -0.0192, "-.0123 -0.02"),
        (0.5, 16.14, ".5000 16.1"),
        (0.5, 161.4, ".5000 161"),
        (0.99999, None, "1.0000"),
        (float("nan"), 1.0, "–"),
        (0.25, float("nan"), ".2500"),
    ],
)
def test_figures(value: float, ratio: float | None, text: str) -> None:
    assert figure(value, ratio) == text


def test_units() -> None:
    assert [duration(s) for s in (0.04, 45.2, 1_200.0)] == ["0.0 s", "45 s", "20.0 min"]
    assert [size(b) for b in (23_093, 2_091_105, 1_520_000_000)] == ["23.1 kB", "2.09 MB", "1.52 GB"]


def test_unknown_names_are_refused_before_any_work() -> None:
    with pytest.raises(InputError, match=f"there are: {', '.join(PEERS)}"):
        run("toy-shop", peers=["nobody"])
    with pytest.raises(InputError, match="unknown data set"):
        run("nothing", peers=["independent"])


def test_a_budget_is_the_same_for_all_when_none_is_given(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    from assoc_synth.benchmark import run as module

    monkeypatch.setattr(module.Work, "load", lambda name, seed: work)
    assert {row.max_minutes for row in run("toy-shop", peers=[])} == {module.DEFAULT_MINUTES}


def test_a_cost_may_be_unknown() -> None:
    cost = Cost(0.0, None, 0.1, 10.0)
    row = Row("d", "n", 0, None, cost=cost)
    texts = {line.title: line.text(row) for line in other_lines()}
    assert (texts["peak memory"], texts["model"], texts["fit links/s"]) == ("–", "–", "–")
