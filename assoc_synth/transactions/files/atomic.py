"""The one way in which files are written: beside the target, flushed, renamed. The old file or the whole new one."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.leftovers import owned, sweep, temporary_beside


@dataclass(frozen=True, eq=False)
class _Prepared:
    """Files that are written and wait for their names.

    Attributes:
        renames: (temporary path, target), in the order in which they were written.
        locks: on the temporary paths.
    """

    renames: list[tuple[Path, Path]] = field(default_factory=list)
    locks: ExitStack = field(default_factory=ExitStack)


_PREPARED: ContextVar[_Prepared | None] = ContextVar("prepared", default=None)


@contextmanager
def all_or_none() -> Iterator[None]:
    """Files that the block replaces get their names when it ends; after an error or an interrupt none of them does.

    Raises:
        InputError: a file could not be given its name after others were; the message names both.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "facts.json"
        >>> with all_or_none():
        ...     write_json(path, {"rows": 3})
        ...     print(path.exists())
        False
        >>> path.exists()
        True
    """
    prepared = _Prepared()
    token = _PREPARED.set(prepared)
    try:
        with prepared.locks:
            yield
            _commit(prepared.renames)
    finally:
        _PREPARED.reset(token)
        for temporary, _ in prepared.renames:
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path`, of the same suffix, that replaces `path` if the block succeeds.

    After an error or an interrupt the old file is untouched and the temporary one is removed. A link is followed.
    Inside `all_or_none` the file is replaced when that block ends.

    Raises:
        InputError: the folder does not exist or may not be written to, or `path` is a folder.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "notes.txt"
        >>> with replacing(path) as temporary:
        ...     _ = temporary.write_text("whole")
        >>> path.read_text()
        'whole'
    """
    check_file(path)
    target, prepared = Path(os.path.realpath(path)), _PREPARED.get()
    suffix = "".join(target.suffixes)
    temporary = temporary_beside(target, suffix)
    waits = False
    try:
        sweep(target, suffix)
        temporary.touch()
        with ExitStack() as lock:
            lock.enter_context(owned(temporary))
            yield temporary
            flush(temporary)
            if prepared is None:
                _commit([(temporary, target)])
            else:
                prepared.locks.enter_context(lock.pop_all())
                prepared.renames.append((temporary, target))
                waits = True
    except PermissionError:
        raise InputError(f"{str(path)!r} cannot be written: permission denied") from None
    finally:
        if not waits:
            temporary.unlink(missing_ok=True)


@contextmanager
def stream(path: Path) -> Iterator[IO[bytes]]:
    """An open file of bytes, compressed if its name ends in .gz: the same content gives the same bytes every time."""
    with open(path, "wb") as file:
        if path.suffix.lower() != ".gz":
            yield file
            return
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            yield cast(IO[bytes], packed)


def write_json(path: str | os.PathLike[str], values: object) -> None:
    """Write values as readable JSON, completely or not at all.

    Raises:
        InputError: as in `replacing`.
        ValueError: a number is infinite or NaN, which JSON cannot hold.
    """
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def check_file(path: str | os.PathLike[str]) -> None:
    """Refuse a path that cannot be written to; call it before long work.

    Raises:
        InputError: `path` is a folder, or its folder does not exist or may not be written to.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError(f"{str(path)!r} is a folder: give the name of a file")
    if not target.parent.is_dir():
        raise InputError(f"the folder of {str(path)!r} does not exist: create it first")
    if not os.access(target.parent, os.W_OK):
        raise InputError(f"{str(path)!r} cannot be written: its folder is read-only")


def flush(path: Path) -> None:
    """Wait until a file or directory is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where its file system can; the files are in place already."""
    with suppress(OSError):
        flush(folder)


def _commit(renames: list[tuple[Path, Path]]) -> None:
    written: list[str] = []
    for temporary, target in renames:
        try:
            os.replace(temporary, target)
        except OSError as error:
            if written:
                raise InputError(
                    f"{target.name!r} cannot be written: {error.strerror}; written before it: {', '.join(written)}"
                ) from None
            raise
        written.append(repr(target.name))
    for folder in {target.parent for _, target in renames}:
        flush_names(folder)
