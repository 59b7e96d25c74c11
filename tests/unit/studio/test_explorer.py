"""Exploring a graph: every name leads on, whatever is in it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.explorer import View, explored, frequent_objects, has_baskets, heat, main_verb
from assoc_synth.transactions.table import TransactionTable

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    return LinkGraph.from_table(toy_shop(subjects=600))


def test_the_neighbours_of_a_name_are_links_in_the_drawing_and_in_the_list(graph: LinkGraph) -> None:
    found = explored(graph, View("laptop", "bought"))
    links = {element.attrib["href"] for element in ElementTree.fromstring(found.svg).iter(f"{SVG}a")}
    assert links == {pair.right_address for pair in found.pairs}
    assert "laptop bag" in {pair.right for pair in found.pairs}
    asked = parse_qs(urlsplit(found.pairs[0].right_address).query)
    assert asked == {"object": [found.pairs[0].right], "verb": ["bought"], "per": ["subject"]}
    assert 'role="group"' in found.svg


def test_the_strongest_pairs_lead_to_their_objects(graph: LinkGraph) -> None:
    found = explored(graph, View(per="basket"))
    assert found.pairs[0].lift >= found.pairs[-1].lift
    assert all(explored(graph, _view(pair.left_address)).pairs for pair in found.pairs[:2])


def _view(address: str) -> View:
    asked = parse_qs(urlsplit(address).query)
    return View(asked["object"][0], asked["verb"][0])


def test_a_heat_map_per_verb(graph: LinkGraph) -> None:
    svg, verb = heat(graph, "")
    assert verb == main_verb(graph) == "bought"
    assert svg.startswith("<svg")
    assert heat(graph, "viewed")[1] == "viewed"
    assert has_baskets(graph)


def test_names_of_every_kind_stay_text() -> None:
    names = ["<script>alert(1)</script>", 'a"b&c', "x\u202ey", "%2e%2e/#?&="]
    rows = [(f"s{at}", "has", name) for at in range(30) for name in names if at % 3]
    graph = LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"])))
    for name, address in frequent_objects(graph, View()):
        assert parse_qs(urlsplit(address).query)["object"] == [name]
        found = explored(graph, View(name))
        assert "<script" not in found.svg
        ElementTree.fromstring(found.svg)
    assert not has_baskets(graph)
    with pytest.raises(InputError, match="no pair is certain"):
        explored(graph, View())
    with pytest.raises(InputError):
        explored(graph, View("nothing"))
