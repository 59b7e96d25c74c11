"""What each visit has once for each department, or for each verb, is found and kept."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder, plan_columns
from assoc_synth.attributes.basket_dependencies import find_beside
from assoc_synth.ctgan.interface import DrawnOccurrences
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

ROLES: Any = dict(subject="who", verb="did", object="what", basket="visit")


def visits(beside: str, *, seed: int = 0, loose: float = 0.0) -> pd.DataFrame:
    """Codes of three departments; one physician for each department, or each verb, of a visit, or of neither."""
    rng, rows = np.random.default_rng(seed), []
    for visit in range(400):
        own = {key: str(rng.choice(list("abcde"))) for key in ("d0", "d1", "d2", "found", "treated")}
        for code in rng.choice(30, 5, replace=False):
            row = {"who": f"p{visit // 3}", "did": str(rng.choice(["found", "treated"])), "what": f"c{code:02d}"}
            row |= {"visit": f"v{visit:03d}", "department": f"d{code % 3}"}
            key = row["department"] if beside == "department" else row["did"]
            rows.append(row | {"physician": own[key] if rng.random() >= loose else str(rng.choice(list("abcde")))})
    return pd.DataFrame(rows)


def graph_of(frame: pd.DataFrame) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(frame, **ROLES))


@pytest.mark.parametrize(
    ("beside", "on"), [("department", ("basket", "column department")), ("did", ("basket", "verb"))]
)
def test_it_is_found_told_and_kept_whatever_is_drawn(beside: str, on: tuple[str, str]) -> None:
    frame = visits(beside)
    graph, rng = graph_of(frame), np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    assert [(rule.column, rule.on) for rule in encoder.extras.dependencies] == [("physician", on)]
    said = "department" if beside == "department" else "verb"
    assert f"column 'physician' depends on the basket and the {said}" in " ".join(encoder.notes)
    coded = encoder.encode(graph, rng)
    assert coded.visits is not None
    link = tuple(column.take(rng.permutation(len(column))) for column in coded.link)
    drawn = DrawnOccurrences(coded.link_edge, link, coded.link_visit, coded.visits)
    made = pd.DataFrame(encoder.decode(drawn, graph.edges, rng).extras)
    made["did"] = graph.edges.verb[coded.link_edge]
    assert (made.groupby([coded.link_visit, made[beside]])["physician"].nunique() == 1).all()
    assert made["physician"].nunique() == 5


@pytest.mark.parametrize("loose", [0.1, 1.0])
def test_what_contradicts_itself_is_not_found(loose: float) -> None:
    assert plan_columns(graph_of(visits("department", loose=loose)))["physician"].on == ()


def test_what_the_user_says_or_what_is_simpler_comes_first() -> None:
    frame = visits("department")
    graph = graph_of(frame)
    columns = {name: graph.table.extras[name] for name in ("department", "physician")}
    assert find_beside(graph, columns, (), {"physician"}) == ()
    assert plan_columns(graph, dependencies={"physician": None})["physician"].on == ()
    everyone = frame.assign(physician=frame["visit"].map(lambda visit: "abcde"[int(visit[1:]) * 7 % 5]))
    assert plan_columns(graph_of(everyone))["physician"].on == ("basket",)
