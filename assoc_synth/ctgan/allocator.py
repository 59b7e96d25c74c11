"""Memory that is free inside the process and goes back to the system.

Batches differ in size, and glibc keeps the pieces of freed tensors for later ones of the same size: one epoch of the
edges of 735,284 links, with 1.2 GB in use at its end, grew from 1.1 to 2.0 GB, and the whole fit to 4.2 GB. Here it
goes back whenever the process has grown by a quarter of a gigabyte.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path

GROWN = 1 << 28
"""Bytes by which a process has grown since the last time before free memory is given back."""


class _Resident:
    """Bytes that the process had after free memory was given back for the last time."""

    last = 0


def give_back() -> bool:
    """Give free memory back to the system where the process has grown; whether it was done.

    Only on Linux with glibc, where it is needed; elsewhere nothing happens. What the program holds does not change.

    Example:
        >>> give_back() in (True, False)
        True
    """
    trim = _trim()
    if trim is None:
        return False
    now = resident()
    if now < _Resident.last + GROWN:
        _Resident.last = min(_Resident.last, now)
        return False
    trim(0)
    _Resident.last = resident()
    return True


def resident() -> int:
    """Bytes of memory that the process has; 0 where the system does not say.

    Example:
        >>> resident() >= 0
        True
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """Of glibc: `malloc_trim`; None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except OSError:
        return None
