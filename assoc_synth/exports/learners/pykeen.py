"""Triples for PyKEEN and other programs that learn embeddings of knowledge graphs: three columns, tabs, no header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assoc_synth.exports.output import put_lines, quoted, write_lines
from assoc_synth.exports.source import Source, graph_of, names_of, slices
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.files.directories import replacing_directory

CONTENTS = ("train.tsv", "valid.tsv", "test.tsv")
SHARES = (0.8, 0.1)
"""Of training and validation; the rest is the test."""


def write_pykeen(source: Source, path: Path, *, split: bool = False, seed: int = 0) -> None:
    """Write the distinct links as subject, verb, object, that `TriplesFactory.from_path` reads.

    A name is one entity, whether subject or object. Cells with tabs, quotes or line breaks are in quotes.

    Args:
        source: table or graph.
        path: the file; a folder with train.tsv, valid.tsv and test.tsv if `split`.
        split: 80 % for training, 10 % for validation, 10 % for the test. Every entity and verb is in the training.
        seed: of the split.
    """
    graph = graph_of(source)
    if not split:
        write_lines(path, lines(graph, np.arange(len(graph.edges))))
        return
    parts = split_of(graph, np.random.default_rng(seed))
    with replacing_directory(path, CONTENTS) as folder:
        for name, part in zip(CONTENTS, parts, strict=True):
            put_lines(folder / name, lines(graph, part))


def lines(graph: LinkGraph, chosen: Ints) -> Iterator[str]:
    """Some of the distinct links as lines."""
    table, edges = graph.table, graph.edges
    subjects, verbs, objects = (
        [cell(name) for name in names_of(x)] for x in (table.subjects, table.verbs, table.objects)
    )
    for part in slices(len(chosen)):
        at = chosen[part]
        codes = (edges.subject[at].tolist(), edges.verb[at].tolist(), edges.object[at].tolist())
        for s, v, o in zip(*codes, strict=True):
            yield f"{subjects[s]}\t{verbs[v]}\t{objects[o]}\n"


def cell(name: str) -> str:
    """A cell of a file with tabs, in quotes where it needs them.

    Example:
        >>> cell("tea"), cell("a\\tb")
        ('tea', '"a\\tb"')
    """
    return quoted(name) if any(sign in name for sign in '\t\n\r"') else name


def split_of(graph: LinkGraph, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Positions of the distinct links of the training, the validation and the test.

    A link is always in the training if it is the first, in a random order, of its subject, verb or object.
    """
    edges, table = graph.edges, graph.table
    order = rng.permutation(len(edges))
    code = {
        name: number for number, name in enumerate(dict.fromkeys([*names_of(table.subjects), *names_of(table.objects)]))
    }
    entity = [np.array([code[name] for name in names_of(index)]) for index in (table.subjects, table.objects)]
    ends = np.stack([entity[0][edges.subject[order]], entity[1][edges.object[order]]], axis=1).ravel()
    needed = np.zeros(len(edges), bool)
    needed[np.unique(ends, return_index=True)[1] // 2] = True
    needed[np.unique(edges.verb[order], return_index=True)[1]] = True
    free, kept = order[~needed], order[needed]
    wanted = [round(share * len(edges)) for share in SHARES]
    train = max(wanted[0] - len(kept), 0)
    valid = (len(free) - train + 1) // 2
    parts = (np.concatenate([kept, free[:train]]), free[train : train + valid], free[train + valid :])
    return tuple(np.sort(part) for part in parts)  # type: ignore[return-value]
