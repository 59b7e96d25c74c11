"""Tensors of a `HeteroData` of PyTorch Geometric as safetensors, and the names of nodes and edges as JSON.

`docs/exports.md` has the ten lines that load them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assoc_synth.exports.output import put_lines
from assoc_synth.exports.qualifiers import ExtraValues, Qualifier
from assoc_synth.exports.source import Source, slices, table_of
from assoc_synth.exports.walk import Walk
from assoc_synth.link_graph.tensors import Tensor, edge_tensors, put_tensor
from assoc_synth.transactions.arrays import Bools
from assoc_synth.transactions.files.directories import replacing_directory

CONTENTS = ("graph.safetensors", "graph.json")
TAKEN = ("edge_index", "num_nodes", "names")


def write_pyg(source: Source, path: Path, *, entities: str | None = None) -> tuple[str, ...]:
    """Write a folder with graph.safetensors and graph.json.

    Tensors "0/edge_index" (2, links) int64, "0/time" (links,) int64 nanoseconds since 1970, "0/amount" (links,)
    float64, and "0/basket" (links,) int64 belong to the first entry of "edge_types" in the JSON, and so on; a tensor
    such as "0/time_known" (links,) bool is there where values are missing. "nodes" has the names of each node type in
    the order of the ids, "baskets" those of the baskets. An extra column is a tensor of its name: int64, float64, bool,
    nanoseconds of times, or codes of text; "columns" has for each the user's column, the kind, and the texts.

    Args:
        source: table or graph.
        path: the folder.
        entities: "shared" or "apart", see `Entities`; None decides by the names. Entities that are shared are one node
            type, "entity".

    Returns:
        Notes on columns that have another name in the file.
    """
    from safetensors.numpy import save_file

    walk = Walk.of(table_of(source), entities, taken=TAKEN, plain=plain)
    table, nodes = walk.table, walk.nodes
    made = edge_tensors(table, nodes.object if nodes.shared else None)
    columns = [(one, *_column(one, values, len(table))) for one, values in zip(_extras(walk), walk.extras, strict=True)]
    for verb, tensors in enumerate(made):
        rows = np.flatnonzero(table.verb == verb)
        for one, tensor, known, _ in columns:
            put_tensor(tensors, one.name, tensor[rows], known[rows])
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
        about: dict[str, Any] = {"edge_types": types, "nodes": names}
        about["baskets"] = [] if table.baskets is None else [str(name) for name in table.baskets]
        if columns:
            about["columns"] = {
                one.name: {"column": one.column, "kind": one.kind, **({"names": texts} if one.kind == "text" else {})}
                for one, _, _, texts in columns
            }
        put_lines(folder / "graph.json", _json(about))
    return walk.notes


def plain(name: str) -> str:
    """A name that a tensor can have: what is before its first / is the number of its edge type."""
    return name.replace("/", "_") + ("_" if name.endswith("_known") else "")


def _extras(walk: Walk) -> list[Qualifier]:
    return [one for one in walk.qualifiers if not one.role]


def _column(one: Qualifier, values: ExtraValues, rows: int) -> tuple[Tensor, Bools, list[str]]:
    """The values of an extra column as numbers, 0 where missing, which of them are known, and the texts of codes."""
    dtype = {"number": np.float64, "truth": np.bool_}.get(one.kind, np.int64)
    tensor: Tensor = np.zeros(rows, dtype)
    known, codes = np.zeros(rows, np.bool_), dict[str, int]()
    for part in slices(rows):
        cells = values.values(part)
        known[part] = [cell is not None for cell in cells]
        if one.kind == "text":
            tensor[part] = [0 if cell is None else codes.setdefault(str(cell), len(codes)) for cell in cells]
        elif one.unit:
            times = np.array(
                ["NaT" if cell is None else str(cell).removesuffix("Z") for cell in cells], "datetime64[ns]"
            )
            tensor[part] = np.where(known[part], times.astype(np.int64), 0)
        else:
            tensor[part] = [cell or 0 for cell in cells]
    return tensor, known, list(codes)


def _json(values: object) -> Iterator[str]:
    yield from json.JSONEncoder(ensure_ascii=False).iterencode(values)
    yield "\n"
