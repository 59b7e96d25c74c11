"""Interactions of one verb, a line per subject and object: the columns of LensKit and of RecTools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.learners.recbole import unix_seconds
from assoc_synth.exports.learners.selection import merged, refuse_missing_words, rows_of_verb
from assoc_synth.exports.output import quoted, write_lines
from assoc_synth.exports.source import Clock, Source, graph_of, names_of, slices
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints


def write_lenskit(source: Source, path: Path, *, verb: str | None = None) -> None:
    """Write a CSV with user_id, item_id, weight, and timestamp in Unix seconds if the table has times.

    LensKit refuses a pair twice: repeats are one line, whose weight is their number and whose time is the last.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        verb: the verb; None if the table has only one.

    Raises:
        InputError: there is no such verb, several and none is named, or a name that reads as missing.
    """
    graph = graph_of(source)
    rows = _checked(graph, verb, "lenskit")
    write_lines(path, lenskit_lines(graph, rows))


def write_rectools(source: Source, path: Path, *, verb: str | None = None) -> None:
    """Write a CSV with user_id, item_id, weight and datetime (ISO 8601, empty where missing), for RecTools' `Dataset`.

    Repeats are one line, whose weight is their number and whose time is the last.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        verb: the verb; None if the table has only one.

    Raises:
        InputError: as `write_lenskit`, or the table has no column of times.
    """
    graph = graph_of(source)
    rows = _checked(graph, verb, "rectools")
    if graph.table.time is None:
        raise InputError("rectools needs a time in each row, and the table has no column of times")
    write_lines(path, rectools_lines(graph, rows))


def _checked(graph: LinkGraph, verb: str | None, format: str) -> Ints:
    refuse_missing_words(graph.table, format)
    return rows_of_verb(graph.table, verb, format)


def lenskit_lines(graph: LinkGraph, rows: Ints) -> Iterator[str]:
    """The file in pieces."""
    table = graph.table
    yield "user_id,item_id,weight" + (",timestamp\n" if table.time is not None else "\n")
    for s, o, count, last in _pairs(graph, rows):
        times = [] if table.time is None else unix_seconds(table.time[last])
        for row, pair in enumerate(zip(s, o, count, strict=True)):
            yield ",".join([*pair, *times[row : row + 1]]) + "\n"


def rectools_lines(graph: LinkGraph, rows: Ints) -> Iterator[str]:
    """The file in pieces."""
    table = graph.table
    clock = Clock.of(table)
    yield "user_id,item_id,weight,datetime\n"
    for s, o, count, last in _pairs(graph, rows):
        assert table.time is not None
        for *pair, time in zip(s, o, count, clock.texts(table.time[last]), strict=True):
            yield ",".join([*pair, time or ""]) + "\n"


def _pairs(graph: LinkGraph, rows: Ints) -> Iterator[tuple[list[str], list[str], list[str], Ints]]:
    """Slices of the merged rows: names of subject and object in quotes, how many there are, and the last row."""
    subjects, objects = ([quoted(name) for name in names_of(x)] for x in (graph.table.subjects, graph.table.objects))
    subject, object, count, last = merged(graph, rows)
    for part in slices(len(subject)):
        yield (
            [subjects[code] for code in subject[part].tolist()],
            [objects[code] for code in object[part].tolist()],
            [str(number) for number in count[part].tolist()],
            last[part],
        )
