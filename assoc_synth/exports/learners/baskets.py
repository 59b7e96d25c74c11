"""Item sets: a line of items per basket, or a line per basket and item, for arules, PAMI and efficient-apriori."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.exports.learners.selection import rows_of_verb
from assoc_synth.exports.output import quoted, write_lines
from assoc_synth.exports.source import Source, graph_of, names_of, slices
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints

UNITS = ("basket", "subject")


def write_baskets(source: Source, path: Path, *, verb: str | None = None, per: str | None = None) -> None:
    """Write a line per basket with its distinct items: in quotes with commas, or bare with tabs if `path` ends in .tsv.

    Args:
        source: table or graph.
        path: the file; .tsv (or .tsv.gz) is what PAMI reads, anything else what R's arules does.
        verb: only this verb; None for all, if there are several an item is then `verb object`.
        per: "basket" for baskets, sessions or times, "subject" for all that a subject has; None for baskets if the
            table has some.

    Raises:
        InputError: there is no such verb or no basket, or a name has a tab or a line break that the file cannot hold.
    """
    graph = graph_of(source)
    tabs = path.name.lower().endswith((".tsv", ".tsv.gz"))
    write_lines(path, basket_lines(graph, verb, per, tabs=tabs))


def write_single(source: Source, path: Path, *, verb: str | None = None, per: str | None = None) -> None:
    """Write a CSV of the columns id and item, a line per basket and distinct item (arules: `format = "single"`).

    Args:
        source, path: as for `write_baskets`.
        verb, per: as there.
    """
    graph = graph_of(source)
    write_lines(path, single_lines(graph, verb, per))


def basket_lines(graph: LinkGraph, verb: str | None, per: str | None, *, tabs: bool) -> Iterator[str]:
    """The file of `write_baskets` in pieces."""
    items, basket, item, _ = contents(graph, verb, per)
    if tabs and any(sign in name for name in items for sign in "\t\n\r"):
        raise InputError(
            "an object has a tab or a line break in its name, which a file of tabs cannot hold: write .csv"
        )
    cells, between = (items, "\t") if tabs else ([quoted(name) for name in items], ",")
    first = np.flatnonzero(np.append(True, basket[1:] != basket[:-1]))
    ends = np.append(first[1:], len(basket))
    for part in slices(len(first)):
        for start, end in zip(first[part].tolist(), ends[part].tolist(), strict=True):
            yield between.join(cells[code] for code in item[start:end].tolist()) + "\n"


def single_lines(graph: LinkGraph, verb: str | None, per: str | None) -> Iterator[str]:
    """The file of `write_single` in pieces."""
    items, basket, item, names = contents(graph, verb, per)
    cells = [quoted(name) for name in items]
    yield "id,item\n"
    for part in slices(len(basket)):
        for one, code in zip(basket[part].tolist(), item[part].tolist(), strict=True):
            yield f"{quoted(names[one]) if names else one + 1},{cells[code]}\n"


def contents(graph: LinkGraph, verb: str | None, per: str | None) -> tuple[list[str], Ints, Ints, list[str]]:
    """Names of the items, the basket and the item of each line, sorted, and names of the baskets (none: numbers).

    Raises:
        InputError: there is no such verb or unit, or no basket.
    """
    if per not in (None, *UNITS):
        raise InputError(f"--per is {' or '.join(UNITS)}, not {str(per)[:40]!r}")
    table = graph.table
    rows = np.arange(len(table)) if verb is None else rows_of_verb(table, verb, "baskets")
    known = per != "subject" and bool((graph.baskets >= 0).any())
    if per == "basket" and not known:
        raise InputError("--per basket: this table has neither baskets nor times; leave it out for a line per subject")
    unit = (graph.baskets if known else table.subject.astype(np.int64))[rows]
    rows, unit = rows[unit >= 0], unit[unit >= 0]
    objects, item = names_of(table.objects), table.object[rows].astype(np.int64)
    if verb is None and table.num_verbs > 1:
        verbs = names_of(table.verbs)
        pair, item = np.unique(table.verb[rows].astype(np.int64) * len(objects) + item, return_inverse=True)
        objects = [f"{verbs[code // len(objects)]} {objects[code % len(objects)]}" for code in pair.tolist()]
    key = np.unique(unit * max(len(objects), 1) + item)
    if not len(key):
        raise InputError("no row has a basket: --per subject writes a line per subject")
    names = names_of(table.subjects) if not known else [] if table.baskets is None else names_of(table.baskets)
    return objects, key // len(objects), key % len(objects), names
