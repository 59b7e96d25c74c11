"""Graphs from elsewhere: fitted, sampled and exported like a shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assoc_synth import AssociativeSynthesizer, LinkGraph
from assoc_synth.ctgan.config import CTGANConfig

PEOPLE, VERBS = 60, ("knows", "likes", "works for")


@pytest.fixture
def triples(tmp_path: Path) -> Path:
    """People who know people, without a header."""
    rng = np.random.default_rng(0)
    rows = {(rng.integers(PEOPLE), rng.integers(len(VERBS)), rng.integers(PEOPLE)) for _ in range(400)}
    path = tmp_path / "people.tsv"
    path.write_text("".join(f"person {s}\t{VERBS[v]}\tperson {o}\n" for s, v, o in sorted(rows)))
    return path


def test_a_triple_file_is_fitted_and_its_sample_exported(
    triples: Path, run: Any, brief: CTGANConfig, tmp_path: Path
) -> None:
    graph = LinkGraph.read(triples)
    fitted = AssociativeSynthesizer(random_state=0, config=brief).fit(graph.table)
    assert any("no synthetic subject is an object too" in note for note in fitted.notes_)
    fitted.save(str(tmp_path / "model"))
    done = run("export", tmp_path / "model", "-f", "graphml", "-o", tmp_path / "new.graphml", "--allow-undertrained")
    assert done.code == 0, done.err
    made = LinkGraph.read(tmp_path / "new.graphml").table
    assert set(made.objects) <= set(graph.table.objects)
    assert set(made.verbs) <= set(VERBS)
    assert not set(made.subjects) & set(graph.table.subjects)


def test_the_command_reads_what_it_wrote(triples: Path, run: Any, tmp_path: Path) -> None:
    for format, name in (("items-links", "il"), ("ntriples", "g.nt"), ("lino", "g.lino"), ("node-link", "g.json")):
        if format == "ntriples":
            pytest.importorskip("pyoxigraph")
        if format == "lino":
            pytest.importorskip("links_notation")
        assert run("export", triples, "-f", format, "-o", tmp_path / name).code == 0
        done = run("export", tmp_path / name, "-f", "pykeen", "-o", tmp_path / "back.tsv")
        assert done.code == 0, done.err
        assert sorted((tmp_path / "back.tsv").read_text().splitlines()) == sorted(triples.read_text().splitlines())
    done = run("fit", tmp_path / "il", "-m", tmp_path / "m", "--subject", "who")
    assert done.code == 2
    assert "is a graph and its parts have their roles: leave --subject out" in done.complaint
