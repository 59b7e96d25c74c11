"""Links Notation: a link per transaction, and links whose source is that link for its qualifiers.

`named`: `(t1: alice buys tea)`, `(t1 on 2026-01-02)`, `(t1 for 12.5)`. `chain`: `(((alice buys tea) on 2026-01-02) for
12.5)`. `doublets`: pairs alone, `(t1: (alice buys) tea)`, `(t1 (on 2026-01-02))`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, links_of, names_of, table_of
from assoc_synth.transactions.table import TransactionTable

STYLES = ("named", "chain", "doublets")
KEPT = 65_536
"""Names of baskets that are not quoted again."""


def write_lino(source: Source, path: Path, *, style: str = "named") -> None:
    """Write Links Notation, each name quoted as the library `links-notation` quotes it.

    A missing qualifier has no link. A name is one reference, whatever part it plays.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        style: "named", "chain" or "doublets".

    Raises:
        InputError: another style.
    """
    if style not in STYLES:
        raise InputError(f"--style is {', '.join(STYLES)}, not {str(style)[:40]!r}")
    write_lines(path, lines(table_of(source), style))


def lines(table: TransactionTable, style: str) -> Iterator[str]:
    """The document in pieces, a row at a time."""
    from links_notation.reference_literal import format_reference

    written = lru_cache(KEPT)(format_reference)
    parts = [names_of(index) for index in (table.subjects, table.verbs, table.objects)]
    start = prefix(parts)
    subjects, verbs, objects = ([format_reference(name) for name in names] for names in parts)
    for part in links_of(table):
        for row, s, v, o, time, amount, basket in part.rows():
            # A time needs quotes for its colons alone, and has none within.
            said = [] if time is None else [f"on '{time}'" if ":" in time else f"on {time}"]
            said += [] if amount is None else [f"for {amount!r}"]
            said += [] if basket is None else [f"in {written(basket)}"]
            ends = (subjects[s], verbs[v], objects[o])
            yield _chain(ends, said) if style == "chain" else _named(f"{start}{row + 1}", ends, said, style)


def _chain(ends: tuple[str, str, str], said: list[str]) -> str:
    return "(" * len(said) + f"({' '.join(ends)})" + "".join(f" {one})" for one in said) + "\n"


def _named(name: str, ends: tuple[str, str, str], said: list[str], style: str) -> str:
    subject, verb, object = ends
    if style == "doublets":
        return f"({name}: ({subject} {verb}) {object})\n" + "".join(f"({name} ({one}))\n" for one in said)
    return f"({name}: {subject} {verb} {object})\n" + "".join(f"({name} {one})\n" for one in said)


def prefix(parts: list[list[str]]) -> str:
    """What the names of links begin with, so that none is the name of something else.

    Example:
        >>> prefix([["alice"], ["buys"], ["tea", "t1"]])
        't_'
    """
    start = "t"
    while any(re.fullmatch(rf"{start}\d+", name) for names in parts for name in names):
        start += "_"
    return start
