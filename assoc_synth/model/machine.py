"""The machine: how much memory this process may still take, by the system, its control groups and its limits."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

UNLIMITED = 1 << 60
"""Bytes from which a limit of a control group is none: version 1 writes the largest whole number of pages."""


@dataclass(frozen=True, order=True)
class Room:
    """Memory that may still be taken.

    Attributes:
        bytes: how much.
        of: whose limit it is, in words.
    """

    bytes: int
    of: str = "this machine"


def room(root: Path = Path("/"), limits: Mapping[str, int] | None = None) -> Room | None:
    """The least that any limit leaves to this process; None where the system says nothing.

    Args:
        root: where `/proc` and `/sys` are.
        limits: bytes by name as `rlimits` gives them; None for those of this process.

    Example:
        >>> found = room()
        >>> found is None or found.bytes >= 0
        True
    """
    found = [*_of_system(root), *_of_groups(root), *_of_process(root, rlimits() if limits is None else limits)]
    return min(found, default=None)


def rlimits() -> dict[str, int]:
    """The limits of this process that memory counts towards, in bytes; without those that are infinite.

    Example:
        >>> set(rlimits()) <= {"RLIMIT_AS", "RLIMIT_DATA"}
        True
    """
    try:
        import resource
    except ImportError:  # Windows has none
        return {}
    found = {name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_AS", "RLIMIT_DATA")}
    return {name: limit for name, limit in found.items() if limit != resource.RLIM_INFINITY}


def _of_system(root: Path) -> Iterator[Room]:
    """What the system could give without swapping; where it does not say, a half of what it has."""
    known = _fields(root / "proc/meminfo")
    if "MemAvailable" in known:
        yield Room(known["MemAvailable"])
    elif root == Path("/") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield Room(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)


def _of_process(root: Path, limits: Mapping[str, int]) -> Iterator[Room]:
    """What `ulimit -v` and `ulimit -d` leave: address space, and data that is the process's own."""
    used = _fields(root / "proc/self/status")
    for name, own, words in (("RLIMIT_AS", "VmSize", "ulimit -v"), ("RLIMIT_DATA", "VmData", "ulimit -d")):
        if name in limits:
            yield Room(max(limits[name] - used.get(own, 0), 0), f"the limit of this process ({words})")


def _of_groups(root: Path) -> Iterator[Room]:
    """What the control groups of this process leave, of version 2 and of version 1, and all groups above them.

    Files that are only cached count as used there, but are given back when memory is short.
    """
    top = root / "sys/fs/cgroup"
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            files, places = ("memory.max", "memory.current", "inactive_file"), (top, top / "unified")
        elif "memory" in controllers.split(","):
            files = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
            places = (top / "memory", top / controllers)
        else:
            continue
        for place in places:
            own = place / path.strip().lstrip("/")
            # Inside a container the path may be that of the host: the group is then at the top.
            for folder in (own, *(above for above in own.parents if above.is_relative_to(place))):
                yield from _of_group(folder, *files)


def _of_group(folder: Path, limit: str, usage: str, cached: str) -> Iterator[Room]:
    most, used = _number(folder / limit), _number(folder / usage)
    if most is not None and used is not None and most < UNLIMITED:
        spare = _fields(folder / "memory.stat", unit=1).get(cached, 0)
        yield Room(max(most - max(used - spare, 0), 0), "the control group of this process (cgroup)")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _number(path: Path) -> int | None:
    """The number in a file; None where there is none, as for "max"."""
    text = "".join(_lines(path)).strip()
    return int(text) if text.isdecimal() else None


def _fields(path: Path, unit: int = 1024) -> dict[str, int]:
    """Bytes by name, of lines such as "MemAvailable:  1024 kB"."""
    words = (line.replace(":", " ").split() for line in _lines(path))
    return {own[0]: unit * int(own[1]) for own in words if len(own) > 1 and own[1].isdecimal()}
