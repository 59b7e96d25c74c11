"""Links Notation as `exports.graphs.lino` writes it, in any of its styles."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.link_graph.imports.opening import opened
from assoc_synth.link_graph.imports.rows import Rows, Value

if TYPE_CHECKING:
    from links_notation import Link

QUALIFIERS = {"on": "time", "for": "amount", "in": "basket"}
CHUNK = 65_536
LONGEST = 1_000_000
"""Characters within which a link ends. The parser reads what has no end again with each chunk."""


def read_lino(path: Path) -> Rows:
    """Read Links Notation: `(t1: alice buys tea)` and `(t1 on 2026-01-02)`, chains, or doublets.

    A qualifier that is neither on, for nor in is an extra column.

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
    with opened(path) as data:
        text = io.TextIOWrapper(data, encoding="utf-8", newline="")
        try:
            pending = _Pending(text, path.name)
            for link in parse_chunks(pending):
                pending.length = 0
                yield link
        except InputError:
            raise
        except (ParseError, ValueError) as error:
            # The library draws the place below its message.
            said = str(error).partition("\n")[0][:150]
            raise InputError(f"{path.name!r} is not Links Notation: {said}") from None


@dataclass
class _Pending:
    """Chunks of a text, and how much of it was read since the last link ended."""

    text: io.TextIOWrapper
    name: str
    length: int = 0

    def __iter__(self) -> Iterator[str]:
        while part := self.text.read(CHUNK):
            self.length += len(part)
            if self.length > LONGEST:
                raise InputError(f"{self.name!r} is not Links Notation: no link ends in {LONGEST:,} characters")
            yield part


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
    # A chain is read from its end.
    for word, value in reversed(said.items()):
        if word in QUALIFIERS:
            rows.qualify(row, QUALIFIERS[word], value)
        else:
            rows.say(row, word, plain(value))
    return True


def plain(text: str) -> Value:
    """A number where text is written as one is, since Links Notation has no types; else the text.

    Example:
        >>> plain("17"), plain("0.5"), plain("007"), plain("0.50"), plain("tea")
        (17, 0.5, '007', '0.50', 'tea')
    """
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if repr(number) == text and math.isfinite(number):
            return number
    return text


def _qualifier(link: Link, named: dict[str, int]) -> tuple[str, str] | None:
    """What a link says of its source, as (source on value) or (source (on value)); None if it is a row.

    The source is a link in brackets, or the name of one: (alice on tea) is a row of the verb "on".
    """
    source = link.values[0]
    parts = link.values[1].values if len(link.values) == 2 else link.values[1:]
    if link.id is not None or len(parts) != 2 or any(part.values for part in parts):
        return None
    of_link = bool(source.values) or source.id in named
    return (parts[0].id, parts[1].id) if of_link and None not in (parts[0].id, parts[1].id) else None


def _row(link: Link, rows: Rows) -> int | None:
    """The row that a link is, (s v o) or ((s v) o)."""
    parts = link.values
    if len(parts) == 2 and len(parts[0].values) == 2 and parts[0].id is None:
        parts = [*parts[0].values, parts[1]]
    if len(parts) != 3 or any(part.values or part.id is None for part in parts):
        return None
    return rows.add(*(part.id for part in parts))
