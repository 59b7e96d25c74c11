"""Directories that are written whole: prepared beside the target, then exchanged with it in one step."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.atomic import flush, flush_names
from assoc_synth.transactions.files.leftovers import owned, sweep, temporary_beside, writers

UNFINISHED = ".tmp"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
"""What the system answers where it, or the file system, cannot exchange two directories."""
_PATIENCE = 2.0
"""Seconds that a reader waits for a writer between its two renames."""


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
    recover(path)
    check_directory(path, contents)
    target = Path(path).resolve()
    temporary = temporary_beside(target, UNFINISHED)
    try:
        sweep(target, UNFINISHED)
        temporary.mkdir()
        with ExitStack() as lock:
            lock.enter_context(owned(temporary))
            yield temporary
            for entry in (*temporary.iterdir(), temporary):
                flush(entry)
            _swap(temporary, target)
            flush_names(target.parent)
    except PermissionError:
        raise InputError(f"{str(path)!r} cannot be written: permission denied") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
    if not os.access(target.parent, os.W_OK):
        raise InputError(f"{str(path)!r} cannot be written: the folder around it is read-only")


def recover(path: str | os.PathLike[str]) -> bool:
    """Put back a directory that a writer set aside before it died; a living writer is waited for.

    Only where two directories cannot be exchanged in one step does a writer set one aside.

    Returns:
        Whether there was one to put back.
    """
    target = Path(path).resolve()
    aside = _aside(target)
    patience = time.monotonic() + _PATIENCE
    while aside.is_dir() and not target.exists() and writers(target, UNFINISHED) and time.monotonic() < patience:
        time.sleep(0.01)
    if not aside.is_dir() or writers(target, UNFINISHED):
        return False
    if target.exists():
        shutil.rmtree(aside, ignore_errors=True)
        return False
    aside.rename(target)
    return True


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.rename(target)
        return
    if _exchanged(temporary, target):
        return
    # A directory cannot be renamed onto a full one: the old one steps aside, and back if the new one cannot move in.
    aside = _aside(target)
    shutil.rmtree(aside, ignore_errors=True)
    target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchanged(first: Path, second: Path) -> bool:
    """Exchange two directories in one step; False where the system cannot.

    Raises:
        OSError: it can, and this failed.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(second))
