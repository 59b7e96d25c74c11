"""A graph to walk through: what the widget is given, what is selected, and what is shown without a kernel."""

from __future__ import annotations

import json
import sys
from xml.dom import minidom

import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.link_graph.drawing.explorer import PICTURE, WIDGET
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def shop() -> LinkGraph:
    return LinkGraph.from_table(datasets.toy_shop(subjects=500, seed=1))


@pytest.fixture
def sigma() -> None:
    pytest.importorskip("ipysigma")


@pytest.mark.usefixtures("sigma")
def test_the_widget_holds_the_claimed_pairs_and_the_objects_own(shop: LinkGraph) -> None:
    made = shop.explore("tea", verb="bought", top=30)
    claimed = shop.rules(verb="bought").head(60)
    expected = {left | right for left, right in zip(claimed["antecedents"], claimed["consequents"], strict=True)}
    own = shop.also_buy("tea", verb="bought", top=24)
    expected |= {frozenset(("tea", name)) for name in own["consequents"]}
    state = made.widget.get_state()
    edges = {frozenset((edge["source"], edge["target"])): edge["attributes"] for edge in state["data"]["edges"]}
    assert set(edges) == expected
    lifts = {frozenset(("tea", name)): lift for name, lift in zip(own["consequents"], own["lift"], strict=True)}
    for pair, lift in lifts.items():
        assert edges[pair]["lift"] == pytest.approx(lift, abs=0.01)
        assert edges[pair]["lift_low"] <= edges[pair]["lift"] <= edges[pair]["lift_high"]
    assert state["selected_node"] == "tea"
    nodes = {node["key"]: node["attributes"] for node in state["data"]["nodes"]}
    assert set(nodes) == set().union(*expected) == set(state["layout"])
    assert nodes["tea"]["support"] == pytest.approx(own["antecedent support"].iloc[0], abs=1e-4)
    assert all(name["group"].startswith("group ") for name in nodes.values())
    json.dumps(state["data"], allow_nan=False)
    made.widget.close()


@pytest.mark.usefixtures("sigma")
def test_names_have_their_verbs_where_there_are_several(shop: LinkGraph) -> None:
    made = shop.explore("laptop", top=20)
    assert made.widget.selected_node in {f"{verb} laptop" for verb in shop.table.verbs}
    assert all(str(name).startswith(tuple(shop.table.verbs)) for name in made.graph)
    assert len({own for _, own in made.graph.nodes("verb")}) > 1
    assert made.widget.get_state()["data"]["options"]["multi"] is False


@pytest.mark.usefixtures("sigma")
def test_the_same_graph_is_laid_out_alike(shop: LinkGraph) -> None:
    one, other = (shop.explore(verb="bought", top=20).widget.get_state() for _ in range(2))
    assert one["layout"] == other["layout"]
    assert one["data"] == other["data"]
    assert one["selected_node"] is None


@pytest.mark.usefixtures("sigma")
def test_without_a_kernel_it_is_a_picture(shop: LinkGraph) -> None:
    made = shop.explore("tea", verb="bought")
    shown = made._repr_mimebundle_()
    assert set(shown) == {WIDGET, PICTURE, "text/plain"}
    assert minidom.parseString(str(shown[PICTURE])).documentElement.tagName == "svg"
    assert shown[PICTURE] == shop.plot("tea", verb="bought").svg
    assert shown["text/plain"] == repr(made) == f"GraphExplorer({len(made.graph)} nodes, {len(made.graph.edges)} pairs)"


@pytest.mark.usefixtures("sigma")
def test_what_cannot_be_shown_is_told(shop: LinkGraph) -> None:
    with pytest.raises(InputError, match="tea"):
        shop.explore("teaa", verb="bought")
    with pytest.raises(InputError, match="top must be a whole number"):
        shop.explore(top=0)
    with pytest.raises(InputError, match="ask for fewer with min_count="):
        shop.explore(min_count=499)
    rows = pd.DataFrame({"subject": ["a", "b"], "verb": "buys", "object": ["<tea>", "cup\n"]})
    with pytest.raises(InputError, match="ask for fewer"):
        LinkGraph.from_table(TransactionTable.from_frame(rows)).explore("<tea>", min_count=1)


@pytest.mark.usefixtures("sigma")
def test_hostile_names_are_shown_as_text() -> None:
    rows = [(f"s{i}", "buys", what) for i in range(40) for what in ("<script>x</script>", "a\nb")]
    rows += [(f"t{i}", "buys", f"plain {i % 4}") for i in range(400)]
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object"])
    made = LinkGraph.from_table(TransactionTable.from_frame(frame)).explore("a\nb", verb="buys")
    assert made.widget.selected_node == "a␊b"
    assert "<script" not in str(made._repr_mimebundle_()[PICTURE])


def test_an_absent_library_names_its_extra(shop: LinkGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipysigma", None)
    with pytest.raises(
        MissingExtraError, match=r"explore\(\) needs an extra: pip install 'assoc-synth\[interactive\]'"
    ):
        shop.explore("tea")
