"""Extra columns through every format of graphs that holds them, read back by our readers and by the targets' own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from assoc_synth.exports import FORMATS, export
from assoc_synth.exports.walk import Walk
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.imports.graphml import unescape_name
from assoc_synth.transactions.table import TransactionTable

TEXTS = [
    "plain",
    'she said "tea"',
    "it's, a;b\tc",
    "line\nfeed",
    "key: value",
    "é ☕ 𝄞",
    "אב\u200b",
    "bell\x07",
    "=1",
    None,
]
COLUMNS: dict[str, Any] = {
    "store": TEXTS,
    'the "price": net, {a}|(b)': [0.5, None, -1e300, np.inf, -np.inf, 0.0, 1.0, 2.0, 3.0, 0.1],
    "☕ שלום": pd.array([1, None, -(2**62), 4, 5, 6, 7, 8, 9, 10], "Int64"),
    "verb": pd.array([True, None, *[False] * 8], "boolean"),
    "id": ["2026-01-02", None, *["1999-12-31"] * 8],
    "a\nb/c`d": pd.to_datetime(["2026-01-02 03:04:05.123456", None, *["2020-02-29"] * 8], format="ISO8601"),
    "label": pd.Categorical([*TEXTS[:9], None]),
    "zoned": pd.to_datetime(["2026-01-02 03:04+09:00", None, *["2020-02-29T00:00Z"] * 8], format="ISO8601", utc=True),
    "Store": [*[None] * 9, "last"],
}  # fmt: skip
READ = {
    "graphml": ("g.graphml", {}), "node-link": ("g.json", {}), "items-links": ("il", {}), "ntriples": ("g.nt", {}),
    "ntriples, classic": ("g.nt", {"reification": "classic", "base": "https://example.org/"}), "lino": ("g.lino", {}),
    "lino, chain": ("g.lino", {"style": "chain"}), "lino, doublets": ("g.lino", {"style": "doublets"}),
    "graphml.gz": ("g.graphml.gz", {"entities": "apart"}),
}  # fmt: skip
NEEDS = {"ntriples": "pyoxigraph", "lino": "links_notation"}


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    rows = {"Who": ["ann", "bob"] * 5, "Did": "knows", "What": ["bob", "tea"] * 5, "When": [None, "2026-01-02"] * 5}
    frame = pd.DataFrame({**rows, **COLUMNS})
    return TransactionTable.from_frame(
        frame, subject="Who", verb="Did", object="What", time="When", amount="", basket="", layout="rows"
    )


def values_of(table: TransactionTable) -> dict[str, list[object]]:
    walk = Walk.of(table)
    rows = slice(0, len(table))
    return {str(column): one.values(rows) for column, one in zip(table.schema.extras, walk.extras, strict=True)}


@pytest.mark.parametrize("what", READ)
def test_our_readers_give_every_value_back(what: str, table: TransactionTable, tmp_path: Path) -> None:
    format = what.replace(".gz", "").partition(",")[0]
    pytest.importorskip(NEEDS.get(format, "json"))
    name, options = READ[what]
    notes = export(table, format, tmp_path / name, **options)
    back = values_of(LinkGraph.read(tmp_path / name).table)
    expected = {column + "_" * (column == "verb"): cells for column, cells in values_of(table).items()}
    if format == "graphml":
        expected["id_"] = expected.pop("id")
        assert any("'id' is called 'id_'" in note for note in notes)
    assert back == expected
    assert {type(cell) for cells in back.values() for cell in cells} == {str, int, float, bool, type(None)}
    if format not in ("ntriples", "items-links"):
        assert any("'verb' is called 'verb_'" in note for note in notes)
    assert not any("left out" in note for note in notes)


def test_networkx_and_igraph_read_types_and_gaps(table: TransactionTable, tmp_path: Path) -> None:
    wanted = list(values_of(table).values())
    for format, read in (
        ("graphml", lambda path: nx.read_graphml(path, force_multigraph=True)),
        ("gexf", nx.read_gexf),
        ("node-link", lambda path: nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="edges")),
    ):
        export(table, format, tmp_path / "g")
        graph = read(tmp_path / "g")
        edges = sorted(
            graph.edges(data=True, keys=True), key=lambda edge: int(edge[3]["id"] if format == "gexf" else edge[2])
        )
        found = [{unescape_name(name): value for name, value in edge[3].items()} for edge in edges]
        for column, cells in zip(table.schema.extras, wanted, strict=True):
            name = next(one for one in (f"{column}_", str(column)) if any(one in edge for edge in found))
            back = [edge.get(name) for edge in found]
            back = [unescape_name(one) if isinstance(one, str) and format != "node-link" else one for one in back]
            if format == "node-link":
                back = [{"Infinity": np.inf, "-Infinity": -np.inf}.get(one, one) for one in back]
            assert back == cells, (format, column)
            assert [type(one) for one in back] == [type(one) for one in cells]
        assert graph.number_of_nodes() == 3
    igraph = pytest.importorskip("igraph")
    export(table, "graphml", tmp_path / "g")
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "g"))
    assert graph.es["☕ שלום"][3:] == [4, 5, 6, 7, 8, 9, 10]
    assert [unescape_name(text) for text in graph.es["store"][:9]] == TEXTS[:9]


def test_ladybug_holds_them(table: TransactionTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ladybug = pytest.importorskip("ladybug")
    notes = export(table, "ladybug", tmp_path / "out")
    assert [note.partition(" is called ")[0] for note in notes[1:]] == [
        "column 'verb'",
        "column 'id'",
        "column 'a\\nb/c`d'",
        "column 'label'",
        "column 'Store'",
    ]
    monkeypatch.chdir(tmp_path / "out")
    connection = ladybug.Connection(ladybug.Database(":memory:"))
    for statement in Path("load.cypher").read_text("utf-8").splitlines():
        connection.execute(statement)
    names = [one.name for one in Walk.of(table).qualifiers if not one.role]
    names = [
        {"verb_": "verb_", "id": "id_", "a\nb/c`d": "a_b/c_d", "label": "label_", "Store": "Store_"}.get(n, n)
        for n in names
    ]
    asked = ", ".join(f"l.`{name}`" for name in names)
    result, found = connection.execute(f"MATCH ()-[l:Link]->() RETURN {asked}"), []
    while result.has_next():
        found.append(result.get_next())
    wanted = values_of(table)
    for number, cells in enumerate(wanted.values()):
        back = [row[number] for row in found]
        back = [one if one is None or isinstance(one, str | int | float) else pd.Timestamp(one) for one in back]
        times = names[number] in ("id_", "a_b/c_d", "zoned")
        expected = [pd.Timestamp(one.removesuffix("Z")) if times and one else one for one in cells]  # type: ignore[union-attr]
        assert sorted(map(repr, back)) == sorted(map(repr, expected)), names[number]


def test_neo4j_and_pyg_hold_them(table: TransactionTable, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    export(table, "neo4j", tmp_path / "neo4j")
    head = (tmp_path / "neo4j" / "relationships-links.csv").read_text("utf-8").partition("\n")[0].split(",")
    assert head[3:] == [
        "on:date",
        "store:string",
        "the _price__ net_ _a___b_:double",
        "☕ שלום:long",
        "verb_:boolean",
        "id:date",
        "a_b/c`d:localdatetime",
        "label:string",
        "zoned:datetime",
        "Store:string",
    ]
    export(table, "pyg", tmp_path / "pyg")
    tensors = load_file(tmp_path / "pyg" / "graph.safetensors")
    about = json.loads((tmp_path / "pyg" / "graph.json").read_text("utf-8"))["columns"]
    assert [one["column"] for one in about.values()] == list(COLUMNS)
    for name, cells in zip(about, values_of(table).values(), strict=True):
        known = tensors.get(f"0/{name}_known", np.ones(len(table), bool))
        back = tensors[f"0/{name}"].tolist()
        assert known.tolist() == [cell is not None for cell in cells]
        if about[name]["kind"] == "text":
            back = [about[name]["names"][code] if there else None for code, there in zip(back, known, strict=True)]
        elif about[name]["kind"] in ("date", "datetime", "instant"):
            continue
        assert [one if there else None for one, there in zip(back, known, strict=True)] == cells
    assert tensors["0/a\nb_c`d"].view("datetime64[ns]")[0] == np.datetime64("2026-01-02T03:04:05.123456")


def test_what_a_format_cannot_hold_is_told(table: TransactionTable, tmp_path: Path) -> None:
    for format, lacks in (("edges", "the time ('When'), the columns 'store', "), ("recbole", "the columns 'store', ")):
        notes = export(table, format, tmp_path / f"out-{format}")
        assert any(note.startswith(f"left out, as this format cannot hold it: {lacks}") for note in notes), notes
    told = {name for name, format in FORMATS.items() if format.drops}
    assert told == {"edges", "pykeen", "recbole", "lenskit", "rectools", "baskets", "single", "sentences"}
    assert all("extra columns" in FORMATS[name].lacks for name in told)
