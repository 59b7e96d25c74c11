"""Rules and also-buy edges, read back with pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.exports.rules import EDGE_COLUMNS
from assoc_synth.link_graph.graph import LinkGraph


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    return LinkGraph.from_table(toy_shop(subjects=800))


def test_rules_are_those_of_the_graph(graph: LinkGraph, tmp_path: Path) -> None:
    export(graph, "rules", tmp_path / "r.csv", verb="bought")
    back, expected = pd.read_csv(tmp_path / "r.csv"), graph.rules(verb="bought")
    assert len(back) > 10
    assert list(back.columns) == list(expected.columns)
    assert [frozenset([name]) for name in back["antecedents"]] == expected["antecedents"].tolist()
    assert back["lift"].tolist() == pytest.approx(expected["lift"].tolist())


def test_measures_are_those_of_mlxtend(graph: LinkGraph, tmp_path: Path) -> None:
    frequent = pytest.importorskip("mlxtend.frequent_patterns")
    matrix = pd.DataFrame(graph.incidence("bought").toarray().astype(bool), columns=graph.table.objects)
    sets = frequent.apriori(matrix, min_support=0.01, use_colnames=True, max_len=2)
    theirs = frequent.association_rules(sets, len(matrix), metric="lift", min_threshold=0.0)
    theirs = theirs.set_index(["antecedents", "consequents"])
    ours = graph.rules(verb="bought").set_index(["antecedents", "consequents"])
    shared = ours.index.intersection(theirs.index)
    assert len(shared) > 10
    for name in ("support", "confidence", "lift", "leverage", "conviction", "zhangs_metric", "jaccard", "kulczynski"):
        assert ours.loc[shared, name].tolist() == pytest.approx(theirs.loc[shared, name].tolist(), abs=1e-9)


def test_associations_have_intervals_and_verbs(graph: LinkGraph, tmp_path: Path) -> None:
    export(graph, "associations", tmp_path / "a.parquet", verb="bought", min_lift=2.0)
    back = pd.read_parquet(tmp_path / "a.parquet")
    assert tuple(back.columns) == EDGE_COLUMNS
    assert len(back) > 10
    assert set(back["source verb"]) == {"bought"}
    assert (back["lift"] >= 2.0).all()
    assert (back["lift_low"] <= back["lift"]).all()
    assert back["lift"].is_monotonic_decreasing


def test_a_suffix_that_is_none_is_refused(graph: LinkGraph, tmp_path: Path) -> None:
    for format in ("rules", "associations"):
        with pytest.raises(InputError, match="suffix must be one of"):
            export(graph, format, tmp_path / "r.xls")
        with pytest.raises(InputError, match=r"written as \.csv"):
            export(graph, format, tmp_path / "r.txt")
    assert not list(tmp_path.iterdir())
