"""Columns that all rows of a visit share are coded once for each visit, and come back in every row."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.attributes import AttributeEncoder
from assoc_synth.attributes.visit_columns import of_links, of_visits
from assoc_synth.ctgan.interface import CodedColumn, DrawnOccurrences
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.settings import Settings
from assoc_synth.model.storage import load_model, save_model
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

ROLES: Any = dict(subject="who", verb="did", object="what", time="when")


def stays(seed: int = 0, patients: int = 250, *, baskets: bool = True) -> pd.DataFrame:
    """Whoever has surgery stays in ward C for days, wherever it stands in the visit; others are in A or B."""
    rng, rows = np.random.default_rng(seed), []
    for patient in range(patients):
        for visit in range(rng.integers(1, 5)):
            when = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(90 * visit + rng.integers(80)), hours=10)
            codes = rng.choice(14, rng.integers(1, 6), replace=False)
            stay = 5 in codes
            ward, days = ("C", rng.integers(2, 7)) if stay else (rng.choice(["A", "B"]), rng.integers(0, 2))
            row = {
                "who": f"p{patient}",
                "when": when,
                "ward": ward,
                "left": when.normalize() + pd.Timedelta(days=int(days)),
            }
            rows += [row | {"visit": f"{patient}-{visit}", "did": "had", "what": f"o{code:02d}"} for code in codes]
    frame = pd.DataFrame(rows)
    return frame if baskets else frame.drop(columns="visit")


def table_of(frame: pd.DataFrame) -> TransactionTable:
    return TransactionTable.from_frame(frame, **ROLES, basket="visit" if "visit" in frame else None)


@pytest.mark.parametrize("baskets", [True, False])
def test_they_are_coded_once_for_each_visit(baskets: bool) -> None:
    graph, rng = LinkGraph.from_table(table_of(stays(baskets=baskets))), np.random.default_rng(0)
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    assert coded.visits is not None
    assert sorted(encoder.extras.of_visits) == ["left", "ward"]
    assert coded.link == ()
    assert {len(column) for column in coded.visit_columns} == {len(coded.visits)}


def test_rows_that_lack_the_value_of_their_visit_keep_lacking_it() -> None:
    frame = stays()
    rng = np.random.default_rng(1)
    frame["ward"] = frame["ward"].where(rng.random(len(frame)) < 0.6)
    graph = LinkGraph.from_table(table_of(frame))
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    assert coded.visits is not None
    ward = next(column for column in coded.visit_columns if column.spec.name == "ward")
    assert encoder.extras.missingness == ("ward",)
    assert ward.spec.classes == 3  # missing is none of them
    assert (ward.code == -1).sum() > 20
    known = CodedColumn(ward.spec, ward.code.clip(min=0), ward.value)
    shared = [
        of_links(known if one is ward else one, coded.link_visit, len(coded.visits)) for one in coded.visit_columns
    ]
    drawn = DrawnOccurrences(coded.link_edge, (*coded.link, *shared), coded.link_visit, coded.visits)
    found = pd.Series(encoder.decode(drawn, graph.edges, rng).extras["ward"])
    assert found.isna().mean() == pytest.approx(frame["ward"].isna().mean())
    assert found.groupby(coded.link_visit).nunique().max() == 1


def test_links_outside_of_visits_have_their_own() -> None:
    column = CodedColumn.discrete("ward", np.array([1, 0, 2]), 3)
    link_visit = np.array([-1, 0, -1])
    own = of_visits(column, np.zeros(3, bool), link_visit, 1)
    assert own.code.tolist() == [0, 1, 2]
    assert of_links(own, link_visit, 1).code.tolist() == [1, 0, 2]


def test_a_model_of_before_draws_them_for_each_link_and_spreads_the_first() -> None:
    """It does not say which columns visits share."""
    graph, rng = LinkGraph.from_table(table_of(stays())), np.random.default_rng(0)
    state = AttributeEncoder.learn(graph, rng).to_dict()
    del state["extras"]["of_visits"]
    encoder = AttributeEncoder.from_dict(state)
    coded = encoder.encode(graph, rng)
    assert coded.visits is not None
    assert coded.visit_columns == ()
    link = tuple(column.take(rng.permutation(len(column))) for column in coded.link)
    drawn = DrawnOccurrences(coded.link_edge, link, coded.link_visit, coded.visits)
    found = pd.DataFrame(encoder.decode(drawn, graph.edges, rng).extras)
    assert found.groupby(coded.link_visit)[["ward", "left"]].nunique().max().max() == 1


@pytest.fixture(scope="module")
def model() -> FittedModel:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is hardly trained
        return AssociativeSynthesizer(random_state=0, max_minutes=0.03).fit(table_of(stays())).model_


def drawn(model: FittedModel) -> pd.DataFrame:
    edges = generate_edges(model, 400, seeds=Seeds.of(1))
    return emit_rows(model, edges, seeds=Seeds.of(2)).to_frame(typed=True)


def test_one_code_decides_the_visit_wherever_it_stands_after_training_for_seconds(model: FittedModel) -> None:
    rows = drawn(model)
    rows["stay"] = (rows["what"] == "o05").groupby(rows["visit"]).transform("any")
    assert rows["stay"].mean() > 0.1
    assert ((rows["ward"] == "C") == rows["stay"]).mean() >= 0.98
    days = (rows["left"] - rows["when"].dt.normalize()).dt.days
    assert (days.between(2, 6) == rows["stay"]).mean() >= 0.98
    assert days.min() >= 0
    assert rows.groupby("visit")[["ward", "left"]].nunique().max().max() == 1
    assert "visit columns" in model.history


def test_a_stored_model_draws_the_same(model: FittedModel, tmp_path: Path) -> None:
    save_model(tmp_path / "model", model, Settings())
    again, _ = load_model(tmp_path / "model")
    pd.testing.assert_frame_equal(drawn(again), drawn(model))
