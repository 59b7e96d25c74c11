"""A graph in the memory of other libraries: networkx, igraph, PyTorch Geometric, Arrow and polars."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.errors import MissingExtraError
from assoc_synth.link_graph.tensors import edge_tensors
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    import igraph
    import networkx as nx
    import polars as pl
    import pyarrow as pa
    from torch_geometric.data import HeteroData


def to_networkx(table: TransactionTable, max_links: int | None) -> nx.MultiDiGraph[Any]:
    """A node per subject and object, ("subject", name) and ("object", name), and an edge per row; see `LinkGraph`."""
    import networkx as nx

    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    rows = len(table) if max_links is None else min(max_links, len(table))
    sources = table.subjects.take(table.subject[:rows])
    targets = table.objects.take(table.object[:rows])
    verbs = table.verbs.take(table.verb[:rows])
    baskets = None if table.baskets is None else [*table.baskets, None]
    for row, (source, verb, target) in enumerate(zip(sources, verbs, targets, strict=True)):
        qualifiers: dict[str, Any] = {}
        if table.time is not None and not np.isnat(table.time[row]):
            qualifiers["time"] = pd.Timestamp(table.time[row])
        if table.amount is not None and not np.isnan(table.amount[row]):
            qualifiers["amount"] = float(table.amount[row])
        if baskets is not None and table.basket is not None and table.basket[row] >= 0:
            qualifiers["basket"] = baskets[table.basket[row]]
        graph.add_node(("subject", source), kind="subject", name=source)
        graph.add_node(("object", target), kind="object", name=target)
        graph.add_edge(("subject", source), ("object", target), verb=verb, **qualifiers)
    return graph


def to_igraph(table: TransactionTable) -> igraph.Graph:
    """Vertices with the attributes name (made unique by the kind) and label, subjects first; an edge per row."""
    ig = _library("igraph", "to_igraph", "exports")
    subjects, objects = ([str(name) for name in index] for index in (table.subjects, table.objects))
    ends = np.stack([table.subject.astype(np.int64), table.object.astype(np.int64) + len(subjects)], axis=1)
    graph = ig.Graph(n=len(subjects) + len(objects), edges=ends, directed=True)
    graph.vs["kind"] = ["subject"] * len(subjects) + ["object"] * len(objects)
    graph.vs["label"] = subjects + objects
    graph.vs["name"] = [f"{kind}:{name}" for kind, name in zip(graph.vs["kind"], graph.vs["label"], strict=True)]
    graph.es["verb"] = [str(name) for name in table.verbs.take(table.verb)]
    if table.time is not None:
        texts = np.datetime_as_string(table.time).tolist()
        graph.es["time"] = [None if text == "NaT" else text for text in texts]
    if table.amount is not None:
        graph.es["amount"] = [None if value != value else value for value in table.amount.tolist()]
    if table.basket is not None and table.baskets is not None:
        names = [*(str(name) for name in table.baskets), None]
        graph.es["basket"] = [names[code] for code in table.basket.tolist()]
    return graph


def to_pyg(table: TransactionTable) -> HeteroData:
    """Edge types (subject, verb, object) with the tensors of `edge_tensors`, and the names of nodes as `names`."""
    data = _library("torch_geometric.data", "to_pyg", "pyg").HeteroData()
    import torch

    for kind, index in (("subject", table.subjects), ("object", table.objects)):
        data[kind].num_nodes = len(index)
        data[kind].names = [str(name) for name in index]
    for verb, tensors in zip(table.verbs, edge_tensors(table), strict=True):
        for name, values in tensors.items():
            data["subject", str(verb), "object"][name] = torch.from_numpy(values)
    return data


def to_arrow(table: TransactionTable) -> pa.Table:
    """The rows with the user's own columns, typed."""
    import pyarrow as pa

    return pa.Table.from_pandas(table.to_frame(typed=True), preserve_index=False)


def to_polars(table: TransactionTable) -> pl.DataFrame:
    """The rows with the user's own columns, typed."""
    frame: pl.DataFrame = _library("polars", "to_polars", "polars").from_arrow(to_arrow(table))
    return frame


def _library(module: str, what: str, extra: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtraError(f"{what}()", extra) from None
