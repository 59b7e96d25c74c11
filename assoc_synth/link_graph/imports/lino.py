"""Links Notation as `exports.graphs.lino` writes it, in any of its styles."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.link_graph.imports.rows import Rows

if TYPE_CHECKING:
    from links_notation import Link

QUALIFIERS = {"on": "time", "for": "amount", "in": "basket"}
CHUNK = 65_536


def read_lino(path: Path) -> Rows:
    """Read Links Notation: `(t1: alice buys tea)` and `(t1 on 2026-01-02)`, chains, or doublets.

    Raises:
        InputError: the file is not Links Notation, or a link is neither a row nor a qualifier of one.
        MissingExtraError: links-notation is absent.
    """
    rows, named = Rows(), dict[str, int]()
    for number, link in enumerate(_links(path), 1):
        if not _take(link, rows, named):
            raise InputError(
                f"{path.name!r}, link {number}: neither (subject verb object) nor a qualifier, as (t1 on 2026-01-02)"
            )
    return rows


def _links(path: Path) -> Iterator[Link]:
    try:
        from links_notation import ParseError, parse_chunks
    except ImportError:
        raise MissingExtraError("reading Links Notation", "exports") from None
    packed = path.suffix.lower() == ".gz"
    with gzip.open(path, "rb") if packed else path.open("rb") as data:
        text = io.TextIOWrapper(cast("IO[bytes]", data), encoding="utf-8", newline="")
        try:
            yield from parse_chunks(iter(lambda: text.read(CHUNK), ""))
        except (ParseError, ValueError, gzip.BadGzipFile) as error:
            raise InputError(f"{path.name!r} is not Links Notation: {str(error)[:150]}") from None


def _take(link: Link, rows: Rows, named: dict[str, int]) -> bool:
    """Read one link; False if it is neither a row nor a qualifier."""
    said = dict[str, str]()
    while link.values and (found := _qualifier(link, named)) is not None:
        said[found[0]] = found[1]
        link = link.values[0]
    row = _row(link, rows) if link.values else named.get(link.id)
    if row is None:
        return False
    if link.values and link.id is not None:
        named[link.id] = row
    for kind, value in said.items():
        rows.qualify(row, kind, value)
    return True


def _qualifier(link: Link, named: dict[str, int]) -> tuple[str, str] | None:
    """What a link says of its source, as (source on value) or (source (on value)); None if it is a row.

    The source is a link in brackets, or the name of one: (alice on tea) is a row of the verb "on".
    """
    source = link.values[0]
    parts = link.values[1].values if len(link.values) == 2 else link.values[1:]
    if link.id is not None or len(parts) != 2 or any(part.values for part in parts):
        return None
    word = QUALIFIERS.get(parts[0].id)
    of_link = bool(source.values) or source.id in named
    return (word, parts[1].id) if word is not None and of_link else None


def _row(link: Link, rows: Rows) -> int | None:
    """The row that a link is, (s v o) or ((s v) o)."""
    parts = link.values
    if len(parts) == 2 and len(parts[0].values) == 2 and parts[0].id is None:
        parts = [*parts[0].values, parts[1]]
    if len(parts) != 3 or any(part.values or part.id is None for part in parts):
        return None
    return rows.add(*(part.id for part in parts))
