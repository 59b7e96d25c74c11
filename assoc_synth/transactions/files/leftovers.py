"""Temporary names beside a target: whose process is alive holds a lock on them, all others are swept."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_STEM = 100


def temporary_beside(target: Path, suffix: str) -> Path:
    """A new hidden name beside a file or directory.

    Args:
        target: what will be replaced.
        suffix: the end of the name, which says what kind of file it is.

    Example:
        >>> temporary_beside(Path("sales.csv.gz"), ".csv.gz").name[:7]
        '.sales.'
    """
    return target.with_name(f"{_stem(target, suffix)}{secrets.token_hex(8)}{suffix}")


@contextmanager
def owned(path: Path) -> Iterator[None]:
    """Hold a lock on a file or directory that exists, so that no sweep takes it for one that was left behind."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def sweep(target: Path, suffix: str) -> int:
    """Remove what writers of a target that have died left beside it.

    Args:
        target: the file or directory that they wrote.
        suffix: as for `temporary_beside`.

    Returns:
        How many were removed.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "model"
        >>> temporary_beside(target, ".tmp").mkdir()
        >>> sweep(target, ".tmp"), sweep(target, ".tmp")
        (1, 0)
    """
    removed = 0
    for entry in _beside(target, suffix):
        if not entry.is_symlink() and not _is_owned(entry):
            _remove(entry)
            removed += 1
    return removed


def writers(target: Path, suffix: str) -> bool:
    """Whether a living process is writing a target."""
    return any(_is_owned(entry) for entry in _beside(target, suffix))


def _beside(target: Path, suffix: str) -> list[Path]:
    """What has a temporary name of a target."""
    name = re.compile(rf"{re.escape(_stem(target, suffix))}[0-9a-f]{{16}}{re.escape(suffix)}")
    return [entry for entry in target.parent.iterdir() if name.fullmatch(entry.name)]


def _stem(target: Path, suffix: str) -> str:
    return f".{target.name.removesuffix(suffix)[:LONGEST_STEM]}."


def _is_owned(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # it is gone, or another user's
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
