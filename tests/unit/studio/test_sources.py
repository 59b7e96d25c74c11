"""Tables of the studio."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.studio.sources import Source, built_in, dropped, first_cells, read_links, safe_name, write_links


def test_a_file_is_read_as_it_was_said(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("a,b\nx,y\n")
    source = dropped(path, subject="a", object="b")
    assert Source.from_dict(source.to_dict()) == source
    assert source.read().num_objects == 1
    assert first_cells(str(path)) == (["a", "b"], [["x", "y"]])
    with pytest.raises(InputError, match="no built-in table"):
        built_in("x")
    assert safe_name("a/..\\..\\b<c>.csv") == "b_c_.csv"


def test_links_are_kept_as_text_with_their_visits(tmp_path: Path) -> None:
    rows = "".join(f"{at},{at % 3},{at % 2},2024-01-0{1 + at % 4}\n" for at in range(20))
    (tmp_path / "w.csv").write_text("who,what,thing,when\n" + rows)
    table = dropped(tmp_path / "w.csv", subject="who", verb="what", object="thing", time="when").read()
    write_links(table, tmp_path / "links.parquet")
    graph, own = read_links(tmp_path / "links.parquet"), LinkGraph.from_table(table)
    assert graph.table.objects.tolist() == ["0", "1"]
    assert len(set(graph.baskets.tolist())) == len(set(own.baskets.tolist()))
    assert (graph.incidence("2").toarray().sum(axis=0) == own.incidence(own.table.verbs[2]).toarray().sum(axis=0)).all()
