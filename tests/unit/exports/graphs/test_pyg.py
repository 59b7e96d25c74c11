"""Tensors for PyTorch Geometric, loaded with safetensors, and by the loader of docs/exports.md if it is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.parametrize("entities", ["shared", "apart"])
def test_every_row_comes_back(entities: str, hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "pyg", tmp_path / "out", entities=entities)
    tensors = load_file(tmp_path / "out" / "graph.safetensors")
    about = json.loads((tmp_path / "out" / "graph.json").read_text("utf-8"))
    ends = ("entity", "entity") if entities == "shared" else ("subject", "object")
    for number, (source, verb, target) in enumerate(about["edge_types"]):
        own = rows[rows["Did what"] == verb]
        assert (source, target) == ends
        edge = tensors[f"{number}/edge_index"]
        assert [about["nodes"][source][node] for node in edge[0]] == own["Who"].tolist()
        assert [about["nodes"][target][node] for node in edge[1]] == own["What"].tolist()
        known = tensors.get(f"{number}/amount_known", np.ones(len(own), bool))
        assert known.tolist() == own["How much"].notna().tolist()
        assert tensors[f"{number}/amount"][known].tolist() == own["How much"].dropna().tolist()
        known = tensors.get(f"{number}/basket_known", np.ones(len(own), bool))
        trips = [about["baskets"][code] for code in tensors[f"{number}/basket"][known]]
        assert trips == own["Trip"].dropna().tolist()
        known = tensors.get(f"{number}/time_known", np.ones(len(own), bool))
        times = tensors[f"{number}/time"][known].view("datetime64[ns]")
        assert np.array_equal(times, own["When"].dropna().to_numpy())


def test_the_loader_of_the_page_makes_a_valid_graph(hostile: TransactionTable, tmp_path: Path) -> None:
    pytest.importorskip("torch_geometric")
    page = (Path(__file__).parents[4] / "docs" / "exports.md").read_text("utf-8")
    loader = next(block for block in re.findall(r"```py\n(.*?)```", page, re.DOTALL) if "HeteroData" in block)
    export(hostile, "pyg", tmp_path / "shop-pyg")
    made: dict[str, object] = {}
    exec(loader.replace('"shop-pyg"', repr(str(tmp_path / "shop-pyg"))), made)
    data = made["data"]
    assert data.validate()  # type: ignore[attr-defined]
    assert data.num_edges == len(hostile)  # type: ignore[attr-defined]
