"""A directory that is written completely or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from assoc_synth.errors import InputError


@contextmanager
def replacing_directory(path: Path, contents: Collection[str]) -> Iterator[Path]:
    """Yield an empty directory beside `path` that takes its place when the block ends without an error.

    Args:
        path: the directory to make or to replace.
        contents: names of the files that an earlier write may have left there.

    Raises:
        InputError: `path` is a file, or a directory that holds anything else, which would be lost; or the folder
            around it is absent or may not be written to.
    """
    path = path.resolve()
    if path.exists() and not path.is_dir():
        raise InputError(f"{str(path)!r} is a file; this format writes a directory")
    foreign = sorted({entry.name for entry in path.iterdir()} - set(contents)) if path.exists() else []
    if foreign:
        raise InputError(f"{str(path)!r} holds {foreign[0]!r}, which is no part of an export; choose another directory")
    if not path.parent.is_dir():
        raise InputError(f"the folder of {str(path)!r} does not exist: create it first")
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir()
        yield temporary
        for entry in (*temporary.iterdir(), temporary):
            _flush(entry)
        _swap(temporary, path)
        _flush(path.parent)
    except PermissionError:
        raise InputError(f"{str(path)!r} cannot be written: permission denied") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(temporary: Path, path: Path) -> None:
    if not path.exists():
        temporary.rename(path)
        return
    # A directory cannot be renamed onto a full one: the old one steps aside, and back if the new one cannot move in.
    aside = temporary.with_suffix(".old")
    path.rename(aside)
    try:
        temporary.rename(path)
    except OSError:
        aside.rename(path)
        raise
    shutil.rmtree(aside, ignore_errors=True)
