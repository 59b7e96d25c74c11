"""Links Notation: a link per transaction, and links whose source is that link for its qualifiers.

`named`: `(t1: alice buys tea)`, `(t1 on 2026-01-02)`, `(t1 for 12.5)`. `chain`: `(((alice buys tea) on 2026-01-02) for
12.5)`. `doublets`: pairs alone, `(t1: (alice buys) tea)`, `(t1 (on 2026-01-02))`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.graphml import written
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, names_of, table_of
from assoc_synth.exports.walk import Walk

STYLES = ("named", "chain", "doublets")
KEPT = 65_536
"""Names that are not quoted again."""
WORDS = {"time": "on", "amount": "for", "basket": "in"}


def write_lino(source: Source, path: Path, *, style: str = "named") -> tuple[str, ...]:
    """Write Links Notation, each name quoted as the library `links-notation` quotes it.

    A qualifier is a link: `(t1 on 2026-01-02)`, and of an extra column `(t1 store north)`. A missing one has no link. A
    name is one reference, whatever part it plays; values have no types.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        style: "named", "chain" or "doublets".

    Returns:
        Notes on columns that have another name in the file.

    Raises:
        InputError: another style.
    """
    if style not in STYLES:
        raise InputError(f"--style is {', '.join(STYLES)}, not {str(style)[:40]!r}")
    walk = Walk.of(table_of(source), taken=tuple(WORDS.values()), words=WORDS)
    write_lines(path, lines(walk, style))
    return walk.notes


def lines(walk: Walk, style: str) -> Iterator[str]:
    """The document in pieces, a row at a time."""
    from links_notation.reference_literal import format_reference

    quoted = lru_cache(KEPT)(format_reference)
    parts = [names_of(index) for index in (walk.table.subjects, walk.table.verbs, walk.table.objects)]
    start = prefix(parts)
    subjects, verbs, objects = ([format_reference(name) for name in names] for names in parts)
    words = [format_reference(one.name) for one in walk.qualifiers]
    for row, *ends, values in walk.edges(subjects, verbs, objects):
        said = [
            f"{word} {quoted(value) if isinstance(value, str) else written(value)}"
            for word, value in zip(words, values, strict=True)
            if value is not None
        ]
        yield _chain(ends, said) if style == "chain" else _named(f"{start}{row + 1}", ends, said, style)


def _chain(ends: Sequence[str], said: list[str]) -> str:
    return "(" * len(said) + f"({' '.join(ends)})" + "".join(f" {one})" for one in said) + "\n"


def _named(name: str, ends: Sequence[str], said: list[str], style: str) -> str:
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
