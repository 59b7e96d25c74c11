"""Tensors of a `HeteroData` of PyTorch Geometric as safetensors, and the names of nodes and edges as JSON.

`docs/exports.md` has the ten lines that load them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from assoc_synth.exports.entities import Entities
from assoc_synth.exports.output import put_lines
from assoc_synth.exports.source import Source, table_of
from assoc_synth.link_graph.tensors import edge_tensors
from assoc_synth.transactions.files.directories import replacing_directory

CONTENTS = ("graph.safetensors", "graph.json")


def write_pyg(source: Source, path: Path, *, entities: str | None = None) -> None:
    """Write a folder with graph.safetensors and graph.json.

    Tensors "0/edge_index" (2, links) int64, "0/time" (links,) int64 nanoseconds since 1970, "0/amount" (links,)
    float64, and "0/basket" (links,) int64 belong to the first entry of "edge_types" in the JSON, and so on; a tensor
    such as "0/time_known" (links,) bool is there where values are missing. "nodes" has the names of each node type in
    the order of the ids, "baskets" those of the baskets.

    Args:
        source: table or graph.
        path: the folder.
        entities: "shared" or "apart", see `Entities`; None decides by the names. Entities that are shared are one node
            type, "entity".
    """
    from safetensors.numpy import save_file

    table = table_of(source)
    nodes = Entities.of(table, entities)
    made = edge_tensors(table, nodes.object if nodes.shared else None)
    with replacing_directory(path, CONTENTS) as folder:
        ends = ("entity", "entity") if nodes.shared else ("subject", "object")
        types = [[ends[0], str(verb), ends[1]] for verb in table.verbs]
        save_file(
            {f"{number}/{name}": tensor for number, one in enumerate(made) for name, tensor in one.items()},
            folder / "graph.safetensors",
        )
        names = (
            {"entity": nodes.names}
            if nodes.shared
            else {"subject": [str(name) for name in table.subjects], "object": [str(name) for name in table.objects]}
        )
        baskets = [] if table.baskets is None else [str(name) for name in table.baskets]
        put_lines(folder / "graph.json", _json({"edge_types": types, "nodes": names, "baskets": baskets}))


def _json(values: object) -> Iterator[str]:
    yield from json.JSONEncoder(ensure_ascii=False).iterencode(values)
    yield "\n"
