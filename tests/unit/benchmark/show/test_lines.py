"""The figures that are shown."""

from dataclasses import replace

import pytest

from assoc_synth.benchmark import Cost, Row
from assoc_synth.benchmark.measures import ALL
from assoc_synth.benchmark.show.lines import (
    Line,
    count,
    fidelity_lines,
    figure,
    other_lines,
    privacy_lines,
    row_lines,
    sdv_lines,
    size,
    with_links,
    with_rows,
)
from assoc_synth.evaluation import Proximity, Utility


def test_the_best_competitor_is_marked(rows: list[Row]) -> None:
    lines = {line.title: line for line in (*fidelity_lines(rows, ALL), *other_lines())}
    there = [*rows[:2], *rows[3:5]]
    assert lines["item_l1"].best(there) == {"same"}
    assert lines["closer_to_train"].best(there) == {"unrelated"}
    assert lines["sample links/s"].best(there) == {"unrelated"}
    assert lines["model"].best(there) == frozenset(), "one alone has a model"
    assert lines["fit"].best(there) == frozenset(), "who trains longer is not worse"


def test_controls_do_not_compete(rows: list[Row]) -> None:
    line = fidelity_lines(rows, ALL)[0]
    there = [rows[0], replace(rows[3], name="copy"), replace(rows[3], name="one"), replace(rows[4], name="two")]
    assert line.best(there) == {"one"}
    assert line.best([*there[:2], there[2], replace(there[2], name="three")]) == frozenset(), "all alike: nobody"


def test_what_gives_somebody_away_has_a_star(rows: list[Row]) -> None:
    lines = {line.title: line for line in privacy_lines([rows[0], *rows[3:5]])}
    assert lines["near_copies"].text(rows[3]) == "1.000*"
    assert not lines["near_copies"].text(rows[4]).endswith("*")
    assert lines["row_copies"].text(rows[3]) == "–", "it handed in links alone"
    assert lines["near_copies"].text(rows[5]) == "–"
    assert lines["near_copies"].best([*rows[:1], *rows[3:5]]) == {"unrelated"}


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
    assert [size(b) for b in (23_093, 2_091_105, 1_520_000_000)] == ["23.1 kB", "2.09 MB", "1.52 GB"]


def test_a_cost_may_be_unknown() -> None:
    cost = Cost(0.0, None, 0.1, 10.0)
    row = Row("d", "n", 0, None, cost=cost)
    texts = {line.title: line.text(row) for line in other_lines()}
    assert (texts["peak memory"], texts["model"], texts["fit links/s"]) == ("–", "–", "–")


@pytest.mark.parametrize(("aim", "best"), [("low", {"a"}), ("high", {"c"}), ("half", {"b"}), ("none", set())])
def test_the_aim_decides_who_is_best(aim: str, best: set[str]) -> None:
    values = {"a": 0.1, "b": 0.4, "c": 0.9, "floor": 0.5}
    there = [Row("d", name, 0, None) for name in values]
    line = Line("t", lambda row: values[row.name], lambda row: row.name, aim)  # type: ignore[arg-type]
    assert line.best(there) == best


def test_figures_of_rows_need_a_table_with_rows(rows: list[Row]) -> None:
    assert [row.name for row in with_rows(rows)] == ["floor", "destroyed", "same", "unrelated"]
    assert with_rows([rows[0], rows[2]]) == [], "no competitor"
    lines = {line.title: line for line in row_lines(rows)}
    assert lines["c2st"].text(rows[4]) != lines["amount_ks"].text(rows[4]) == "–", "links alone"
    assert [row.name for row in with_links(rows)] == ["floor", "tenth-random", "same", "unrelated"]
    floor = rows[0].measures
    assert floor is not None
    there = [rows[0], replace(rows[1], name="other", measures=floor)]
    assert with_rows(there) == there
    assert {line.title for line in row_lines(there)} == set(floor.rows)
    assert {line.aim for line in row_lines(there)} == {"low", "high", "half"}
    assert {line.title for line in sdv_lines(there)} == set(floor.sdv)
    assert row_lines(rows[1:]) == [], "no floor, no ratios"
    title, value = next((title, value) for title, value in floor.rows.items() if value)
    line = next(line for line in row_lines(there) if line.title == title)
    assert line.text(there[0]) == figure(value)
    assert line.text(there[1]) == figure(value, 1.0)


def test_a_count_has_its_thousands_apart() -> None:
    assert count(1_234_567.8) == "1,234,568"


def test_use_closeness_and_the_gate_in_words(rows: list[Row]) -> None:
    lines = {line.title: line for line in other_lines()}
    floor, _, _, same, unrelated = rows[:5]
    assert " ±." in lines["ndcg@10"].text(floor), "an interval, and no ratio to itself"
    assert floor.measures is not None
    assert unrelated.measures is not None
    share = unrelated.measures.utility.ndcg / floor.measures.utility.ndcg
    assert lines["ndcg@10"].text(unrelated).endswith(f" {share:.2f}"), "the ratio to another real sample"
    assert (
        lines["closer_to_train"]
        .text(same)
        .endswith(f"({unrelated.measures.proximity.independent:.3f})".replace("0.", "."))
    )  # type: ignore[union-attr]
    assert lines["closer_to_train"].text(floor) == "–"
    assert "–" in lines["τ links"].text(floor)
    assert lines["τ links"].text(floor).endswith(" %")
    assert lines["τ rows"].text(unrelated) == "–", "it hands in links alone"
    # Results of earlier versions know no scopes, no floor of use and no closeness of the independent generator.
    old = replace(
        same,
        measures=replace(
            same.measures,  # type: ignore[type-var]
            gate=replace(same.measures.gate, scopes=()),  # type: ignore[union-attr, type-var]
            utility=Utility(0.4, 0.5, 0.1),
            proximity=Proximity(0.51, 0.5, 0.52, 9, 0.0),
        ),
    )
    assert [lines[name].text(old) for name in ("ndcg@10", "closer_to_train")] == [".4000 0.80", ".510 ±.010"]
    assert lines["τ links"].text(old) == lines["τ links"].text(same)
    assert lines["τ visits"].text(old) == "–"
