"""The one way in which files are written: beside the target, flushed, renamed. The old file or the whole new one."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from assoc_synth.errors import InputError


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path`, of the same suffix, that replaces `path` if the block succeeds.

    After an error or an interrupt the old file is untouched and the temporary one is removed. A link is followed.

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
    target = Path(os.path.realpath(path))
    check_file(path)
    stem = target.name.split(".")[0]
    temporary = target.with_name(f".{stem[:100]}.{secrets.token_hex(8)}{''.join(target.suffixes)}")
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
        _flush(target.parent)
    except PermissionError:
        raise InputError(f"{str(path)!r} cannot be written: permission denied") from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_directory(path: str | os.PathLike[str], contents: Collection[str]) -> Iterator[Path]:
    """An empty directory beside `path` that takes its place when the block ends without an error.

    Args:
        path: the directory to make or to replace.
        contents: names of the files that an earlier write may have left there.

    Raises:
        InputError: `path` is a file, or a directory that holds anything else, which would be lost; or the folder
            around it is absent or may not be written to.
    """
    check_directory(path, contents)
    target = Path(path).resolve()
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir()
        yield temporary
        for entry in (*temporary.iterdir(), temporary):
            _flush(entry)
        _swap(temporary, target)
        _flush(target.parent)
    except PermissionError:
        raise InputError(f"{str(path)!r} cannot be written: permission denied") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
        InputError: `path` is a folder, or its folder does not exist.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError(f"{str(path)!r} is a folder: give the name of a file")
    if not target.parent.is_dir():
        raise InputError(f"the folder of {str(path)!r} does not exist: create it first")


def check_directory(path: str | os.PathLike[str], contents: Collection[str]) -> None:
    """Refuse a directory that `replacing_directory` cannot make; call it before long work.

    Args:
        path, contents: as there.

    Raises:
        InputError: `path` is a file, or a directory that holds anything else; or the folder around it is absent.
    """
    target = Path(path).resolve()
    if target.exists() and not target.is_dir():
        raise InputError(f"{str(target)!r} is a file: give the name of a directory")
    foreign = sorted({entry.name for entry in target.iterdir()} - set(contents)) if target.exists() else []
    if foreign:
        raise InputError(f"{str(target)!r} holds {foreign[0]!r}, which would be lost: choose another directory")
    if not target.parent.is_dir():
        raise InputError(f"the folder of {str(path)!r} does not exist: create it first")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.rename(target)
        return
    # A directory cannot be renamed onto a full one: the old one steps aside, and back if the new one cannot move in.
    aside = temporary.with_suffix(".old")
    target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)
