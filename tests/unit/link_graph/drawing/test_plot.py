"""A part of the graph as a figure."""

from __future__ import annotations

from pathlib import Path
from xml.dom import minidom

import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    rows = [(f"a{i}", verb, what) for i in range(40) for what in ("tea", "<cup>") for verb in ("buys", "likes")]
    rows += [(f"b{i}", "buys", what) for i in range(30) for what in ("tea", "<cup>", "milk")]
    rows += [(f"c{i}", "buys", f"plain {i % 5}") for i in range(400)]
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object"])
    return LinkGraph.from_table(TransactionTable.from_frame(frame))


def names_in(svg: str) -> list[str]:
    boxes = minidom.parseString(svg).getElementsByTagName("rect")
    return sorted(box.getElementsByTagName("title")[0].firstChild.data for box in boxes)  # type: ignore[union-attr]


def test_an_object_is_drawn_with_its_partners_and_the_lines_among_them(graph: LinkGraph) -> None:
    made = graph.plot("tea", verb="buys")
    assert names_in(made.svg) == ["<cup>", "milk", "tea"]
    pairs = {frozenset(pair) for pair in zip(made.pairs["left"], made.pairs["right"], strict=True)}
    assert pairs == {frozenset(pair) for pair in (("tea", "<cup>"), ("tea", "milk"), ("<cup>", "milk"))}
    assert made.svg.count('class="node own"') == 1
    expected = graph.also_buy("tea", verb="buys").set_index("consequents")["lift"]
    drawn = made.pairs[made.pairs["left"] == "tea"].set_index("right")["lift"]
    assert drawn.to_dict() == pytest.approx(expected.to_dict())


def test_the_strongest_pairs_have_their_verbs_where_there_are_several() -> None:
    shop = LinkGraph.from_table(datasets.toy_shop(subjects=1_000, seed=1))
    rules = shop.rules()
    drawn = shop.plot(top=10).pairs
    assert len(drawn) == 10
    assert drawn["lift"].tolist() == pytest.approx(sorted(rules["lift"], reverse=True)[:20:2])
    assert all(name.startswith(tuple(shop.table.verbs)) for name in drawn["left"])
    within = shop.plot(verb="bought", top=5).pairs
    assert set(within["left"]) <= set(shop.table.objects)


def test_it_shows_and_is_saved_without_a_script(graph: LinkGraph, tmp_path: Path) -> None:
    made = graph.plot("tea")
    assert 'style="max-width:760px"' in made.svg
    for text in (made.svg, made._repr_html_()):
        assert "<script" not in text
        assert "<cup>" not in text
    made.save(tmp_path / "tea.svg")
    minidom.parse(str(tmp_path / "tea.svg"))
    made.save(tmp_path / "tea.html")
    assert "<svg" in (tmp_path / "tea.html").read_text("utf-8")
    assert repr(made) == f"GraphPlot({len(made.pairs)} pairs)"
    with pytest.raises(InputError, match=r"saved as .svg or .html, not as '.png'"):
        made.save(tmp_path / "tea.png")


def test_nothing_to_draw_is_said(graph: LinkGraph) -> None:
    with pytest.raises(InputError, match="no object goes with 'tea' with 200 common subjects or more"):
        graph.plot("tea", min_count=200)
    with pytest.raises(InputError, match="no pair is claimed"):
        graph.plot(min_count=200)
    with pytest.raises(InputError, match="cofee"):
        graph.plot("cofee")
    with pytest.raises(InputError, match="top must be"):
        graph.plot("tea", top=0)
