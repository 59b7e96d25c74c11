"""A lock on what a command will write at its end: a second writer is refused at once, with the first one's number."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assoc_synth.errors import InputError

_PATIENCE = 0.2
"""Seconds that a lock which is just being given back is waited for."""


@contextmanager
def reserved(path: str | os.PathLike[str]) -> Iterator[None]:
    """Hold a path for writing until the block ends; the same process may hold it several times.

    The lock is the file `.NAME.lock` beside the path, in the nearest folder that exists, with the number of the process
    in it; it is removed afterwards. The system frees the lock of a process that died.

    Raises:
        InputError: another process holds it.

    Example:
        >>> import tempfile
        >>> with reserved(Path(tempfile.mkdtemp()) / "model"):
        ...     pass
    """
    target = Path(path).resolve()
    place = _place(target)
    lock = FileLock(place, timeout=_PATIENCE, is_singleton=True, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        holder = _holder(place)
        raise InputError(
            f"{target.name!r} is being written by another process{holder}: wait until it ends, stop it, or choose "
            "another path"
        ) from None
    except PermissionError:
        raise InputError(f"{str(target)!r} cannot be written: permission denied") from None
    try:
        if lock.lock_counter == 1:
            place.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        if lock.lock_counter == 1:
            place.unlink(missing_ok=True)  # while it is held: whoever locks the old file sees that it has no name
        lock.release()


def _holder(place: Path) -> str:
    try:
        number = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" (number {number})" if number.isdigit() else ""


def _place(target: Path) -> Path:
    folder = next(folder for folder in target.parents if folder.is_dir())
    return folder / f".{'.'.join(target.relative_to(folder).parts)[:200]}.lock"
