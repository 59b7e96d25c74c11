"""How exports are written: lines, one at a time, into files that replace older ones whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import replacing
from assoc_synth.transactions.files.atomic import stream
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.files.parts import part_name, parts_in

ROWS_PER_PART = 1_000_000
"""Of the files of a folder, unless the user says another number."""


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write pieces of text, one after the other, completely or not at all; compressed if `path` ends in .gz.

    Raises:
        InputError: as `transactions.files.replacing`, or a name is not text.
    """
    with replacing(path) as temporary:
        put_lines(temporary, lines)


def put_lines(path: Path, lines: Iterable[str]) -> None:
    """Write pieces of text into a file that nobody reads yet, such as one of a folder that is being prepared."""
    with stream(path) as file, only_text():
        file.writelines(line.encode() for line in lines)


@contextmanager
def part_files(path: Path, suffix: str) -> Iterator[Callable[[int], Path]]:
    """Where the parts of a folder are written: the path of each by its number. The folder is replaced at the end.

    Raises:
        InputError: it holds anything but parts of this kind.
    """
    with replacing_directory(path, parts_in(path, suffix)) as folder:
        yield lambda number: folder / part_name(number, suffix)


@contextmanager
def only_text() -> Iterator[None]:
    """Raises: InputError: a name within the block holds half a surrogate pair, which no encoding can write.

    Example:
        >>> with only_text():
        ...     "tea".encode()
        b'tea'
    """
    try:
        yield
    except UnicodeEncodeError:
        raise InputError("a name holds half a surrogate pair, which is not text: rename it") from None


def quoted(text: str) -> str:
    """A cell of a CSV in quotes, its own quotes doubled.

    Example:
        >>> print(quoted('say "tea"'))
        "say ""tea""\"
    """
    return '"' + text.replace('"', '""') + '"'
